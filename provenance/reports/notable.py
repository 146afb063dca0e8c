"""The rare events that an auditor asks about one by one: changes, checks, access, erasures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from provenance.eventstore import canonical
from provenance.eventstore.recorded import Recorded

MOST = 200
INDEX = (
    "IndexGenerationStarted",
    "IndexGenerationBuilt",
    "IndexGenerationVerified",
    "IndexGenerationFailed",
    "IndexGenerationActivated",
    "IndexGenerationCancelled",
    "IndexGenerationDropped",
)
LOG = ("LogVerified", "SigningKeyRotated", "LogRestored", "ReproductionUnexplained")
ACCESS = (
    "UserCreated",
    "RoleChanged",
    "ApiKeyCreated",
    "ApiKeyRevoked",
    "AccessGranted",
    "AccessRevoked",
    "SignInFailed",
)
ERASURE = ("ErasureApproved", "ErasureRejected", "ErasureCertified", "HoldPlaced", "HoldReleased")


# A sample that was found whole is taken every few minutes: it is counted, not listed.
FIRST_OF = """
SELECT e.canonical, p.position FROM eventstore_position p JOIN eventstore_event e USING (seq)
WHERE p.position > %(after)s AND p.position <= %(until)s AND e.type = ANY(%(types)s)
  AND NOT (e.type = 'LogVerified'
    AND convert_from(e.canonical, 'UTF8')::jsonb @> '{"data": {"scope": "samples", "whole": true}}')
ORDER BY p.position LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Notable:
    """The first events of some types, and whether there are more of them."""

    events: list[Recorded[Any]]
    more: bool


def notable(types: Sequence[str], *, after: int, until: int) -> Notable:
    with connection.cursor() as cursor:
        cursor.execute(
            FIRST_OF,
            {"after": after, "until": until, "types": list(types), "limit": MOST + 1},
        )
        found = [canonical.decode(stored, position=at) for stored, at in cursor.fetchall()]
    return Notable(found[:MOST], len(found) > MOST)
