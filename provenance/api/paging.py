"""Pages of a list: a signed cursor says after which row the next page begins."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core import signing

from provenance.api.problems import BadField, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
SALT = "ragledger.api.cursor"

Row = TypeVar("Row")


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


def page(rows: Sequence[Row], *, limit: int, of: str, key: Callable[[Row], Any]) -> dict[str, Any]:
    """The answer for up to `limit + 1` rows: the one too many only tells that there is more."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {
        "data": shown,
        "next_cursor": sign_cursor(key(shown[-1]), of=of) if more else None,
    }
