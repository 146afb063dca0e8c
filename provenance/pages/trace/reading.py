"""Reads the trace of an output together with its review, as the pages of an output show both."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from provenance.accounts.access import Principal
from provenance.cases.record import review_as_json
from provenance.cases.reviewing import stream_of
from provenance.eventstore.prefetching import prefetched
from provenance.history.lineage import Trace, read_lineage, trace_along
from provenance.history.standing import Standing, standings
from retrieval.recording.errors import RecordNotFound

Json = dict[str, Any]


def read_reviewed(principal: Principal, output_id: UUID) -> tuple[Trace, Json]:
    """The trace and the record of the review, from the same reading. Raises Http404."""
    try:
        lineage = read_lineage(output_id, principal=principal, beside=[stream_of(output_id)])
        with prefetched([*lineage.events, *lineage.beside]):
            trace = trace_along(lineage, principal=principal)
            return trace, review_as_json(output_id, lineage.beside)
    except RecordNotFound as error:
        raise Http404 from error


def standings_now(trace: Trace) -> dict[str, Standing]:
    """Where each version behind it stands, by the text of its id; no query."""
    found = standings(trace.dates, timezone.now())
    return {str(version_id): standing for version_id, standing in found.items()}
