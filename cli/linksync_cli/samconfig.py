"""`samconfig.local.toml`: where a stack is deployed to, and with which parameters, in the form that SAM CLI reads.

The file is git-ignored and belongs to the people who deploy: their comments and settings stay as they are.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

import tomlkit
from tomlkit.exceptions import ParseError

LOCAL_FILE = "samconfig.local.toml"

_SECTION = ("default", "deploy", "parameters")
_LONG_FORM = re.compile(r"ParameterKey=(?P<name>[A-Za-z0-9]+),ParameterValue=(?P<value>.*)", re.DOTALL)
_SHORT_FORM = re.compile(r"(?P<name>[A-Za-z0-9]+)=(?P<value>.*)", re.DOTALL)
_NOT_WRITABLE = re.compile(r"[\"\\\x00-\x1f]")  # what SAM CLI's own reading of a quoted value does not survive


class SamconfigError(Exception):
    """The file cannot be read, or a value cannot be written; the message says what to change."""


class Samconfig:
    """One samconfig file: `Samconfig.read(path)`, look or `set`, then `write`."""

    def __init__(self, document: tomlkit.TOMLDocument) -> None:
        self._document = document

    @classmethod
    def read(cls, path: Path) -> Self:
        """The file as it is, or an empty one where there is none.  Raises SamconfigError."""
        text = path.read_text("utf-8") if path.exists() else "version = 0.1\n"
        try:
            config = cls(tomlkit.parse(text))
            config.parameters()
        except (ParseError, ValueError, SamconfigError) as problem:
            raise SamconfigError(f"{path} is not a samconfig file: {problem}") from problem
        return config

    @property
    def stack_name(self) -> str | None:
        """The stack that is deployed."""
        return self._text("stack_name")

    @property
    def region(self) -> str | None:
        """The AWS region that it is deployed to."""
        return self._text("region")

    def parameters(self) -> dict[str, str]:
        """The template's parameters by name, from a list or the one string that SAM CLI's guided run writes.

        Raises SamconfigError for what is neither.
        """
        found = self._settings().get("parameter_overrides", [])
        if not isinstance(found, str | list):
            raise SamconfigError("parameter_overrides is neither a list nor a string of Name=value")
        words = shlex.split(found) if isinstance(found, str) else [_unquoted(word) for word in found]
        return dict(_parameter(word) for word in words)

    def set_parameters(self, values: Mapping[str, str]) -> None:
        """Adds or changes these and keeps all others.  Raises SamconfigError."""
        if wrong := [name for name, value in values.items() if _NOT_WRITABLE.search(value)]:
            raise SamconfigError(f"{wrong[0]} holds a quote, a backslash or a control character: leave it out")
        before = self.parameters()
        if (merged := before | dict(values)) != before:
            overrides = tomlkit.array().multiline(multiline=True)
            overrides.extend(f'{name}="{value}"' for name, value in merged.items())
            self._table()["parameter_overrides"] = overrides

    def set_defaults(self, values: Mapping[str, object]) -> None:
        """Adds those of SAM CLI's other settings (`stack_name`, `region`, `resolve_s3`, …) that are not there."""
        for name, value in values.items():
            self._table().setdefault(name, value)

    def settings(self) -> dict[str, object]:
        """Everything that `sam deploy` reads from this file, as it stands there."""
        return dict(self._settings().unwrap()) if self._settings() else {}

    def write(self, path: Path) -> None:
        """Writes the file, with its comments where they were."""
        path.write_text(tomlkit.dumps(self._document), "utf-8")

    def _settings(self) -> Any:  # noqa: ANN401  tomlkit's containers have no common type
        table: Any = self._document
        for name in _SECTION:
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise SamconfigError(f"{'.'.join(_SECTION)} is not a table")
        return table

    def _table(self) -> Any:  # noqa: ANN401  tomlkit's containers have no common type
        table: Any = self._document
        for name in _SECTION:
            if name not in table:
                table[name] = tomlkit.table(is_super_table=name != _SECTION[-1])
            table = table[name]
        return table

    def _text(self, name: str) -> str | None:
        value = self._settings().get(name)
        return str(value) if value else None


def as_overrides(parameters: Mapping[str, str]) -> list[str]:
    """The same parameters as words of a command line: what `--parameter-overrides` takes."""
    return [f'{name}="{value}"' for name, value in parameters.items()]


def parameter_defaults(template: str) -> dict[str, str | None]:
    """The parameters that a SAM template's text declares, in its order, with their defaults (None: it has none)."""
    section = re.search(r"^Parameters:\n(?P<body>(?:[ #].*\n|\n)*)", template, re.MULTILINE)
    declared = re.split(r"^  ([A-Za-z0-9]+):\n", section["body"], flags=re.MULTILINE)[1:] if section else []
    found = {}
    for name, block in zip(declared[::2], declared[1::2], strict=True):
        default = re.search(r"^    Default: (.*)$", block, re.MULTILINE)
        found[name] = default[1].strip("\"'") if default else None
    return found


def unknown(parameters: Iterable[str], template: str) -> list[str]:
    """The parameters that the template does not declare.  SAM CLI leaves them out without a word."""
    return sorted(set(parameters) - set(parameter_defaults(template)))


def _unquoted(word: object) -> str:
    pieces = shlex.split(str(word))
    if len(pieces) != 1:
        raise SamconfigError(f'put the value of {str(word).partition("=")[0]!r} in quotes: Name="value"')
    return pieces[0]


def _parameter(word: str) -> tuple[str, str]:
    match = _LONG_FORM.fullmatch(word) or _SHORT_FORM.fullmatch(word)
    if match is None:
        raise SamconfigError(f"{word.partition('=')[0]!r} in parameter_overrides is not of the form Name=value")
    return match["name"], match["value"]
