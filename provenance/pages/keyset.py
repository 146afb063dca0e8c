"""Pages of a list that go on after the last row seen, so that no row is missed or shown twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

PAGE = 25
AFTER = "after"
MAX_DIGITS = 18

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Keyset(Generic[M]):
    """One page, with the addresses of the first and the next one; "" where there is none."""

    rows: Sequence[M]
    first: str
    next: str


def page(
    rows: QuerySet[M], query: QueryDict, *, by: str, position: Callable[[M], int]
) -> Keyset[M]:
    """The rows below the position in `?after=`, newest first; `by` is unique and never null."""
    after = query.get(AFTER, "")
    if after.isdecimal() and len(after) <= MAX_DIGITS:
        rows = rows.filter(**{f"{by}__lt": int(after)})
    found = list(rows.order_by(f"-{by}")[: PAGE + 1])
    shown = found[:PAGE]
    return Keyset(
        shown,
        first=address(query, **{AFTER: ""}),
        next=address(query, **{AFTER: str(position(shown[-1]))}) if len(found) > PAGE else "",
    )


def address(query: QueryDict, **changes: str) -> str:
    """The query with some parameters changed; empty ones are left out."""
    changed = query.copy()
    for name, value in changes.items():
        changed[name] = value
    kept = QueryDict(mutable=True)
    for name, values in changed.lists():
        kept.setlist(name, [value for value in values if value])
    encoded = kept.urlencode()
    return f"?{encoded}" if encoded else "?"


def text(query: QueryDict, name: str) -> str:
    """What was typed; PostgreSQL knows no NUL, so nothing that is stored holds one."""
    return query.get(name, "").replace("\0", "").strip()
