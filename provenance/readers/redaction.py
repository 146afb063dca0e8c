"""What a guest is shown of a trace where the invitation says redacted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from provenance.readers.masking import masked

# Who asked, about whom, and who recorded it.
WITHHELD = frozenset({"context", "actor"})
# Written by RAGLedger, and looked up by.
KEPT = frozenset(
    {
        "model_digest",
        "content_sha256",
        "search_fingerprint",
        "effective_at",
        "recorded_at",
        "type",
        "reading",
    }
)


def redacted(value: Any) -> Any:
    """The trace of the interface, or a part of it, with every text in it masked."""
    if isinstance(value, Mapping):
        return {
            key: item if key in KEPT else redacted(item)
            for key, item in value.items()
            if key not in WITHHELD
        }
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return masked(value) if isinstance(value, str) and not _is_id(value) else value


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
