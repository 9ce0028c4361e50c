"""Whose each link is, told by what Zendesk saw: calls, what they did, and whether their caller learned of it.

Nothing of linksync's own state is looked at.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from linksync.core.links import UnlinkPolicy

type Pair = tuple[str, str]
"""Ticket id and issue id."""

type Outcome = Literal["answered", "not written", "unknown"]
"""What the caller learned: what became of the link, that this call did nothing to it, or nothing at all."""


@dataclass
class LinkWitness:
    """`wrongs` are what no history excuses, in words."""

    policy: UnlinkPolicy
    by_hand: set[Pair] = field(default_factory=set)
    """Links that a person made."""
    removed_by_hand: set[Pair] = field(default_factory=set)
    """Links that a person removed when all was quiet, and that nobody has named anew since."""
    touched_by_hand: set[Pair] = field(default_factory=set)
    """Pairs whose link a person removed while something was on its way: whether it comes back is open."""
    ambiguous: set[Pair] = field(default_factory=set)
    """Pairs of which nobody can tell whose the link is: a call without an answer met somebody's own link."""
    unanswered: set[Pair] = field(default_factory=set)
    """Pairs with a call of ours whose caller never learned what became of it, and no answered one since."""
    unknown_begun: Counter[str] = field(default_factory=Counter)
    """By ticket: links of runs that were cut short in a write, of whose calls nobody knows."""
    named: set[Pair] = field(default_factory=set)
    """Pairs that a field ever named."""
    wrongs: list[str] = field(default_factory=list)

    # ── people ──────────────────────────────────────────────────────────────────────────────────────────────────

    def linked_by_hand(self, pair: Pair) -> None:
        self.by_hand.add(pair)
        if pair in self.unanswered or pair in self.removed_by_hand | self.touched_by_hand:
            self.ambiguous.add(pair)

    def unlinked_by_hand(self, pair: Pair, *, quiet: bool) -> None:
        self.by_hand.discard(pair)
        (self.removed_by_hand if quiet else self.touched_by_hand).add(pair)

    def named_anew(self, pair: Pair) -> None:
        self.named.add(pair)
        if pair in self.removed_by_hand:
            self.removed_by_hand.discard(pair)
            self.touched_by_hand.add(pair)

    # ── linksync ────────────────────────────────────────────────────────────────────────────────────────────────

    def created(self, pair: Pair) -> None:
        """A call of ours made this link."""
        if pair in self.removed_by_hand and not self._is_open(pair):
            self.wrongs.append(f"made again after somebody removed it: {pair}")

    def deleted(self, pair: Pair) -> None:
        """A call of ours removed this link."""
        somebodys = pair in self.by_hand
        self.by_hand.discard(pair)
        if self.policy is UnlinkPolicy.NEVER:
            self.wrongs.append(f"deleted, which is never allowed: {pair}")
        elif somebodys and (self.policy is UnlinkPolicy.OWNED or pair not in self.named) and not self._is_open(pair):
            self.wrongs.append(f"hand-made link deleted: {pair}")

    def ended(self, pair: Pair, outcome: Outcome) -> None:
        """A call of ours for this pair is over.  That one did nothing tells nothing of an earlier one."""
        if pair in self.by_hand and (outcome == "unknown" or pair in self.unanswered):
            self.ambiguous.add(pair)
        if outcome == "answered":
            self.unanswered.discard(pair)
        if outcome == "unknown":
            self.unanswered.add(pair)

    def _is_open(self, pair: Pair) -> bool:
        if pair in self.ambiguous:
            return True
        if self.unknown_begun[pair[0]]:
            # A run that was cut short in a write explains two links: the last call's, and the one it was about to make.
            self.unknown_begun[pair[0]] -= 1
            self.ambiguous.add(pair)
            return True
        return False
