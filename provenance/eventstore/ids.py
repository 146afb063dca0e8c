"""Ids: time-ordered for new facts, derived from their cause for what follows from them."""

from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

NAMESPACE = UUID("5b1f7c1e-9f0a-5d2b-8f6e-7a0d3c9be241")


def new_id() -> UUID:
    """A UUIDv7."""
    return uuid7()


def derived_id(cause: UUID | str, name: str) -> UUID:
    """A UUIDv5 of its cause: the same cause and name give the same id on every attempt."""
    return uuid5(NAMESPACE, f"{cause}/{name}")
