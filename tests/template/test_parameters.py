"""What CloudFormation refuses before anything is deployed is what the functions would refuse."""

import re
from contextlib import suppress
from enum import StrEnum
from typing import Any

import pytest

from linksync.core.links import UnlinkPolicy
from linksync.core.listed_links import LinksApiVersion
from linksync.core.wrong_references import WrongReferenceNotice
from linksync.errors import Misconfigured
from linksync.outbound.vendor_apis import VendorApis
from linksync.references.fields import NotProjectKeys, TicketField
from linksync.worker.settings import Settings
from tests.translated_template import translated


def accepted(project_keys: str) -> bool:
    with suppress(NotProjectKeys):
        TicketField.configured(field_id="", project_keys=project_keys, jira_base_url="")
        return True
    return False


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "PROJ", "PROJ,OPS", " proj , MY_PROJ,A2 ", "PROJ, OPS,", "PROJ,,OPS"),
        *(",", " , ", "PROJ OPS", "PROJ;OPS", "PROJ-1", "1OPS", "P", "*", "PROJ,*"),
    ],
)
def test_project_keys(value: str) -> None:
    pattern = translated()["Parameters"]["ProjectKeys"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is accepted(value)


def holds(condition: dict[str, Any], parameters: dict[str, str]) -> bool:
    """A rule's condition, as CloudFormation evaluates it."""
    match condition:
        case {"Fn::Equals": [{"Ref": name}, value]}:
            return bool(parameters[name] == value)
        case {"Fn::Not": [inner]}:
            return not holds(inner, parameters)
    raise AssertionError(condition)


@pytest.mark.parametrize("external_id", ["", "ext-1"])
@pytest.mark.parametrize("version", list(LinksApiVersion))
def test_version_two_of_the_links_api_names_its_integration(version: LinksApiVersion, external_id: str) -> None:
    parameters = {"LinksApiVersion": str(version), "JiraIntegrationExternalId": external_id}
    refused = [
        assertion["AssertDescription"]
        for rule in translated()["Rules"].values()
        for assertion in rule["Assertions"]
        if holds(rule["RuleCondition"], parameters) and not holds(assertion["Assert"], parameters)
    ]
    assert refused == complaints(version, external_id)


def complaints(version: LinksApiVersion, external_id: str) -> list[str]:
    """What the worker says of these parameters."""
    apis = VendorApis(source=lambda *, fresh=False: {})
    try:
        apis.links(apis.zendesk("https://acme.zendesk.com"), version=version, external_id=external_id)
    except Misconfigured as problem:
        return [str(problem)]
    return []


@pytest.mark.parametrize(
    ("name", "words", "setting"),
    [
        ("LinksApiVersion", LinksApiVersion, "links_api_version"),
        ("UnlinkPolicy", UnlinkPolicy, "unlink_policy"),
        ("WrongReferenceNotice", WrongReferenceNotice, "wrong_reference_notice"),
    ],
)
def test_the_words_of_a_parameter_are_the_workers(name: str, words: type[StrEnum], setting: str) -> None:
    parameter = translated()["Parameters"][name]
    assert parameter["AllowedValues"] == list(words)
    assert parameter["Default"] == Settings.model_fields[setting].default
