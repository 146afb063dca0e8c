"""Holds a document's earlier wording against what stands for it, and records what is outdated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from ingestion.models import CatalogueVersion, Chunk, Stage, VersionText
from ingestion.moments import as_text, from_text
from ingestion.texts import ReadText, all_texts
from provenance.eventstore import store
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import store_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.impact import wording
from provenance.impact.events import WordingCompared
from provenance.projections.standing import has_folded
from provenance.projections.work import RetryLater, WorkItem
from retrieval.events import EffectiveDatesPassed
from retrieval.models import DocumentWithdrawal
from retrieval.recording.events import Method
from retrieval.validity import counts_at

METHOD = Method(name=wording.NAME, version=wording.VERSION)
ERASED = "The text has been erased."


@dataclass(frozen=True)
class Compared:
    """A document at the moment of the event that asks for the comparison."""

    document_id: UUID
    position: int
    effective_at: datetime
    versions: list[CatalogueVersion]
    standing: UUID | None

    @property
    def others(self) -> list[CatalogueVersion]:
        """The versions that were known and in force once, and do not stand."""
        return [each for each in self.versions if each.version_id != self.standing]

    @property
    def kind(self) -> str:
        if self.standing is not None:
            return "replaced"
        highest = self.versions[-1] if self.versions else None
        if highest is not None and highest.quarantined:
            return "quarantined"
        withdrawn = highest is not None and self._is_withdrawn(highest)
        return "withdrawn" if withdrawn else "expired"

    def _is_withdrawn(self, version: CatalogueVersion) -> bool:
        withdrawals = DocumentWithdrawal.objects.filter(
            document_id=self.document_id,
            position__gt=version.submitted_position,
            position__lte=self.position,
        )
        return any(
            each.effective_from is None or each.effective_from <= self.effective_at
            for each in withdrawals
        )


def compare_wording(item: WorkItem) -> None:
    """Records WordingCompared for the document, once for its cause. Raises RetryLater."""
    cause = store.read_event(item.cause_event_id)
    if cause is None or not has_folded(cause, ("knowledge",)):
        raise RetryLater("The catalogue has not come as far as the event.")
    found = _at_the_moment_of(cause, item.subject_id)
    problem = None
    rows: list[list[Any]] = []
    try:
        rows = list(_outdated(found, item))
    except VersionText.DoesNotExist:
        problem, rows = ERASED, []
    _record(
        WordingCompared(
            document_id=found.document_id,
            position=found.position,
            effective_at=as_text(found.effective_at) or "",
            kind=found.kind,
            standing=found.standing,
            method=METHOD,
            outdated=store_listing(rows),
            problem=problem,
        ),
        cause,
    )


def _at_the_moment_of(cause: Recorded[Any], document_id: UUID) -> Compared:
    position = cause.place
    effective_at = cause.recorded_at
    if isinstance(cause.data, EffectiveDatesPassed):
        effective_at = from_text(cause.data.until) or effective_at
    rows = CatalogueVersion.objects.filter(
        document_id=document_id, indexed_position__lte=position
    ).order_by("version_number")
    begun = [
        each
        for each in rows
        if each.stage != Stage.ERASED
        and (each.effective_from is None or each.effective_from <= effective_at)
    ]
    standing = _standing(document_id, position, effective_at)
    return Compared(document_id, position, effective_at, begun, standing)


def _standing(document_id: UUID, position: int, effective_at: datetime) -> UUID | None:
    rule = counts_at("%(position)s", "%(effective_at)s")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.version_id FROM retrieval_validity AS v"  # noqa: S608
            f" WHERE v.document_id = %(document)s AND {rule}",
            {"document": document_id, "position": position, "effective_at": effective_at},
        )
        row = cursor.fetchone()
    return None if row is None else row[0]


def _outdated(found: Compared, item: WorkItem) -> Iterator[list[Any]]:
    """[version id, start, end] of what no longer stands, and the reading of a text read anew.

    What stands in any text of the standing version stands. Raises VersionText.DoesNotExist.
    """
    standing, hashes = None, set[str]()
    if found.standing is not None:
        standing = wording.StandingText(*(each.text for each in _texts(found.standing)))
        hashes = set(_chunks(found.standing).values_list("text_hash", flat=True))
    for version in found.others:
        item.renew()
        # What is a passage of the standing version word for word needs no search.
        changed = _chunks(version.version_id).exclude(text_hash__in=hashes)
        if not changed.exists():
            continue
        for read in _texts(version.version_id):
            of_text = changed.filter(reading=read.reading).order_by("start")
            spans = list(of_text.values_list("start", "end"))
            for start, end in wording.smallest(wording.outdated(read.text, spans, standing)):
                yield [str(version.version_id), start, end, *filter(None, [read.reading])]


def _chunks(version_id: UUID) -> Any:
    return Chunk.objects.filter(version_id=version_id)


def _texts(version_id: UUID) -> list[ReadText]:
    """Every text of the version. Raises VersionText.DoesNotExist."""
    found = all_texts(version_id)
    if not found:
        raise VersionText.DoesNotExist
    return found


@store.decides_again
@transaction.atomic
def _record(data: WordingCompared, cause: Recorded[Any]) -> None:
    stream = f"wording-{data.document_id}"
    event_id = derived_id(cause.event_id, f"WordingCompared/{data.document_id}")
    if store.read_event(event_id) is not None:
        return
    new = NewEvent(
        data=data, stream=stream, event_id=event_id, actor=SYSTEM, causation_id=cause.event_id
    )
    store.append([new], expected={stream: store.stream_version(stream)})
