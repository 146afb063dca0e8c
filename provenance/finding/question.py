"""What somebody typed into the one search, and everything that it may mean."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

# Longer questions are cut: nobody types them.
LONGEST = 500
MAX_DIGITS = 18
LAST_YEAR = 9999
_POSITION = re.compile(r"(?:#|position\s+)?(\d[\d,]*)", re.IGNORECASE)
_SHA256 = re.compile(r"(?:sha-?256:)?([0-9a-f]{64})", re.IGNORECASE)
DAYS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d.%m.%Y")


@dataclass(frozen=True)
class Question:
    """`text` as typed; the rest is None where it means no such thing. Several may hold at once."""

    text: str
    id: UUID | None = None
    sha256: str | None = None
    position: int | None = None
    day: datetime | None = None

    @property
    def is_exact(self) -> bool:
        """It names one thing, so that its words are not looked for."""
        return self.id is not None or self.sha256 is not None

    @property
    def next_day(self) -> datetime | None:
        return None if self.day is None else self.day + timedelta(days=1)


def read(typed: str) -> Question:
    """PostgreSQL knows no NUL, so nothing that is stored holds one."""
    text = " ".join(typed.replace("\0", "").split())[:LONGEST]
    return Question(text, _id(text), _sha256(text), _position(text), _day(text))


def _id(text: str) -> UUID | None:
    """Only as it is written out: a hash of 32 digits is no id."""
    try:
        return UUID(text) if text.count("-") == 4 else None  # noqa: PLR2004
    except ValueError:
        return None


def _sha256(text: str) -> str | None:
    found = _SHA256.fullmatch(text)
    return found[1].lower() if found else None


def _position(text: str) -> int | None:
    found = _POSITION.fullmatch(text)
    digits = found[1].replace(",", "") if found else ""
    return int(digits) if digits.isascii() and 0 < len(digits) <= MAX_DIGITS else None


def _day(text: str) -> datetime | None:
    for form in DAYS:
        try:
            found = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        # The last day of all has no next one.
        return found if found.year < LAST_YEAR else None
    return None
