"""Who looked at it: a reviewer or auditor reads off who saw a record, how often, and when last."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_whole_view
from provenance.pages.people import names_of
from provenance.pages.record_names import NamedRecord, names_of_records
from provenance.pages.rendering import show
from provenance.readers import reading
from provenance.readers.models import RecordView, RecordViewer

MAX_PERSON = 80


@dataclass(frozen=True)
class Look:
    """One line of the list."""

    view: RecordView
    by: str
    record: NamedRecord


@dataclass(frozen=True)
class Reader:
    """Somebody who looked at the record, and the address of what else they looked at."""

    counted: RecordViewer
    name: str
    url: str


@require_safe
@require_whole_view
def looked_at(request: PersonRequest) -> HttpResponse:
    """`?record=` is the id of one record, `?person=` who looked, as the log names them."""
    record_id = _id(request.GET.get("record", ""))
    person = keyset.text(request.GET, "person")[:MAX_PERSON]
    listed = keyset.page(
        reading.views(record_id=record_id, viewer=person),
        request.GET,
        by="position",
        position=lambda each: each.position,
    )
    viewers = [] if record_id is None else reading.viewers_of(record_id)
    looked = [*(row.viewer for row in listed.rows), *(row.viewer for row in viewers)]
    names = names_of([person, *looked])
    rows = _rows(listed.rows, names)
    context = {
        "rows": rows,
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
        "record": rows[0].record if record_id and rows else None,
        "readers": [Reader(row, names[row.viewer], _person_url(row.viewer)) for row in viewers],
        "most_readers": reading.MOST_VIEWERS,
        "person": names.get(person, ""),
        "everything": keyset.address(request.GET, record="", person="", after=""),
        "filtered": record_id is not None or bool(person),
    }
    return show(request, "pages/looked_at.html", context, section="log", partial="rows")


def _rows(views: Sequence[RecordView], names: dict[str, str]) -> list[Look]:
    records = names_of_records((view.kind, view.record_id) for view in views)
    return [Look(view, names[view.viewer], records[view.record_id]) for view in views]


def _person_url(viewer: str) -> str:
    return keyset.address(QueryDict(), person=viewer)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
