"""The event of impact: earlier wording was held against what stands now."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing
from retrieval.recording.events import Method


@event_type("WordingCompared", version=1)
class WordingCompared(EventData):
    """The passages of a document's versions were held against the version that stands for it.

    It stood at `position` for the time `effective_at`; `standing` is null where none did. `kind`
    is why the others do not stand: replaced, withdrawn, quarantined or expired. `outdated` lists
    [version id, start, end] of every passage whose words no longer stand, in code points of the
    text that its version was processed with; a fourth value is the reading whose text it is, where
    that was read anew. `problem` says why nothing could be compared: what was known before stays.
    """

    document_id: UUID
    position: int
    effective_at: str
    kind: str
    standing: UUID | None = None
    method: Method
    outdated: Listing
    problem: str | None = None


@event_type("StaleAnswersTold", version=1)
class StaleAnswersTold(EventData):
    """A webhook took the message that these answers rest on wording which no longer stands.

    `webhook` is its host, `application` whose answers it is told of (null: everybody's), `answers`
    lists the ids of the outputs, and `position` is that of the last one found.
    """

    webhook: str
    application: str | None = None
    position: int
    answers: Listing
