"""docs/interface.md and what it describes agree: neither names what the other lacks."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from linksync.metrics import Metric
from linksync_cli.app import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/interface.md").read_text()
TEMPLATE: Mapping[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.split(f"## {title}\n")[1], flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_parameter_with_its_default() -> None:
    told = {names(row[0])[0]: (names(row[1]) or [None])[0] for row in rows("Template parameters")}
    defaults = {name: parameter.get("Default") for name, parameter in TEMPLATE["Parameters"].items()}
    assert told == {
        name: None if default is None else '""' if default == "" else str(default) for name, default in defaults.items()
    }


def test_every_output() -> None:
    assert {name for name in names(section("Stack outputs")) if " " not in name} == set(TEMPLATE["Outputs"])


def test_every_metric() -> None:
    told = [name for row in rows("Metrics") for name in names(row[0])]
    assert sorted(told) == sorted(Metric)


def test_every_make_target() -> None:
    told = {name.removeprefix("make ") for row in rows("Commands") for name in names(row[0])}
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert told == targets - {"help"}


def test_every_path_of_the_api() -> None:
    told = {name.removeprefix("POST ") for name in names(section("Stack outputs")) if name.startswith("POST ")}
    assert told == set(TEMPLATE["Resources"]["WebhookApi"]["Properties"]["DefinitionBody"]["paths"])


@pytest.mark.parametrize("secret", ["WebhookSecret", "ApiCredentials"])
def test_both_secrets(secret: str) -> None:
    assert secret in section("Secrets")
    assert TEMPLATE["Resources"][secret]["Properties"]["SecretString"] == "{}"


def test_every_command_of_the_operator() -> None:
    told = set(re.findall(r"`linksync ([a-z-]+)", section("The operator's command line: `linksync`")))
    commands = {str(command.name) for command in app.registered_commands}
    assert told == commands | {str(group.name) for group in app.registered_groups}
