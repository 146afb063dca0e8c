"""Listings: long lists without personal text, inline while short, in a blob when long."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from provenance.eventstore.blobs import get_blob, prefetched_blobs, put_blob
from provenance.eventstore.canonical import OPTIONS

MAX_INLINE_BYTES = 16 * 1024

Scalar = int | str | bool | None
Item = Scalar | list[Scalar] | dict[str, Scalar]


class Listing(BaseModel):
    """A JSON list of `length` items: `items` inline, or the blob named `blob` holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    length: int
    items: list[Item] | None = None
    blob: str | None = None


def store_listing(items: Sequence[Any]) -> Listing:
    """Makes the listing, storing a blob if it is long. Items are JSON values without floats."""
    encoded = orjson.dumps(items, option=OPTIONS)
    if len(encoded) > MAX_INLINE_BYTES:
        return Listing(length=len(items), blob=put_blob(encoded))
    return Listing(length=len(items), items=list(items))


def read_listing(listing: Listing) -> list[Any]:
    """The items. Raises BlobMissing."""
    if listing.blob is None:
        return list(listing.items or [])
    items: list[Any] = orjson.loads(get_blob(listing.blob))
    return items


@contextmanager
def prefetched_listings(listings: Iterable[Listing | None]) -> Iterator[None]:
    """Inside the block all of them are read with one query. Raises BlobMissing."""
    with prefetched_blobs({each.blob for each in listings if each and each.blob is not None}):
        yield
