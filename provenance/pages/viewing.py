"""Records that a person is shown a record, once a page: what the page itself asks for later is not.

A page that still waits for workers asks for its own content again. It proves by a signed mark that
its first showing was recorded; without the mark, asking as htmx does is a view like any other.
"""

from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from provenance.pages.access import PersonRequest, sees_everything
from provenance.readers.events import RecordKind
from provenance.readers.reading import Looks, looks_at
from provenance.readers.viewing import record_view

MARK = "seen"
# Longer than any page goes on asking.
MARK_SECONDS = 300


def note_view(request: PersonRequest, kind: RecordKind, record_id: UUID) -> str:
    """The mark by which the page may ask again. Call it once the record is found and may be seen.

    A HEAD request shows nothing.
    """
    shown = f"{request.user.pk} {kind} {record_id}"
    given = request.GET.get(MARK, "")
    if request.htmx and _vouches(given, shown):
        return given
    if request.method == "GET":
        record_view(kind=kind, record_id=record_id, actor=request.principal.actor)
    return TimestampSigner(salt=__name__).sign(shown)


def note_part(request: PersonRequest, kind: RecordKind, record_id: UUID) -> None:
    """Records what a page shows within itself, such as a picture, only if it is asked for alone."""
    if not _vouches(request.GET.get(MARK, ""), f"{request.user.pk} {kind} {record_id}"):
        record_view(kind=kind, record_id=record_id, actor=request.principal.actor)


def looks(request: PersonRequest, record_id: UUID) -> Looks | None:
    """How often the record was looked at, for those who may know what others do."""
    return looks_at(record_id) if sees_everything(request.principal) else None


def _vouches(mark: str, shown: str) -> bool:
    try:
        return TimestampSigner(salt=__name__).unsign(mark, max_age=MARK_SECONDS) == shown
    except BadSignature:
        return False
