"""The envelopes that Zendesk's API puts its things in."""

from typing import Any

from pydantic import Field

from linksync.outbound.responses import ResponseModel
from linksync_cli.vendor_calls import Page
from linksync_cli.zendesk.records import Connection, Form, Invocation, TicketField, Trigger, User, Webhook


class UserResponse(ResponseModel):
    """Who calls."""

    user: User


class FieldsPage(Page):
    """A page of ticket fields."""

    ticket_fields: tuple[TicketField, ...]


class FieldResponse(ResponseModel):
    """One ticket field."""

    ticket_field: TicketField


class FormsPage(Page):
    """The ticket forms."""

    ticket_forms: tuple[Form, ...]


class WebhooksPage(Page):
    """A page of webhooks."""

    webhooks: tuple[Webhook, ...]


class WebhookResponse(ResponseModel):
    """One webhook."""

    webhook: Webhook


class _Secret(ResponseModel):
    secret: str = Field(min_length=1, repr=False)


class SecretResponse(ResponseModel):
    """A webhook's signing secret."""

    signing_secret: _Secret


class TriggersPage(Page):
    """A page of triggers."""

    triggers: tuple[Trigger, ...]


class TriggerResponse(ResponseModel):
    """One trigger."""

    trigger: Trigger


class _Operator(ResponseModel):
    value: str


class _Subject(ResponseModel):
    subject: str
    operators: tuple[_Operator, ...] = ()


class _Definitions(ResponseModel):
    conditions_all: tuple[_Subject, ...] = ()
    conditions_any: tuple[_Subject, ...] = ()


class DefinitionsResponse(ResponseModel):
    """What conditions a trigger may have."""

    definitions: _Definitions


class InvocationsPage(ResponseModel):
    """A page of a webhook's invocations."""

    invocations: tuple[Invocation, ...] = ()


class ConnectionsList(ResponseModel):
    """The connections to Jira."""

    integrations: tuple[Connection, ...] = ()


class _Change(ResponseModel):
    type: str = ""
    field_name: str = ""


class _Audit(ResponseModel):
    author_id: int
    events: tuple[_Change, ...] = ()


class AuditsPage(ResponseModel):
    """A page of a ticket's audits."""

    audits: tuple[_Audit, ...] = ()


class LinksPage(ResponseModel):
    """A page of links, in either version; only whether there are any is of interest."""

    links: tuple[dict[str, Any], ...] = ()
