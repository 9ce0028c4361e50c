"""What Zendesk's own Jira app does beside holding links: agents' hands, and the fields that it writes by itself.

Follows Zendesk's help on the two integrations: linking in the app tags the ticket and labels the issue
`jira_escalated`; linked ticket reporting keeps two Jira fields, found by their exact names; version 1's field sync
writes the linked keys into a ticket field.  Who chooses one of these fields as a source makes links claim themselves.
"""

from functools import partial

from local.jira.issue import NoSuchIssue
from local.jira.site import Jira
from local.zendesk.links import LinkTable, SimulatedLink
from local.zendesk.site import Zendesk
from local.zendesk.ticket import APP_USER_ID, NoSuchTicket, TicketClosed

ESCALATED = "jira_escalated"
TICKET_IDS, TICKET_COUNT = "Zendesk Ticket IDs", "Zendesk Ticket Count"


class JiraApp:
    """The app in one account and its site.

    reporting: whether it keeps the fields "Zendesk Ticket IDs" and "Zendesk Ticket Count", where the site has them.
    synced_field: the id of the ticket field into which it writes the keys of linked issues; empty for none.
    """

    def __init__(self, zendesk: Zendesk, jira: Jira) -> None:
        self.reporting = False
        self.synced_field = ""
        self._zendesk = zendesk
        self._jira = jira
        for table in (zendesk.links, zendesk.links_v1):
            table.listeners.append(partial(self._on_change, table))

    def link(self, table: LinkTable, ticket_id: int, id_or_key: str) -> bool:
        """Links them as an agent does, with tag and label; False when they were linked already."""
        issue = self._jira.issues.get(id_or_key)
        if not table.add(ticket_id, issue.id, issue.key):
            return False
        ticket = self._zendesk.tickets.get(ticket_id)
        if ticket.status != "closed":
            self._zendesk.tickets.edit(ticket_id, tags=[*ticket.tags, ESCALATED])
        labels = [one for one in issue.fields.get("labels") or [] if one != ESCALATED]
        self._jira.issues.edit(issue.id, {"labels": [*labels, ESCALATED]})
        return True

    def unlink(self, table: LinkTable, ticket_id: int, id_or_key: str) -> bool:
        """Unlinks them as an agent does; tag and label stay.  False when there was no link."""
        return table.remove(ticket_id, self._jira.issues.get(id_or_key).id)

    def _on_change(self, table: LinkTable, row: SimulatedLink) -> None:
        if self.reporting:
            self._report(table, row.issue_id)
        if self.synced_field:
            self._sync(table, row.ticket_id)

    def _report(self, table: LinkTable, issue_id: str) -> None:
        tickets = [row.ticket_id for row in table.of(issue_id=issue_id)]
        values = {TICKET_IDS: ", ".join(tickets), TICKET_COUNT: len(tickets)}
        ids = {name: self._jira.fields.named(name) for name in values}
        try:
            self._jira.issues.edit(issue_id, {ids[name]: value for name, value in values.items() if ids[name]})
        except NoSuchIssue:
            return

    def _sync(self, table: LinkTable, ticket_id: str) -> None:
        keys = [row.issue_key or "" for row in table.of(ticket_id)]
        try:
            self._zendesk.tickets.edit(
                int(ticket_id), {self.synced_field: " ".join(keys)}, via="api", author=APP_USER_ID
            )
        except (NoSuchTicket, TicketClosed):
            return
