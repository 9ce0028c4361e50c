"""A kept ledger is imported alone.  That CloudFormation does it is shown end to end, in `tests/e2e/test_deploy.py`."""

from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from linksync_cli.ledger_import import LEDGER, import_ledger, main, template_of
from linksync_cli.samconfig import SamconfigError
from tests.translated_template import TEMPLATE_FILE, resources


def test_the_template_of_the_import_holds_the_table_as_the_whole_template_has_it() -> None:
    alone = yaml_parse(template_of(TEMPLATE_FILE.read_text("utf-8"), LEDGER))
    assert alone["Resources"] == {LEDGER: resources()[LEDGER]}
    assert alone["Resources"][LEDGER]["DeletionPolicy"].startswith("Retain")  # CloudFormation imports nothing else
    assert set(alone) == {"AWSTemplateFormatVersion", "Resources"}


def test_a_resource_that_is_not_there_is_told() -> None:
    with pytest.raises(SamconfigError, match="no resource Elsewhere"):
        template_of(TEMPLATE_FILE.read_text("utf-8"), "Elsewhere")


class Occupied:
    """CloudFormation with a stack of every name."""

    def describe_stacks(self, **_asked: str) -> dict[str, Any]:
        return {"Stacks": [{}]}

    def describe_stack_resources(self, **_asked: str) -> dict[str, Any]:
        return {"StackResources": []}


def test_an_existing_stack_is_never_touched() -> None:
    with pytest.raises(SamconfigError, match="the stack linksync exists"):
        import_ledger(Occupied(), stack_name="linksync", table="old", template="")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["a", "b", "c"]])
def test_wrong_usage_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "ledger_import TABLE" in capsys.readouterr().err


def test_a_file_without_a_stack_is_told(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["old", str(tmp_path / "samconfig.local.toml")]) == 1
    assert "names no stack_name and region" in capsys.readouterr().err
