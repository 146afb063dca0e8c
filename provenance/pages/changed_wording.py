"""What changed under stale answers, in the words that pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.history.lineage import Trace
from provenance.history.standing import VersionDates
from provenance.history.version_dates import dates
from provenance.impact import stale
from provenance.impact.models import WordingChange


@dataclass(frozen=True)
class Changed:
    """The versions of a document that an answer relied on, and what stands instead."""

    stale: stale.Stale
    change: WordingChange | None
    title: str
    before: list[VersionDates]
    standing: VersionDates | None

    @property
    def late(self) -> bool:
        """The wording did not stand any more when the answer was given."""
        return self.stale.position > self.stale.change

    def is_of_the_same(self, other: "Changed | None") -> bool:
        return other is not None and (self.stale.change, self.stale.document_id, self.before) == (
            other.stale.change,
            other.stale.document_id,
            other.before,
        )

    @property
    def reading(self) -> tuple[object, ...]:
        """What a reader is told of it; a reader could not tell two of the same apart."""
        day = self.change.at.date() if self.change else None
        return self.stale.kind, self.before, self.standing, day, self.late


def changed(rows: Sequence[stale.Stale]) -> list[Changed]:
    """For each answer what changed; two queries."""
    changes = stale.changes(rows)
    standing = {change.standing for change in changes.values() if change.standing}
    used = {version for each in rows for version in each.version_ids}
    versions = CatalogueVersion.objects.in_bulk(used | standing)
    found = {id_: dates(version) for id_, version in versions.items()}
    titles = {id_: version.title for id_, version in versions.items()}
    return [_changed(each, changes, found, titles) for each in rows]


def changed_behind(rows: Sequence[stale.Stale], trace: Trace) -> list[Changed]:
    """The same for the answer of a trace, which knows the versions; one query.

    A document stands in one piece, and once where its changes read the same.
    """
    changes = stale.changes(rows)
    found = {version.version_id: version for version in trace.dates}
    titles = {each["version_id"]: each["title"] for each in trace.document_versions}
    told: dict[UUID, list[Changed]] = {}
    for each in rows:
        merge(told.setdefault(each.document_id, []), _changed(each, changes, found, titles))
    return [each for of_document in told.values() for each in of_document]


def merge(told: list[Changed], added: Changed) -> None:
    """Adds what changed to what is told of its document; what reads the same becomes one."""
    for index, each in enumerate(told):
        if each.reading == added.reading:
            chunks = dict.fromkeys([*each.stale.chunk_ids, *added.stale.chunk_ids])
            told[index] = replace(each, stale=replace(each.stale, chunk_ids=list(chunks)))
            return
    told.append(added)


def _changed(
    each: stale.Stale,
    changes: Mapping[tuple[int, UUID], WordingChange],
    versions: Mapping[UUID, VersionDates],
    titles: Mapping[UUID, str],
) -> Changed:
    change = changes.get((each.change, each.document_id))
    before = sorted(
        (versions[version] for version in each.version_ids if version in versions),
        key=lambda version: version.version_number,
    )
    return Changed(
        each,
        change,
        titles.get(before[-1].version_id, "") if before else "",
        before,
        versions.get(change.standing) if change and change.standing else None,
    )
