"""Every version is told apart: current, replaced, expired, to come or withdrawn."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given

from provenance.history.standing import VersionDates, standings
from retrieval.validity import KnownVersion, Withdrawal, effective_ranges
from tests.retrieval.test_two_clocks import MOMENTS, histories

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DOCUMENT = UUID(int=1)


def day(month: int, year: int = 2026) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def version(
    number: int,
    *,
    stage: str = "indexed",
    begins: datetime | None = None,
    ends: datetime | None = None,
    withdrawn: datetime | None = None,
) -> VersionDates:
    return VersionDates(
        version_id=UUID(int=100 + number),
        document_id=DOCUMENT,
        version_number=number,
        stage=stage,
        submitted_at=day(1),
        indexed_position=None if stage == "failed" else number,
        effective_from=begins,
        effective_until=ends,
        withdrawn=withdrawn is not None or stage == "withdrawn",
        withdrawn_from=withdrawn,
    )


def kinds(*versions: VersionDates) -> list[str]:
    found = standings(versions, NOW)
    return [found[each.version_id].kind for each in versions]


def test_the_highest_version_in_force_is_current_and_the_lower_is_replaced() -> None:
    assert kinds(version(1), version(2)) == ["replaced", "current"]


def test_a_version_is_replaced_by_the_first_that_took_effect_after_it() -> None:
    old, next_one, newest = version(1), version(2, begins=day(2)), version(3, begins=day(4))
    standing = standings([old, next_one, newest], NOW)[old.version_id]
    assert (standing.by, standing.since, standing.today) == (next_one, day(2), newest)


def test_a_version_that_takes_effect_later_replaces_nothing_yet() -> None:
    assert kinds(version(1), version(2, begins=day(9))) == ["current", "upcoming"]


def test_expiry_does_not_revive_what_was_replaced() -> None:
    assert kinds(version(1), version(2, ends=day(3))) == ["replaced", "expired"]


def test_a_withdrawal_counts_from_its_date() -> None:
    assert kinds(version(1, withdrawn=day(5))) == ["withdrawn"]
    assert kinds(version(1, withdrawn=day(9))) == ["current"]


def test_a_version_handed_in_after_a_withdrawal_is_current() -> None:
    assert kinds(version(1, stage="withdrawn"), version(2)) == ["withdrawn", "current"]


def test_a_failed_version_replaces_nothing() -> None:
    assert kinds(version(1), version(2, stage="failed")) == ["current", "failed"]


def test_a_version_in_quarantine_brings_nothing_back() -> None:
    assert kinds(version(1), version(2, stage="quarantined")) == ["replaced", "quarantined"]
    assert kinds(version(1, stage="quarantined"), version(2)) == ["quarantined", "current"]


@given(histories())
def test_at_every_moment_the_current_version_is_the_one_that_search_finds(
    history: tuple[list[KnownVersion], list[Withdrawal]],
) -> None:
    known, withdrawals = history
    ranges = effective_ranges(known, withdrawals)
    versions = [catalogued(each, withdrawals) for each in known]
    for moment in MOMENTS:
        found = standings(versions, moment)
        current = [id_ for id_, standing in found.items() if standing.kind == "current"]
        assert current == [id_ for id_, each in ranges.items() if each.contains(moment)]


def catalogued(each: KnownVersion, withdrawals: list[Withdrawal]) -> VersionDates:
    """The version as the catalogue keeps it."""
    begins = [w.effective_from for w in withdrawals if w.position > each.submitted_position]
    altogether = None in begins
    return VersionDates(
        version_id=each.version_id,
        document_id=DOCUMENT,
        version_number=each.version_number,
        stage="quarantined" if each.quarantined else "indexed",
        submitted_at=day(1),
        indexed_position=each.submitted_position,
        effective_from=each.effective_from,
        effective_until=each.effective_until,
        withdrawn=bool(begins),
        withdrawn_from=None if altogether else min((b for b in begins if b), default=None),
    )
