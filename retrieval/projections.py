"""The one projection that search reads, folded in one transaction: a receipt never lies."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model

from ingestion.catalogue import DocumentCatalogue
from ingestion.rereadings import Rereadings
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import Projection, projection
from retrieval.index import ChunkIndex


@projection
class Knowledge(Projection):
    """The catalogue of documents and of their texts, then the index over their passages."""

    name: ClassVar[str] = "knowledge"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (
        *DocumentCatalogue.tables,
        *Rereadings.tables,
        *ChunkIndex.tables,
    )
    parks: ClassVar[bool] = False

    def __init__(self) -> None:
        self._index = ChunkIndex()
        self.parts = (DocumentCatalogue(), Rereadings(), self._index)
        super().__init__()

    def fold_batch(self, events: Sequence[Recorded[Any]]) -> None:
        self._index.forget()
        for event in events:
            self._fold_one(event)
        self._index.settle()
