"""What a request means: which collections it may search, and which moment by each clock."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from ingestion.moments import DEFAULT_TIME_ZONE, in_utc
from provenance.accounts.access import Principal
from provenance.accounts.models import Collection
from provenance.eventstore import store
from retrieval.errors import CollectionNotFound, RequestRefused


def searched_collections(principal: Principal, asked: Sequence[str] | None) -> list[str] | None:
    """The collections to search; None is all. Raises CollectionNotFound."""
    if asked is None:
        return None if principal.collections is None else sorted(principal.collections)
    wanted = set(asked)
    there = set(Collection.objects.filter(name__in=wanted).values_list("name", flat=True))
    for name in asked:
        if name not in there or not principal.may_see(name):
            raise CollectionNotFound(name)
    return sorted(wanted)


def effective_moment(moment: datetime | date | None, searched: Sequence[str] | None) -> datetime:
    """Now, the time, or the day's midnight in the time zone of all collections that are searched.

    Raises RequestRefused where they lie in several, FieldRefused where the day is out of range.
    """
    if moment is None:
        return datetime.now(UTC)
    if isinstance(moment, datetime):
        return moment
    collections = Collection.objects.all()
    if searched is not None:
        collections = collections.filter(name__in=searched)
    zones = sorted(set(collections.values_list("time_zone", flat=True))) or [DEFAULT_TIME_ZONE]
    if len(zones) > 1:
        raise RequestRefused(
            "effective_at",
            f"A day begins at different times in the collections searched ({', '.join(zones)}):"
            " give a time with an offset, or search collections of one time zone.",
        )
    return in_utc(moment, field="effective_at", time_zone=zones[0])


def past_position(as_of: int | datetime | None) -> int | None:
    """The position asked for. Raises RequestRefused where there is none."""
    if isinstance(as_of, datetime):
        found = store.position_at(as_of)
        if found is None:
            raise RequestRefused("as_of", "Nothing was recorded by then.")
        return found
    if as_of is not None and as_of > store.head_position():
        raise RequestRefused("as_of", "The log has not reached this position.")
    return as_of
