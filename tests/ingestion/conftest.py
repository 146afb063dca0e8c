"""What tests of ingestion share: the office files, and a pipeline that folds the catalogue."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.catalogue import DocumentCatalogue
from ingestion.events import DocumentSubmitted
from provenance.eventstore.event_types import name_of
from provenance.projections import work
from provenance.projections.projection import Projection, projections
from provenance.projections.runner import catch_up

Step = Callable[[], None]

OFFICE = Path(__file__).parents[3] / "shared" / "corpora" / "office"


class CatalogueAlone(Projection):
    """The catalogue without the index, where no registered read model folds it."""

    name, version, parks = "catalogue_alone", 1, False
    tables = DocumentCatalogue.tables
    parts = (DocumentCatalogue(),)


@pytest.fixture
def fold(run_projector: Step) -> Step:
    """Places and folds everything, the catalogue included."""
    folded = any(
        CatalogueAlone.tables[0] in each.tables and name_of(DocumentSubmitted) in each.event_names()
        for each in projections()
    )

    def run() -> None:
        run_projector()
        if not folded:
            while catch_up(CatalogueAlone()):
                pass

    return run


@pytest.fixture
def pipeline(fold: Step) -> Step:
    """Does all work that waits, until nothing is left."""

    def run() -> None:
        fold()
        while any(work.run_next(queue) for queue in ("extract", "embed")):
            fold()

    return run
