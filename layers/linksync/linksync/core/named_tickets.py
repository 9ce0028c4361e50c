"""Which of the tickets that an issue names are asked about before their lanes are told.

Each lane that gets a notice makes calls of its own: an issue that names hundreds of wrong numbers, by mistake or by
malice, would cost hundreds of calls.
"""

from dataclasses import replace

from linksync.core.lanes import IssueRecord

MOST_UNASKED = 20
"""New tickets of an edit that get their notices unchecked: nearly all numbers are right, and edits name few."""


def tickets_to_ask_about(
    before: IssueRecord, after: IssueRecord, *, unasked: int = MOST_UNASKED, again: bool = False
) -> tuple[str, ...]:
    """The tickets of which Zendesk is asked whether they exist: those claimed newly, when they are more than `unasked`.

    `again`: those too that were not found before, however few there are.
    """
    new = after.claims - before.claims
    if again:
        return tuple(sorted(new | after.not_found))
    return tuple(sorted(new)) if len(new) > unasked else ()


def with_known(record: IssueRecord, asked: tuple[str, ...], known: frozenset[str]) -> IssueRecord:
    """The record once Zendesk told which of those `asked` about it knows.  Its claims are still those from before."""
    not_found = record.not_found.union(asked) - known
    return replace(record, not_found=not_found, ever_named=record.ever_named - not_found)


def before_telling(before: IssueRecord, after: IssueRecord, stated: frozenset[str]) -> IssueRecord:
    """The record from before, with the tickets that may get a claim from this run although nothing records it yet.

    A run that is cut short after it sent notices leaves no other trace of them, and what the next run reads may differ:
    then these tickets are told that the claim is gone.  `stated` are the tickets that the statement names: an earlier
    run may have sent them notices without a record, unless they were many.
    """
    unrecorded = stated - before.claims if len(stated - before.claims) <= MOST_UNASKED else frozenset[str]()
    return replace(before, maybe_told=before.maybe_told | (after.claims | unrecorded) - before.claims)
