"""What every operation of the API shares: one view class each, put together by address."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from provenance.accounts.access import Principal
from provenance.api.authentication import BearerAuthentication, principal_of
from provenance.api.bodies import is_chunked
from provenance.api.errors import answer_problem
from provenance.api.openapi import OperationSchema
from provenance.api.parsers import JsonParser
from provenance.api.permissions import HasScope
from provenance.api.problems import Problem
from provenance.api.renderers import JsonRenderer
from provenance.api.serializers.queries import Query
from provenance.api.serializers.shape import Input
from provenance.api.throttling import KeyThrottle

MAX_BODY_BYTES = 25 * 1024 * 1024


class Operation(APIView):
    """Bearer key in, JSON both ways, problems as RFC 9457; a subclass is one method of one path."""

    scope: ClassVar[str] = "read"
    query: ClassVar[type[Query] | None] = None
    bodies: ClassVar[Mapping[str, type[Input]]] = {}
    answers: ClassVar[Mapping[Any, Any]] = {}
    problems: ClassVar[Iterable[int]] = ()
    max_body_bytes: int = MAX_BODY_BYTES
    json_parts: ClassVar[frozenset[str]] = frozenset()

    authentication_classes = (BearerAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (KeyThrottle,)
    parser_classes: tuple[type[BaseParser], ...] = (JsonParser,)
    renderer_classes: tuple[type[BaseRenderer], ...] = (JsonRenderer,)
    metadata_class = None
    http_method_names = ["get", "head", "post"]  # noqa: RUF012 - declared so by Django
    schema = OperationSchema()

    def get_exception_handler(self) -> Callable[..., Any]:
        return answer_problem

    def perform_content_negotiation(
        self,
        request: Request,  # noqa: ARG002
        force: bool = False,  # noqa: ARG002
    ) -> tuple[BaseRenderer, str]:
        renderer = self.renderer_classes[0]()
        return renderer, renderer.media_type

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """DRF sees no body without Content-Length; what is sent in chunks has none."""
        initialized = super().initialize_request(request, *args, **kwargs)
        if is_chunked(request):
            initialized._stream = request.META["wsgi.input"]  # noqa: SLF001
        return initialized

    @property
    def replays(self) -> bool:
        """Whether the operation takes an Idempotency-Key."""
        return getattr(getattr(self, "post", None), "replays", False)

    @property
    def principal(self) -> Principal:
        return principal_of(self.request)


def by_method(**operations: type[Operation]) -> Callable[..., HttpResponseBase]:
    """One address, another operation for each of its methods; any other method answers 405."""
    views = {method.upper(): operation.as_view() for method, operation in operations.items()}
    if "GET" in views:
        views["HEAD"] = views["GET"]

    @csrf_exempt
    def choose(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        view = views.get(request.method or "")
        return not_allowed(views, request) if view is None else view(request, **kwargs)

    return choose


def read_only(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A plain view outside /api/ that answers GET and HEAD; any other method answers 405."""

    @csrf_exempt
    @wraps(view)
    def read(request: HttpRequest) -> HttpResponseBase:
        offered = dict.fromkeys(("GET", "HEAD"))
        return view(request) if request.method in offered else not_allowed(offered, request)

    return read


def not_allowed(views: Mapping[str, Any], request: HttpRequest) -> HttpResponseBase:
    allowed = ", ".join(sorted(views))
    return Problem(
        405,
        f"{request.method} is not offered here; {allowed} is.",
        slug="method-not-allowed",
        title="Method not allowed",
        headers={"Allow": allowed},
    ).as_response()
