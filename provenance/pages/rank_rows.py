"""Rankings as pages show them: with titles, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from provenance.history.counterfactuals import Pair, side_by_side
from retrieval.models import Passage
from retrieval.ranking import MICRO, RankedChunk


@dataclass(frozen=True)
class RankRow:
    """A passage with its place on both sides; None where it is not on one.

    Without `title` it lies in a collection that is kept from the reader; without `text` it has been
    erased or is kept from the reader.
    """

    chunk: RankedChunk
    title: str | None
    text: str
    before: int | None
    after: int | None
    before_score: float | None
    after_score: float | None

    @property
    def moved(self) -> str:
        """In words, as the page says it."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        if self.before == self.after:
            return "same"
        return "up" if self.after < self.before else "down"


def rank_rows(
    before: Sequence[RankedChunk], after: Sequence[RankedChunk], *, principal: Principal
) -> list[RankRow]:
    """In the order of the later ranking; two queries."""
    pairs = side_by_side(before, after)
    titles = _titles((pair.chunk for pair in pairs), principal)
    shown = [pair.chunk.chunk_id for pair in pairs if pair.chunk.version_id in titles]
    passages = Passage.objects.filter(chunk_id__in=shown)
    texts = {str(chunk_id): text for chunk_id, text in passages.values_list("chunk_id", "text")}
    return [_row(pair, titles, texts) for pair in pairs]


def _row(pair: Pair, titles: dict[str, str], texts: dict[str, str]) -> RankRow:
    return RankRow(
        chunk=pair.chunk,
        title=titles.get(pair.chunk.version_id),
        text=texts.get(pair.chunk.chunk_id, ""),
        before=pair.before and pair.before.rank,
        after=pair.after and pair.after.rank,
        before_score=None if pair.before is None else pair.before.score / MICRO,
        after_score=None if pair.after is None else pair.after.score / MICRO,
    )


def _titles(chunks: Iterable[RankedChunk], principal: Principal) -> dict[str, str]:
    """By version; only of those that the principal may see."""
    rows = CatalogueVersion.objects.filter(version_id__in={each.version_id for each in chunks})
    return {
        str(row.version_id): row.title or gettext("Untitled document")
        for row in rows
        if principal.may_see(row.collection)
    }
