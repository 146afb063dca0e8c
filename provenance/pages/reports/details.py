"""What a rare event is about, in a few words; nothing that is sealed."""

from collections.abc import Callable, Mapping
from typing import Any

from provenance.eventstore.recorded import Recorded

Details = Callable[[Any], str]


def _verified(data: Any) -> str:
    what = "the whole log" if data.scope == "whole" else "samples"
    outcome = "whole" if data.whole else f"BROKEN: {data.problem}"
    return f"{what}, {data.size:,} events, {outcome}"


def _collection(data: Any) -> str:
    return f"{data.subject} {str(data.subject_id)[-12:]}, {data.collection or 'all collections'}"


BY_TYPE: Mapping[str, Details] = {
    "LogVerified": _verified,
    "LogRestored": lambda data: f"under the name {data.origin}",
    "SigningKeyRotated": lambda data: f"from {data.since_size:,} events on",
    "RoleChanged": lambda data: f"{data.role}, person {str(data.user_id)[-12:]}",
    "UserCreated": lambda data: f"{data.role}, person {str(data.user_id)[-12:]}",
    "ApiKeyCreated": lambda data: f"for {data.application}, {', '.join(data.scopes)}",
    "ApiKeyRevoked": lambda data: f"key {str(data.key_id)[-12:]}",
    "AccessGranted": _collection,
    "AccessRevoked": _collection,
}


def detail_of(event: Recorded[Any]) -> str:
    if event.type.startswith("IndexGeneration"):
        return f"generation {event.data.generation}"
    tell = BY_TYPE.get(event.type)
    return tell(event.data) if tell else ""
