"""Jira's fields, and the screens that they must be on before anybody can write them.

Follows https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/ and …/api-group-screens/.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.jira.access import Access
from local.jira.issue import as_document
from local.jira.issues import IssueStore
from local.jira.paths import API, is_v3

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"
SYSTEM = ("summary", "description", "labels", "project", "issuetype", "created", "updated")
SCREEN_ID, TAB_ID = 10000, 10010
NAME = "Zendesk tickets"
ON_NO_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


class FieldsApi:
    """The site's fields and its one screen.

    `kinds` holds the custom fields' types by id (`textfield`, `textarea`, `float`, `labels`, …).
    """

    def __init__(self, issues: IssueStore, access: Access) -> None:
        self._issues = issues
        self._access = access
        self._ids = itertools.count(10100)
        custom = [field_id for field_id in issues.field_ids if field_id not in SYSTEM]
        self.kinds = dict.fromkeys(custom, "textfield")
        self._names = dict.fromkeys(custom, NAME)
        self.on_screen = [*SYSTEM, *custom]

    def routes(self) -> list[Route]:
        """Fields, then screens."""
        screens = API + r"/screens"
        tab = screens + rf"/{SCREEN_ID}/tabs/{TAB_ID}/fields"
        return [
            ("GET", API + "/field", self._list),
            ("GET", API + "/field/search", self._search),
            ("POST", API + "/field", self._for_admins(self._create)),
            ("GET", API + r"/field/([^/]+)/screens", self._for_admins(self._screens_of)),
            ("GET", screens, self._for_admins(self._screens)),
            ("GET", screens + rf"/{SCREEN_ID}/tabs", self._for_admins(self._tabs)),
            ("GET", tab, self._for_admins(self._tab_fields)),
            ("POST", tab, self._for_admins(self._add_to_tab)),
            ("POST", screens + r"/addToDefault/([^/]+)", self._for_admins(self._add_to_default)),
        ]

    def add(self, name: str, kind: str = "textfield") -> str:
        """A new custom field, on no screen yet; its id."""
        field_id = f"customfield_{next(self._ids)}"
        self.kinds[field_id], self._names[field_id] = kind, name
        self._issues.field_ids.append(field_id)
        return field_id

    def errors(self, fields: Mapping[str, Any], version: str) -> dict[str, str]:
        """What is wrong with a write of these fields, by field."""
        unknown = {name: ON_NO_SCREEN.format(name) for name in fields if name not in self.on_screen}
        rich = [name for name in fields if self._is_rich(name) and is_v3(version) and isinstance(fields[name], str)]
        return unknown | dict.fromkeys(
            rich, "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
        )

    def stored(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The values as they are kept: rich text as a document."""
        return {
            name: as_document(value) if self._is_rich(name) and isinstance(value, str) else value
            for name, value in fields.items()
        }

    def named(self, name: str) -> str:
        """The id of a field by its id, its name or its JQL clause, in any case; empty when there is none."""
        wanted = name.strip('"').lower()
        for field in self.all():
            if wanted in {str(one).lower() for one in (field["id"], field["name"], *field["clauseNames"])}:
                return str(field["id"])
        return ""

    def all(self) -> list[dict[str, Any]]:
        """Every field as the API lists it."""
        system = [_system_field(name) for name in SYSTEM]
        return system + [self._custom_field(field_id) for field_id in self.kinds]

    def _custom_field(self, field_id: str) -> dict[str, Any]:
        number, name, kind = field_id.removeprefix("customfield_"), self._names[field_id], self.kinds[field_id]
        return {
            "id": field_id,
            "key": field_id,
            "name": name,
            "untranslatedName": name,
            "custom": True,
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": [f"cf[{number}]", name],
            "schema": {"type": _SCHEMAS.get(kind, "string"), "custom": TYPES + kind, "customId": int(number)},
        }

    def _is_rich(self, name: str) -> bool:
        return name == "description" or self.kinds.get(name) == "textarea"

    def _list(self, request: HttpRequest) -> Reply:
        fields = self.all()
        return Reply(200, fields if self._access.known(request) else [one for one in fields if not one["custom"]])

    def _search(self, request: HttpRequest) -> Reply:
        wanted = request.query.get("query", "").lower()
        values = [one for one in self.all() if wanted in str(one["name"]).lower()]
        return Reply(200, _page(values if self._access.known(request) else []))

    def _create(self, request: HttpRequest) -> Reply:
        asked = request.json()
        if not asked.get("name") or not str(asked.get("type", "")).startswith(TYPES):
            return Reply(400, {"errorMessages": [], "errors": {"type": "The type of the custom field is not valid."}})
        field_id = self.add(str(asked["name"]), str(asked["type"]).removeprefix(TYPES))
        return Reply(201, self._custom_field(field_id))

    def _screens(self, _request: HttpRequest) -> Reply:
        return Reply(200, _page([{"id": SCREEN_ID, "name": "Default Screen", "description": ""}]))

    def _screens_of(self, request: HttpRequest) -> Reply:
        """The screens that a field is on."""
        if request.args[1] not in self.kinds:
            return Reply(404, {"errorMessages": ["The field was not found."], "errors": {}})
        found = [{"id": SCREEN_ID, "name": "Default Screen"}] if request.args[1] in self.on_screen else []
        return Reply(200, _page(found))

    def _tabs(self, _request: HttpRequest) -> Reply:
        return Reply(200, [{"id": TAB_ID, "name": "Field Tab"}])

    def _tab_fields(self, _request: HttpRequest) -> Reply:
        names = {field["id"]: field["name"] for field in self.all()}
        return Reply(200, [{"id": name, "name": names[name]} for name in self.on_screen])

    def _add_to_tab(self, request: HttpRequest) -> Reply:
        return self._add_to_screen(str(request.json()["fieldId"]))

    def _add_to_default(self, request: HttpRequest) -> Reply:
        return self._add_to_screen(request.args[1])

    def _add_to_screen(self, field_id: str) -> Reply:
        if field_id not in self.kinds:
            return Reply(404, {"errorMessages": ["The field was not found."], "errors": {}})
        if field_id in self.on_screen:
            return Reply(
                400, {"errorMessages": [f"The field with id {field_id} already exists on the screen."], "errors": {}}
            )
        self.on_screen.append(field_id)
        return Reply(200, {"id": field_id, "name": self._names[field_id]})

    def _for_admins(self, handler: Callable[[HttpRequest], Reply]) -> Callable[[HttpRequest], Reply]:
        return lambda request: self._access.administers(request) or handler(request)


_SCHEMAS = {"float": "number", "labels": "array", "select": "option", "multiselect": "array"}


def _system_field(name: str) -> dict[str, Any]:
    schema = {"type": "array" if name == "labels" else "string", "system": name}
    shown = {"id": name, "key": name, "name": name.capitalize(), "custom": False, "orderable": True, "navigable": True}
    return {**shown, "searchable": True, "clauseNames": [name], "schema": schema}


def _page(values: Iterable[dict[str, Any]]) -> dict[str, Any]:
    rows = list(values)
    return {"maxResults": 50, "startAt": 0, "total": len(rows), "isLast": True, "values": rows}
