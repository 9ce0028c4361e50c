"""Jira: the laptop's, with issues that may not be read, and old copies."""

import re
from dataclasses import dataclass, field

from local.http.messages import HttpRequest, Reply
from local.http.site_settings import SiteSettings
from local.jira.access import API_TOKEN, EMAIL
from local.jira.issue import IssueChange, SimulatedIssue
from local.jira.issues_api import ISSUE
from local.jira.site import Jira
from local.vendors import ISSUE_FIELD
from tests.simulation.clock import Clock
from tests.simulation.fault_injector import FaultInjector
from tests.simulation.replica import Replica
from tests.simulation.simulated_vendor import SimulatedVendor

HOST = "acme.atlassian.net"
CREDENTIALS = {"email": EMAIL, "api_token": API_TOKEN}
_ISSUE = re.compile(ISSUE)
FORBIDDEN = Reply(403, {"errorMessages": ["You do not have permission to view this issue."], "errors": {}})


@dataclass(kw_only=True)
class SimulatedJira(SimulatedVendor):
    """One site.  `forbidden` are issues of which Jira says that we may not see them, instead of hiding them."""

    jira: Jira
    replica: Replica[SimulatedIssue]
    forbidden: set[str] = field(default_factory=set)

    @classmethod
    def opened(cls, clock: Clock, injector: FaultInjector) -> "SimulatedJira":
        """A site with the one field that holds ticket ids."""
        site = Jira([ISSUE_FIELD], SiteSettings(clock=clock, url=f"https://{HOST}"))
        jira = cls(host=HOST, site=site, injector=injector, jira=site, replica=Replica(clock))
        site.issues.listeners.append(jira._keep)
        return jira

    def revoke(self, *, revoked: bool) -> None:
        """Take our credentials away, or give them back."""
        self.jira.accounts.api_tokens = {} if revoked else {EMAIL: API_TOKEN}

    def answer(self, asked: HttpRequest) -> Reply:
        if (issue_id := self._issue_read(asked)) and issue_id in self.forbidden:
            return FORBIDDEN
        return super().answer(asked)

    def older(self, asked: HttpRequest) -> Reply | None:
        """By its id alone: a replica knows no new key."""
        copy = self.replica.older(self._issue_read(asked))
        if copy is None or copy.id in self.jira.issues.hidden:
            return None
        names = asked.query.get("fields", "*all").split(",")
        return Reply(200, self.jira.about.json.shown(copy, names)) if self.jira.access.known(asked) else None

    def name(self, asked: HttpRequest) -> str:
        last = asked.path.rpartition("/")[2]
        return f"jira {asked.method} {last if last in ('bulkfetch', 'myself', 'jql') else 'issue'}"

    def _issue_read(self, asked: HttpRequest) -> str:
        match = _ISSUE.fullmatch(asked.path) if asked.method == "GET" else None
        return match[2] if match else ""

    def _keep(self, change: IssueChange) -> None:
        self.replica.keep(change.issue.id, change.issue)
