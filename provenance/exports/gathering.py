"""Which events are the evidence of outputs: theirs, and those of everything they rest on.

Where a case was asked for, its own events go along.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.cases import casework, reviewing
from provenance.eventstore.feed import Placed, read_placed
from provenance.eventstore.ids import derived_id
from provenance.eventstore.released import refusal
from provenance.exports.selection import CaseThen
from provenance.exports.verify import Event, holds_of_case
from provenance.history.lineage import Trace, trace_of
from provenance.integrity.errors import NotSealedYet


def behind_output(output_id: UUID, *, principal: Principal) -> list[Event]:
    """Every event behind an output, in the order of the log.

    Raises RecordNotFound for what the principal may not see, NotSealedYet, EventReleased.
    """
    trace = trace_of(output_id, principal=principal)
    versions = {str(version["version_id"]) for version in trace.document_versions}
    documents = {f"document-{version['document_id']}" for version in trace.document_versions}
    placed = _placed([*_interactions(trace), *documents])
    return [
        event
        for event in placed
        if event.body["stream"] not in documents
        or event.data.get("version_id") in {None, *versions}
    ]


def of_case(case: CaseThen) -> list[Event]:
    """What happened in the case by then, and the holds that it placed. Raises NotSealedYet."""
    happened = _placed([casework.stream_of(case.case_id)])[: case.events]
    ids = [
        derived_id(hold_id, name)
        for hold_id in holds_of_case(str(case.case_id), happened)
        for name in ("HoldPlaced", "HoldReleased")
    ]
    holds = _placed((), event_ids=ids)
    return sorted([*happened, *holds], key=lambda event: event.position)


def _interactions(trace: Trace) -> Iterator[str]:
    yield f"output-{trace.output['output_id']}"
    yield reviewing.stream_of(trace.output["output_id"])
    yield f"prompt-{trace.prompt['prompt_id']}"
    for retrieval in trace.retrievals:
        yield f"retrieval-{retrieval['retrieval_id']}"


def _placed(streams: Iterable[str], *, event_ids: Iterable[UUID] = ()) -> list[Event]:
    placed, waiting = read_placed(streams, event_ids=event_ids)
    if waiting:
        raise NotSealedYet(f"{waiting} events of this output have no position yet.")
    return sorted((_event(each) for each in placed), key=lambda event: event.position)


def _event(placed: Placed) -> Event:
    if not placed.canonical:
        raise refusal(placed.position)
    return Event.parse(placed.position, placed.canonical)
