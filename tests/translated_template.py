"""The template as CloudFormation gets it: translated by the same SAM translator that the transform runs on AWS.

What SAM adds (stages, permissions, event source mappings) and what it drops is seen here and nowhere in the source.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-serverless.html
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_parse

TEMPLATE_FILE = Path(__file__).parents[1] / "template.yaml"


class _NoManagedPolicies:
    """The template names managed policies by ARN, so that nobody has to ask IAM for their list."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def translated(file: Path = TEMPLATE_FILE, region: str = "us-east-1") -> Mapping[str, Any]:
    """The whole translated template.  Raises samcli's InvalidSamDocumentException."""
    source = yaml_parse(file.read_text("utf-8"))
    validator = SamTemplateValidator(source, _NoManagedPolicies(), region=region)
    return dict(yaml_parse(validator.get_translated_template_if_valid()))


def resources(file: Path = TEMPLATE_FILE) -> Mapping[str, Mapping[str, Any]]:
    """The resources by their logical ids."""
    return dict(translated(file)["Resources"])


def of_type(kind: str, file: Path = TEMPLATE_FILE) -> dict[str, Mapping[str, Any]]:
    """The properties of every resource of one type, by logical id."""
    return {name: one.get("Properties", {}) for name, one in resources(file).items() if one["Type"] == kind}


def mentions(value: object) -> set[str]:
    """The resources of the template that a value refers to."""
    found = {match for text in _references(value) for match in re.findall(r"[A-Za-z0-9]+", text)}
    return found & set(resources())


def _references(value: object) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": target}:
            yield str(target[0] if isinstance(target, list) else target.split(".")[0])
        case {"Fn::Sub": text}:
            yield from re.findall(r"\$\{([A-Za-z0-9]+)[.}]", str(text))
        case dict():
            for each in value.values():
                yield from _references(each)
        case list():
            for each in value:
                yield from _references(each)
