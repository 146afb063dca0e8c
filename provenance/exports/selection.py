"""Which outputs a bundle is about: those that were recorded in a period, or those of a case."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from provenance.accounts.access import Principal
from provenance.cases.casework import read_case
from provenance.cases.errors import CaseUnknown
from provenance.eventstore.canonical import instant
from provenance.eventstore.store import head_position, position_at
from provenance.exports.errors import NothingToExport, PeriodRefused, TooManyOutputs
from provenance.integrity.checkpoints import newest_covering
from provenance.integrity.errors import NotSealedYet
from provenance.projections.models import Progress
from retrieval.recording.projections import Interactions
from retrieval.recording.queries import matching_outputs

MAX_OUTPUTS = 1_000


@dataclass(frozen=True)
class Period:
    """From `since` on, up to `until` exclusive, by the time of recording.

    Raises PeriodRefused if that is no period.
    """

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.until <= self.since:
            raise PeriodRefused("the period ends before it begins")

    def as_json(self) -> dict[str, str]:
        return {"since": instant(self.since), "until": instant(self.until)}


def parse_time(text: str) -> datetime:
    """A time or a day of ISO 8601, in UTC where no offset is given. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def positions_between(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The positions `[first, end)` that the log gave in a time; of all that is sealed by default.

    Raises NotSealedYet.
    """
    end = _first_after(until) if until else newest_covering(0).size
    return (_first_after(since) if since else 0), end


def _first_after(moment: datetime) -> int:
    last = position_at(moment - timedelta(microseconds=1))
    return 0 if last is None else last + 1


def outputs_in(period: Period, *, principal: Principal) -> list[UUID]:
    """Every output of the period that the principal may read, in the order of the log.

    Raises NothingToExport, TooManyOutputs, and NotSealedYet while the list of outputs is behind.
    """
    _require_listed(period)
    outputs = matching_outputs(principal=principal, since=period.since, until=period.until)
    found = outputs.order_by("position").values_list("output_id", flat=True)
    output_ids = list(found[: MAX_OUTPUTS + 1])
    _require_bounded(len(output_ids) if len(output_ids) <= MAX_OUTPUTS else found.count(), "period")
    return output_ids


@dataclass(frozen=True)
class CaseThen:
    """A case as far as the first `events` of its stream tell it, and what it holds by then."""

    case_id: UUID
    events: int
    outputs: tuple[UUID, ...]


def case_then(case_id: UUID, *, principal: Principal) -> CaseThen:
    """The case as the log tells it now.

    Raises NothingToExport, also for a case that the principal may not see, TooManyOutputs.
    """
    try:
        events, case = read_case(case_id, principal=principal)
    except CaseUnknown as error:
        raise NothingToExport("case") from error
    _require_bounded(len(case.outputs), "case")
    return CaseThen(case_id, len(events), case.outputs)


def _require_bounded(count: int, what: str) -> None:
    if not count:
        raise NothingToExport(what)
    if count > MAX_OUTPUTS:
        raise TooManyOutputs(what, count, MAX_OUTPUTS)


def _require_listed(period: Period) -> None:
    """A list that is behind would leave out the last outputs of the period."""
    ended = period.until <= timezone.now()
    needed = position_at(period.until) if ended else head_position()
    listed = Progress.objects.filter(name=Interactions.name).values_list("position", flat=True)
    if needed is not None and needed > (listed.first() or -1):
        raise NotSealedYet("Outputs of this period are still being listed.")
