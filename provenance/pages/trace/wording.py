"""Numbers, days and the fate of a version in the words of a sentence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext, gettext_noop, ngettext

from provenance.history.standing import Standing


@dataclass(frozen=True)
class Bit:
    """A stretch of a sentence; what others wrote is escaped like everything else."""

    text: str
    url: str = ""


Told = Sequence[Bit]


NUMBERS = (
    gettext_noop("no"),
    gettext_noop("one"),
    gettext_noop("two"),
    gettext_noop("three"),
    gettext_noop("four"),
    gettext_noop("five"),
    gettext_noop("six"),
    gettext_noop("seven"),
    gettext_noop("eight"),
    gettext_noop("nine"),
    gettext_noop("ten"),
    gettext_noop("eleven"),
    gettext_noop("twelve"),
)
PLAIN = {
    "current": gettext_noop("still current"),
    "upcoming": gettext_noop("not yet in force"),
    "withdrawn": gettext_noop("now withdrawn"),
    "quarantined": gettext_noop("now in quarantine"),
    "erased": gettext_noop("since erased"),
}
_PLACE = re.compile(r"%\((\w+)\)s")


def told(sentence: str, **parts: str | Told) -> Told:
    """A sentence with its parts where its translation wants them; parts may hold links."""
    return list(_bits(sentence, parts))


def _bits(sentence: str, parts: Mapping[str, str | Told]) -> Iterator[Bit]:
    for index, piece in enumerate(_PLACE.split(sentence)):
        part = parts[piece] if index % 2 else piece
        if not isinstance(part, str):
            yield from part
        elif part:
            yield Bit(part)


def when(output: Mapping[str, Any]) -> datetime:
    """When it happened, as its application says, else when it was recorded."""
    moment: datetime = output.get("occurred_at") or output["recorded_at"]
    return moment


def number(count: int) -> str:
    return gettext(NUMBERS[count]) if count < len(NUMBERS) else f"{count:,}"


def passages(count: int) -> str:
    """`two passages`, `one passage`, `no passages`."""
    return ngettext("%(number)s passage", "%(number)s passages", count) % {"number": number(count)}


def day(moment: datetime) -> str:
    """`3 March 2026`."""
    at = moment.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month]} {at.year}"


def fate(standing: Standing, then: datetime) -> str:
    """What became of a version that was used `then`; "" where nothing is known of it."""
    if standing.kind == "replaced" and standing.by is not None:
        return _replaced(standing, then)
    if standing.kind == "expired" and standing.since is not None:
        over = (
            gettext("had expired on %(day)s")
            if standing.since <= then
            else gettext("expired on %(day)s")
        )
        return over % {"day": day(standing.since)}
    return gettext(PLAIN[standing.kind]) if standing.kind in PLAIN else ""


def _replaced(standing: Standing, then: datetime) -> str:
    """A version handed in later may claim to have been in force before: both clocks count."""
    if standing.by is None:
        return ""
    begun = standing.since or standing.by.submitted_at
    facts = {"version": standing.by.version_number, "day": day(begun)}
    if begun > then:
        return gettext("since replaced by version %(version)s") % facts
    if standing.by.submitted_at > then:
        return gettext("since replaced by version %(version)s, in force from %(day)s") % facts
    return gettext("already replaced by version %(version)s then") % facts
