"""Whatever tells people to run a command names one that there is, with options that it has."""

import re
from pathlib import Path

import pytest
import typer

from linksync_cli.app import app

ROOT = Path(__file__).parents[2]
FOLDERS = ("layers/linksync", "cli", "functions", "local", "docs", ".github")
FILES = [
    ROOT / "template.yaml",
    *ROOT.glob("*.md"),
    *(file for folder in FOLDERS for end in ("py", "md", "yml") for file in (ROOT / folder).rglob(f"*.{end}")),
]
COMMANDS = typer.main.get_command(app)
OF_ALL = {"--help", "--version", "--install-completion"}
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def named(pattern: str) -> set[tuple[str, str]]:
    """What is named by the pattern's group, and where; strings of several lines are one."""
    texts = {file: re.sub(r'"\n\s*f?"', "", file.read_text()) for file in FILES}
    return {(str(file.relative_to(ROOT)), one) for file, text in texts.items() for one in re.findall(pattern, text)}


def wrong(asked: str) -> str:
    """What is wrong with a command line; empty when nothing is.  What is in braces is any of a group's."""
    command, words = COMMANDS, asked.split()
    while (commands := getattr(command, "commands", None)) and words and not words[0].startswith("-"):
        word = words.pop(0)
        if word not in commands and not word.startswith("{"):
            return f"there is no such command: {word}"
        command = commands.get(word, next(iter(commands.values())))
    parameters = [] if commands else command.params
    options = {name for one in parameters for name in (*one.opts, *one.secondary_opts)} | OF_ALL
    return " ".join(set(re.findall(r"--[a-z][a-z-]*", asked)) - options)


@pytest.mark.parametrize("asked", ["nonsense", "setup slack", "list --nonsense", "setup jira --nonsense"])
def test_what_there_is_not_is_noticed(asked: str) -> None:
    assert wrong(asked)


def test_every_command_of_ours() -> None:
    found = named(r"`(?:\.venv/bin/)?linksync ([a-z-][^`]*)`")
    assert len(found) > 100
    assert {(where, asked, problem) for where, asked in found if (problem := wrong(asked))} == set()


def test_every_target_of_make() -> None:
    found = named(r"`make ([a-z-]+)[^`]*`")
    assert {(where, target) for where, target in found if target not in TARGETS} == set()
