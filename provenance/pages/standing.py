"""Where a document version stands today, in the words a reviewer reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Standing:
    """`kind` is current, replaced, expired, upcoming, withdrawn, erased, pending, failed, unknown."""

    kind: str
    since: datetime | None = None
    by_number: int | None = None
    by_version_id: UUID | None = None
    current_number: int | None = None
    current_version_id: UUID | None = None

    @property
    def is_current(self) -> bool:
        return self.kind == "current"

    @property
    def is_replaced(self) -> bool:
        return self.kind == "replaced"

    @property
    def is_outdated(self) -> bool:
        """The version no longer speaks for its document."""
        return self.kind in {"replaced", "expired", "withdrawn", "erased"}


UNKNOWN = Standing("unknown")
