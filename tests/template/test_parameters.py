"""What CloudFormation refuses before anything is deployed is what the functions would refuse."""

import re
from contextlib import suppress

import pytest

from linksync.references.fields import NotProjectKeys, TicketField
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
