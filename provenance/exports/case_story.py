"""What happened in a case, as the report tells it: who did what, when, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provenance.exports.moments import moment

Json = dict[str, Any]

# What each event says, and which of its fields holds what was written.
TOLD: Mapping[str, tuple[str, str]] = {
    "CaseOpened": ("opened", "description"),
    "OutputAddedToCase": ("output {output_id} added", ""),
    "OutputRemovedFromCase": ("output {output_id} taken out", "reason"),
    "CommentAdded": ("comment", "text"),
    "CaseHeld": ("put under a legal hold", "reason"),
    "CaseHoldLifted": ("legal hold lifted", "reason"),
    "CaseClosed": ("closed", "conclusion"),
    "CaseReopened": ("reopened", "reason"),
}


@dataclass(frozen=True)
class Happening:
    """Something that happened in a case; `words` are what somebody wrote, if it can be read."""

    recorded: str
    what: str
    who: str
    words: str


@dataclass(frozen=True)
class CaseStory:
    """A case that gathers the answers of a report."""

    case_id: str
    title: str
    happenings: tuple[Happening, ...]


def case_story(case: Json) -> CaseStory:
    """Of a case as trace.json tells it."""
    events = case["events"]
    return CaseStory(
        case_id=case["case_id"],
        title=events[0]["title"] or "A case whose title cannot be read",
        happenings=tuple(_happening(event) for event in events),
    )


def _happening(event: Json) -> Happening:
    says, field = TOLD.get(event["type"], ("{type}", ""))
    return Happening(
        recorded=moment(event["recorded_at"]),
        what=_assigned(event) if event["type"] == "CaseAssigned" else says.format_map(event),
        who=event["actor"],
        words=(event[field] or "") if field else "",
    )


def _assigned(event: Json) -> str:
    to = f"assigned to user {event['assignee']}" if event["assignee"] else "assigned to nobody"
    return f"{to}, due on {event['due_on']}" if event["due_on"] else to
