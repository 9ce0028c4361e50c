"""What holds for every statement and every lane: the rules, played against a Zendesk that always answers."""

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from linksync.core import backoff, issue_rules
from linksync.core.commands import (
    Command,
    CreateLink,
    DeleteLink,
    ForgetLink,
    RekeyLink,
    TransferLink,
    UnlinkByHand,
    WithdrawTransfer,
    created,
    deleted,
    unlinked_by_hand,
)
from linksync.core.issue import Issue
from linksync.core.lanes import FieldRecord, IssueRecord, TicketFacts, TicketLane
from linksync.core.links import ISSUE_CLAIM, Link, LinkState, Owner, UnlinkPolicy, merged_claim, ticket_claim
from linksync.core.message_format import decode, encode
from linksync.core.messages import (
    Envelope,
    IssueStatement,
    LifecycleEvent,
    LinkNotice,
    Message,
    NoticeKind,
    Quarantined,
    TicketStatement,
)
from linksync.core.ordering import RETRY_HORIZON, Action, Window, classify
from linksync.core.plans import plan
from linksync.core.ticket_notices import apply_notice
from linksync.core.ticket_rules import (
    FoundIssues,
    apply_lifecycle,
    keys_to_find,
    replace_references,
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
        state=st.sampled_from(LinkState),
        owner=st.sampled_from(Owner),
    )


stateds = st.builds(FieldRecord, st.frozensets(keys), st.none() | windows)
facts = st.builds(TicketFacts, not_found=st.frozensets(keys), merged_into=st.sampled_from(["", TARGET]))
gone = facts.map(lambda known: replace(known, not_found=frozenset(), deleted=True))
states = st.tuples(stateds, facts) | st.tuples(stateds.map(lambda known: replace(known, refs=frozenset())), gone)
lanes = st.builds(
    lambda state, *held: TicketLane(
        ticket_id=TICKET,
        stated=state[0],
        facts=state[1],
        links={link.issue.id: link for link in held if link},
    ),
    states,
    *(st.none() | links(issue_id) for issue_id in IDS),
)
notices = st.builds(
    LinkNotice,
    ticket_id=st.just(TICKET),
    issue_id=st.sampled_from(IDS),
    issue_key=st.sampled_from([*ISSUES, "NEW-5"]),
    key_at=times,
    kind=st.sampled_from(NoticeKind),
    at=times,
    via=st.sampled_from(["", "4999"]),
)
lives = st.builds(
    TicketStatement,
    ticket_id=st.just(TICKET),
    issue_keys=st.none(),
    at=times,
    exact=st.just(True),
    lifecycle=st.sampled_from([LifecycleEvent.MERGED, LifecycleEvent.DELETED]),
    merged_into=st.just(TARGET),
)
steps = st.lists(fields | notices | lives, max_size=12)


@dataclass
class Zendesk:
    """Links of the one ticket, by issue id with the key that each was made under; and what the target was told."""

    links: dict[str, str]
    target: dict[str, NoticeKind]

    def apply(self, lane: TicketLane, command: Command) -> TicketLane:
        link = command.link
        match command:
            case CreateLink():
                return lane.with_link(self._create(link))
            case RekeyLink():
                self.links.pop(link.issue.id, None)
                return lane.with_link(replace(self._create(link), owner=link.owner))
            case DeleteLink() | UnlinkByHand():
                self.links.pop(link.issue.id, None)
                after = deleted(link) if isinstance(command, DeleteLink) else unlinked_by_hand(link)
                return lane.without_link(link.issue.id) if after is None else lane.with_link(after)
            case ForgetLink():
                return lane.without_link(link.issue.id)
            case TransferLink(unlink=unlink):
                if unlink:
                    self.links.pop(link.issue.id, None)
                self.target[link.issue.id] = NoticeKind.CLAIMED
                return lane.with_link(replace(link, state=LinkState.TRANSFERRED))
            case WithdrawTransfer(kind=kind):
                self.target[link.issue.id] = kind
                return lane.without_link(link.issue.id)

    def _create(self, link: Link) -> Link:
        made = link.issue.id not in self.links
        self.links.setdefault(link.issue.id, link.issue.key)
        return created(link, made=made)


def taken(step: object, lane: TicketLane, policy: UnlinkPolicy) -> TicketLane:
    """The lane after one statement or notice, as the worker would take it."""
    match step:
        case LinkNotice():
            return apply_notice(lane, step, policy)
        case TicketStatement():
            return apply_lifecycle(lane, step)
        case tuple() if not lane.facts.deleted:
            asked = keys_to_find(lane, step)
            found = {key: Issue(ISSUES[key], key) for key in asked if key in ISSUES}
            return replace_references(lane, step, WINDOW, FoundIssues(found, 1_000.0), policy)
    return lane


def applied(lane: TicketLane, policy: UnlinkPolicy, zendesk: Zendesk) -> TicketLane:
    for command in plan(lane, policy):
        lane = zendesk.apply(lane, command)
    return lane


# ── ordering ─────────────────────────────────────────────────────────────────────────────────────────────────────


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
    known=refs,
    known_window=st.none() | windows,
    stated=st.none() | refs,
    window=windows,
    exact=st.booleans(),
    waited=st.floats(0, 5_000),
)
def test_what_a_decision_vouches_for(
    *,
    known: frozenset[str],
    known_window: Window | None,
    stated: frozenset[str] | None,
    window: Window,
    exact: bool,
    waited: float,
) -> None:
    action = classify(
        stated=stated, window=window, exact=exact, known=known, known_window=known_window, waited=waited
    ).action
    older = known_window is not None and window.is_before(known_window)
    later = known_window is None or known_window.is_before(window)
    same = known_window is not None and stated is not None and stated == known
    assert (action is Action.IGNORE) == older
    assert (action is Action.CONFIRM) == (not older and same)
    if action is Action.BELIEVE:
        assert later
        assert stated is not None
        assert exact or waited <= RETRY_HORIZON
    if action is Action.REREAD:
        assert stated is None or not later or waited > RETRY_HORIZON


# ── a ticket's lane ──────────────────────────────────────────────────────────────────────────────────────────────


@given(lanes, policies, st.frozensets(st.sampled_from(IDS)))
def test_what_was_applied_is_not_planned_again(lane: TicketLane, policy: UnlinkPolicy, at_zendesk: set[str]) -> None:
    assert plan(applied(lane, policy, Zendesk(dict.fromkeys(at_zendesk, "PROJ-9"), {})), policy) == ()


@given(lanes, policies)
def test_saying_the_same_again_plans_nothing(lane: TicketLane, policy: UnlinkPolicy) -> None:
    lane = applied(taken(tuple(lane.stated.refs), lane, policy), policy, Zendesk({}, {}))
    again = taken(tuple(lane.stated.refs), lane, policy)
    assert keys_to_find(lane, lane.stated.refs) == ()
    assert (again.links, plan(again, policy)) == (lane.links, ())


@given(lanes, notices, policies)
def test_a_notice_counts_once(lane: TicketLane, notice: LinkNotice, policy: UnlinkPolicy) -> None:
    once = apply_notice(lane, notice, policy)
    assert apply_notice(once, notice, policy) == once


@given(lanes, policies)
def test_commands_are_allowed(lane: TicketLane, policy: UnlinkPolicy) -> None:
    for command in plan(lane, policy):
        link = command.link
        match command:
            case CreateLink():
                assert link.claims
                assert not lane.facts.deleted
                assert not lane.facts.merged_into
            case DeleteLink():
                assert policy.allows(link.owner)
                assert not link.claims or lane.facts.deleted
            case RekeyLink():
                assert link.claims
            case TransferLink(unlink=unlink):
                assert link.claims
                assert policy.allows(link.owner) or not unlink
            case UnlinkByHand():
                assert link.state is LinkState.UNLINKING
            case ForgetLink() | WithdrawTransfer():
                assert not link.claims


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
        lane = applied(taken(step, lane, policy), policy, zendesk)
        claimed = {link.issue.id for link in lane.links.values()}
        assert plan(lane, policy) == ()
        if lane.facts.deleted:
            # What issues claim is kept, and nothing of ours is left at Zendesk.
            assert all(link.claims for link in lane.links.values())
            assert policy is UnlinkPolicy.NEVER or not any(
                link.may_exist and policy.allows(link.owner) for link in lane.links.values()
            )
        elif lane.facts.merged_into:
            assert {link.state for link in lane.links.values()} <= {LinkState.TRANSFERRED}
            assert {id_ for id_, told in zendesk.target.items() if told is NoticeKind.CLAIMED} == claimed
        else:
            assert claimed <= set(zendesk.links)
        if policy is UnlinkPolicy.OWNED and not (lane.facts.deleted or lane.facts.merged_into):
            assert set(zendesk.links) == claimed | by_hand
        if policy is not UnlinkPolicy.ANY:
            assert {id_: zendesk.links.get(id_) for id_ in by_hand} == dict.fromkeys(by_hand, "by hand")


@given(fields, policies)
def test_the_order_of_keys_does_not_matter(named: tuple[str, ...], policy: UnlinkPolicy) -> None:
    empty = TicketLane(ticket_id=TICKET)
    assert taken(named, empty, policy) == taken(named[::-1] + named, empty, policy)


# ── an issue's lane ──────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.frozensets(st.sampled_from(["5001", "5002", "5003"])), max_size=8))
def test_the_differences_add_up_to_what_the_issue_states(history: list[frozenset[str]]) -> None:
    record, told = IssueRecord(), set[str]()
    for at, named in enumerate(history):
        before, record = record, issue_rules.replace_references(record, named, Window.of_change(float(at)))
        found = issue_rules.news_for_tickets(before, record, LifecycleEvent.EDITED)
        assert not found.claimed & found.released
        told = (told | found.claimed) - found.released
        assert told == named
        assert record.ever_named >= named | before.ever_named


# ── messages and waiting ─────────────────────────────────────────────────────────────────────────────────────────

texts = st.text(max_size=20)
floats = st.floats(0, 4e9)
many = st.none() | st.lists(texts, max_size=5).map(tuple)
payloads = (
    st.builds(TicketStatement, ticket_id=texts, issue_keys=many, at=floats, exact=st.booleans(), merged_into=texts)
    | st.builds(IssueStatement, issue_id=texts, issue_key=texts, ticket_ids=many, at=floats, exact=st.booleans())
    | notices
)
trails = {"delivery": texts, "correlation_id": texts, "source": texts, "received_at": floats}
messages = st.builds(Envelope, **trails, payload=payloads) | st.builds(
    Quarantined, **trails, reason=texts, excerpt=texts, size=st.integers(0), sha256=texts
)


@given(messages)
def test_messages_are_read_back(message: Message) -> None:
    assert decode(encode(message)) == message


@given(st.integers(1, 5_000), st.none() | st.floats(0, 43_000), st.floats(0, 1, exclude_max=True))
def test_waiting_has_its_limits(attempt: int, demand: float | None, jitter: float) -> None:
    wait = backoff.delay(attempt=attempt, retry_after=demand, jitter=jitter)
    assert 1 <= wait <= 43_000
    assert wait >= (demand or 0)
    longest = backoff.CAP if attempt <= backoff.LONG_OUTAGE else backoff.LATE_CAP
    assert demand is not None or wait <= min(longest, 2 ** min(attempt + 1, 20))
