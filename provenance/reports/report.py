"""What happened in a period: activity, changes, verification, review, access and erasures.

Who: a compliance officer who has to say in a meeting, or hand to an auditor, what the applications
answered, whether the record is whole, and who changed or looked after what. Everything is counted
from the log and its read models up to one position, which the report names, so that whoever reads
it later can count again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from provenance.integrity import checkpoints
from provenance.integrity.models import SealedCheckpoint
from provenance.reports import counts
from provenance.reports.notable import ACCESS, ERASURE, INDEX, LOG, Notable, notable
from provenance.reports.period import Period

DOCUMENTS = {
    "DocumentSubmitted": "versions handed in",
    "DocumentDescribed": "descriptions changed",
    "DocumentIndexed": "versions made searchable",
    "DocumentFailed": "failures in processing",
    "DocumentWithdrawn": "documents withdrawn",
    "DocumentQuarantined": "versions put in quarantine",
    "DocumentReleased": "versions let out of quarantine",
}
REVIEW = {
    "ReviewAssigned": "reviews assigned",
    "FindingRaised": "findings raised",
    "FindingResolved": "findings resolved",
    "OutputSigned": "reviews signed",
    "CaseOpened": "cases opened",
    "CaseClosed": "cases closed",
    "CaseReopened": "cases reopened",
    "RetrievalReproduced": "retrievals run again",
    "EvidenceExported": "bundles of evidence taken away",
    "RangeExported": "ranges of the log archived",
}
VERIFICATION = {
    "LogVerified": "verifications, samples included",
    "CheckpointPublished": "checkpoints brought to witnesses and anchors",
    "SigningKeyRotated": "signing keys replaced",
    "LogRestored": "restores from a backup",
    "ReproductionUnexplained": "retrievals that came out otherwise, unexplained",
}


@dataclass(frozen=True)
class Report:
    """The events of the period have `after < position <= until`."""

    period: Period
    made_at: datetime
    after: int
    until: int
    checkpoint: SealedCheckpoint | None
    answers: list[counts.Answers]
    retrievals: dict[str | None, int]
    new_models: list[str]
    documents: dict[str, int]
    review: dict[str, int]
    verification: dict[str, int]
    index: Notable
    log: Notable
    access: Notable
    erasures: Notable

    @property
    def events(self) -> int:
        return self.until - self.after

    @property
    def outputs(self) -> int:
        return sum(each.outputs for each in self.answers)

    @property
    def asked(self) -> int:
        return sum(self.retrievals.values())


def report_on(period: Period) -> Report:
    after, until = period.positions()
    by_type = counts.events_by_type(after, until)
    return Report(
        period=period,
        made_at=timezone.now(),
        after=after,
        until=until,
        checkpoint=checkpoints.newest(),
        answers=counts.answers(period),
        retrievals=counts.retrievals(period),
        new_models=counts.new_models(period),
        documents=_named(DOCUMENTS, by_type),
        review=_named(REVIEW, by_type),
        verification=_named(VERIFICATION, by_type),
        index=notable(INDEX, after=after, until=until),
        log=notable(LOG, after=after, until=until),
        access=notable(ACCESS, after=after, until=until),
        erasures=notable(ERASURE, after=after, until=until),
    )


def _named(words: Mapping[str, str], by_type: Mapping[str, int]) -> dict[str, int]:
    return {phrase: by_type.get(name, 0) for name, phrase in words.items()}
