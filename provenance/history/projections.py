"""Folds what timelines show and no other read model keeps: when versions were quarantined."""

from typing import ClassVar

from django.db.models import Model

from ingestion.events import DocumentQuarantined
from provenance.eventstore.recorded import Recorded
from provenance.history.models import Quarantine
from provenance.projections.projection import Projection, handles, projection


@projection
class Quarantines(Projection):
    """One row each time that a version is put in quarantine. It holds no word of anybody."""

    name: ClassVar[str] = "quarantines"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (Quarantine,)

    @handles(DocumentQuarantined)
    def add_quarantine(self, event: Recorded[DocumentQuarantined]) -> None:
        Quarantine.objects.create(position=event.place, version_id=event.data.version_id)
