"""Loads all that the sealed fields and listings of many events need, with two queries."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from provenance.eventstore.blobs import prefetched_blobs
from provenance.eventstore.listings import Listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import key_is_destroyed, prefetched_keys
from provenance.sealing.box import Box


@contextmanager
def prefetched(events: Iterable[Recorded[Any]]) -> Iterator[None]:
    """Inside the block the events are revealed, and their listings read, without further queries.

    Raises BlobMissing.
    """
    listed = list(events)
    with prefetched_keys(listed), prefetched_blobs(blobs_named(listed)):
        yield


def blobs_named(events: Iterable[Recorded[Any]]) -> set[str]:
    """The blobs that the fields of the events name, but for those of destroyed keys."""
    values = [value for event in events for _, value in event.data]
    return {
        value.blob
        for value in values
        if isinstance(value, Box | Listing)
        and value.blob is not None
        and not (isinstance(value, Box) and key_is_destroyed(value.kid))
    }
