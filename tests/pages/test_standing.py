"""Every version is told apart: current, replaced, expired, to come or withdrawn."""

from datetime import UTC, datetime
from uuid import UUID

from provenance.pages.standing import VersionDates, standings

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
