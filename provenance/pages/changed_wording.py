"""What changed under stale answers, in the words that pages show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.impact import stale
from provenance.impact.models import WordingChange


@dataclass(frozen=True)
class Changed:
    """The versions of a document that an answer relied on, and what stands instead."""

    stale: stale.Stale
    change: WordingChange | None
    before: list[CatalogueVersion]
    standing: CatalogueVersion | None

    @property
    def title(self) -> str:
        return self.before[-1].title if self.before else ""

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


def changed(rows: Sequence[stale.Stale]) -> list[Changed]:
    """For each answer what changed; two queries."""
    changes = stale.changes(rows)
    standing = {change.standing for change in changes.values() if change.standing}
    used = {version for each in rows for version in each.version_ids}
    versions = CatalogueVersion.objects.in_bulk(used | standing)
    return [_changed(each, changes, versions) for each in rows]


def _changed(
    each: stale.Stale,
    changes: Mapping[tuple[int, UUID], WordingChange],
    versions: Mapping[UUID, CatalogueVersion],
) -> Changed:
    change = changes.get((each.change, each.document_id))
    before = [versions[version] for version in each.version_ids if version in versions]
    return Changed(
        each,
        change,
        sorted(before, key=lambda version: version.version_number),
        versions.get(change.standing) if change and change.standing else None,
    )
