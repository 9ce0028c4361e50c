"""Jira as an administrator has it: who calls, fields and their screens, administrators' webhooks.

Reads raise the errors of `linksync.errors`; writes do so too, and in a dry run only tell their calls.
"""

import re
from typing import Any

from linksync_cli.jira.records import (
    FieldMade,
    FieldRows,
    JiraField,
    Myself,
    Permissions,
    Project,
    ProjectsPage,
    ScreensPage,
    Tenant,
    Webhook,
    WebhookRows,
)
from linksync_cli.vendor_calls import VendorCalls

_REFUSED = frozenset({401, 403, 404})
_MAYBE = _REFUSED | {200}
_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_GATEWAY = re.compile(r"/ex/jira/([^/]+)$")
_WEBHOOKS = "/rest/webhooks/1.0/webhook"


class JiraApi:
    """One Jira site."""

    def __init__(self, calls: VendorCalls) -> None:
        self.calls = calls

    def myself(self) -> Myself:
        """Who calls.  Search and fields answer 200 to anonymous callers; this does not."""
        return self.calls.read("/rest/api/3/myself", Myself)

    def administers(self) -> bool:
        """Whether the caller administers Jira."""
        found = self.calls.get("/rest/api/3/mypermissions", query={"permissions": "ADMINISTER"}).read(Permissions)
        return any(one.have for one in found.permissions.values())

    def fields(self) -> tuple[JiraField, ...]:
        """Every field."""
        return self.calls.rows("/rest/api/3/field", FieldRows).rows

    def is_on_a_screen(self, field_id: str) -> bool | None:
        """Whether anybody can type in the field; None where the caller may not know."""
        path = "/rest/api/3/field/{field_id}/screens"
        response = self.calls.get(path, ids={"field_id": field_id}, query={"maxResults": "1"}, accept=_MAYBE)
        return bool(response.read(ScreensPage).values) if response.status == 200 else None

    def webhooks(self) -> tuple[Webhook, ...] | None:
        """The administrators' webhooks; None where these credentials may not have any: scoped tokens may not."""
        if self.calls.get(_WEBHOOKS, accept=_MAYBE).status != 200:
            return None
        return self.calls.rows(_WEBHOOKS, WebhookRows).rows

    def cloud_id(self) -> str:
        """Atlassian's id of the site."""
        if gateway := _GATEWAY.search(self.calls.api.base_url):
            return gateway[1]
        return self.calls.read("/_edge/tenant_info", Tenant).cloud_id

    def project_keys(self) -> frozenset[str]:
        """The keys of the projects that the caller sees."""
        found: set[str] = set()
        while True:
            page = self.calls.get("/rest/api/3/project/search", query={"startAt": str(len(found))}).read(ProjectsPage)
            new = {one.key.upper() for one in page.values} - found
            found |= new
            if page.is_last or not new:
                return frozenset(found)

    def project_id(self, key: str) -> str:
        """The id of a project."""
        return self.calls.read("/rest/api/3/project/{key}", Project, key=key).id

    def create_field(self, name: str) -> str:
        """A new text field; its id, empty in a dry run."""
        body = {"name": name, "type": f"{_TYPES}:textfield", "searcherKey": f"{_TYPES}:textsearcher"}
        response = self.calls.write("POST", "/rest/api/3/field", body)
        return response.read(FieldMade).id if response else ""

    def put_on_default_screen(self, field_id: str) -> None:
        """Shows the field on the default screen."""
        self.calls.write("POST", "/rest/api/3/screens/addToDefault/{field_id}", field_id=field_id)

    def create_webhook(self, body: dict[str, Any]) -> str:
        """A new webhook; its id, empty in a dry run."""
        response = self.calls.write("POST", _WEBHOOKS, body)
        return response.read(Webhook).id if response else ""

    def replace_webhook(self, webhook_id: str, body: dict[str, Any]) -> None:
        """Writes the whole webhook; a secret that is left out stays."""
        self.calls.write("PUT", _WEBHOOKS + "/{webhook_id}", body, webhook_id=webhook_id)

    def delete_webhook(self, webhook_id: str) -> None:
        """Deletes the webhook."""
        self.calls.write("DELETE", _WEBHOOKS + "/{webhook_id}", webhook_id=webhook_id)
