"""One run of the reconciler: a lease, then a page of each stream in turn until all are read or the time is up."""

import logging
from dataclasses import replace

from linksync.core.checkpoints import Checkpoint, TicketCheckpoint
from linksync.errors import AwsUnavailable
from linksync.metrics import Metric
from linksync.observability import describe, emit_line
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.enqueue_findings import FindingQueue
from linksync.reconciler.failures import Failures, PageEnd, Stream
from linksync.reconciler.issue_stream import IssueStream
from linksync.reconciler.leased_checkpoint import LeasedCheckpoint
from linksync.reconciler.limits import LEASE, MARGIN, MOST_WAITING
from linksync.reconciler.look_stream import LookStream
from linksync.reconciler.ticket_stream import TicketStream
from linksync.store.reconciler_state import LeaseLost


class Reconciler:
    """One run.  `run` is its name, in the log and as the lease's holder."""

    def __init__(self, deps: Dependencies, *, run: str) -> None:
        self._deps = deps
        self._run = run
        self._failures = Failures(deps)

    def reconcile(self) -> str:
        """Find what no sender told.  Returns how it ended, in a word or a few; what fails is left for the next run."""
        now = self._deps.now()
        leased, checkpoint = self._deps.state.acquire(self._run, now=now, until=now + LEASE)
        if not leased:
            return "another run is under way"
        try:
            if checkpoint is None:
                return self._begin()
            return self._read(LeasedCheckpoint(self._deps, self._run, checkpoint))
        except LeaseLost:
            return "the lease was lost"
        finally:
            self._release()

    def _begin(self) -> str:
        """The first run of a stack: what changes from now on is found, what was there before is the backfill's."""
        checkpoint = Checkpoint.of_a_new_stack(self._deps.now(), by_jira=self._deps.issues.server_time())
        LeasedCheckpoint(self._deps, self._run, checkpoint).save(checkpoint)
        return "begun"

    def _read(self, progress: LeasedCheckpoint) -> str:
        self._skip_what_is_off(progress)
        finding_queue = FindingQueue(self._deps, run=self._run)
        streams: list[Stream] = [IssueStream(self._deps, finding_queue), LookStream(self._deps, finding_queue)]
        if self._deps.tickets is not None:
            streams.insert(0, TicketStream(self._deps, self._deps.tickets, finding_queue))
        ended = self._in_turn(streams, progress)
        if not ended:
            self._finish(progress)
        self._deps.metrics.count(Metric.RECONCILER_LAG, max(0.0, self._deps.now() - progress.checkpoint.current_at))
        return ended or "finished"

    def _skip_what_is_off(self, progress: LeasedCheckpoint) -> None:
        """A direction that is switched on later begins then."""
        if self._deps.tickets is None:
            off = TicketCheckpoint.at(self._deps.now())
            progress.checkpoint = replace(progress.checkpoint, tickets=off)

    def _in_turn(self, streams: list[Stream], progress: LeasedCheckpoint) -> str:
        """Why it ended before all was read; empty when all was."""
        ended = ""
        while streams:
            for stream in tuple(streams):
                if why := self._must_stop():
                    return why
                outcome = self._failures.attempt(stream, progress)
                if outcome is not PageEnd.MORE:
                    streams.remove(stream)
                if outcome is PageEnd.STOPPED:
                    ended = ended or f"{stream.name} stopped"
        return ended

    def _must_stop(self) -> str:
        if self._deps.seconds_left() < MARGIN:
            return "out of time"
        if self._deps.waiting() > MOST_WAITING:
            return "the queue is deep"
        return ""

    def _finish(self, progress: LeasedCheckpoint) -> None:
        checkpoint = progress.checkpoint
        progress.save(replace(checkpoint, round=checkpoint.round + 1))
        self._deps.metrics.count(Metric.RECONCILER_FINISHED)

    def _release(self) -> None:
        try:
            self._deps.state.release(self._run)
        except AwsUnavailable as error:
            emit_line(logging.WARNING, "the lease stays until it expires", fields={"error": describe(error)})
