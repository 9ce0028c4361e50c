"""The files in `events/`."""

from pathlib import Path

from tests.receivers.signed_requests import AUTOMATION, JIRA, ZENDESK

FOLDER = Path(__file__).parents[2] / "events"
_ROUTES = {"zendesk": ZENDESK, "jira": JIRA, "automation": AUTOMATION}


def sample(name: str) -> bytes:
    """The bytes of a file, by its path in the folder."""
    return (FOLDER / name).read_bytes()


def bodies() -> list[Path]:
    """All raw bodies."""
    return sorted(path for folder in _ROUTES for path in (FOLDER / folder).iterdir())


def gateway_events() -> list[Path]:
    """All events as a function gets them of API Gateway."""
    return sorted((FOLDER / "api-gateway").iterdir())


def route_of(body: Path) -> str:
    """The route that a raw body is posted to."""
    return _ROUTES[body.parent.name]
