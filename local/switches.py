"""What vendors and the network do, as switches that a person, a page or a test turns on and off by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.http import pages
from local.http.deliveries import DeliveryFaults
from local.http.server import Site
from local.lagging_index import LaggingIndex
from local.vendors import SimulatedVendors

# Zendesk's own answer to two writes of one record at a time; the same call succeeds when it is made again.
DATABASE_CONFLICT = '{"error": "DatabaseConflict", "description": "Database collision"}'
WRITES = "POST|PUT|PATCH|DELETE"
SEARCH_LAG = 120.0
LATE = 3.0

type TurnOn = Callable[[], Callable[[], None]]
"""Turns something on, and returns what turns it off again."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that can go wrong.  `where` is `zendesk`, `jira` or `deliveries`; `title` says it to a person."""

    name: str
    where: str
    title: str
    turn_on: TurnOn


class Switches:
    """Every switch of these vendors; all are off."""

    def __init__(self, vendors: SimulatedVendors) -> None:
        self._switches = {switch.name: switch for switch in _switches(vendors)}
        self._turned_on: dict[str, Callable[[], None]] = {}

    def all(self) -> list[Switch]:
        """The switches, vendor by vendor."""
        return list(self._switches.values())

    def is_on(self, name: str) -> bool:
        """Whether one is on."""
        return name in self._turned_on

    def set(self, name: str, *, on: bool) -> None:
        """Turns one on or off; what is so already stays so.  Raises KeyError for a name that there is not."""
        switch = self._switches[name]
        if on and name not in self._turned_on:
            self._turned_on[name] = switch.turn_on()
        elif not on and name in self._turned_on:
            self._turned_on.pop(name)()

    def clear(self) -> None:
        """Turns every one off."""
        for name in list(self._turned_on):
            self.set(name, on=False)


def _switches(vendors: SimulatedVendors) -> list[Switch]:
    zendesk, jira = vendors.zendesk, vendors.jira
    conflict = {"method": WRITES, "status": 409, "body": DATABASE_CONFLICT, "chance": 0.5}
    return [
        *_of_site("zendesk", "Zendesk", zendesk),
        Switch("zendesk.conflict", "zendesk", "Zendesk answers half of all writes 409 DatabaseConflict",
               _fault(zendesk, **conflict)),
        Switch("zendesk.manage_links", "zendesk", "“Manage links” is off in Zendesk: 403 for every link",
               lambda: _close_links(vendors)),
        Switch("zendesk.search_lag", "zendesk", "Zendesk's search lags two minutes behind", _lag(zendesk.search.index)),
        *_of_site("jira", "Jira", jira),
        Switch("jira.search_lag", "jira", "Jira's search lags two minutes behind", _lag(jira.search.index)),
        *_of_deliveries(vendors),
    ]  # fmt: skip


def _of_site(where: str, name: str, site: Site) -> list[Switch]:
    """What every site can suffer."""
    faults: list[tuple[str, str, Mapping[str, Any]]] = [
        ("outage", "is down: 503", {"status": 503}),
        ("outage_retry_after", "is down and says: come again in 5 s", {"status": 503, "retry_after": 5}),
        ("throttle", "refuses with 429 and Retry-After", {"status": 429, "retry_after": 3}),
        ("hang", "hangs: no answer at all", {"hang": True}),
        ("drip", "answers one byte at a time, without an end", {"drip": "body"}),
        ("page_403", "is behind a proxy that answers 403 with a page", {"status": 403, "body": pages.FORBIDDEN}),
        ("page_404", "is behind a proxy that answers 404 with a page", {"status": 404, "body": pages.NOT_FOUND}),
        ("page_502", "is behind a proxy that answers 502 with a page", {"status": 502, "body": pages.BAD_GATEWAY}),
        ("write_500", "does what is asked and answers 500", {"method": WRITES, "status": 500, "applied": True}),
        ("cut", "does what is asked and cuts the connection", {"method": WRITES, "reset": True, "applied": True}),
    ]
    return [
        Switch(f"{where}.{short}", where, f"{name} {title}", _fault(site, **fault)) for short, title, fault in faults
    ]


def _of_deliveries(vendors: SimulatedVendors) -> list[Switch]:
    """What senders that are best effort do."""
    return [
        Switch("deliveries.drop", "deliveries", "One delivery in five is lost", _delivered(vendors, drop=0.2)),
        Switch("deliveries.drop_all", "deliveries", "Every delivery is lost", _delivered(vendors, drop=1.0)),
        Switch("deliveries.duplicate", "deliveries", "Every delivery comes twice", _delivered(vendors, duplicate=1.0)),
        Switch("deliveries.reorder", "deliveries", "Deliveries overtake each other", _delivered(vendors, late=LATE)),
    ]


def _fault(site: Site, **what: Any) -> TurnOn:  # noqa: ANN401  the keywords of `Faults.add`
    def turn_on() -> Callable[[], None]:
        fault = site.faults.add(**what)
        return lambda: site.faults.remove(fault)

    return turn_on


def _lag[K, V](index: LaggingIndex[K, V]) -> TurnOn:
    def set_lag(seconds: float) -> None:
        index.lag = seconds

    def turn_on() -> Callable[[], None]:
        set_lag(SEARCH_LAG)
        return lambda: set_lag(0.0)

    return turn_on


def _delivered(vendors: SimulatedVendors, **chances: float) -> TurnOn:
    faults = vendors.senders.pace.faults

    def turn_on() -> Callable[[], None]:
        before = {name: getattr(faults, name) for name in chances}
        _set(faults, chances)
        return lambda: _set(faults, before)

    return turn_on


def _set(faults: DeliveryFaults, chances: Mapping[str, float]) -> None:
    for name, value in chances.items():
        setattr(faults, name, value)


def _close_links(vendors: SimulatedVendors) -> Callable[[], None]:
    tables = (vendors.zendesk.links, vendors.zendesk.links_v1)
    for table in tables:
        table.manage_links = False

    def open_links() -> None:
        for table in tables:
            table.manage_links = True

    return open_links
