"""The simulated Jira: issues, fields, search, webhooks, automation rules, credentials and limits."""

from collections.abc import Iterable

from local.http.messages import BadJson, Handler, HttpRequest, Reply, Route
from local.http.server import Site
from local.http.site_settings import SiteSettings
from local.jira.about import AboutApi
from local.jira.access import ACCOUNT_ID, API_TOKEN, CLIENT_ID, CLIENT_SECRET, EMAIL, Access
from local.jira.automation import AutomationRules
from local.jira.automation_api import AutomationRulesApi
from local.jira.fields import FieldsApi
from local.jira.issue import NoSuchIssue
from local.jira.issues import IssueStore
from local.jira.issues_api import UNKNOWN, IssuesApi
from local.jira.limits import Limits
from local.jira.search_api import SearchApi
from local.jira.webhooks import JiraWebhooks
from local.jira.webhooks_api import WebhooksApi

__all__ = ["API_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "EMAIL", "UNKNOWN", "Jira"]

CLOUD_ID = "0c8cb8e1-2d0a-4c0c-9a0f-1f6c0e9b7d11"
NOT_FOUND = Reply(404, {"errorMessages": [UNKNOWN], "errors": {}})
BAD_REQUEST = Reply(400, {"errorMessages": ["Invalid request payload. Refer to the REST API documentation."]})
DEAD_LINK = "<!DOCTYPE html><html><head><title>Oops, you've found a dead link. - Jira</title></head><body/></html>"


class Jira(Site):
    """One Jira site.

    `issues`, `webhooks` and `rules` are its state, to be edited and read in-process; `access`, `limits`, `fields`,
    `about`, `search` and `automation_api` hold its settings, and switches for what the vendor leaves open.
    """

    missing = Reply(404, DEAD_LINK)

    def __init__(
        self,
        field_ids: Iterable[str] = (),
        settings: SiteSettings | None = None,
    ) -> None:
        super().__init__(settings)
        clock, pace = self.settings.clock, self.settings.pace
        self.issues = IssueStore(field_ids, clock)
        self.access = Access(CLOUD_ID)
        self.accounts = self.access.accounts
        self.limits = Limits(clock)
        self.fields = FieldsApi(self.issues, self.access)
        self.about = AboutApi(self.issues, self.access, self.url)
        self.search = SearchApi(self.issues, self.fields, self.access, self.about.json)
        self.webhooks = JiraWebhooks(pace, lambda jql, issue: self.search.query(jql).holds(issue))
        self.rules = AutomationRules(pace, self.fields.named)
        self.automation_api = AutomationRulesApi(self.rules, self.access)
        self.issues.listeners += [self.webhooks.on_change, self.rules.on_change]

    def routes(self) -> list[Route]:
        """Every path of the site."""
        return [
            ("POST", "/oauth/token", self.access.issue_token),
            *self.about.routes(),
            *self.fields.routes(),
            *self.search.routes(),
            *IssuesApi(self.issues, self.fields, self.access, self.about.json).routes(),
            *WebhooksApi(self.webhooks, self.access, self.url, self.issues.clock).routes(),
            *self.automation_api.routes(),
        ]

    def guard(self, request: HttpRequest, handler: Handler) -> Reply:
        """The limits and bad tokens; anonymous callers go on to the handlers, and see nothing there."""
        reply = self.limits.guard(request, lambda: self.access.refusal(request) or _handled(request, handler))
        caller = {"X-AAccountId": ACCOUNT_ID} if self.access.known(request) else {}
        return Reply(reply.status, reply.body, {**caller, **reply.headers})


def _handled(request: HttpRequest, handler: Handler) -> Reply:
    try:
        return handler(request)
    except NoSuchIssue:
        return NOT_FOUND
    except (BadJson, KeyError, TypeError, ValueError):
        return BAD_REQUEST
