"""Answers pages whose events were released: whoever reads one sees when, and in which archive."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from provenance.eventstore.errors import EventReleased


class ReleasedContents:
    """Middleware. The interface for applications answers with its own table of errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, EventReleased):
            return None
        proof = ""
        match = request.resolver_match
        if match and match.view_name == "pages:event":
            proof = str(match.kwargs["event_id"])
        context = {"released": error, "proof_of": proof}
        return render(request, "released.html", context, status=HTTPStatus.GONE)
