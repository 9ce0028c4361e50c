"""What linksync's trigger must be like, and what is wrong with one.  Functions of values.

Whether a custom field's condition may be "changed" is not documented, and differs: an account's definitions tell.
https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from linksync_cli.zendesk.records import NOTIFY, Condition, Trigger

TITLE = "linksync: issue keys changed"
_BOTH = frozenset({"Create", "Change"})
_KEYS = ("ticket_id", "issue_keys")


def template(field_id: str) -> str:
    """The body template of what the trigger posts."""
    return json.dumps({"ticket_id": "{{ticket.id}}", "issue_keys": f"{{{{ticket.ticket_field_{field_id}}}}}"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a trigger is for: this field's changes, posted to this webhook.

    `offers_changed` is whether the account's conditions may be that the field changed.
    """

    field_id: str
    webhook_id: str
    offers_changed: bool

    @property
    def trigger(self) -> dict[str, Any]:
        """The whole trigger."""
        return {"title": TITLE, "active": True, "conditions": self.conditions, "actions": [self.notification]}

    @property
    def conditions(self) -> dict[str, Any]:
        """When it is posted: where the field changed, or else whenever a ticket is made or updated.

        No condition keeps out what an API writes: people's own programs write fields too.
        """
        if self.offers_changed:
            changed = {"field": f"custom_fields_{self.field_id}", "operator": "changed", "value": None}
            return {"all": [changed], "any": []}
        updates = [{"field": "update_type", "operator": "is", "value": value} for value in ("Create", "Change")]
        return {"all": [], "any": updates}

    @property
    def notification(self) -> dict[str, Any]:
        """The action that posts."""
        return {"field": NOTIFY, "value": [self.webhook_id, template(self.field_id)]}


def tells(found: str, field_id: str) -> bool:
    """Whether this template posts what the receiver understands."""
    try:
        document = json.loads(found)
    except ValueError:
        return False
    return isinstance(document, dict) and {name: document.get(name) for name in _KEYS} == json.loads(template(field_id))


def fires(triggers: Iterable[Trigger], field_id: str) -> bool:
    """Whether every change of the field makes one of the triggers fire."""
    updates: set[str] = set()
    for trigger in triggers:
        rows = (*trigger.conditions.all, *trigger.conditions.any) if trigger.active else ()
        if any(_is_change_of(one, field_id) for one in rows):
            return True
        updates |= {str(one.value) for one in rows if one.field == "update_type" and one.operator in ("is", None)}
    return updates >= _BOTH


def _is_change_of(condition: Condition, field_id: str) -> bool:
    return condition.field == f"custom_fields_{field_id}" and condition.operator == "changed"


def chosen(triggers: Sequence[Trigger], purpose: Purpose) -> tuple[list[Trigger], list[Trigger]]:
    """The triggers that count, and their doubles.

    One that does it all by itself is enough; a pair, for made and for updated tickets, counts together.
    """
    posting = [one for one in triggers if one.template_for(frozenset({purpose.webhook_id})) is not None]
    active = [one for one in posting if one.active]
    alone = [one for one in active if fires([one], purpose.field_id)]
    counting = alone[:1] or active or posting[:1] or list(triggers[:1])
    return counting, [one for one in triggers if one not in counting and one.active]


def mended(trigger: Trigger, purpose: Purpose, ours: frozenset[str], *, fires_now: bool) -> dict[str, Any]:
    """What must be changed in a trigger; empty when it is right.

    `ours` are the webhooks of this stack: actions of other kinds and for other webhooks stay.
    """
    changed: dict[str, Any] = {} if trigger.active else {"active": True}
    if not tells(trigger.template_for(frozenset({purpose.webhook_id})) or "", purpose.field_id):
        others = [one for one in trigger.actions if not (one.notified and one.notified[0] in ours)]
        kept = [{"field": one.field, "value": one.value} for one in others]
        changed["actions"] = [*kept, purpose.notification]
    if not fires_now:
        changed["conditions"] = purpose.conditions
    return changed
