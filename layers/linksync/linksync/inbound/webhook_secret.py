"""The WebhookSecret: which of its entries prove a sender, and which are refused.

A list of strings for each way to come in: `{"zendesk": [...], "jira": [...], "jira_automation": [...]}`.  An entry that
somebody could guess or has read somewhere proves nobody.  It is refused when the secret is read, and told to the
operator once, by list and place.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from linksync.observability import emit_line

SHORTEST = 16
"""Characters."""

ZENDESK_TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="  # noqa: S105  public, and refused
_PUBLISHED = frozenset(
    {
        ZENDESK_TEST_SECRET.casefold(),  # signs the tests of webhooks that are not saved yet
        "it's a secret to everybody",  # Atlassian's example of a signature
        "an example secret, never used anywhere",  # signs the samples in events/
        "admin webhook secret",  # our own documentation's; its others are too short
    }
)
ADVICE = (
    "Put what Zendesk shows as the webhook's signing secret into the list, and a value of your own for Jira: "
    "`openssl rand -hex 32` makes one. Deliveries that only a refused entry proves are answered 401."
)


@dataclass(frozen=True, slots=True)
class Entries:
    """One list of the secret: what proves a sender, and what was refused and why (by place, never by value)."""

    accepted: tuple[bytes, ...] = ()
    refused: tuple[str, ...] = ()


class Document(Protocol):
    """The secret's document, as it is in force."""

    def get(self) -> Mapping[str, object]:
        """Raises AwsUnavailable or Misconfigured when it cannot be read."""


class WebhookSecret:
    """The entries that are in force.  `names` are the lists that this function's senders prove themselves by."""

    def __init__(
        self, document: Document, names: Iterable[str], report: Callable[[tuple[str, ...]], None] | None = None
    ) -> None:
        self._document, self._names, self._report = document, tuple(names), report or report_refused
        self._read: Mapping[str, object] | None = None
        self._entries: dict[str, Entries] = {}
        self._reported: tuple[str, ...] = ()

    def entries(self, name: str) -> tuple[bytes, ...]:
        """What proves a sender of this list.  Raises AwsUnavailable, Misconfigured."""
        document = self._document.get()
        if document is not self._read:
            self._entries = {each: entries_of(document, each) for each in self._names}
            self._read = document
            self._report_once(tuple(why for each in self._entries.values() for why in each.refused))
        return self._entries[name].accepted

    def _report_once(self, refused: tuple[str, ...]) -> None:
        if refused and refused != self._reported:
            self._report(refused)
        self._reported = refused


def entries_of(document: Mapping[str, object], name: str) -> Entries:
    """The entries of one list, without the white space that pasting leaves around them."""
    listed = document.get(name)
    if listed is None:
        return Entries()
    if not isinstance(listed, list):
        return Entries(refused=(f"{name} is no list",))
    texts = [entry.strip() if isinstance(entry, str) else None for entry in listed]
    reasons = {place: _refusal(text) for place, text in enumerate(texts)}
    return Entries(
        accepted=tuple(
            text.encode("utf-8", "surrogatepass") for place, text in enumerate(texts) if text and not reasons[place]
        ),
        refused=tuple(f"{name}[{place}] {reason}" for place, reason in reasons.items() if reason),
    )


def report_refused(refused: tuple[str, ...]) -> None:
    """Tells the operator."""
    emit_line(logging.ERROR, "webhook secrets refused", fields={"refused": refused, "advice": ADVICE})


def _refusal(text: str | None) -> str:
    """Why an entry proves nobody; empty when it does."""
    if text is None:
        return "is no text"
    if text.replace("\u2019", "'").casefold() in _PUBLISHED:
        return "is published as an example"
    return f"is shorter than {SHORTEST} characters" if len(text) < SHORTEST else ""
