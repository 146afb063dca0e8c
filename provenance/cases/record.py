"""What happened in a review and in a case, in words: for pages, the interface and the evidence.

Texts of an erased output are null; who did what, and when, stays.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from provenance.cases import reviews
from provenance.cases.events import (
    CaseAssigned,
    CaseClosed,
    CaseHeld,
    CaseHoldLifted,
    CaseOpened,
    CaseReopened,
    CommentAdded,
    FindingRaised,
    FindingResolved,
    OutputAddedToCase,
    OutputRemovedFromCase,
    OutputSigned,
    ReviewReopened,
    RubricAnswered,
)
from provenance.cases.rubric import QUESTIONS
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.review.projections import named

Json = dict[str, Any]


def review_as_json(output_id: UUID, events: Sequence[Recorded[Any]]) -> Json:
    """The record of a review from the events of its stream."""
    review = reviews.fold((event.actor, event.data) for event in events)
    with prefetched(events):
        return {
            "output_id": output_id,
            "status": review.status,
            "version": review.version,
            "round": review.round,
            "assignee": review.assignee,
            "due_on": review.due_on,
            "signatures_needed": review.needed,
            "rubric": _rubric(events, review.round),
            "findings": _findings(events),
            "open_findings": len(review.open_findings),
            "comments": [_comment(e) for e in events if isinstance(e.data, CommentAdded)],
            "signatures": [_signature(e) for e in events if isinstance(e.data, OutputSigned)],
            "rounds": [_round(e) for e in events if isinstance(e.data, ReviewReopened)],
            "events": _events(events),
        }


def case_as_json(events: Sequence[Recorded[Any]]) -> Json:
    """The record of a case from the events of its stream, of which CaseOpened is the first."""
    opened: Recorded[CaseOpened] = events[0]
    assigned = _last(events, CaseAssigned)
    closed = _unless_followed(events, CaseClosed, by=CaseReopened)
    held = _unless_followed(events, CaseHeld, by=CaseHoldLifted)
    with prefetched(events):
        return {
            "case_id": opened.data.case_id,
            "title": reveal_text(opened, "title"),
            "description": reveal_text(opened, "description"),
            **_by(opened, "opened"),
            "assignee": assigned and assigned.data.assignee,
            "due_on": assigned and assigned.data.due_on,
            "outputs": _gathered(events),
            "removed": _removed(events),
            "hold": {"reason": reveal_text(held, "reason"), **_by(held, "placed")}
            if held
            else None,
            "comments": [_comment(e) for e in events if isinstance(e.data, CommentAdded)],
            "closed": {"conclusion": reveal_text(closed, "conclusion"), **_by(closed, "closed")}
            if closed
            else None,
            "reopened": [
                {"reason": reveal_text(e, "reason"), **_by(e, "reopened")}
                for e in events
                if isinstance(e.data, CaseReopened)
            ],
            "events": _events(events),
        }


def _gathered(events: Iterable[Recorded[Any]]) -> list[Json]:
    """What is in the case, in the order in which it came."""
    found: dict[UUID, Json] = {}
    for event in events:
        if isinstance(event.data, OutputAddedToCase):
            output_id = event.data.output_id
            found[output_id] = {"output_id": output_id, **_by(event, "added")}
        elif isinstance(event.data, OutputRemovedFromCase):
            found.pop(event.data.output_id, None)
    return list(found.values())


def _removed(events: Iterable[Recorded[Any]]) -> list[Json]:
    return [
        {
            "output_id": event.data.output_id,
            "reason": reveal_text(event, "reason"),
            **_by(event, "removed"),
        }
        for event in events
        if isinstance(event.data, OutputRemovedFromCase)
    ]


def _rubric(events: Iterable[Recorded[Any]], number: int) -> Json | None:
    """The newest answers of the round."""
    given = [e for e in events if isinstance(e.data, RubricAnswered) and e.data.round == number]
    if not given:
        return None
    texts = {question.name: question.text for question in QUESTIONS}
    return {
        "name": given[-1].data.rubric,
        "answers": [
            {
                "question": each.question,
                "text": texts.get(each.question, each.question),
                "answer": each.answer,
            }
            for each in given[-1].data.answers
        ],
        "note": reveal_text(given[-1], "note"),
        **_by(given[-1], "answered"),
    }


def _findings(events: Iterable[Recorded[Any]]) -> list[Json]:
    found: dict[UUID, Json] = {}
    for event in events:
        if isinstance(event.data, FindingRaised):
            found[event.data.finding_id] = _finding(event)
        elif isinstance(event.data, FindingResolved):
            found[event.data.finding_id]["resolved"] = {
                "resolution": event.data.resolution,
                "note": reveal_text(event, "note"),
                **_by(event, "resolved"),
            }
    return list(found.values())


def _finding(event: Recorded[FindingRaised]) -> Json:
    data = event.data
    return {
        "finding_id": data.finding_id,
        "round": data.round,
        "severity": data.severity,
        "statement": reveal_text(event, "statement"),
        "start": data.start,
        "end": data.end,
        "chunk_id": data.chunk_id,
        "version_id": data.version_id,
        **_by(event, "raised"),
        "resolved": None,
    }


def _comment(event: Recorded[CommentAdded]) -> Json:
    return {
        "comment_id": event.data.comment_id,
        "round": event.data.round,
        "text": reveal_text(event, "text"),
        **_by(event, "added"),
    }


def _signature(event: Recorded[OutputSigned]) -> Json:
    data = event.data
    return {
        "event_id": event.event_id,
        "position": event.position,
        "round": data.round,
        "meaning": data.meaning,
        "printed_name": reveal_text(event, "printed_name"),
        "reason": reveal_text(event, "reason"),
        "signatures_needed": data.signatures_needed,
        "covers": data.covers,
        "factors": data.factors,
        "record": data.record.model_dump(),
        **_by(event, "signed"),
    }


def _round(event: Recorded[ReviewReopened]) -> Json:
    return {
        "round": event.data.round,
        "reason": reveal_text(event, "reason"),
        **_by(event, "begun"),
    }


def _events(events: Iterable[Recorded[Any]]) -> list[Json]:
    return [
        {
            "event_id": event.event_id,
            "type": event.type,
            "position": event.position,
            "recorded_at": event.recorded_at,
        }
        for event in events
    ]


def _by(event: Recorded[Any], what: str) -> Json:
    return {f"{what}_by": named(event.actor), f"{what}_at": event.recorded_at}


def _unless_followed(
    events: Sequence[Recorded[Any]], cls: type[Any], *, by: type[Any]
) -> Recorded[Any] | None:
    """The last of a kind, if nothing of the other kind came after it."""
    found, ended = _last(events, cls), _last(events, by)
    over = found and ended and found.stream_version < ended.stream_version
    return None if over else found


def _last(events: Iterable[Recorded[Any]], cls: type[Any]) -> Recorded[Any] | None:
    found = [event for event in events if isinstance(event.data, cls)]
    return found[-1] if found else None
