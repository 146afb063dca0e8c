"""The overview, for everybody who signs in.

In five seconds: is the log whole, does everything keep up, are the applications complete, what
waits for me, what changed since yesterday.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.accounts.access import Principal
from provenance.coverage.reading import recorded_since
from provenance.history.reproduction import count_unexplained
from provenance.pages import catalogue, document_statuses, overview
from provenance.pages.access import (
    PersonRequest,
    may_administer,
    require_administrator,
    require_person,
    sees_everything,
)
from provenance.pages.charts import Chart, Slot, draw
from provenance.pages.rendering import show
from provenance.projections.failing import try_failing_work_now
from provenance.projections.standing import Standing, standing
from retrieval.recording.queries import visible_outputs

DAYS = 30
RECENT = 8
FAILURES = 5
ANSWERS = "answers"


@require_safe
@require_person
def dashboard(request: PersonRequest) -> HttpResponse:
    now = standing()
    context: dict[str, Any] = {"answers": _answers(request.principal, now)}
    if request.htmx.target != ANSWERS:
        context |= _rest(request.principal, now)
    return show(request, "pages/dashboard.html", context, section="overview", partial=ANSWERS)


@require_POST
@require_administrator
def retry_work(request: PersonRequest) -> HttpResponse:
    """Has failing work tried now, once its cause is mended."""
    if try_failing_work_now():
        messages.success(request, gettext("What was failing is being tried again now."))
    else:
        messages.success(request, gettext("Nothing was waiting to be tried again."))
    return redirect(
        "pages:pipeline" if request.POST.get("from") == "pipeline" else "pages:dashboard"
    )


def _answers(principal: Principal, now: Standing) -> list[overview.Answer]:
    at = timezone.now()
    return [
        overview.is_the_log_whole(),
        overview.does_the_pipeline_keep_up(now, at, link=sees_everything(principal)),
        *overview.are_the_applications_complete(principal, at),
        overview.which_answers_to_look_at(principal, at),
        overview.what_waits_for(principal),
        overview.what_changed(principal, at),
    ]


def _rest(principal: Principal, now: Standing) -> dict[str, Any]:
    outputs = visible_outputs(principal)
    failures = list(catalogue.failed_versions(principal)[: FAILURES + 1])
    return {
        "may_retry_work": may_administer(principal),
        "unexplained": count_unexplained() if sees_everything(principal) else 0,
        "document_statuses": document_statuses.counted_by_status(
            catalogue.visible_documents(principal)
        ),
        "failures": failures[:FAILURES],
        "more_failures": len(failures) > FAILURES,
        "failing": [replace(each, kind=each.kind.replace("_", " ")) for each in now.failing_work],
        "chart": _traffic(principal),
        "traffic_span": gettext("last %(days)s days") % {"days": DAYS},
        "recent": outputs.order_by("-position")[:RECENT],
    }


def _traffic(principal: Principal) -> Chart:
    today = timezone.now().astimezone(UTC).date()
    first = today - timedelta(days=DAYS - 1)
    recorded = recorded_since(first)
    seen = None if sees_everything(principal) else _seen_by_day(principal, first)
    slots = []
    for day in (first + timedelta(days=number) for number in range(DAYS)):
        retrievals, outputs = recorded.get(day, (0, 0))
        shown = outputs if seen is None else seen.get(day, 0)
        slots.append(Slot(datetime.combine(day, time(), tzinfo=UTC), (retrievals, shown)))
    return draw(slots, label="%-d %b")


def _seen_by_day(principal: Principal, first: date) -> dict[date, int]:
    """Counted one by one, for people whom a collection is kept from."""
    since = datetime.combine(first, time(), tzinfo=UTC)
    found = visible_outputs(principal).filter(recorded_at__gte=since).order_by()
    counted = found.values(day=TruncDate("recorded_at", tzinfo=UTC)).annotate(count=Count("pk"))
    return dict(counted.values_list("day", "count"))
