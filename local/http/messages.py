"""What a simulated site is asked and what it answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

# Whatever JSON holds: the bodies of requests and answers, the values of fields.
type Json = Any


class BadJson(Exception):
    """The request's body is not the JSON object that its path needs."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What a site's handlers see.

    Header names are lower case; `query` holds the last value of each name; `args` are the groups of the route's
    pattern.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    args: tuple[str, ...] = ()
    query_string: str = ""

    def values(self, name: str) -> list[str]:
        """Every value of a parameter that may be repeated, or be several with commas between."""
        given = parse_qs(self.query_string).get(name, [])
        return [value for text in given for value in text.split(",") if value]

    @property
    def content_type(self) -> str:
        """The media type, lower case, without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.  Raises BadJson for anything else."""
        try:
            value = json.loads(self.body)
        except ValueError as problem:
            raise BadJson from problem
        if not isinstance(value, dict):
            raise BadJson
        return value


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a JSON value, or text as it is."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """The bytes to send and their content type."""
        if self.body is None:
            return b"", ""
        if isinstance(self.body, str):
            return self.body.encode(), media_type(self.body)
        return json.dumps(self.body).encode(), "application/json; charset=utf-8"


type Handler = Callable[[HttpRequest], Reply]
type Route = tuple[str, str, Handler]
"""Method, regular expression of the whole path, handler."""


def media_type(text: str) -> str:
    """What a text looks like: JSON, a page, or plain text."""
    start = text.lstrip()[:15].lower()
    if start[:1] in ("{", "["):
        return "application/json"
    return "text/html; charset=utf-8" if start.startswith(("<!doctype html", "<html")) else "text/plain; charset=utf-8"
