"""What was searchable at a moment, and what changed between two."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.serializers.knowledge import KnowledgeDiffOut, KnowledgeOut
from provenance.api.serializers.queries import KnowledgeDiffQuery, KnowledgeQuery, Paged
from provenance.history.knowledge import Change, Known, Place, changes_between, known_at
from provenance.history.moments import Moment, moment_of
from retrieval.moments import searched_collections


class ReadKnowledge(Operation):
    """The documents that were searchable at a moment, each with the version that stood for it."""

    query = KnowledgeQuery
    answers: ClassVar = {200: KnowledgeOut}
    problems = (404, 503)

    def get(self, request: Request) -> Response:
        query = KnowledgeQuery.read_from(request.query_params)
        collections = _collections(self, query.collection)
        of = _list_of("knowledge", query)
        after: Place | None = None
        place = read_cursor(query.cursor, of=of)
        if place is None:
            moment = moment_of(
                at=query.at, effective_at=query.effective_at, collections=collections
            )
        else:
            moment, after = _from_cursor(place[0]), (place[1], place[2])
        rows = known_at(moment, collections=collections, limit=query.limit, after=after)
        found = page(
            rows, limit=query.limit, of=of, key=lambda row: [_as_cursor(moment), *row.place]
        )
        return Response({**_told(moment), **found, "data": [_known(row) for row in found["data"]]})


class CompareKnowledge(Operation):
    """The documents for which another version, or none, stood at the later of two moments."""

    query = KnowledgeDiffQuery
    answers: ClassVar = {200: KnowledgeDiffOut}
    problems = (404, 503)

    def get(self, request: Request) -> Response:
        query = KnowledgeDiffQuery.read_from(request.query_params)
        collections = _collections(self, query.collection)
        of = _list_of("knowledge diff", query)
        after: Place | None = None
        place = read_cursor(query.cursor, of=of)
        if place is None:
            pair = _pair(query, collections)
        else:
            pair = _from_cursor(place[0]), _from_cursor(place[1])
            after = (place[2], place[3])
        rows = changes_between(*pair, collections=collections, limit=query.limit, after=after)
        found = page(
            rows,
            limit=query.limit,
            of=of,
            key=lambda row: [*map(_as_cursor, pair), *row.place],
        )
        return Response(
            {
                "from": _told(pair[0]),
                "to": _told(pair[1]),
                **{
                    kind: _changed(found["data"], kind) for kind in ("added", "removed", "replaced")
                },
                "next_cursor": found["next_cursor"],
            }
        )


def _collections(operation: Operation, asked: str | None) -> list[str] | None:
    return searched_collections(operation.principal, None if asked is None else [asked])


def _pair(query: KnowledgeDiffQuery, collections: Sequence[str] | None) -> tuple[Moment, Moment]:
    def at(
        field: str, moment: int | datetime | None, effective_at: datetime | date | None
    ) -> Moment:
        chosen = query.effective_at if effective_at is None else effective_at
        return moment_of(at=moment, effective_at=chosen, collections=collections, field=field)

    return at("from", query.from_, query.from_effective_at), at(
        "to", query.to, query.to_effective_at
    )


def _list_of(name: str, query: Paged) -> str:
    """What a cursor belongs to: this list with these filters."""
    filters = {name: str(value) for name, value in sorted(query.filters().items())}
    return f"{name} {filters}"


def _as_cursor(moment: Moment) -> list[Any]:
    """The moment of the first page is the moment of all: what arrives meanwhile moves no row."""
    return [moment.position, moment.effective_at.isoformat()]


def _from_cursor(kept: Sequence[Any]) -> Moment:
    return Moment(kept[0], datetime.fromisoformat(kept[1]))


def _told(moment: Moment) -> dict[str, Any]:
    return {"position": moment.position, "effective_at": moment.effective_at}


def _known(row: Known) -> dict[str, Any]:
    return {
        "document_id": row.document_id,
        "version_id": row.version_id,
        "version_number": row.version_number,
        "title": row.title,
        "collection": row.collection,
    }


def _changed(rows: Sequence[Change], kind: str) -> list[dict[str, Any]]:
    return [_change(row) for row in rows if row.kind == kind]


def _change(row: Change) -> dict[str, Any]:
    removed = row.to_version_id is None
    told: dict[str, Any] = {
        "document_id": row.document_id,
        "version_id": row.from_version_id if removed else row.to_version_id,
        "version_number": row.from_version_number if removed else row.to_version_number,
        "title": row.title,
        "collection": row.collection,
    }
    if row.kind == "replaced":
        told |= {
            "previous_version_id": row.from_version_id,
            "previous_version_number": row.from_version_number,
        }
    return told
