"""The rows in a response of the Links API, whichever version it is of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from linksync.core.listed_links import LinkRow
from linksync.outbound.responses import Response, ResponseModel


def _digits(value: object) -> object:
    """An id as a string of digits, from a string or a number; None for anything else."""
    text = str(value)
    return str(int(text)) if text.isascii() and text.isdigit() else None


def _key(value: object) -> object:
    return value.upper() if isinstance(value, str) and value else None


def _seconds(value: object) -> object:
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


type Id = Annotated[str | None, BeforeValidator(_digits)]


class Row(ResponseModel):
    """A link as JSON.  Ids come as strings or as numbers, keys may be missing, times are ISO 8601."""

    ticket_id: Id = None
    issue_id: Id = None
    issue_key: Annotated[str | None, BeforeValidator(_key)] = None
    id: Id = None
    created_at: Annotated[float | None, BeforeValidator(_seconds)] = None

    def link(self) -> LinkRow | None:
        """The link; None for a row that names no ticket or no issue."""
        if self.ticket_id is None or self.issue_id is None:
            return None
        return LinkRow(
            ticket_id=self.ticket_id,
            issue_id=self.issue_id,
            issue_key=self.issue_key,
            link_id=self.id or "",
            created_at=self.created_at,
        )


def links_of(
    response: Response, rows: Sequence[Row], *, ticket_id: str = "", issue_id: str = ""
) -> tuple[LinkRow, ...]:
    """The links in the rows, which are those of a ticket or of an issue where one was asked for.

    Raises UpstreamUnavailable when there are rows and not one of them is a link, or one of them is another's.
    """
    links = tuple(link for row in rows if (link := row.link()))
    if rows and not links:
        raise response.unavailable("with a list of something other than links")
    if any(ticket_id not in ("", link.ticket_id) or issue_id not in ("", link.issue_id) for link in links):
        raise response.unavailable("with other links than the ones asked for")
    return links
