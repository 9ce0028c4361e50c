"""Ticket fields and ticket forms.

Follows https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/ and …/ticket_forms/: a new field is
on no form, so that nobody can type in it until one includes it.
"""

import itertools
import threading
from typing import Any

from local.http.messages import HttpRequest, Reply, Route
from local.zendesk.paths import JSON
from local.zendesk.replies import NOT_FOUND, invalid, page_of, stamp
from local.zendesk.ticket_json import FORM_ID
from local.zendesk.tickets import TicketStore

FIELDS = r"/api/v2/ticket_fields"
FORMS = r"/api/v2/ticket_forms"
FIRST_FIELD_ID = 360099000001
TITLE = "Jira issue keys"
TYPES = frozenset(
    [
        "text",
        "textarea",
        "checkbox",
        "date",
        "integer",
        "decimal",
        "regexp",
        "partialcreditcard",
        "multiselect",
        "tagger",
        "lookup",
    ]
)


class FieldsApi:
    """The account's custom ticket fields and its one form; the tickets show each field from its making on."""

    def __init__(self, tickets: TicketStore) -> None:
        self.base_url = ""
        self._tickets = tickets
        self._ids = itertools.count(FIRST_FIELD_ID)
        self._fields = {int(field_id): self._new(int(field_id), TITLE) for field_id in tickets.field_ids}
        self._on_form = list(self._fields)
        self._lock = threading.Lock()

    def routes(self) -> list[Route]:
        """The documented paths."""
        return [
            ("GET", FIELDS + JSON, self._list),
            ("POST", FIELDS + JSON, self._create),
            ("GET", FIELDS + r"/(\d+)" + JSON, self._show),
            ("PUT", FIELDS + r"/(\d+)" + JSON, self._update),
            ("DELETE", FIELDS + r"/(\d+)" + JSON, self._delete),
            ("GET", FORMS + JSON, self._list_forms),
            ("GET", FORMS + r"/(\d+)" + JSON, self._show_form),
            ("PUT", FORMS + r"/(\d+)" + JSON, self._update_form),
        ]

    def titles(self) -> dict[str, str]:
        """The fields' titles by id."""
        return {str(number): str(field["title"]) for number, field in self._fields.items()}

    def add(self, title: str, kind: str = "text") -> str:
        """A new field, as an administrator makes it; its id."""
        with self._lock:
            number = next(self._ids)
            self._fields[number] = self._new(number, title, kind)
            self._tickets.field_ids.append(str(number))
            return str(number)

    def _new(self, number: int, title: str, kind: str = "text") -> dict[str, Any]:
        now = stamp(self._tickets.clock())
        texts = dict.fromkeys(
            ("title", "raw_title", "description", "raw_description", "title_in_portal", "raw_title_in_portal"), title
        )
        switches = ("required", "collapsed_for_agents", "visible_in_portal", "editable_in_portal", "required_in_portal")
        nothing = ("regexp_for_validation", "tag", "key", "agent_description")
        return {
            "id": number, "type": kind, "position": 9999, "active": True, "removable": True,
            "created_at": now, "updated_at": now,
            **texts, **dict.fromkeys(switches, False), **dict.fromkeys(nothing),
        }  # fmt: skip

    def _shown(self, number: int) -> dict[str, Any]:
        return {"url": f"{self.base_url}{FIELDS}/{number}.json", **self._fields[number]}

    def _list(self, request: HttpRequest) -> Reply:
        system = [
            {**self._new(number, title, kind), "removable": False}
            for number, title, kind in ((101, "Subject", "subject"), (102, "Status", "status"))
        ]
        custom = [self._shown(number) for number in self._fields]
        return page_of(request, self.base_url, "ticket_fields", system + custom, dict)

    def _create(self, request: HttpRequest) -> Reply:
        asked = request.json()["ticket_field"]
        if not asked.get("title"):
            return invalid("title", "Title: cannot be blank")
        if asked.get("type") not in TYPES:
            return invalid("type", "Type: is not included in the list")
        number = int(self.add(str(asked["title"]), str(asked["type"])))
        self._fields[number].update({name: value for name, value in asked.items() if name in self._fields[number]})
        return Reply(201, {"ticket_field": self._shown(number)})

    def _show(self, request: HttpRequest) -> Reply:
        number = int(request.args[0])
        return Reply(200, {"ticket_field": self._shown(number)}) if number in self._fields else NOT_FOUND

    def _update(self, request: HttpRequest) -> Reply:
        number = int(request.args[0])
        if number not in self._fields:
            return NOT_FOUND
        asked = {name: value for name, value in request.json()["ticket_field"].items() if name not in ("id", "type")}
        if "title" in asked:
            asked |= dict.fromkeys(("raw_title", "title_in_portal", "raw_title_in_portal"), asked["title"])
        self._fields[number] |= {name: value for name, value in asked.items() if name in self._fields[number]}
        return Reply(200, {"ticket_field": self._shown(number)})

    def _delete(self, request: HttpRequest) -> Reply:
        number = int(request.args[0])
        if self._fields.pop(number, None) is None:
            return NOT_FOUND
        self._tickets.field_ids.remove(str(number))
        self._on_form = [one for one in self._on_form if one != number]
        return Reply(204)

    def _form(self) -> dict[str, Any]:
        return {
            "url": f"{self.base_url}{FORMS}/{FORM_ID}.json",
            "id": FORM_ID,
            "name": "Default ticket form",
            "active": True,
            "default": True,
            "in_all_brands": True,
            "ticket_field_ids": [101, 102, *self._on_form],
        }

    def _list_forms(self, request: HttpRequest) -> Reply:
        return page_of(request, self.base_url, "ticket_forms", [self._form()], dict)

    def _show_form(self, request: HttpRequest) -> Reply:
        return Reply(200, {"ticket_form": self._form()}) if int(request.args[0]) == FORM_ID else NOT_FOUND

    def _update_form(self, request: HttpRequest) -> Reply:
        if int(request.args[0]) != FORM_ID:
            return NOT_FOUND
        wanted = request.json()["ticket_form"].get("ticket_field_ids")
        if wanted is not None:
            self._on_form = [int(number) for number in wanted if int(number) in self._fields]
        return Reply(200, {"ticket_form": self._form()})
