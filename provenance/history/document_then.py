"""A document as the system knew it at a moment: what stood for it, or why nothing did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from ingestion.errors import DocumentUnknown
from ingestion.events import DocumentQuarantined, DocumentReleased
from ingestion.models import CatalogueDocument, CatalogueVersion
from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Recorded
from provenance.history.moments import Moment
from retrieval.models import DocumentWithdrawal, VersionValidity


@dataclass(frozen=True)
class DocumentThen:
    """`standing` is the rectangle that held at the moment; `erased_at` a position, if any.

    `versions` are all of it, the highest first; `asked` is the one that is asked about, None where
    the whole document is; `ending` are the withdrawals known at the moment, `quarantined` the
    versions that were in quarantine then, with the position since when.
    """

    document: CatalogueDocument
    moment: Moment
    versions: list[CatalogueVersion]
    asked: CatalogueVersion | None
    standing: VersionValidity | None
    ending: list[DocumentWithdrawal]
    erased_at: int | None
    quarantined: Mapping[UUID, int]

    @property
    def known(self) -> list[CatalogueVersion]:
        """The versions that were known at the moment, the highest first."""
        return [
            each
            for each in self.versions
            if each.indexed_position is not None and each.indexed_position <= self.moment.position
        ]

    @property
    def first(self) -> CatalogueVersion:
        """What had to be handed in first: the version asked about, or any."""
        return self.asked or self.versions[-1]

    @property
    def started(self) -> list[CatalogueVersion]:
        """The known versions whose effective time had begun, the highest first."""
        return [each for each in self.known if _begun(each.effective_from, self.moment)]

    @property
    def withdrawal(self) -> DocumentWithdrawal | None:
        """The one that ended the version which would have stood."""
        started = self.started
        highest = started[0].submitted_position if started else -1
        return next(
            (
                each
                for each in self.ending
                if highest < each.position and _begun(each.effective_from, self.moment)
            ),
            None,
        )


def document_then(
    document_id: UUID, moment: Moment, *, principal: Principal, version_id: UUID | None = None
) -> DocumentThen:
    """Five queries. Raises DocumentUnknown, also where it is kept from the principal."""
    document = CatalogueDocument.objects.filter(document_id=document_id).first()
    if document is None or not principal.may_see(document.collection):
        raise DocumentUnknown(f"There is no document {document_id} for this principal.")
    rows = CatalogueVersion.objects.filter(document_id=document_id).order_by("-version_number")
    versions = list(rows)
    asked = next((each for each in versions if each.version_id == version_id), None)
    if version_id is not None and asked is None:
        raise DocumentUnknown(f"There is no version {version_id} of this document.")
    withdrawals = DocumentWithdrawal.objects.filter(
        document_id=document_id, position__lte=moment.position
    )
    events = store.read_stream(
        f"document-{document_id}",
        types=[SubjectKeyDestroyed, DocumentQuarantined, DocumentReleased],
    )
    destroyed = [event for event in events if isinstance(event.data, SubjectKeyDestroyed)]
    return DocumentThen(
        document=document,
        moment=moment,
        versions=versions,
        asked=asked,
        standing=_standing(document_id, moment),
        ending=list(withdrawals.order_by("position")),
        erased_at=next((each.position for each in destroyed), None),
        quarantined=_quarantined(events, moment),
    )


def _quarantined(events: Iterable[Recorded[Any]], moment: Moment) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for event in events:
        if event.position is None or event.position > moment.position:
            continue
        if isinstance(event.data, DocumentQuarantined):
            found[event.data.version_id] = event.position
        elif isinstance(event.data, DocumentReleased):
            found.pop(event.data.version_id, None)
    return found


def _standing(document_id: UUID, moment: Moment) -> VersionValidity | None:
    at = moment.effective_at
    return (
        VersionValidity.objects.filter(
            Q(known_to=None) | Q(known_to__gt=moment.position),
            Q(effective_from=None) | Q(effective_from__lte=at),
            Q(effective_to=None) | Q(effective_to__gt=at),
            document_id=document_id,
            known_from__lte=moment.position,
        )
        .order_by(F("known_from"))
        .first()
    )


def _begun(effective_from: datetime | None, moment: Moment) -> bool:
    return effective_from is None or effective_from <= moment.effective_at
