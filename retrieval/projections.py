"""The one projection that search reads, folded in one transaction: a receipt never lies."""

from collections.abc import Sequence
from typing import ClassVar

from django.db.models import Model

from ingestion.catalogue import DocumentCatalogue
from provenance.projections.projection import Projection, projection
from retrieval.index import ChunkIndex


@projection
class Knowledge(Projection):
    """The catalogue of documents, then the index over their passages."""

    name: ClassVar[str] = "knowledge"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (*DocumentCatalogue.tables, *ChunkIndex.tables)
    parks: ClassVar[bool] = False
    parts: Sequence[object] = (DocumentCatalogue(), ChunkIndex())
