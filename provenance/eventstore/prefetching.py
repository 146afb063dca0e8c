"""Loads all that the sealed fields and listings of many events need, with two queries."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

from provenance.eventstore.blobs import prefetched_blobs
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import prefetched_keys


@contextmanager
def prefetched(events: Iterable[Recorded[Any]]) -> Iterator[None]:
    """Inside the block the events are revealed, and their listings read, without further queries.

    Raises BlobMissing.
    """
    listed = list(events)
    with prefetched_blobs(blobs_named(listed)), prefetched_keys(listed):
        yield


def blobs_named(events: Iterable[Recorded[Any]]) -> set[str]:
    """The blobs that the fields of the events name."""
    values = [value for event in events for _, value in event.data]
    named = (getattr(value, "blob", None) for value in values if isinstance(value, BaseModel))
    return {blob for blob in named if blob is not None}
