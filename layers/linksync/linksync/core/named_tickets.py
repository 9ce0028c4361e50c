"""Which of the tickets that an issue names are asked about before their lanes are told.

A lane that is told makes its own calls: so an issue that names many at once, by mistake or by malice, would multiply.
"""

from dataclasses import replace

from linksync.core.lanes import IssueRecord

MOST_UNASKED = 20
"""As many new tickets are told without a question: nearly all numbers are right, and an edit names few."""


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
    """The record once Zendesk told which of those asked about it knows.  What the issue claims is not yet told anew."""
    not_found = record.not_found.union(asked) - known
    return replace(record, not_found=not_found, ever_named=record.ever_named - not_found)


def before_telling(before: IssueRecord, after: IssueRecord, stated: frozenset[str]) -> IssueRecord:
    """The record as it is kept before tickets are told what was read, or are told so many.

    The next reading may differ, and a run that is cut short between leaves no other trace of whom it told.  An earlier
    run may have told those that were `stated`, and left no trace but of many.
    """
    unrecorded = stated - before.claims if len(stated - before.claims) <= MOST_UNASKED else frozenset[str]()
    return replace(before, maybe_told=before.maybe_told | (after.claims | unrecorded) - before.claims)
