"""What conditions and actions Zendesk offers for triggers.

Follows `GET /api/v2/triggers/definitions` of the triggers page, whose own example offers a custom field nothing but
`present` and `not_present`; whether text fields take `changed` is not documented, so it is a switch.
"""

from collections.abc import Mapping
from typing import Any

_ALWAYS: dict[str, tuple[str, ...]] = {
    "status": ("is", "is_not", "less_than", "greater_than", "changed", "value", "value_previous", "not_changed"),
    "update_type": ("is",),
    "current_tags": ("includes", "not_includes", "changed"),
    "current_via_id": ("is", "is_not"),
    "role": ("is", "is_not"),
}
_TERMINAL = frozenset({"changed", "not_changed", "present", "not_present"})


def operators(field_titles: Mapping[str, str], *, changed: bool) -> dict[str, tuple[str, ...]]:
    """The operators that each subject takes.  `changed`: whether custom fields take it."""
    custom = ("present", "not_present", *(("changed", "not_changed") if changed else ()))
    return _ALWAYS | {f"custom_fields_{field_id}": custom for field_id in field_titles}


def definitions(field_titles: Mapping[str, str], *, changed: bool) -> dict[str, Any]:
    """The whole answer."""
    subjects = [
        {
            "title": field_titles.get(subject.removeprefix("custom_fields_"), subject),
            "subject": subject,
            "type": "text" if subject.startswith("custom_fields_") else "list",
            "group": "ticket",
            "nullable": False,
            "repeatable": False,
            "operators": [{"value": one, "title": one, "terminal": one in _TERMINAL} for one in offered],
        }
        for subject, offered in operators(field_titles, changed=changed).items()
    ]
    actions = [
        {"title": "Notify active webhook", "subject": "notification_webhook", "type": "list", "group": "Notifications"}
    ]
    return {"definitions": {"conditions_all": subjects, "conditions_any": subjects, "actions": actions}}
