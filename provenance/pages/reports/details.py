"""What a rare event is about, in a few words; nothing that is sealed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from provenance.eventstore.recorded import Recorded

Details = Callable[[Any], str]


def _verified(data: Any) -> str:
    what = gettext("the whole log") if data.scope == "whole" else gettext("samples")
    broken = gettext("BROKEN: %(problem)s") % {"problem": data.problem}
    outcome = gettext("whole") if data.whole else broken
    return gettext("%(what)s, %(size)s events, %(outcome)s") % {
        "what": what,
        "size": f"{data.size:,}",
        "outcome": outcome,
    }


def _collection(data: Any) -> str:
    where = data.collection or gettext("all collections")
    return f"{data.subject} {str(data.subject_id)[-12:]}, {where}"


def _person(data: Any) -> str:
    return gettext("%(role)s, person %(person)s") % {
        "role": data.role,
        "person": str(data.user_id)[-12:],
    }


BY_TYPE: Mapping[str, Details] = {
    "LogVerified": _verified,
    "LogRestored": lambda data: gettext("under the name %(origin)s") % {"origin": data.origin},
    "SigningKeyRotated": lambda data: (
        gettext("from %(size)s events on") % {"size": f"{data.since_size:,}"}
    ),
    "RoleChanged": _person,
    "UserCreated": _person,
    "ApiKeyCreated": lambda data: (
        gettext("for %(application)s, %(scopes)s")
        % {"application": data.application, "scopes": ", ".join(data.scopes)}
    ),
    "ApiKeyRevoked": lambda data: gettext("key %(key)s") % {"key": str(data.key_id)[-12:]},
    "AccessGranted": _collection,
    "AccessRevoked": _collection,
}


def detail_of(event: Recorded[Any]) -> str:
    if event.type.startswith("IndexGeneration"):
        return gettext("generation %(number)s") % {"number": event.data.generation}
    tell = BY_TYPE.get(event.type)
    return tell(event.data) if tell else ""
