"""Finds events of the log: by id, by position and by leaf hash."""

from uuid import UUID

from provenance.accounts.access import Principal
from provenance.accounts.visibility import visible_streams
from provenance.eventstore.feed import Noted, position_of_leaf, read_noted
from provenance.finding.hits import Group, Hit
from provenance.finding.question import Question
from retrieval.recording.queries import visible_outputs, visible_retrievals


def events(question: Question, principal: Principal) -> Group:
    found = _event(question)
    if found is None or not _may_see(found.stream, principal):
        return Group("event", (), 0)
    hit = Hit(
        "event",
        found.event_id,
        found.type,
        note=found.stream,
        at=found.recorded_at,
        position=found.position,
    )
    return Group("event", (hit,), 1)


def _event(question: Question) -> Noted | None:
    if question.id is not None:
        return read_noted(event_id=question.id)
    position = question.position
    if question.sha256 is not None:
        position = position_of_leaf(bytes.fromhex(question.sha256))
    return None if position is None else read_noted(position=position)


def _may_see(stream: str, principal: Principal) -> bool:
    """People kept out of collections see the records and documents that would open to them."""
    if principal.collections is None:
        return bool(visible_streams([stream], principal=principal))
    category, _, record = stream.partition("-")
    if category == "output":
        return visible_outputs(principal).filter(output_id=UUID(record)).exists()
    if category == "retrieval":
        return visible_retrievals(principal).filter(retrieval_id=UUID(record)).exists()
    return category == "document" and bool(visible_streams([stream], principal=principal))
