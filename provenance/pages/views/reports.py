"""Reports: what happened in a period, on a page that prints well and as PDF; and who asks for it.

Who: a compliance officer before a meeting. In ten seconds: how much was answered, is the record
whole, what changed, and which page helps with which article of which rule.
"""

from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from provenance.exports.selection import MAX_OUTPUTS
from provenance.pages.access import PersonRequest, require_whole_view
from provenance.pages.rendering import show
from provenance.pages.reports import pdf
from provenance.pages.reports.sections import sections
from provenance.reports.period import Period, PeriodRefused, usual_period, usual_periods
from provenance.reports.regulations import RULES
from provenance.reports.report import Report, report_on

HELP = gettext_noop(
    "It helps you meet record-keeping duties; whether it suffices is for you to say."
)


@require_safe
@require_whole_view
def reports(request: PersonRequest) -> HttpResponse:
    period, problem = _asked_for(request)
    report = report_on(period)
    context = {
        "period": period,
        "usual": [(gettext(words), each) for words, each in usual_periods(timezone.now().date())],
        "problem": problem,
        "report": report,
        "sections": sections(report),
        "help": gettext(HELP),
        "most_outputs": MAX_OUTPUTS,
    }
    return show(request, "pages/reports.html", context, section="reports")


@require_safe
@require_whole_view
def report_file(request: PersonRequest) -> HttpResponse:
    """The same as PDF."""
    period, problem = _asked_for(request)
    if problem:
        return HttpResponse(problem, status=422, content_type="text/plain")
    report = report_on(period)
    name = f"ragledger-{period.first}-to-{period.last}.pdf"
    title = gettext("RAGLedger report, %(first)s to %(last)s") % {
        "first": period.first,
        "last": period.last,
    }
    return HttpResponse(
        pdf.rendered(title, _lead(report), sections(report)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@require_whole_view
def regulations(request: PersonRequest) -> HttpResponse:
    """Which page or export helps with which duty."""
    return show(request, "pages/regulations.html", {"rules": RULES}, section="reports")


def _asked_for(request: PersonRequest) -> tuple[Period, str]:
    """The period of the address, or the usual one with what is wrong with the address."""
    usual = usual_period(timezone.now().date())
    given = [request.GET.get(name, "") for name in ("first", "last")]
    if not any(given):
        return usual, ""
    try:
        first, last = (date.fromisoformat(text) for text in given)
        return Period(first, last), ""
    except PeriodRefused as error:
        return usual, str(error)
    except ValueError:
        return usual, gettext("Give two days as YYYY-MM-DD.")


def _lead(report: Report) -> list[str]:
    made = f"{report.made_at:%Y-%m-%d %H:%M:%S} UTC"
    positions = gettext("positions %(after)s to %(until)s") % {
        "after": f"{report.after + 1:,}",
        "until": f"{report.until:,}",
    }
    sealed = report.checkpoint
    return [
        gettext("Made %(made)s from the %(events)s events of the log at %(positions)s.")
        % {"made": made, "events": f"{report.events:,}", "positions": positions},
        gettext("Newest checkpoint: %(size)s events, root %(root)s.")
        % {"size": f"{sealed.size:,}", "root": bytes(sealed.root).hex()}
        if sealed
        else gettext("No checkpoint has been signed yet."),
        gettext(HELP),
    ]
