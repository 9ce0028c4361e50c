"""A request's path, filled from ids."""

import pytest

from linksync.errors import UpstreamRefused
from linksync.outbound.http_api import Call


def call(issue: str, **query: str) -> Call:
    return Call(method="GET", path="/rest/api/3/issue/{issue}/x", ids={"issue": issue}, query=query)


def test_ids_are_quoted_as_one_segment_each() -> None:
    assert call("PROJ-1").target() == "/rest/api/3/issue/PROJ-1/x"
    assert call("a/../b?c#d%2e").target() == "/rest/api/3/issue/a%2F..%2Fb%3Fc%23d%252e/x"
    assert call("_").target() == "/rest/api/3/issue/_/x"
    assert call("{issue}").target() == "/rest/api/3/issue/%7Bissue%7D/x"


def test_the_query_is_quoted() -> None:
    assert call("1", fields="a&b").target() == "/rest/api/3/issue/1/x?fields=a%26b"


@pytest.mark.parametrize("issue", ["", ".", "..", "..."])
def test_an_id_that_would_name_another_resource_is_refused(issue: str) -> None:
    with pytest.raises(UpstreamRefused, match=r"GET /rest/api/3/issue/\{issue\}/x was not sent: issue"):
        call(issue).target()


def test_a_body_is_not_in_the_repr() -> None:
    assert "hunter2" not in repr(Call(method="POST", path="/", body={"client_secret": "hunter2"}))
