"""The events of reproduction: a retrieval was run again, and how that came out."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing


@event_type("RetrievalReproduced", version=1)
class RetrievalReproduced(EventData):
    """A retrieval was run again as the system was then, and compared with what it had answered.

    `verdict` is about the answer, `whole_ranking` about all ranks that were recorded. `search` and
    `results` are absent where it could not be run; `results` are listed as in RetrievalServed.
    """

    retrieval_id: UUID
    verdict: str
    whole_ranking: str
    cause: str | None = None
    index_generation: int
    search: str | None = None
    search_fingerprint: str
    results: Listing | None = None


@event_type("ReproductionUnexplained", version=1)
class ReproductionUnexplained(EventData):
    """A retrieval came out otherwise than recorded, and nothing known here explains it."""

    retrieval_id: UUID
    reproduction_event_id: UUID
