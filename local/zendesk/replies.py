"""Answers that several of Zendesk's resources share, and how lists are paged.

Follows https://developer.zendesk.com/api-reference/introduction/pagination/ and .../requests/.
"""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from local.http.messages import HttpRequest, Reply

LARGEST_PAGE = 100
DEEPEST_OFFSET = 10_000
NOT_FOUND = Reply(404, {"error": "RecordNotFound", "description": "Not found"})
BAD_REQUEST = Reply(400, {"error": "BadRequest", "description": "Unprocessable request body"})
TOO_DEEP = Reply(
    400,
    {"errors": [{"code": "InvalidPaginationDepth", "title": "Invalid value for parameter: page", "detail": ""}]},
)


def invalid(field: str, description: str) -> Reply:
    """422: a record that may not become what was asked."""
    problem = {"description": description, "error": "InvalidValue"}
    return Reply(
        422, {"error": "RecordInvalid", "description": "Record validation errors", "details": {field: [problem]}}
    )


def forbidden(why: str) -> Reply:
    """403: the caller may not."""
    return Reply(403, {"error": "Forbidden", "description": why})


def stamp(at: float) -> str:
    """A time as Zendesk writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_of[T](
    request: HttpRequest, base_url: str, name: str, rows: Sequence[T], shown: Callable[[T], dict[str, Any]]
) -> Reply:
    """One page of a list, its rows as they are `shown`: by cursor where `page[size]` is given, else by offset."""
    if any(parameter.startswith("page[") for parameter in request.query):
        return _cursor_page(request, base_url, name, rows, shown)
    size = min(_number(request, "per_page", LARGEST_PAGE), LARGEST_PAGE)
    page = _number(request, "page", 1)
    if page * size > DEEPEST_OFFSET:
        return TOO_DEEP
    start, url = (page - 1) * size, f"{base_url}{request.path}?"
    neighbours = {
        "next_page": url + urlencode({"page": page + 1, "per_page": size}) if start + size < len(rows) else None,
        "previous_page": url + urlencode({"page": page - 1, "per_page": size}) if page > 1 else None,
    }
    shown_rows = [shown(row) for row in rows[start : start + size]]
    return Reply(200, {name: shown_rows, "count": len(rows), **neighbours})


def _cursor_page[T](
    request: HttpRequest, base_url: str, name: str, rows: Sequence[T], shown: Callable[[T], dict[str, Any]]
) -> Reply:
    size = min(_number(request, "page[size]", LARGEST_PAGE), LARGEST_PAGE)
    if request.query.get("page[before]"):
        end = read_cursor(request.query["page[before]"])
        start = max(0, end - size)
    else:
        start = read_cursor(request.query.get("page[after]", ""))
        end = start + size
    page, more = [shown(row) for row in rows[start:end]], end < len(rows)
    after, before = make_cursor(min(end, len(rows))), make_cursor(start)
    url = f"{base_url}{request.path}?"
    links = {
        "next": url + urlencode({"page[after]": after, "page[size]": size}) if more else None,
        "prev": url + urlencode({"page[before]": before, "page[size]": size}) if start else None,
    }
    meta = {"has_more": more, "after_cursor": after if page else None, "before_cursor": before if page else None}
    return Reply(200, {name: page, "meta": meta, "links": links})


def make_cursor(place: int | str) -> str:
    """An opaque cursor for a place in a list."""
    return base64.urlsafe_b64encode(f"v1:{place}".encode()).decode()


def read_cursor(cursor: str) -> int:
    """The place of a cursor of `make_cursor`; 0 for none.  Raises ValueError for anybody else's."""
    return int(read_cursor_text(cursor)) if cursor else 0


def read_cursor_text(cursor: str) -> str:
    """What a cursor of `make_cursor` was made of.  Raises ValueError for anybody else's."""
    version, _, place = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    if version != "v1":
        raise ValueError("not a cursor of ours")
    return place


def _number(request: HttpRequest, name: str, usual: int) -> int:
    number = int(request.query.get(name) or usual)
    if number < 1:
        raise ValueError(f"{name} starts at 1")
    return number
