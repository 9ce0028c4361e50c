"""Jira's things as its API tells them, as far as set-up and doctor look at them.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-via-the-jira-rest-api-for-admins
https://developer.atlassian.com/cloud/automation/rest/api-group-rule-management/
"""

from typing import Any

from pydantic import ConfigDict, Field

from linksync.outbound.responses import ResponseModel

FILTER = "issue-related-events-section"


class Myself(ResponseModel):
    """Who calls."""

    account_id: str = Field(alias="accountId", min_length=1)
    active: bool = True


class JiraField(ResponseModel):
    """A field of issues."""

    id: str
    name: str = ""
    custom: bool = False


class Webhook(ResponseModel):
    """An administrator's webhook.  Its secret is written and never shown."""

    self_url: str = Field(alias="self")
    name: str = ""
    url: str = ""
    events: tuple[str, ...] = ()
    filters: dict[str, str] = Field(default_factory=dict)
    exclude_body: bool = Field(default=False, alias="excludeBody")
    enabled: bool = True
    is_signed: bool = Field(default=False, alias="isSigned")

    @property
    def id(self) -> str:
        """The end of its own address."""
        return self.self_url.rstrip("/").rpartition("/")[2]

    @property
    def jql(self) -> str:
        """The issues that it is told of; empty: all."""
        return self.filters.get(FILTER, "")


class RuleSummary(ResponseModel):
    """An automation rule in the list."""

    uuid: str
    name: str = ""
    state: str = ""


class FieldRows(ResponseModel):
    """The fields."""

    rows: tuple[JiraField, ...]


class WebhookRows(ResponseModel):
    """The administrators' webhooks."""

    rows: tuple[Webhook, ...]


class ScreensPage(ResponseModel):
    """Screens that a field is on."""

    values: tuple[dict[str, Any], ...] = ()


class RulesPage(ResponseModel):
    """A page of automation rules."""

    data: tuple[RuleSummary, ...] = ()
    links: dict[str, str | None] = Field(default_factory=dict)


class RuleResponse(ResponseModel):
    """One automation rule."""

    rule: dict[str, Any]


class RuleMade(ResponseModel):
    """A rule that was made."""

    rule_uuid: str = Field(alias="ruleUuid")


class FieldMade(ResponseModel):
    """A field that was made."""

    id: str


class Tenant(ResponseModel):
    """Which site this is."""

    cloud_id: str = Field(alias="cloudId", min_length=1)


class Project(ResponseModel):
    """A project."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str
    key: str = ""


class ProjectsPage(ResponseModel):
    """A page of projects."""

    values: tuple[Project, ...] = ()
    is_last: bool = Field(default=True, alias="isLast")


class _Permission(ResponseModel):
    have: bool = Field(default=False, alias="havePermission")


class Permissions(ResponseModel):
    """What the caller may do."""

    permissions: dict[str, _Permission] = Field(default_factory=dict)
