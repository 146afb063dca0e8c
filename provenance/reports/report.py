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
from django.utils.translation import gettext_noop

from provenance.integrity import checkpoints
from provenance.integrity.models import SealedCheckpoint
from provenance.reports import counts
from provenance.reports.notable import ACCESS, ERASURE, INDEX, LOG, Notable, notable
from provenance.reports.period import Period

DOCUMENTS = {
    "DocumentSubmitted": gettext_noop("versions handed in"),
    "DocumentDescribed": gettext_noop("descriptions changed"),
    "DocumentIndexed": gettext_noop("versions made searchable"),
    "DocumentFailed": gettext_noop("failures in processing"),
    "DocumentWithdrawn": gettext_noop("documents withdrawn"),
    "DocumentQuarantined": gettext_noop("versions put in quarantine"),
    "DocumentReleased": gettext_noop("versions let out of quarantine"),
}
REVIEW = {
    "ReviewAssigned": gettext_noop("reviews assigned"),
    "FindingRaised": gettext_noop("findings raised"),
    "FindingResolved": gettext_noop("findings resolved"),
    "OutputSigned": gettext_noop("reviews signed"),
    "CaseOpened": gettext_noop("cases opened"),
    "CaseClosed": gettext_noop("cases closed"),
    "CaseReopened": gettext_noop("cases reopened"),
    "RetrievalReproduced": gettext_noop("retrievals run again"),
    "EvidenceExported": gettext_noop("bundles of evidence taken away"),
    "RangeExported": gettext_noop("ranges of the log archived"),
}
VERIFICATION = {
    "LogVerified": gettext_noop("verifications, samples included"),
    "CheckpointPublished": gettext_noop("checkpoints brought to witnesses and anchors"),
    "SigningKeyRotated": gettext_noop("signing keys replaced"),
    "LogRestored": gettext_noop("restores from a backup"),
    "ReproductionUnexplained": gettext_noop("retrievals that came out otherwise, unexplained"),
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
