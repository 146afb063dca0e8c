"""Health: alive, ready, and measured."""

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST

from provenance.api.health import check_everything
from provenance.api.metrics import exposition
from provenance.api.operation import read_only
from provenance.api.renderers import dumps

NO_STORE = {"Cache-Control": "no-store"}


@read_only
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process answers; nothing else is asked."""
    return HttpResponse(
        dumps({"status": "alive"}), content_type="application/json", headers=NO_STORE
    )


@read_only
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 when every part works, else 503 and what is wrong."""
    checks = check_everything()
    wrong = [f"{check.name}: {check.problem}" for check in checks if check.problem]
    body = {
        "status": "not ready" if wrong else "ready",
        "wrong": wrong,
        "checks": [check.as_json() for check in checks],
    }
    headers = {**NO_STORE, "Retry-After": "5"} if wrong else NO_STORE
    return HttpResponse(
        dumps(body),
        status=503 if wrong else 200,
        content_type="application/json",
        headers=headers,
    )


@read_only
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Prometheus reads this."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST, headers=NO_STORE)
