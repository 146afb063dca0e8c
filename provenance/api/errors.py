"""Every error as a problem answer: one table from error class to status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from ingestion.embeddings.provider import EmbedderUnavailable
from ingestion.errors import (
    CurrentVersionMoved,
    DocumentTooLarge,
    DocumentUnknown,
    FieldRefused,
    NothingToRetry,
    QuarantineRefused,
    SourceVersionReused,
)
from ingestion.media_types import UnsupportedMediaType
from provenance.api.problems import MEDIA_TYPE, BadField, Invalid, Problem, TooLarge
from provenance.cases.errors import NotFound
from provenance.eventstore.errors import (
    BlobMissing,
    EventIdConflict,
    EventReleased,
    VersionConflict,
)
from provenance.exports.errors import (
    EvidenceBroken,
    EvidenceTooLarge,
    NothingToExport,
    PeriodRefused,
    TooManyOutputs,
)
from provenance.history.counterfactuals import QuestionErased
from provenance.history.recorded_questions import ServedElsewhere
from provenance.integrity.errors import IntegrityError, NotSealedYet
from provenance.projections.rebuild_runs import RebuildUnderWay, RebuildUnknown
from provenance.review.errors import (
    ErasureUnknown,
    HoldUnknown,
    LegalHoldStands,
    NothingToErase,
    ReviewRefused,
    SamePerson,
)
from provenance.sealing.keys import KeyDestroyed
from retrieval.errors import (
    CollectionNotFound,
    GenerationNotFound,
    GenerationRefused,
    IndexBehind,
    IndexNotReady,
    RequestRefused,
)
from retrieval.recording.errors import IdReused, RecordNotFound, UnknownReference

API = "/api/"


@dataclass(frozen=True)
class Row:
    """How one class of error is answered."""

    status: int
    slug: str
    title: str
    detail: Callable[[Exception], str] = str


def _fixed(text: str) -> Callable[[Exception], str]:
    return lambda _: text


ANSWERS: Mapping[type[Exception], Row] = {
    EventIdConflict: Row(
        422, "id-reused", "Id reused", _fixed("This id was used with another body.")
    ),
    VersionConflict: Row(409, "conflict", "Conflict", _fixed("Others were faster. Try again.")),
    EventReleased: Row(410, "released", "Released to an archive"),
    BlobMissing: Row(500, "log-damaged", "The log is damaged"),
    IntegrityError: Row(500, "log-damaged", "The log is damaged"),
    EvidenceBroken: Row(500, "log-damaged", "The log is damaged"),
    NotSealedYet: Row(503, "not-sealed-yet", "Not sealed yet"),
    OperationalError: Row(503, "not-ready", "Not ready", _fixed("The database does not answer.")),
    Http404: Row(404, "not-found", "Not found", _fixed("There is nothing here for this key.")),
    PermissionDenied: Row(403, "forbidden", "Forbidden"),
    RecordNotFound: Row(404, "not-found", "Not found"),
    NothingToExport: Row(404, "not-found", "Not found"),
    DocumentUnknown: Row(404, "not-found", "Not found"),
    QuestionErased: Row(410, "erased", "Erased"),
    ServedElsewhere: Row(409, "served-elsewhere", "Served elsewhere"),
    CollectionNotFound: Row(404, "not-found", "Not found"),
    CurrentVersionMoved: Row(409, "version-moved", "Current version moved"),
    SourceVersionReused: Row(409, "source-version-reused", "Source version reused"),
    NothingToRetry: Row(409, "nothing-to-retry", "Nothing to retry"),
    QuarantineRefused: Row(409, "quarantine", "Quarantine"),
    KeyDestroyed: Row(410, "erased", "Erased"),
    ErasureUnknown: Row(404, "not-found", "Not found"),
    HoldUnknown: Row(404, "not-found", "Not found"),
    NothingToErase: Row(404, "nothing-to-erase", "Nothing to erase"),
    LegalHoldStands: Row(409, "legal-hold", "Legal hold"),
    SamePerson: Row(409, "same-person", "Same person"),
    NotFound: Row(404, "not-found", "Not found"),
    ReviewRefused: Row(409, "refused", "Refused"),
    UnsupportedMediaType: Row(415, "media-type", "Wrong media type"),
    IndexNotReady: Row(503, "not-ready", "Not ready"),
    GenerationNotFound: Row(404, "not-found", "Not found"),
    GenerationRefused: Row(409, "refused", "Refused"),
    RebuildUnknown: Row(404, "not-found", "Not found"),
    RebuildUnderWay: Row(409, "refused", "Refused"),
    EmbedderUnavailable: Row(503, "not-ready", "Not ready"),
    IndexBehind: Row(503, "not-ready", "Not ready"),
    exceptions.UnsupportedMediaType: Row(415, "media-type", "Wrong media type"),
    exceptions.MethodNotAllowed: Row(405, "method-not-allowed", "Method not allowed"),
}


# Errors that say which field is wrong, or which limit was passed.
NAMED: Mapping[type[Exception], Callable[[Any], Problem]] = {
    FieldRefused: lambda error: Invalid([BadField((error.field,), error.problem)]),
    RequestRefused: lambda error: Invalid([BadField((error.field,), str(error))]),
    UnknownReference: lambda error: Invalid(
        [BadField(path, str(error)) for path in error.paths], slug="unknown-reference"
    ),
    IdReused: lambda error: Invalid([BadField(error.path, str(error))], slug="id-reused"),
    DocumentTooLarge: lambda error: TooLarge("A document", error.limit),
    EvidenceTooLarge: lambda error: TooLarge("What evidence holds", error.limit),
    PeriodRefused: lambda error: Invalid([BadField(("until",), str(error))]),
    TooManyOutputs: lambda error: Invalid(
        [BadField(("until",) if error.what == "period" else (), str(error))]
    ),
}


def problem_for(error: Exception) -> Problem | None:
    """The problem that answers an error; None for one that nobody expected."""
    if isinstance(error, Problem):
        return error
    if type(error) in NAMED:
        return NAMED[type(error)](error)
    row = next((ANSWERS[cls] for cls in type(error).__mro__ if cls in ANSWERS), None)
    if row is not None:
        later = {"Retry-After": "5"} if row.status == HTTPStatus.SERVICE_UNAVAILABLE else None
        detail = row.detail(error)
        return Problem(row.status, detail, slug=row.slug, title=row.title, headers=later)
    if isinstance(error, exceptions.APIException):
        return Problem(error.status_code, str(error.detail))
    return None


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001
    """DRF's exception handler. An unexpected error goes on to Django, which logs it."""
    problem = problem_for(error)
    if problem is None:
        return None
    return Response(
        problem.as_json(), status=problem.status, headers=problem.headers, content_type=MEDIA_TYPE
    )


@csrf_exempt
def not_found(request: HttpRequest, **_: Any) -> HttpResponse:
    """Whatever lies below /api/ and is not an operation."""
    return Problem(
        404, f"{request.path} is not part of this interface.", slug="not-found", title="Not found"
    ).as_response()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses, a foreign Host header above all."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    return Problem(400, "This request is malformed.", slug="bad-request").as_response()


def server_error(request: HttpRequest) -> HttpResponse:
    """An error that nobody expected; Django has logged it with its traceback."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    return Problem(
        500,
        "Something went wrong here; the log of this server says what.",
        slug="server-error",
        title="Server error",
    ).as_response()
