"""The work that follows from what applications report, for Celery's workers."""

from typing import Any
from uuid import UUID

from provenance.eventstore.recorded import Recorded
from provenance.projections.work import WorkItem, WorkKind, register_work
from retrieval.events import DocumentRetrieved
from retrieval.recording.assembly import assemble_prompt
from retrieval.recording.events import (
    OutputAttributed,
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalResolved,
)
from retrieval.recording.noting import note_retrieved_documents
from retrieval.recording.support import attribute_output

QUEUE = "recording"


def _prompt(event: Recorded[Any]) -> UUID:
    return UUID(str(event.data.prompt_id))


def _output(event: Recorded[Any]) -> UUID:
    return UUID(str(event.data.output_id))


def _retrieval(event: Recorded[Any]) -> UUID:
    return UUID(str(event.data.retrieval_id))


def _retrieval_with_versions(event: Recorded[RetrievalResolved]) -> UUID | None:
    return event.data.retrieval_id if event.data.versions else None


def _assemble(item: WorkItem) -> None:
    assemble_prompt(item.subject_id)


def _attribute(item: WorkItem) -> None:
    attribute_output(item.subject_id)


def _note(item: WorkItem) -> None:
    note_retrieved_documents(item.subject_id)


register_work(
    WorkKind(
        name="assemble_prompt",
        queue=QUEUE,
        opened_by={PromptReported: _prompt},
        closed_by={PromptAssembled: _prompt},
        run=_assemble,
    )
)
register_work(
    WorkKind(
        name="attribute_output",
        queue=QUEUE,
        opened_by={OutputReported: _output},
        closed_by={OutputAttributed: _output},
        run=_attribute,
    )
)
register_work(
    WorkKind(
        name="note_retrieved_documents",
        queue=QUEUE,
        opened_by={RetrievalResolved: _retrieval_with_versions},
        closed_by={DocumentRetrieved: _retrieval},
        run=_note,
    )
)
