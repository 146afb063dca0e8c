"""Which events are the evidence of outputs: theirs, and those of everything they rest on.

Where a case was asked for, its own events go along.
"""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.cases import casework, reviewing
from provenance.eventstore.feed import Placed, read_placed
from provenance.eventstore.released import refusal
from provenance.exports.selection import CaseThen
from provenance.exports.verify import Event
from provenance.history.lineage import Trace, trace_of
from provenance.integrity.errors import NotSealedYet


def gather(
    output_ids: Sequence[UUID], *, principal: Principal, case: CaseThen | None = None
) -> list[Event]:
    """Every event behind the outputs, and of the case, in the order of the log.

    Raises RecordNotFound for what the principal may not see, NotSealedYet, EventReleased.
    """
    traces = [trace_of(output_id, principal=principal) for output_id in output_ids]
    interactions = _placed(stream for trace in traces for stream in _interactions(trace))
    documents = _placed(
        f"document-{version['document_id']}"
        for trace in traces
        for version in trace.document_versions
    )
    wanted = {str(v["version_id"]) for trace in traces for v in trace.document_versions}
    events = [
        *interactions,
        *(each for each in documents if each.data.get("version_id") in {None, *wanted}),
        *(_placed([casework.stream_of(case.case_id)])[: case.events] if case else ()),
    ]
    return sorted(events, key=lambda event: event.position)


def _interactions(trace: Trace) -> Iterator[str]:
    yield f"output-{trace.output['output_id']}"
    yield reviewing.stream_of(trace.output["output_id"])
    yield f"prompt-{trace.prompt['prompt_id']}"
    for retrieval in trace.retrievals:
        yield f"retrieval-{retrieval['retrieval_id']}"


def _placed(streams: Iterable[str]) -> list[Event]:
    placed, waiting = read_placed(streams)
    if waiting:
        raise NotSealedYet(f"{waiting} events of this output have no position yet.")
    return [_event(each) for each in placed]


def _event(placed: Placed) -> Event:
    if not placed.canonical:
        raise refusal(placed.position)
    return Event.parse(placed.position, placed.canonical)
