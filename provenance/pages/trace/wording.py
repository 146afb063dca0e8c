"""Numbers, days and the fate of a version in the words of a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provenance.pages.standing import Standing


@dataclass(frozen=True)
class Bit:
    """A stretch of a sentence; what others wrote is escaped like everything else."""

    text: str
    url: str = ""


Told = Sequence[Bit]


NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def when(output: Mapping[str, Any]) -> datetime:
    """When it happened, as its application says, else when it was recorded."""
    moment: datetime = output.get("occurred_at") or output["recorded_at"]
    return moment


def number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def counted(count: int, noun: str) -> str:
    """`two passages`, `one passage`, `no passages`."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def day(moment: datetime) -> str:
    """`3 March 2026`."""
    told = moment.astimezone(UTC)
    return f"{told.day} {told:%B %Y}"


def fate(standing: Standing, then: datetime) -> str:
    """What became of a version that was used `then`; "" where nothing is known of it."""
    plain = {
        "current": "still current",
        "upcoming": "not yet in force",
        "withdrawn": "now withdrawn",
        "quarantined": "now in quarantine",
        "erased": "since erased",
    }
    if standing.kind == "replaced" and standing.by is not None:
        return _replaced(standing, then)
    if standing.kind == "expired" and standing.since is not None:
        over = "had expired" if standing.since <= then else "expired"
        return f"{over} on {day(standing.since)}"
    return plain.get(standing.kind, "")


def _replaced(standing: Standing, then: datetime) -> str:
    """A version handed in later may claim to have been in force before: both clocks count."""
    if standing.by is None:
        return ""
    by = f"version {standing.by.version_number}"
    begun = standing.since or standing.by.submitted_at
    if standing.by.submitted_at > then:
        early = f", in force from {day(begun)}" if begun <= then else ""
        return f"since replaced by {by}{early}"
    return f"already replaced by {by} then" if begun <= then else f"since replaced by {by}"
