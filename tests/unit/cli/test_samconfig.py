"""samconfig.local.toml is read and written as SAM CLI does, and keeps what people wrote."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samcli.cli.types import CfnParameterOverridesType
from samcli.lib.config.samconfig import SamConfig as SamsOwn

from linksync_cli.samconfig import Samconfig, SamconfigError, as_overrides, parameter_defaults, unknown
from tests.translated_template import TEMPLATE_FILE, translated

GUIDED = """\
version = 0.1
# ours: ask Dana before a change
[default.deploy.parameters]
stack_name = "links-eu"
region = "eu-central-1"
confirm_changeset = true # we like to look
parameter_overrides = "ZendeskSubdomain=\\"acme\\" JiraBaseUrl=\\"https://a.b\\" ReconcileSchedule=\\"rate(1 hour)\\""
"""
PARAMETERS = {"ZendeskSubdomain": "acme", "JiraBaseUrl": "https://a.b", "ReconcileSchedule": "rate(1 hour)"}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "samconfig.local.toml"
    path.write_text(text, "utf-8")
    return path


def test_what_sams_guided_run_wrote_is_understood(tmp_path: Path) -> None:
    config = Samconfig.read(written(tmp_path, GUIDED))
    assert (config.stack_name, config.region, config.parameters()) == ("links-eu", "eu-central-1", PARAMETERS)


@pytest.mark.parametrize(
    "overrides",
    [
        '["ZendeskSubdomain=acme", "AllowedSourceRanges=10.0.0.0/8,192.168.0.0/16"]',
        '"ZendeskSubdomain=acme AllowedSourceRanges=10.0.0.0/8,192.168.0.0/16"',
        '["ParameterKey=ZendeskSubdomain,ParameterValue=acme", "AllowedSourceRanges=10.0.0.0/8,192.168.0.0/16"]',
    ],
)
def test_every_form_that_sam_reads_is_read(tmp_path: Path, overrides: str) -> None:
    path = written(tmp_path, f"version = 0.1\n[default.deploy.parameters]\nparameter_overrides = {overrides}\n")
    assert Samconfig.read(path).parameters() == {
        "ZendeskSubdomain": "acme",
        "AllowedSourceRanges": "10.0.0.0/8,192.168.0.0/16",
    }


def test_a_changed_parameter_keeps_every_other_and_every_comment(tmp_path: Path) -> None:
    path = written(tmp_path, GUIDED)
    config = Samconfig.read(path)
    config.set_parameters({"LogLevel": "DEBUG", "ZendeskSubdomain": "acme-test"})
    config.set_defaults({"stack_name": "linksync", "confirm_changeset": False, "resolve_s3": True})
    config.write(path)
    again = Samconfig.read(path)
    assert again.parameters() == PARAMETERS | {"LogLevel": "DEBUG", "ZendeskSubdomain": "acme-test"}
    assert again.settings() | {"parameter_overrides": None} == {
        "stack_name": "links-eu",
        "region": "eu-central-1",
        "confirm_changeset": True,
        "resolve_s3": True,
        "parameter_overrides": None,
    }
    assert "# ours: ask Dana before a change" in path.read_text("utf-8")
    assert "# we like to look" in path.read_text("utf-8")


def test_writing_what_is_there_already_changes_no_byte(tmp_path: Path) -> None:
    path = written(tmp_path, GUIDED)
    config = Samconfig.read(path)
    config.set_parameters({"ZendeskSubdomain": "acme"})
    config.set_defaults({"stack_name": "linksync"})
    config.write(path)
    assert path.read_text("utf-8") == GUIDED


def test_where_there_is_no_file_one_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "samconfig.local.toml"
    config = Samconfig.read(path)
    assert (config.parameters(), config.stack_name, config.region, config.settings()) == ({}, None, None, {})
    config.set_defaults({"stack_name": "linksync"})
    config.set_parameters({"ZendeskSubdomain": "acme"})
    config.write(path)
    assert SamsOwn(str(tmp_path), "samconfig.local.toml").get_all(["deploy"], "parameters") == {
        "stack_name": "linksync",
        "parameter_overrides": ['ZendeskSubdomain="acme"'],
    }


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters='"\\'), max_size=40)


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Za-z0-9]{0,20}", fullmatch=True), TEXT.map(str.strip), max_size=5))
def test_sam_reads_what_we_write_and_we_do(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("config") / "samconfig.local.toml"
    config = Samconfig.read(path)
    config.set_parameters(values)
    config.write(path)
    assert Samconfig.read(path).parameters() == values
    stored = tuple(Samconfig.read(path).settings().get("parameter_overrides", ()))  # type: ignore[call-overload]
    assert CfnParameterOverridesType().convert(stored, None, None) == values
    assert CfnParameterOverridesType().convert(tuple(as_overrides(values)), None, None) == values


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb"])
def test_what_sam_would_read_as_something_else_is_not_written(tmp_path: Path, value: str) -> None:
    with pytest.raises(SamconfigError, match="ProjectKeys holds a quote"):
        Samconfig.read(tmp_path / "samconfig.local.toml").set_parameters({"ProjectKeys": value})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("version = \n", "not a samconfig file"),
        ("[default.deploy.parameters]\nparameter_overrides = 3\n", "neither a list nor a string"),
        ('[default.deploy.parameters]\nparameter_overrides = ["ZendeskSubdomain"]\n', "not of the form Name=value"),
        ('[default.deploy.parameters]\nparameter_overrides = ["A=rate(1 hour)"]\n', "in quotes"),
        ("[default.deploy]\nparameters = 3\n", "is not a table"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong_with_it(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SamconfigError, match=told):
        Samconfig.read(written(tmp_path, text))


def test_the_templates_parameters_and_their_defaults_are_found_in_its_text() -> None:
    declared = {name: one.get("Default") for name, one in translated()["Parameters"].items()}
    found = parameter_defaults(TEMPLATE_FILE.read_text("utf-8"))
    assert list(found) == list(declared)
    assert found == {name: None if default is None else str(default) for name, default in declared.items()}
    assert parameter_defaults("Resources:\n  A: {}\n") == {}


def test_a_misspelt_parameter_is_told_because_sam_would_drop_it() -> None:
    template = TEMPLATE_FILE.read_text("utf-8")
    assert unknown(["ZendeskSubdomain", "AllowedSourceRange"], template) == ["AllowedSourceRange"]
