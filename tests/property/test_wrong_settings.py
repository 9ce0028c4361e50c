"""What an edit meets while a setting is wrong is an operator's, and done once that is mended: nothing vanishes."""

import pytest

from tests.simulation.installation import Installation
from tests.simulation.oracle import divergences


@pytest.mark.parametrize("edit", [(), ("PROJ-2",), ("PROJ-1", "PROJ-2")], ids=["cleared", "changed", "added to"])
def test_an_integration_that_was_connected_anew_has_another_id(edit: tuple[str, ...]) -> None:
    """https://support.zendesk.com/hc/en-us/articles/9797104268058: who reconnects it may have to give its new id."""
    installation = Installation(1)
    people, links = installation.people, installation.zendesk.account.links
    people.new_ticket("5001")
    for key in ("PROJ-1", "PROJ-2"):
        people.new_issue(key)
    people.write_ticket("5001", "PROJ-1")
    installation.rest()
    configured, links.external_id = links.external_id, "another"
    installation.wait(1_000)
    people.write_ticket("5001", *edit)
    installation.rest()
    assert [letter.reason for letter in installation.letters()] == ["refused"]
    assert "JiraIntegrationExternalId" in installation.letters()[0].advice
    links.external_id = configured
    installation.redrive()
    installation.rest()
    assert divergences(installation) == []
    assert installation.letters() == []
