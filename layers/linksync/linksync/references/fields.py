"""The two fields that hold references, as this stack is configured.  An empty id means that the direction is off."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from linksync.references.issue_keys import issue_keys
from linksync.references.text import LONGEST_TEXT
from linksync.references.ticket_ids import ticket_ids

MOST_REFERENCES = 500
"""More than that on one ticket or issue is no field of references but a text pasted by mistake."""


class TooManyReferences(ValueError):
    """A field names more than MOST_REFERENCES.  `reason` is one word for logs, metrics and the dead letter."""

    reason = "too_many_references"


class NotProjectKeys(ValueError):
    """The parameter ProjectKeys is neither empty nor a list of project keys.  The message says what to do."""


_PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,254}")
_LABEL_SEPARATORS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketField:
    """The Zendesk ticket field that holds issue keys.

    `projects` is the allow-list, whose keys may be written as tags; which issues count, their lane decides.  `site` is
    the Jira host whose URLs count (empty: any).
    """

    id: str
    projects: frozenset[str] = frozenset()
    site: str = ""

    @classmethod
    def configured(cls, *, field_id: str, project_keys: str, jira_base_url: str) -> "TicketField":
        """From the template's parameters TicketFieldId, ProjectKeys and JiraBaseUrl.  Raises NotProjectKeys."""
        return cls(id=field_id.strip(), projects=_projects(project_keys), site=_jira_site(jira_base_url))

    def keys(self, value: object) -> tuple[str, ...] | None:
        """The keys in a text, in a list of tags, or in null for an empty field; None when it is none of these.

        None as well for what is longer than any field.
        Raises TooManyReferences for more than MOST_REFERENCES.
        """
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n".join(value)
        return self.text_keys(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None

    def text_keys(self, text: str) -> tuple[str, ...]:
        """The keys in a text.  Raises TooManyReferences for more than MOST_REFERENCES."""
        return _bounded(issue_keys(text, projects=self.projects, site=self.site))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueField:
    """The Jira issue field that holds ticket ids.

    `account_host` is the Zendesk host whose URLs count, `projects` the allow-list of the issues' projects (empty: all).
    """

    id: str
    account_host: str
    projects: frozenset[str] = frozenset()

    @classmethod
    def configured(cls, *, field_id: str, project_keys: str, zendesk_subdomain: str) -> "IssueField":
        """From the template's parameters IssueFieldId, ProjectKeys and ZendeskSubdomain.  Raises NotProjectKeys."""
        account_host = f"{zendesk_subdomain.strip().lower()}.zendesk.com"
        return cls(id=field_id.strip(), account_host=account_host, projects=_projects(project_keys))

    def ids(self, value: object) -> tuple[str, ...] | None:
        """The ticket ids in any of Jira's field shapes; None when the shape is not known.

        Raises TooManyReferences for more than MOST_REFERENCES.
        """
        if self.id == "labels" and isinstance(value, str):  # as automation and the changelog write them
            value = _LABEL_SEPARATORS.split(value)
        found = ticket_ids(value, account_host=self.account_host, projects=self.projects)
        return None if found is None else _bounded(found)


def _projects(project_keys: str) -> frozenset[str]:
    """The allow-list; empty only for a parameter that is, since an empty list allows everything."""
    if not project_keys.strip():
        return frozenset()
    named = frozenset(key.strip().upper() for key in project_keys.split(",") if key.strip())
    if not named or not all(map(_PROJECT_KEY.fullmatch, named)):
        raise NotProjectKeys(
            "ProjectKeys is no list of Jira project keys: write them with commas between (PROJ,OPS), or leave it empty "
            "to allow every project, and deploy again"
        )
    return named


def _jira_site(base_url: str) -> str:
    """The host under which people see Jira's issues; empty when the base URL does not tell (scoped token, loopback)."""
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return ""
    return host if host.endswith(".atlassian.net") else ""


def _bounded(references: tuple[str, ...]) -> tuple[str, ...]:
    if len(references) > MOST_REFERENCES:
        raise TooManyReferences(f"more than {MOST_REFERENCES} references")
    return references
