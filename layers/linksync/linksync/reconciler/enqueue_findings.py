"""Tells lanes what was found, each at most once a round, and rarer and rarer where that mends nothing."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from linksync.core.messages import Envelope
from linksync.metrics import Metric
from linksync.reconciler.dependencies import Dependencies
from linksync.reconciler.findings import Finding
from linksync.reconciler.loop_guard import assess

SOURCE = "reconciler"


class FindingQueue:
    """The findings of one run.

    The round and a finding's lane and difference name its messages: a round that is done again sends the same ones.
    """

    def __init__(self, deps: Dependencies, *, run: str) -> None:
        self._deps = deps
        self._run = run

    def tell(self, findings: Sequence[Finding], *, round_number: int) -> None:
        """Queue them, then remember that: a crash in between queues them again, under the same names."""
        if not findings:
            return
        now = self._deps.now()
        known = self._deps.repairs.known(finding.lane for finding in findings)
        assessed = [(finding, assess(finding, known.get(finding.lane), now=now)) for finding in findings]
        to_tell = [(finding, assessment.repair) for finding, assessment in assessed if assessment.tell]
        self.send((finding for finding, _ in to_tell), round_number=round_number)
        self._deps.repairs.remember([repair for _, repair in to_tell])
        self._deps.looks.change(planned=[assessment.look for _, assessment in assessed if assessment.look])
        if again := sum(assessment.again for _, assessment in assessed):
            self._deps.metrics.count(Metric.REPAIRED_AGAIN, again)

    def tell_again(self, findings: Sequence[Finding], *, round_number: int) -> None:
        """Queue findings that were put off, and count each as told once more."""
        self.send(findings, round_number=round_number)
        known = self._deps.repairs.known(finding.lane for finding in findings)
        now = self._deps.now()
        self._deps.repairs.remember(
            [replace(repair, times=repair.times + 1, queued_at=now) for repair in known.values()]
        )

    def send(self, findings: Iterable[Finding], *, round_number: int) -> None:
        """Queue them."""
        findings = list(findings)
        self._deps.queue.send_batch(
            [envelope for finding in findings for envelope in self._envelopes(finding, round_number)]
        )
        if findings:
            self._deps.metrics.count(Metric.RECONCILER_QUEUED, len(findings))

    def _envelopes(self, finding: Finding, round_number: int) -> list[Envelope]:
        name = f"{SOURCE}/{round_number}/{finding.lane}/{finding.difference}"
        return [
            Envelope(
                delivery=hashlib.sha256(f"{name}/{number}".encode()).hexdigest()[:32],
                correlation_id=self._run,
                source=SOURCE,
                received_at=self._deps.now(),
                payload=statement,
            )
            for number, statement in enumerate(finding.statements)
        ]
