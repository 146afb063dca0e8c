"""Names for the ids that events carry, as far as the people, keys and guests are known here."""

from collections.abc import Iterable
from uuid import UUID

from provenance.accounts.models import ApiKey, User
from provenance.readers.guests import ACTOR_TYPE
from provenance.readers.models import GuestEntry


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """`user 0190...` or `api_key 0190...` to a name; a query for each kind of them.

    A guest is said to be one: the name is what the inviter wrote.
    """
    wanted = {actor for actor in actors if actor}
    ids = {actor: actor.partition(" ")[2] for actor in wanted}
    people = dict(User.objects.filter(id__in=_uuids(ids, "user")).values_list("id", "username"))
    keys = dict(
        ApiKey.objects.filter(key_id__in=_uuids(ids, "api_key")).values_list(
            "key_id", "application"
        )
    )
    guests = dict(
        GuestEntry.objects.filter(guest_id__in=_uuids(ids, ACTOR_TYPE)).values_list(
            "guest_id", "name"
        )
    )
    named = people | keys | {id_: f"{name} (guest)" for id_, name in guests.items()}
    found: dict[str, str] = {}
    for actor, text in ids.items():
        id_ = _uuid(text)
        known = id_ and named.get(id_)
        found[actor] = str(known) if known else actor
    return found


def _uuids(ids: dict[str, str], kind: str) -> list[UUID]:
    found = (_uuid(text) for actor, text in ids.items() if actor.startswith(f"{kind} "))
    return [id_ for id_ in found if id_ is not None]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
