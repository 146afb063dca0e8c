"""What people write in reviews, sealed under the key that it goes with.

Nothing of it becomes a blob of its own: whoever erases an output looks for blobs in the output's
stream, and a review has another one.
"""

from uuid import UUID

from provenance.eventstore.sealed import Sealer
from provenance.sealing.box import Box
from provenance.sealing.keys import KeyKind, key_for

MAX_CHARACTERS = 4000
MAX_TITLE_CHARACTERS = 200
# A character takes at most four bytes: twice the longest text fits an event of 64 KiB as base64.
_NEVER_A_BLOB = 4 * MAX_CHARACTERS + 64


def about_output(field: str, text: str, *, output_id: UUID, event_id: UUID) -> Box:
    """Under the output's own key. Raises KeyDestroyed once the output is erased."""
    return _sealed(field, text, "interaction", output_id, event_id)


def about_case(field: str, text: str, *, case_id: UUID, event_id: UUID) -> Box:
    """Under a key of the case or queue."""
    return _sealed(field, text, "review", case_id, event_id)


def name_of_person(field: str, text: str, *, user_id: UUID, event_id: UUID) -> Box:
    """Under the person's own key, as the user name is."""
    return _sealed(field, text, "subject", user_id, event_id)


def _sealed(field: str, text: str, kind: KeyKind, owner: UUID, event_id: UUID) -> Box:
    sealer = Sealer(event_id=event_id, key=key_for(kind, owner), max_inline=_NEVER_A_BLOB)
    return sealer.text(field, text[:MAX_CHARACTERS])
