"""Table 2: the calls that each kind of event costs, beside the least that it can cost."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.counted_aws import IDEMPOTENCY
from tests.bench.one_event import Cost, Laptop
from tests.bench.table import table

A_MINUTE = 60.0  # in doubt still, and long enough for a ticket to show what was written
LATER = 1200.0
"""Seconds after which nothing is in doubt any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of event and its floor.

    `records` is how many records of the ledger it changes, lines of history included.  Those of `links` are written
    twice: the intent before the call to Zendesk, so that a crash after it is recognised, and what came of it.  `idle`
    runs change nothing and ask nobody: they are not remembered.
    """

    kind: str
    cost: Cost
    zendesk: int
    jira: int
    records: int
    links: int = 0
    runs: int = 1
    sends: int = 0
    idle: int = 0


def rows() -> Iterator[Row]:
    """Every kind, one after the other, in one world."""
    with Laptop() as laptop:
        for _ in range(230):
            laptop.vendors.issue("PROJ")
        _warm(laptop)
        yield from _ticket_rows(laptop)
        yield from _issue_rows(laptop)


def _warm(laptop: Laptop) -> None:
    """Connections, tokens and secrets last for a minute to an hour: they are no event's own."""
    laptop.ticket_says(laptop.vendors.ticket(), keys(1))
    laptop.issue_says("PROJ-1", str(laptop.vendors.ticket()))


def _ticket_rows(laptop: Laptop) -> Iterator[Row]:
    for n in (1, 5, 101):
        ticket = laptop.vendors.ticket()
        gains = laptop.ticket_says(ticket, keys(n), delivery=f"gains-{n}")
        yield Row(f"ticket gains {n}", gains, n, -(-n // 100), 2 * n + 1, links=n)
        laptop.wait(LATER)
        if n == 5:
            again = laptop.ticket_says(ticket, keys(n), delivery=f"gains-{n}", again=True)
            yield Row("… delivered again within 5 minutes", again, 0, 0, 0, runs=0)
            yield Row("… said again, nothing changed", laptop.ticket_says(ticket, keys(n), again=True), 0, 0, 1, idle=1)
            laptop.wait(LATER)
        yield Row(f"ticket loses {n}", laptop.ticket_says(ticket, ""), n, 0, 2 * n + 1, links=n)
        laptop.wait(LATER)
    ticket = laptop.vendors.ticket()
    laptop.ticket_says(ticket, keys(1))
    laptop.wait(A_MINUTE)
    yield Row("ticket gains 1 more, in doubt", laptop.ticket_says(ticket, keys(2)), 2, 1, 3, links=1)


def _issue_rows(laptop: Laptop) -> Iterator[Row]:
    for n in (1, 5):
        tickets, key, sends = " ".join(str(laptop.vendors.ticket()) for _ in range(n)), f"PROJ-{220 + n}", -(-n // 10)
        gains = laptop.issue_says(key, tickets)
        yield Row(f"issue gains {n}", gains, n, 0, 2 * n + 1, links=n, runs=n + 1, sends=sends)
        laptop.wait(LATER)
        yield Row(f"issue loses {n}", laptop.issue_says(key, ""), n, 0, 2 * n + 1, links=n, runs=n + 1, sends=sends)
        laptop.wait(LATER)


def keys(n: int) -> str:
    """PROJ-1 to PROJ-n, as a field's text."""
    return " ".join(f"PROJ-{number}" for number in range(1, n + 1))


def report(found: list[Row]) -> str:
    """Measured/floor for every kind, and whether they are equal."""
    names = list(_pairs(found[0]))
    return table(("event, measured/floor", *names, "write calls", ""), [_line(row) for row in found])


def _pairs(row: Row) -> dict[str, tuple[int, int]]:
    cost = row.cost
    return {
        "Zendesk": (cost.zendesk, row.zendesk),
        "Jira": (cost.jira, row.jira),
        "receive": (len(cost.received), 1),
        "runs": (cost.runs, row.runs),
        "queries": (cost.calls("Query"), row.runs),
        "idempotency": (sum(asked.table == IDEMPOTENCY for asked in cost.worked), 2 * row.runs - row.idle),
        "sends": (cost.calls("SendMessageBatch"), row.sends),
        "records": (cost.written(), row.records),
    }


def _line(row: Row) -> tuple[str, ...]:
    pairs = _pairs(row)
    shown = [f"{measured}/{floor}" for measured, floor in pairs.values()]
    return (row.kind, *shown, str(row.cost.calls("BatchWriteItem")), _verdict(row, pairs))


def _verdict(row: Row, pairs: dict[str, tuple[int, int]]) -> str:
    over = [name for name, (measured, floor) in pairs.items() if measured != floor]
    known = row.cost.calls("BatchWriteItem") + sum(pairs[name][0] for name in ("queries", "idempotency", "sends"))
    over += ["other AWS calls"] if len(row.cost.worked) != known else []
    if over == ["records"] and row.cost.written() - row.records == row.links:
        return "equal, and the intents"
    return "differs: " + ", ".join(over) if over else "equal"
