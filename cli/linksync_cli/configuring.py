"""Finds the stack's parameters: from what is given, what is known already, and what Zendesk and Jira tell.

A question is asked only for what nobody can tell.  Fields that are missing are made, once somebody agreed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from linksync_cli import credentials
from linksync_cli.changes import NEW
from linksync_cli.command import Run
from linksync_cli.credentials import Credentials
from linksync_cli.failures import Failure, WrongUsage
from linksync_cli.jira import finding as in_jira
from linksync_cli.jira.api import JiraApi
from linksync_cli.options import Given
from linksync_cli.setting_up import prove_zendesk
from linksync_cli.vendor_calls import jira_calls, zendesk_calls
from linksync_cli.zendesk import finding as in_zendesk
from linksync_cli.zendesk.finding import WHERE_EXTERNAL_ID_IS, LinksChoice
from linksync_cli.zendesk.reads import ZendeskReads
from linksync_cli.zendesk.writes import ZendeskWrites

NONE = "none"
"""What an option says to leave a direction off."""


@dataclass(slots=True)
class FoundParameters:
    """The parameters, how each was found, and the fields that are still to be made."""

    parameters: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    to_make: dict[str, Callable[[], str]] = field(default_factory=dict)

    def take(self, name: str, value: str, why: str) -> None:
        """Note a parameter, and how it was found."""
        self.parameters[name], self.why[name] = value, why

    def make(self) -> None:
        """Makes the fields that are to be made."""
        for name, create in self.to_make.items():
            self.parameters[name] = create() or NEW


class Configuration:
    """Finds the parameters.  `known` are those so far, `stored` the stack's credentials where there is a stack."""

    def __init__(self, run: Run, given: Given, known: Mapping[str, str], stored: Mapping[str, object]) -> None:
        self._run, self._given, self._known, self._stored = run, given, known, stored
        self.found = FoundParameters()

    def find(self) -> FoundParameters:
        """Raises Failure, Unanswered and the errors of `linksync.errors`."""
        zendesk_url, site = self._urls()
        zendesk = zendesk_calls(zendesk_url, self._credentials("zendesk").entry, dry_run=self._run.dry_run)
        reads = ZendeskReads(zendesk)
        with self._run.screen.working("Asking Zendesk …"):
            prove_zendesk(reads)
        of_jira = self._credentials("jira")
        with self._run.screen.working("Asking Jira …"):
            jira_url = in_jira.base_url_for(site, of_jira, dry_run=self._run.dry_run)
        jira = JiraApi(jira_calls(jira_url, of_jira.entry, dry_run=self._run.dry_run))
        self._take_urls(zendesk_url, jira_url, scoped=jira_url != site)
        self._links_api(reads, site=site, cloud_id=in_jira.cloud_id(jira))
        self._ticket_field(reads, ZendeskWrites(zendesk))
        self._issue_field(jira)
        self._behaviour()
        return self.found

    def _urls(self) -> tuple[str, str]:
        known = self._known.get("ZendeskBaseUrl", "")
        if not known and (subdomain := self._known.get("ZendeskSubdomain")):
            known = f"https://{subdomain}.zendesk.com"
        zendesk = self._url(
            self._given.zendesk_url or known, "Zendesk: https://acme.zendesk.com or acme", "--zendesk-url"
        )
        jira = self._given.jira_url or self._known.get("JiraBaseUrl", "")
        return zendesk, self._url(jira, "Jira: https://acme.atlassian.net", "--jira-url")

    def _url(self, known: str, question: str, flag: str) -> str:
        text = known or self._run.prompts.text(question, flag=flag)
        if "://" not in text:
            text = f"https://{text}" if "." in text else f"https://{text}.zendesk.com"
        return text.rstrip("/")

    def _credentials(self, vendor: str) -> Credentials:
        found = credentials.find(vendor, self._stored, self._run.prompts)
        self._run.screen.note_once(f"Credentials for {vendor.capitalize()}: from {found.origin}.")
        return found

    def _take_urls(self, zendesk_url: str, jira_url: str, *, scoped: bool) -> None:
        plain = in_zendesk.is_plain_account(zendesk_url)
        self.found.take("ZendeskSubdomain", in_zendesk.subdomain_of(zendesk_url), "from its URL")
        self.found.take(
            "ZendeskBaseUrl", "" if plain else zendesk_url, "the subdomain tells it" if plain else "its URL"
        )
        self.found.take("JiraBaseUrl", jira_url, "for scoped tokens and OAuth" if scoped else "its URL")

    def _links_api(self, reads: ZendeskReads, *, site: str, cloud_id: str) -> None:
        choice = self._given_links_api() or in_zendesk.links_choice(reads, jira_url=site, cloud_id=cloud_id)
        if choice is None:
            question = f"Zendesk: external_id of the Jira integration ({WHERE_EXTERNAL_ID_IS})"
            answer = self._run.prompts.text(question, flag="--external-id (or --links-api v1)")
            choice = LinksChoice("v2", answer, "your answer")
        self.found.take("LinksApiVersion", choice.version, choice.why)
        self.found.take("JiraIntegrationExternalId", choice.external_id, choice.why)

    def _given_links_api(self) -> LinksChoice | None:
        version, external_id = self._given.links_api, self._given.external_id
        known = self._known.get("LinksApiVersion", ""), self._known.get("JiraIntegrationExternalId", "")
        if version not in ("", "v1", "v2"):
            raise WrongUsage("links_api", f"--links-api {version} is neither v1 nor v2.", "Leave it out, to find out.")
        if version == "v1":
            return LinksChoice("v1", "", "given")
        if external_id:
            return LinksChoice("v2", external_id, "given")
        if not version and (known[1] or known[0] == "v1"):
            return LinksChoice(known[0] or "v2", known[1], "known already")
        return None

    def _ticket_field(self, reads: ZendeskReads, writes: ZendeskWrites) -> None:
        with self._run.screen.working("Looking at the ticket fields …"):
            usable = in_zendesk.usable_fields(reads.fields())
        self._field(
            "TicketFieldId",
            self._given.ticket_field,
            [(one.id, one.title) for one in usable],
            [one.id for one in in_zendesk.named_like_keys(usable)],
            NewField(in_zendesk.FIELD_TITLE, "ticket field", "--ticket-field", writes.create_field),
        )

    def _issue_field(self, jira: JiraApi) -> None:
        with self._run.screen.working("Looking at the issue fields …"):
            fields = jira.fields()
        usable = in_jira.usable_fields(fields)
        choices = [(one.id, one.name) for one in fields if one in usable or not one.custom]
        self._field(
            "IssueFieldId",
            self._given.issue_field,
            choices,
            [one.id for one in in_jira.named_like_tickets(usable)],
            NewField(in_jira.FIELD_NAME, "issue field", "--issue-field", jira.create_field),
        )

    def _field(
        self, name: str, given: str, choices: Sequence[tuple[str, str]], likely: Sequence[str], new: "NewField"
    ) -> None:
        titles = dict(choices)
        known = self._known.get(name, "")
        if given == NONE:
            self.found.take(name, "", "off, as given")
        elif given:
            self.found.take(name, _chosen(given, choices, new), "given")
        elif known in titles:
            self.found.take(name, known, f'"{titles[known]}", known already')
        elif len(likely) == 1:
            self.found.take(name, likely[0], f'"{titles[likely[0]]}", found by its name')
        elif likely:
            question = f"Which {new.what}?"
            answer = self._run.prompts.choose(question, [(one, titles[one]) for one in likely], flag=new.flag)
            self.found.take(name, answer, f'"{titles[answer]}"')
        else:
            self.found.take(name, NEW, f'"{new.title}", to be made')
            self.found.to_make[name] = lambda: new.create(new.title)

    def _behaviour(self) -> None:
        for name, given in (("ProjectKeys", self._given.project_keys), ("AlarmEmail", self._given.alarm_email)):
            if given:
                self.found.take(name, "" if given == NONE else given, "given")


@dataclass(frozen=True, slots=True)
class NewField:
    """A field that would be made: what it is called, what it is, which option names another, and how it is made."""

    title: str
    what: str
    flag: str
    create: Callable[[str], str]


def _chosen(given: str, choices: Sequence[tuple[str, str]], new: NewField) -> str:
    """The id of the field that was given by id or by name.  Raises Failure."""
    found = [id_ for id_, title in choices if given in (id_, title) or given.casefold() == title.casefold()]
    if len(found) == 1:
        return found[0]
    message = (
        f"{len(found)} fields are called {given}." if found else f"There is no {new.what} {given} that can be used."
    )
    raise Failure("field", message, f"Give its id with {new.flag}, or leave it out to have one made.")
