"""Events of the log in words, in the order of their positions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from provenance.eventstore.recorded import Recorded
from provenance.pages.event_names import DERIVED, in_words


@dataclass(frozen=True)
class TimelineEvent:
    """What happened, where it lies in the log and, if there is more than one, to which version."""

    type: str
    position: int | None
    recorded_at: datetime
    event_id: UUID
    about: str = ""

    @property
    def words(self) -> str:
        return in_words(self.type)

    @property
    def derived(self) -> bool:
        """RAGLedger did it, not a person or an application."""
        return self.type in DERIVED

    @property
    def day(self) -> date:
        return self.recorded_at.date()


def timeline(
    events: Iterable[Recorded[Any]], version_numbers: Mapping[UUID, int]
) -> list[TimelineEvent]:
    """The events of one document."""
    return [
        TimelineEvent(
            event.type,
            event.position,
            event.recorded_at,
            event.event_id,
            _about(event, version_numbers),
        )
        for event in events
    ]


def _about(event: Recorded[Any], version_numbers: Mapping[UUID, int]) -> str:
    number = version_numbers.get(getattr(event.data, "version_id", None))  # type: ignore[arg-type]
    return gettext("version %(number)s") % {"number": number} if number else ""
