"""Why a version is in quarantine, since when, and who put it there; read from the log."""

from dataclasses import dataclass
from datetime import datetime

from ingestion.documents import stream_of
from ingestion.events import DocumentQuarantined
from ingestion.models import CatalogueVersion
from provenance.eventstore.sealed import reveal_text
from provenance.eventstore.store import read_stream
from provenance.pages.people import names_of
from provenance.review.projections import named


@dataclass(frozen=True)
class Doubt:
    """The newest quarantine of a version; without a reason once its document is erased."""

    reason: str | None
    by: str
    at: datetime


def doubt_about(version: CatalogueVersion) -> Doubt | None:
    """None for a version that is not in quarantine."""
    if not version.quarantined:
        return None
    events = read_stream(stream_of(version.document_id), types=[DocumentQuarantined])
    own = [event for event in events if event.data.version_id == version.version_id]
    if not own:
        return None
    actor = named(own[-1].actor)
    return Doubt(reveal_text(own[-1], "reason"), names_of([actor])[actor], own[-1].recorded_at)
