"""What holds for every statement and every lane: the rules, played against a Zendesk that always answers."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from linksync.core import backoff, issue_rules
from linksync.core.commands import (
    CarryLink,
    Command,
    CreateLink,
    DeleteLink,
    DropCarried,
    ForgetLink,
    RekeyLink,
    created,
)
from linksync.core.evidence import RETRY_HORIZON, Verdict, Window, judge
from linksync.core.issues import Issue
from linksync.core.ledger import (
    ISSUE_CLAIM,
    IssueSaid,
    Link,
    Owner,
    State,
    TicketLane,
    TicketSaid,
    UnlinkPolicy,
    merged_claim,
    ticket_claim,
)
from linksync.core.messages import (
    Change,
    Envelope,
    IssueStatement,
    Life,
    LinkNotice,
    Quarantined,
    TicketStatement,
    decode,
    encode,
)
from linksync.core.ticket_rules import (
    Found,
    heed,
    keys_to_find,
    live,
    plan,
    restate,
)

TICKET, TARGET = "5001", "5002"
ISSUES = {"PROJ-1": "10001", "PROJ-2": "10002", "OPS-3": "10003"}
IDS = sorted(ISSUES.values())
UNKNOWN = "UTF-8"
WINDOW = Window.of_change(1_000.0)

times = st.integers(0, 2_000).map(float)
windows = st.builds(lambda kind, at: kind(at), st.sampled_from([Window.of_change, Window.of_attempt]), times)
windows |= times.map(Window.of_reading)
refs = st.frozensets(st.sampled_from(["A", "B", "C"]))
policies = st.sampled_from(UnlinkPolicy)
keys = st.sampled_from([*ISSUES, UNKNOWN])
fields = st.frozensets(keys).map(tuple)
claims = st.frozensets(
    st.sampled_from([ISSUE_CLAIM, merged_claim("4998"), merged_claim("4999"), *map(ticket_claim, ISSUES)])
)


def links(issue_id: str) -> st.SearchStrategy[Link]:
    return st.builds(
        Link,
        issue=st.sampled_from([*ISSUES, "NEW-5"]).map(lambda key: Issue(issue_id, key)),
        key_at=times,
        claims=claims,
        state=st.sampled_from(State),
        owner=st.sampled_from(Owner),
    )


saids = st.builds(
    TicketSaid,
    keys=st.frozensets(keys),
    window=st.none() | windows,
    unresolved=st.frozensets(keys),
    merged_into=st.sampled_from(["", TARGET]),
)
saids |= saids.map(lambda said: replace(said, keys=frozenset(), unresolved=frozenset(), deleted=True))
lanes = st.builds(
    lambda said, *held: TicketLane(ticket_id=TICKET, said=said, links={link.issue.id: link for link in held if link}),
    saids,
    *(st.none() | links(issue_id) for issue_id in IDS),
)
notices = st.builds(
    LinkNotice,
    ticket_id=st.just(TICKET),
    issue_id=st.sampled_from(IDS),
    issue_key=st.sampled_from([*ISSUES, "NEW-5"]),
    key_at=times,
    change=st.sampled_from(Change),
    at=times,
    via=st.sampled_from(["", "4999"]),
)
lives = st.builds(
    TicketStatement,
    ticket_id=st.just(TICKET),
    issue_keys=st.none(),
    at=times,
    exact=st.just(True),
    life=st.sampled_from([Life.MERGED, Life.DELETED]),
    merged_into=st.just(TARGET),
)
steps = st.lists(fields | notices | lives, max_size=12)


@dataclass
class Zendesk:
    """Links of the one ticket, by issue id with the key that each was made under; and what the target was told."""

    links: dict[str, str]
    target: dict[str, Change]

    def apply(self, lane: TicketLane, command: Command) -> TicketLane:
        link = command.link
        match command:
            case CreateLink():
                return lane.with_link(self._create(link))
            case RekeyLink():
                self.links.pop(link.issue.id, None)
                return lane.with_link(replace(self._create(link), owner=link.owner))
            case DeleteLink():
                self.links.pop(link.issue.id, None)
                return lane.without_link(link.issue.id)
            case ForgetLink():
                return lane.without_link(link.issue.id)
            case CarryLink(unlink=unlink):
                if unlink:
                    self.links.pop(link.issue.id, None)
                self.target[link.issue.id] = Change.CLAIMED
                return lane.with_link(replace(link, state=State.CARRIED))
            case DropCarried(change=change):
                self.target[link.issue.id] = change
                return lane.without_link(link.issue.id)

    def _create(self, link: Link) -> Link:
        made = link.issue.id not in self.links
        self.links.setdefault(link.issue.id, link.issue.key)
        return created(link, made=made)


def taken(step: object, lane: TicketLane, policy: UnlinkPolicy) -> TicketLane:
    """The lane after one statement or notice, as the worker would take it."""
    match step:
        case LinkNotice():
            return heed(lane, step, policy)
        case TicketStatement():
            return live(lane, step)
        case tuple() if not lane.said.deleted:
            asked = keys_to_find(lane, step)
            found = {key: Issue(ISSUES[key], key) for key in asked if key in ISSUES}
            return restate(lane, step, WINDOW, Found(found, 1_000.0), policy)
    return lane


def settled(lane: TicketLane, policy: UnlinkPolicy, zendesk: Zendesk) -> TicketLane:
    for command in plan(lane, policy):
        lane = zendesk.apply(lane, command)
    return lane


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────


@given(windows, windows)
def test_order_goes_one_way(one: Window, other: Window) -> None:
    assert not (one.is_before(other) and other.is_before(one))
    assert not one.is_before(one)


@given(windows, windows, windows)
def test_order_is_handed_on(first: Window, second: Window, third: Window) -> None:
    in_order = first.is_before(second) and second.is_before(third)
    assert first.is_before(third) or not in_order


@given(windows, windows)
def test_confirming_never_goes_back(known: Window, again: Window) -> None:
    together = known.confirmed_by(again)
    assert together == again.confirmed_by(known)
    assert not together.is_before(known)
    assert not together.is_before(again)
    assert together.earliest <= together.latest


@given(
    said=st.none() | refs,
    known=st.none() | windows,
    states=st.none() | refs,
    window=windows,
    exact=st.booleans(),
    waited=st.floats(0, 5_000),
)
def test_what_a_verdict_vouches_for(
    *,
    said: frozenset[str] | None,
    known: Window | None,
    states: frozenset[str] | None,
    window: Window,
    exact: bool,
    waited: float,
) -> None:
    verdict = judge(said=said, said_window=known, states=states, window=window, exact=exact, waited=waited)
    older = known is not None and window.is_before(known)
    later = known is None or known.is_before(window)
    assert (verdict is Verdict.STALE) == older
    assert (verdict is Verdict.UNCHANGED) == (not older and states is not None and states == said)
    if verdict is Verdict.BELIEVE:
        assert later
        assert states is not None
        assert exact or waited <= RETRY_HORIZON
    if verdict is Verdict.REREAD:
        assert states is None or not later or waited > RETRY_HORIZON


# ── a ticket's lane ──────────────────────────────────────────────────────────────────────────────────────────────


@given(lanes, policies, st.frozensets(st.sampled_from(IDS)))
def test_what_was_applied_is_not_planned_again(lane: TicketLane, policy: UnlinkPolicy, at_zendesk: set[str]) -> None:
    assert plan(settled(lane, policy, Zendesk(dict.fromkeys(at_zendesk, "PROJ-9"), {})), policy) == ()


@given(lanes, policies)
def test_saying_the_same_again_plans_nothing(lane: TicketLane, policy: UnlinkPolicy) -> None:
    lane = settled(taken(tuple(lane.said.keys), lane, policy), policy, Zendesk({}, {}))
    again = taken(tuple(lane.said.keys), lane, policy)
    assert keys_to_find(lane, lane.said.keys) == ()
    assert (again.links, plan(again, policy)) == (lane.links, ())


@given(lanes, notices, policies)
def test_a_notice_counts_once(lane: TicketLane, notice: LinkNotice, policy: UnlinkPolicy) -> None:
    once = heed(lane, notice, policy)
    assert heed(once, notice, policy) == once


@given(lanes, policies)
def test_commands_are_allowed(lane: TicketLane, policy: UnlinkPolicy) -> None:
    for command in plan(lane, policy):
        link = command.link
        match command:
            case CreateLink():
                assert link.claims
                assert not lane.said.deleted
                assert not lane.said.merged_into
            case DeleteLink():
                assert policy.allows(link.owner)
                assert not link.claims or lane.said.deleted
            case RekeyLink():
                assert link.claims
            case CarryLink(unlink=unlink):
                assert link.claims
                assert policy.allows(link.owner) or not unlink
            case ForgetLink() | DropCarried():
                assert not link.claims or lane.said.deleted


@given(lanes, policies)
def test_a_link_has_at_most_one_command(lane: TicketLane, policy: UnlinkPolicy) -> None:
    planned = [command.link.issue.id for command in plan(lane, policy)]
    assert len(planned) == len(set(planned))


@given(steps, policies, st.frozensets(st.sampled_from(IDS)))
def test_after_every_step_the_links_are_those_that_are_claimed(
    history: list[object], policy: UnlinkPolicy, by_hand: frozenset[str]
) -> None:
    lane, zendesk = TicketLane(ticket_id=TICKET), Zendesk(dict.fromkeys(by_hand, "by hand"), {})
    for step in history:
        lane = settled(taken(step, lane, policy), policy, zendesk)
        claimed = {link.issue.id for link in lane.links.values()}
        assert plan(lane, policy) == ()
        if lane.said.deleted:
            assert lane.links == {}
        elif lane.said.merged_into:
            assert {link.state for link in lane.links.values()} <= {State.CARRIED}
            assert {id_ for id_, told in zendesk.target.items() if told is Change.CLAIMED} == claimed
        else:
            assert claimed <= set(zendesk.links)
        if policy is UnlinkPolicy.OWNED and not (lane.said.deleted or lane.said.merged_into):
            assert set(zendesk.links) == claimed | by_hand
        if policy is not UnlinkPolicy.ANY:
            assert {id_: zendesk.links.get(id_) for id_ in by_hand} == dict.fromkeys(by_hand, "by hand")


@given(fields, policies)
def test_the_order_of_keys_does_not_matter(named: tuple[str, ...], policy: UnlinkPolicy) -> None:
    empty = TicketLane(ticket_id=TICKET)
    assert taken(named, empty, policy) == taken(named[::-1] + named, empty, policy)


# ── an issue's lane ──────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.frozensets(st.sampled_from(["5001", "5002", "5003"])), max_size=8))
def test_the_news_add_up_to_what_the_issue_says(history: list[frozenset[str]]) -> None:
    said, heard = IssueSaid(), set[str]()
    for at, named in enumerate(history):
        before, said = said, issue_rules.restate(said, named, Window.of_change(float(at)))
        told = issue_rules.news(before, said, Life.EDITED)
        assert not told.claimed & told.released
        heard = (heard | told.claimed) - told.released
        assert heard == named
        assert said.ever_named >= named | before.ever_named


# ── messages and waiting ─────────────────────────────────────────────────────────────────────────────────────────

texts = st.text(max_size=20)
floats = st.floats(0, 4e9)
many = st.none() | st.lists(texts, max_size=5).map(tuple)
payloads = (
    st.builds(TicketStatement, ticket_id=texts, issue_keys=many, at=floats, exact=st.booleans(), merged_into=texts)
    | st.builds(IssueStatement, issue_id=texts, issue_key=texts, ticket_ids=many, at=floats, exact=st.booleans())
    | notices
    | st.builds(Quarantined, reason=texts, excerpt=texts, size=st.integers(0), sha256=texts)
)


@given(st.builds(Envelope, delivery=texts, correlation_id=texts, source=texts, received_at=floats, payload=payloads))
def test_messages_are_read_back(envelope: Envelope) -> None:
    assert decode(encode(envelope)) == envelope


@given(st.integers(1, 5_000), st.none() | st.floats(0, 43_000), st.floats(0, 1, exclude_max=True))
def test_waiting_has_its_limits(attempt: int, demand: float | None, dice: float) -> None:
    wait = backoff.delay(attempt=attempt, retry_after=demand, dice=dice)
    assert 1 <= wait <= 43_000
    assert wait >= (demand or 0)
    assert demand is not None or wait <= min(900, 2 ** min(attempt + 1, 20))
