"""What records are called, and where they open; as many queries as there are kinds of records."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from ingestion.models import CatalogueVersion
from retrieval.recording.models import InteractionOutput, InteractionRetrieval

PAGES = {
    "output": "pages:trace",
    "retrieval": "pages:retrieval",
    "version": "pages:version",
    "event": "pages:event",
}


@dataclass(frozen=True)
class NamedRecord:
    """A record as a list names it; `name` is empty where it has none, or was erased."""

    kind: str
    record_id: UUID
    name: str

    @property
    def url(self) -> str:
        """What is no record was an export: its event says the rest."""
        return reverse(PAGES.get(self.kind, PAGES["event"]), args=[self.record_id])


def names_of_records(records: Iterable[tuple[str, UUID]]) -> dict[UUID, NamedRecord]:
    """For pairs of kind and id; only for people who may see every collection."""
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for kind, record_id in records:
        by_kind[kind].add(record_id)
    names = _questions(by_kind["output"]) | _queries(by_kind["retrieval"])
    names |= _titles(by_kind["version"])
    return {
        record_id: NamedRecord(kind, record_id, names.get(record_id, ""))
        for kind, ids in by_kind.items()
        for record_id in ids
    }


def _questions(ids: set[UUID]) -> dict[UUID, str]:
    found = InteractionOutput.objects.filter(output_id__in=ids)
    return dict(found.values_list("output_id", "question"))


def _queries(ids: set[UUID]) -> dict[UUID, str]:
    found = InteractionRetrieval.objects.filter(retrieval_id__in=ids)
    return dict(found.values_list("retrieval_id", "query"))


def _titles(ids: set[UUID]) -> dict[UUID, str]:
    found = CatalogueVersion.objects.filter(version_id__in=ids)
    rows = found.values_list("version_id", "title", "version_number")
    return {
        id_: gettext("%(title)s, version %(number)s")
        % {"title": title or gettext("Untitled document"), "number": number}
        for id_, title, number in rows
    }
