"""Pages of a list: a signed cursor says after which row the next page begins."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet

from provenance.api.problems import BadField, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
SALT = "ragledger.api.cursor"

Json = dict[str, Any]
Row = TypeVar("Row")
M = TypeVar("M", bound=Model)


def sign_cursor(after: Any, *, of: str) -> str:
    """A cursor that only the list `of` which it was made for accepts."""
    return signing.dumps([of, after], salt=SALT)


def read_cursor(cursor: str | None, *, of: str) -> Any:
    """The place after which the page begins, None for the first. Raises Invalid."""
    if cursor is None:
        return None
    try:
        made_of, after = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Invalid([BadField(("cursor",), "was not given out by this server")]) from error
    if made_of != of:
        raise Invalid([BadField(("cursor",), "belongs to another list or other filters")])
    return after


def newest_first(
    rows: QuerySet[M], cursor: str | None, *, limit: int, of: str, told: Callable[[M], Json]
) -> Json:
    """A page of rows with a unique `position`, from the highest on, each as `told`."""
    before = read_cursor(cursor, of=of)
    if before is not None:
        rows = rows.filter(position__lt=before)
    found = list(rows.order_by("-position")[: limit + 1])
    answer = page(found, limit=limit, of=of, key=attrgetter("position"))
    return {**answer, "data": [told(row) for row in answer["data"]]}


def page(rows: Sequence[Row], *, limit: int, of: str, key: Callable[[Row], Any]) -> dict[str, Any]:
    """The answer for up to `limit + 1` rows: the one too many only tells that there is more."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {
        "data": shown,
        "next_cursor": sign_cursor(key(shown[-1]), of=of) if more else None,
    }
