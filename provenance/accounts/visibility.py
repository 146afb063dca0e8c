"""Which events of the log a key or a person may see."""

from collections.abc import Iterable

from provenance.accounts.access import Principal
from provenance.eventstore.feed import first_envelopes

INTERACTIONS = ("retrieval", "prompt", "output")


def visible_streams(streams: Iterable[str], *, principal: Principal) -> set[str]:
    """The streams that the key may read: its own application's, and its collections' documents.

    A key with `admin` reads every stream but those of documents in collections it may not see.
    """
    everything = principal.reads_all_applications
    wanted = set(streams)
    if everything and principal.collections is None:
        return wanted
    return {
        stream
        for stream, envelope in first_envelopes(wanted).items()
        if _may_see(stream, envelope, principal=principal, everything=everything)
    }


def _may_see(
    stream: str, envelope: dict[str, object], *, principal: Principal, everything: bool
) -> bool:
    category = stream.partition("-")[0]
    if category == "document":
        data = envelope["data"]
        return isinstance(data, dict) and principal.may_see(str(data.get("collection")))
    if category in INTERACTIONS:
        return principal.may_read_of(str(envelope.get("application")))
    return everything
