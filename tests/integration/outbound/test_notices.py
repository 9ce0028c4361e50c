"""Notices of slips: on tickets and issues of the simulated vendors, over the wire."""

from collections.abc import Iterator

import pytest
import responses
from responses.matchers import json_params_matcher

from linksync.core.issue import Issue
from linksync.errors import NoticeRefused, UpstreamThrottled, UpstreamUnavailable
from linksync.outbound.http_api import HttpApi
from linksync.outbound.jira_notices import JiraNotices
from linksync.outbound.vendor_apis import VendorApis
from linksync.outbound.zendesk_notices import NOT_FOUND_TAG, ZendeskNotices
from local.jira import site as jira_site
from local.jira.site import Jira
from local.zendesk import site as zendesk_site
from local.zendesk.site import Zendesk

TICKET = "https://acme.zendesk.com/api/v2/tickets/5001"
TEXT = "PROJ-999 <b>was</b> not found."
SECRET = {
    "zendesk": {"client_id": zendesk_site.CLIENT_ID, "client_secret": zendesk_site.CLIENT_SECRET},
    "jira": {"email": jira_site.EMAIL, "api_token": jira_site.API_TOKEN},
}


@pytest.fixture
def account() -> Iterator[Zendesk]:
    with Zendesk("ext-1", ["360"]) as account:
        account.tickets.create(ticket_id=5001, tags=["vip"], comment={"body": "My printer is on fire", "public": True})
        yield account


@pytest.fixture
def notices(account: Zendesk) -> ZendeskNotices:
    return ZendeskNotices(zendesk=VendorApis(source=lambda *, fresh=False: SECRET).zendesk(account.url))


def tags(account: Zendesk) -> list[str]:
    return account.tickets.get(5001).tags


def writes(account: Zendesk) -> int:
    return account.calls.count("PUT|DELETE|POST", "/tickets/")


def test_the_tag_is_the_one_that_views_and_triggers_look_for() -> None:
    assert NOT_FOUND_TAG == "linksync_not_found"


def test_a_tag_is_put_on_beside_the_others_once(account: Zendesk, notices: ZendeskNotices) -> None:
    assert notices.add_tag("5001") is True
    assert notices.add_tag("5001") is False
    assert tags(account) == [NOT_FOUND_TAG, "vip"]
    assert writes(account) == 1


def test_a_tag_is_taken_off_and_the_others_stay(account: Zendesk, notices: ZendeskNotices) -> None:
    notices.add_tag("5001")
    assert notices.remove_tag("5001") is True
    assert notices.remove_tag("5001") is False
    assert tags(account) == ["vip"]
    assert writes(account) == 2


@pytest.mark.parametrize(("method", "there"), [("PUT", ["vip"]), ("DELETE", ["vip", NOT_FOUND_TAG])])
def test_a_ticket_that_changed_since_it_was_read_is_left_for_later(
    recorded: responses.RequestsMock, zendesk: HttpApi, method: str, there: list[str]
) -> None:
    shown = {"status": "open", "tags": there, "updated_at": "2026-11-24T10:00:00Z"}
    recorded.get(TICKET, json={"ticket": shown})
    body = {"tags": [NOT_FOUND_TAG], "updated_stamp": "2026-11-24T10:00:00Z", "safe_update": "true"}
    conflict = {"error": "UpdateConflict", "description": "Safe Update prevented the update"}
    recorded.add(method, f"{TICKET}/tags", status=409, json=conflict, match=[json_params_matcher(body)])
    notices = ZendeskNotices(zendesk=zendesk)
    with pytest.raises(UpstreamUnavailable) as caught:
        (notices.add_tag if method == "PUT" else notices.remove_tag)("5001")
    assert caught.value.maybe_applied is False


@pytest.mark.parametrize(("status", "body"), [(500, ""), (200, "<html>")])
def test_a_look_that_fails_leaves_no_doubt(
    recorded: responses.RequestsMock, zendesk: HttpApi, status: int, body: str
) -> None:
    recorded.get(TICKET, status=status, body=body)
    with pytest.raises(UpstreamUnavailable) as caught:
        ZendeskNotices(zendesk=zendesk).add_tag("5001")
    assert caught.value.maybe_applied is False


def test_a_note_is_internal_even_where_the_first_comment_is_public(account: Zendesk, notices: ZendeskNotices) -> None:
    notices.add_note("5001", TEXT)
    first, note = account.tickets.get(5001).comments
    assert first.public is True
    assert (note.body, note.public) == (TEXT, False)


@pytest.mark.parametrize("write", ["add_tag", "remove_tag", "add_note"])
def test_a_closed_ticket_takes_nothing(account: Zendesk, notices: ZendeskNotices, write: str) -> None:
    if write == "remove_tag":
        notices.add_tag("5001")
    account.tickets.edit(5001, status="closed")
    before = writes(account)
    with pytest.raises(NoticeRefused):
        notices.add_note("5001", TEXT) if write == "add_note" else getattr(notices, write)("5001")
    assert writes(account) == before + (write == "add_note")


def test_a_ticket_that_is_gone_takes_nothing(notices: ZendeskNotices) -> None:
    for write in (notices.add_tag, notices.remove_tag, lambda ticket: notices.add_note(ticket, TEXT)):
        with pytest.raises(NoticeRefused):
            write("7")


def test_the_limit_on_ticket_updates_is_obeyed(account: Zendesk, notices: ZendeskNotices) -> None:
    account.limits.ticket_updates.enforced = True
    account.limits.ticket_updates.per_minute = 1
    notices.add_note("5001", TEXT)
    with pytest.raises(UpstreamThrottled) as caught:
        notices.add_note("5001", TEXT)
    assert caught.value.retry_after


@pytest.mark.parametrize(("status", "kind"), [(403, NoticeRefused), (422, NoticeRefused), (500, UpstreamUnavailable)])
def test_what_is_forbidden_stops_no_work_on_links(
    recorded: responses.RequestsMock, zendesk: HttpApi, status: int, kind: type[Exception]
) -> None:
    recorded.put(TICKET, status=status, json={"error": "RecordInvalid"})
    with pytest.raises(kind):
        ZendeskNotices(zendesk=zendesk).add_note("5001", TEXT)


@pytest.fixture
def jira_account() -> Iterator[Jira]:
    with Jira() as account:
        account.about.service_projects.add("HELP")
        yield account


@pytest.fixture
def comments(jira_account: Jira) -> JiraNotices:
    return JiraNotices(VendorApis(source=lambda *, fresh=False: SECRET).jira(jira_account.url))


def issue_in(account: Jira, key: str) -> Issue:
    found = account.issues.create(key)
    return Issue(found.id, found.key)


@pytest.mark.parametrize(("key", "internal"), [("HELP-1", True), ("PROJ-1", False)])
def test_a_comment_is_internal_where_customers_see_the_issue(
    jira_account: Jira, comments: JiraNotices, key: str, internal: bool
) -> None:
    issue = issue_in(jira_account, key)
    comments.add_comment(issue, TEXT)
    (comment,) = jira_account.issues.get(issue.id).comments
    assert (comment.body, comment.internal) == (TEXT, internal)


@pytest.mark.parametrize(("key", "moved", "internal"), [("PROJ-1", "HELP-7", True), ("HELP-1", "PROJ-7", False)])
def test_it_is_the_project_of_now_that_counts(
    jira_account: Jira, comments: JiraNotices, key: str, moved: str, internal: bool
) -> None:
    """A statement may have waited through an outage, and its issue moved to where customers see it."""
    issue = issue_in(jira_account, key)
    jira_account.issues.move(issue.id, moved)
    comments.add_comment(issue, TEXT)
    (comment,) = jira_account.issues.get(issue.id).comments
    assert comment.internal is internal


@pytest.mark.parametrize("status", [403, 404])
def test_a_project_that_we_may_not_see_may_be_one_that_customers_see(
    jira_account: Jira, comments: JiraNotices, status: int
) -> None:
    jira_account.faults.add(method="GET", path="/issue/[0-9]+", status=status, body='{"errorMessages": ["…"]}')
    issue = issue_in(jira_account, "HELP-1")
    with pytest.raises(NoticeRefused):
        comments.add_comment(issue, TEXT)
    assert jira_account.issues.get(issue.id).comments == []


@pytest.mark.parametrize("fields", ['{"project": {"projectTypeKey": "customer_service"}}', '{"project": {}}', "{}"])
def test_a_project_of_a_kind_that_nobody_knows_gets_no_comment(
    jira_account: Jira, comments: JiraNotices, fields: str
) -> None:
    issue = issue_in(jira_account, "CARE-1")
    body = f'{{"id": "{issue.id}", "key": "CARE-1", "fields": {fields}}}'
    jira_account.faults.add(method="GET", path="/issue/[0-9]+", status=200, body=body)
    with pytest.raises(NoticeRefused):
        comments.add_comment(issue, TEXT)
    assert jira_account.issues.get(issue.id).comments == []


def test_a_project_that_cannot_be_looked_up_now_gets_its_comment_later(
    jira_account: Jira, comments: JiraNotices
) -> None:
    jira_account.faults.add(method="GET", path="/issue/[0-9]+", status=503)
    issue = issue_in(jira_account, "PROJ-1")
    with pytest.raises(UpstreamUnavailable) as caught:
        comments.add_comment(issue, TEXT)
    assert caught.value.maybe_applied is False
    assert jira_account.issues.get(issue.id).comments == []


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_issue_that_takes_no_comment(jira_account: Jira, comments: JiraNotices, status: int) -> None:
    jira_account.faults.add(method="POST", path="/comment", status=status, body='{"errorMessages": ["…"]}')
    with pytest.raises(NoticeRefused):
        comments.add_comment(issue_in(jira_account, "PROJ-1"), TEXT)
