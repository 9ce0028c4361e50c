"""Asks Zendesk which of the tickets exist that an issue names, and tells the issue's people of those that do not."""

from contextlib import suppress
from dataclasses import replace

from linksync.core import issue_rules
from linksync.core import named_tickets as rules
from linksync.core.issue import Issue
from linksync.core.lanes import IssueRecord
from linksync.core.wrong_references import WrongReferenceNotice, comment_on_issue
from linksync.errors import AwsUnavailable, LinksyncError, UnfinishedWork
from linksync.metrics import Metric
from linksync.worker.dependencies import Dependencies
from linksync.worker.reference_notice import SECONDS_A_NOTICE, attempt


def asked_about(deps: Dependencies, before: IssueRecord, after: IssueRecord, *, again: bool) -> IssueRecord:
    """The record after Zendesk was asked which of the newly named tickets exist, where they are many.

    Where people are told of wrong numbers, Zendesk is asked however few there are, so that one comment names all of
    them.  Of a few, even those that it does not know are claimed: each one's own lane finds that it is missing, and
    makes the link should the ticket come back out of the bin.
    """
    asked = rules.tickets_to_ask_about(before, after, unasked=most_unasked(deps), again=again)
    if not asked:
        return after
    known = deps.tickets.known(asked)
    wrong = frozenset(asked) - known - before.not_found
    if deps.reference_notice_calls.kind is WrongReferenceNotice.NOTE:
        after = replace(after, reference_notices=after.reference_notices.noting(wrong))
    if not again and len(asked) <= rules.MOST_UNASKED:
        return after
    if wrong:
        deps.log.count(Metric.TICKETS_NOT_FOUND, len(wrong))
    return issue_rules.with_claims(before, rules.with_known(after, asked, known), deps.projects)


def most_unasked(deps: Dependencies) -> int:
    """Up to how many new tickets get their notices without Zendesk being asked, and without a record made before."""
    return 0 if deps.reference_notice_calls.kind is WrongReferenceNotice.NOTE else rules.MOST_UNASKED


def record_and_comment(deps: Dependencies, issue_id: str, before: IssueRecord, after: IssueRecord) -> None:
    """Record what the issue states, then tell its people of numbers that were not found, each once at most.

    What surely was not told is due again.  Raises why it was not told, and UnfinishedWork.
    """
    wanted = deps.reference_notice_calls.kind is WrongReferenceNotice.NOTE and not (after.deleted or after.missing)
    due = after.reference_notices.due if wanted else frozenset[str]()
    begins = due and deps.seconds_left() >= SECONDS_A_NOTICE
    telling = replace(after, reference_notices=after.reference_notices.begun()) if begins else after
    if telling != before:
        look, told_all = bool(after.not_found - before.not_found), issue_rules.told_all(before, after)
        deps.ledger.save_issue(issue_id, telling, look=look, told_all=told_all)
    if due and not begins:
        raise UnfinishedWork("there was no time to tell what was not found; the rest is continued at once")
    if due:
        try:
            attempt(
                deps,
                lambda: deps.reference_notice_calls.issues.add_comment(
                    Issue(issue_id, after.key), comment_on_issue(due)
                ),
            )
        except LinksyncError:
            with suppress(AwsUnavailable):
                deps.ledger.save_issue(issue_id, after)
            raise
