"""The answers of the overview, each with how it stands, a sentence, and where to go on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from provenance.cases import reading
from provenance.cases.waiting import waiting_in
from provenance.coverage.completeness import Day, alarms
from provenance.coverage.reading import by_application, limits
from provenance.impact import stale
from provenance.pages import catalogue
from provenance.pages import integrity as log
from provenance.pages.access import may_administer, may_edit, sees_everything
from provenance.pages.pipeline import LATE_SECONDS
from provenance.pages.unsettled import unsettled
from provenance.projections.standing import Standing
from provenance.review.models import ErasureEntry
from retrieval.recording.queries import visible_outputs

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# A count that would read for ever says "100+".
COUNTED = 100
APPLICATIONS = 5
QUEUES = 8


@dataclass(frozen=True)
class Line:
    """One thing with how many there are of it, and the list behind it."""

    words: str
    count: str
    address: str


@dataclass(frozen=True)
class Answer:
    """`state`: good, attention, alarm, or empty where there is nothing to judge."""

    question: str
    state: str
    says: str
    lines: tuple[Line, ...] = ()
    address: str = ""
    link: str = ""

    @property
    def icon(self) -> str:
        return {"good": "current", "attention": "waiting", "alarm": "failed"}.get(self.state, "")


def is_the_log_whole() -> Answer:
    found = log.standing()
    question, page = gettext("Is the log whole?"), reverse("pages:integrity")
    if found.verdict is log.Verdict.BROKEN:
        return Answer(
            question,
            "alarm",
            gettext("It is not what it was."),
            (),
            page,
            gettext("What is broken"),
        )
    if found.verdict is log.Verdict.UNSEALED:
        return Answer(
            question, "attention", gettext("Nothing is sealed yet."), (), page, gettext("Integrity")
        )
    if found.last is None:
        return Answer(
            question,
            "attention",
            gettext("Sealed, not verified yet."),
            (),
            page,
            gettext("Integrity"),
        )
    size, since = f"{found.last.data.size:,}", f"{found.unverified:,}"
    says = gettext("Whole: %(size)s events recomputed.") % {"size": size}
    if found.unverified:
        says = gettext("Whole: %(size)s events recomputed; %(since)s came since.") % {
            "size": size,
            "since": since,
        }
    return Answer(question, "good", says, (), page, gettext("Who vouches for it"))


def does_the_pipeline_keep_up(now: Standing, at: datetime, *, link: bool) -> Answer:
    question = gettext("Does everything keep up?")
    page = (reverse("pages:pipeline"), gettext("Stages and read models")) if link else ("", "")
    stopped = [each for each in now.read_models if each.problem]
    parked = sum(each.parked for each in now.read_models)
    if stopped or now.failing_work or parked:
        return Answer(question, "alarm", _trouble(len(stopped), parked, now), (), *page)
    oldest = min((each.behind_since for each in now.read_models if each.behind_since), default=None)
    seconds = (at - oldest).total_seconds() if oldest else 0
    if seconds > LATE_SECONDS:
        return Answer(
            question,
            "attention",
            gettext("%(seconds)s s behind the log.") % {"seconds": f"{seconds:,.0f}"},
            (),
            *page,
        )
    waiting = sum(now.waiting_work.values())
    if waiting:
        return Answer(
            question,
            "attention",
            gettext("At work: %(waiting)s pieces left.") % {"waiting": f"{waiting:,}"},
            (),
            *page,
        )
    says = gettext("Everything recorded is worked through.")
    if now.unplaced or oldest:
        # To look at a page is recorded too: something has nearly always just come.
        says = gettext("Yes; the newest events are being worked through.")
    return Answer(question, "good", says, (), *page)


def are_the_applications_complete(principal: Principal, now: datetime) -> list[Answer]:
    """For people who may see every collection: coverage counts what lies in all of them."""
    if not sees_everything(principal):
        return []
    question, page = gettext("Are the applications complete?"), reverse("pages:coverage")
    today = now.astimezone(UTC).date()
    found = alarms(by_application(today, now), today, limits())
    if not found:
        return [
            Answer(
                question,
                "good",
                gettext("No coverage alarm."),
                (),
                page,
                gettext("Coverage by day"),
            )
        ]
    lines = tuple(
        Line(each.day.application, f"{each.day.per_cent} %", f"{page}?{_cell(each.day)}#behind")
        for each in found[:APPLICATIONS]
    )
    return [
        Answer(
            question,
            "alarm",
            gettext("Less was reported than should be."),
            lines,
            page,
            gettext("Coverage"),
        )
    ]


def _cell(day: Day) -> str:
    return urlencode({"application": day.application, "day": day.day.isoformat()})


def which_answers_to_look_at(principal: Principal, now: datetime) -> Answer:
    question, page = gettext("Which answers must be looked at?"), reverse("pages:stale")
    found = unsettled(stale.matching(principal))
    count = _count(found.values("output_id").distinct())
    if count == "0":
        says = gettext("None: their wording stands, or they were signed since.")
        return Answer(question, "good", says, (), page, gettext("Stale answers"))
    since = (now - DAY).date().isoformat()
    recent = _count(found.filter(at__gte=now - DAY).values("output_id").distinct())
    lines = (
        Line(gettext("rest on wording since changed"), count, page),
        Line(gettext("of them found in the last 24 hours"), recent, f"{page}?since={since}"),
    )
    return Answer(question, "attention", "", lines)


def what_waits_for(principal: Principal) -> Answer:
    """For people who may do something about it; nobody else has anything waiting."""
    found = tuple(line for line in _waiting(principal) if line.count != "0")
    question = gettext("What waits for me?")
    if not found:
        return Answer(
            question, "good", gettext("Nothing."), (), reverse("pages:reviews"), gettext("Reviews")
        )
    return Answer(question, "attention", "", found)


def what_changed(principal: Principal, now: datetime) -> Answer:
    """In the last 24 hours."""
    since = now - DAY
    versions = CatalogueVersion.objects.filter(
        document_id__in=catalogue.visible_documents(principal).values("document_id"),
        submitted_at__gte=since,
    )
    outputs = visible_outputs(principal).filter(recorded_at__gte=since)
    lines = (
        Line(gettext("versions handed in"), _count(versions), reverse("pages:documents")),
        Line(gettext("outputs"), _count(outputs), reverse("pages:outputs")),
        Line(
            gettext("outputs with unsupported sentences"),
            _count(outputs.filter(unsupported__gt=0)),
            f"{reverse('pages:outputs')}?unsupported=on",
        ),
    )
    before = f"{now - WEEK:%Y-%m-%dT%H:%M:%S}"
    week = f"{reverse('pages:time')}?show=changes&other_at={before}"
    question = gettext("What changed in the last 24 hours?")
    return Answer(question, "", "", lines, week, gettext("What could be found a week ago, and now"))


def _waiting(principal: Principal) -> Iterator[Line]:
    reviews = reverse("pages:reviews")
    yield Line(
        gettext("reviews assigned to you"),
        _count(reading.assigned_to(principal)),
        f"{reviews}?list=mine",
    )
    yield Line(
        gettext("reviews that need a second signature"),
        _count(reading.half_signed(principal)),
        f"{reviews}?list=second",
    )
    if may_edit(principal):
        yield from _queues(principal, reviews)
    if may_administer(principal) and sees_everything(principal):
        asked = ErasureEntry.objects.filter(status="requested")
        yield Line(gettext("erasures to decide"), _count(asked), reverse("pages:erasures"))
    failed = catalogue.failed_versions(principal)
    yield Line(
        gettext("documents that failed"),
        _count(failed),
        f"{reverse('pages:documents')}?status=newest-failed",
    )


def _queues(principal: Principal, reviews: str) -> Iterator[Line]:
    queues = list(reading.standing_queues())
    waiting = waiting_in(queues[:QUEUES], principal=principal)
    for queue in queues[:QUEUES]:
        words = gettext("in the queue %(name)s") % {"name": queue.name}
        yield Line(words, str(waiting[queue.queue_id]), f"{reviews}?list={queue.queue_id}")
    yield Line(gettext("further queues"), str(len(queues[QUEUES:])), reviews)


def _count(rows: object) -> str:
    found = rows.order_by()[: COUNTED + 1].count()  # type: ignore[attr-defined]
    return f"{COUNTED}+" if found > COUNTED else str(found)


def _trouble(stopped: int, parked: int, now: Standing) -> str:
    parts = [
        ngettext("%(count)s read model stopped", "%(count)s read models stopped", stopped)
        % {"count": stopped}
        if stopped
        else "",
        ngettext("%(count)s event parked", "%(count)s events parked", parked) % {"count": parked}
        if parked
        else "",
        gettext("%(count)s pieces of work failing")
        % {"count": sum(each.count for each in now.failing_work)}
        if now.failing_work
        else "",
    ]
    return f"{', '.join(part for part in parts if part)}."
