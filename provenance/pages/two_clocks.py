"""A moment as a person sets it in a form: two clocks, each with a control of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop

from provenance.history.moments import Moment, moment_of
from provenance.pages.keyset import MAX_DIGITS
from retrieval.errors import RequestRefused

NO_TIME = gettext_noop("is not a date and time like 2026-01-31T09:00")


@dataclass
class ClockForm:
    """What was typed under the names `at`, `position` and `effective_at`, each with a prefix.

    `errors` are by name, without the prefix. `moment` is None where there is one.
    """

    at: str
    position: str
    effective_at: str
    moment: Moment | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        return bool(self.at or self.position or self.effective_at)


def read_clocks(
    query: QueryDict, *, collections: Sequence[str] | None, prefix: str = ""
) -> ClockForm:
    """A position counts before a time; a clock of which nothing is said stands at now.

    Raises IndexNotReady, IndexBehind.
    """
    form = ClockForm(
        at=_typed(query, f"{prefix}at"),
        position=_typed(query, f"{prefix}position"),
        effective_at=_typed(query, f"{prefix}effective_at"),
    )
    at: int | datetime | None = _time(form, "at")
    if form.position:
        if form.position.isdecimal() and len(form.position) <= MAX_DIGITS:
            at = int(form.position)
        else:
            form.errors["position"] = gettext("is not a position like 1234")
    effective_at = _time(form, "effective_at")
    if not form.errors:
        try:
            form.moment = moment_of(
                at=at, effective_at=effective_at, collections=collections, field="position"
            )
        except RequestRefused as error:
            form.errors[error.field] = str(error)
    return form


def _typed(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\0", "").strip()[:60]


def _time(form: ClockForm, name: str) -> datetime | None:
    """As a browser sends it, without an offset: UTC."""
    typed: str = getattr(form, name)
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        form.errors[name] = gettext(NO_TIME)
        return None
