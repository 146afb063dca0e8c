"""The log: its feed in position order, and single events as the bytes that were hashed."""

from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from provenance.accounts.visibility import visible_streams
from provenance.api.operation import Operation
from provenance.api.serializers.queries import EventsQuery
from provenance.eventstore.feed import Placed, read_feed, read_stored
from provenance.eventstore.released import refusal
from provenance.eventstore.store import position_of

LIST_OF_OBJECTS = {"type": "array", "items": {"type": "object"}}
BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"
# A key that may see little of the log reads on until its page is full.
SCANNED_AT_ONCE = 1000


class ReadEvents(Operation):
    """The events after a position, in its order, as far as the key may see them.

    Those whose contents were released to an archive are left out: their positions are passed over.
    """

    query = EventsQuery
    answers: ClassVar = {(200, BATCH): LIST_OF_OBJECTS}

    def get(self, request: Request) -> HttpResponse:
        query = EventsQuery.read_from(request.query_params)
        types = None if query.types is None else query.types.split(",")
        found: list[Placed] = []
        after, more = query.after, True
        while more and len(found) < query.limit:
            batch = read_feed(after=after, types=types, stream=query.stream, limit=SCANNED_AT_ONCE)
            more = len(batch) == SCANNED_AT_ONCE
            visible = visible_streams((each.stream for each in batch), principal=self.principal)
            found += [each for each in batch if each.canonical and each.stream in visible]
            after = batch[-1].position if batch else after
        body = b"[" + b",".join(each.with_sequence() for each in found[: query.limit]) + b"]"
        return HttpResponse(body, content_type=f"{BATCH}; charset=UTF-8")


class ReadEvent(Operation):
    """The canonical bytes of one event: what was hashed, and what is proved."""

    answers: ClassVar = {(200, SINGLE): OpenApiTypes.OBJECT}
    problems = (404, 410)

    def get(self, request: Request, event_id: UUID) -> HttpResponse:  # noqa: ARG002
        stored = read_stored(event_id)
        if stored is None or not visible_streams([stored[0]], principal=self.principal):
            raise Http404
        if not stored[1]:
            raise refusal(position_of(event_id))
        return HttpResponse(stored[1], content_type=f"{SINGLE}; charset=UTF-8")
