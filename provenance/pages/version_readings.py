"""Which of a version's texts a page shows, and the others that it offers.

For reviewers who follow an answer to its passage: the text is the one that the passage is of, even
where other parsers read the same bytes otherwise since.
"""

from dataclasses import dataclass

from django.http import Http404

from ingestion.models import CatalogueVersion, Outcome, Rereading, Stage
from ingestion.texts import AS_PROCESSED, ReadText, text_as_read


@dataclass(frozen=True)
class Reading:
    """A text of the version; `label` is empty for the one that it was processed with."""

    label: str
    extractor: str
    shown: bool


def shown_text(version: CatalogueVersion, label: str) -> tuple[ReadText | None, list[Reading]]:
    """The text by the reading, and all texts where there are several. Raises Http404."""
    stored = text_as_read(version.version_id, label)
    if label and stored is None and version.stage != Stage.ERASED:
        raise Http404
    return stored, readings_of(version, shown=label)


def readings_of(version: CatalogueVersion, *, shown: str = AS_PROCESSED) -> list[Reading]:
    """The first one and those that brought another text; none where there is only the first."""
    rows = Rereading.objects.filter(version_id=version.version_id, outcome=Outcome.CHANGED)
    anew = list(rows.order_by("position").values_list("reading", "extractor"))
    if not anew:
        return []
    named = [(AS_PROCESSED, version.extractor or ""), *anew]
    return [Reading(label, extractor, label == shown) for label, extractor in named]
