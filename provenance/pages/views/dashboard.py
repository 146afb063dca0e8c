"""The overview: in ten seconds, does everything work, what came in, what went out, what failed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDay
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from provenance.pages import catalogue, document_statuses
from provenance.pages.access import (
    PersonRequest,
    may_administer,
    require_administrator,
    require_person,
)
from provenance.pages.charts import Chart, Slot, draw
from provenance.pages.rendering import show
from provenance.projections.failing import FailingWork, try_failing_work_now
from provenance.projections.standing import ReadModelStanding, standing
from retrieval.recording.models import InteractionRetrieval
from retrieval.recording.queries import visible_outputs

DAYS = 30
RECENT = 8
FAILURES = 5


@dataclass(frozen=True)
class Pipeline:
    """How the pipeline stands, in the words of the page; `seconds` since it last moved."""

    head: int
    unplaced: int
    behind: int
    seconds: float | None
    work: dict[str, int]
    problems: list[ReadModelStanding]
    failing: list[FailingWork]

    @property
    def busy(self) -> bool:
        return bool(self.unplaced or self.behind or self.work)


@require_safe
@require_person
def dashboard(request: PersonRequest) -> HttpResponse:
    outputs = visible_outputs(request.principal)
    failures = list(catalogue.failed_versions(request.principal)[: FAILURES + 1])
    context = {
        "pipeline": _pipeline(),
        "may_retry_work": may_administer(request.principal),
        "document_statuses": document_statuses.counted_by_status(
            catalogue.visible_documents(request.principal)
        ),
        "failures": failures[:FAILURES],
        "more_failures": len(failures) > FAILURES,
        "chart": _traffic(outputs),
        "traffic_span": f"last {DAYS} days",
        "recent": outputs.order_by("-position")[:RECENT],
    }
    return show(request, "pages/dashboard.html", context, section="overview", partial="overview")


@require_POST
@require_administrator
def retry_work(request: PersonRequest) -> HttpResponse:
    """Has failing work tried now, once its cause is mended."""
    if try_failing_work_now():
        messages.success(request, "What was failing is being tried again now.")
    else:
        messages.success(request, "Nothing was waiting to be tried again.")
    return redirect(
        "pages:pipeline" if request.POST.get("from") == "pipeline" else "pages:dashboard"
    )


def _pipeline() -> Pipeline:
    now = standing()
    behind = [each for each in now.read_models if each.behind]
    oldest = min((each.updated_at for each in behind), default=None)
    return Pipeline(
        head=now.head,
        unplaced=now.unplaced,
        behind=max((each.behind for each in behind), default=0),
        seconds=None if oldest is None else (timezone.now() - oldest).total_seconds(),
        work={_in_words(kind): count for kind, count in now.waiting_work.items()},
        problems=[each for each in now.read_models if each.problem],
        failing=[replace(each, kind=_in_words(each.kind)) for each in now.failing_work],
    )


def _in_words(kind: str) -> str:
    return kind.replace("_", " ")


def _traffic(outputs: QuerySet[Any]) -> Chart:
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=DAYS - 1)
    counted = [_by_day(rows, first) for rows in (InteractionRetrieval.objects.all(), outputs)]
    days = [first + timedelta(days=index) for index in range(DAYS)]
    slots = [Slot(day, tuple(each.get(day, 0) for each in counted)) for day in days]
    return draw(slots, label="%-d %b")


def _by_day(rows: QuerySet[Any], first: datetime) -> dict[datetime, int]:
    found = rows.filter(recorded_at__gte=first).annotate(day=TruncDay("recorded_at", tzinfo=UTC))
    return dict(
        found.order_by().values("day").annotate(count=Count("pk")).values_list("day", "count")
    )
