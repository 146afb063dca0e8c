"""The ranges of effective time agree with the two-clocks rule read word by word."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from retrieval.validity import EffectiveRange, KnownVersion, Withdrawal, effective_ranges

DAYS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(8)]
MOMENTS = [DAYS[0] - timedelta(days=1), *DAYS, DAYS[-1] + timedelta(days=1)]

days = st.none() | st.sampled_from(DAYS)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[KnownVersion], list[Withdrawal]]:
    count = draw(st.integers(0, 5))
    positions = draw(
        st.lists(st.integers(0, 20), min_size=count, max_size=count, unique=True).map(sorted)
    )
    versions = [
        KnownVersion(
            UUID(int=number),
            number,
            position,
            draw(days),
            draw(days),
            quarantined=draw(st.booleans()),
        )
        for number, position in enumerate(positions, start=1)
        if draw(st.integers(0, 3))
    ]
    withdrawals = draw(st.lists(st.builds(Withdrawal, st.integers(0, 20), days), max_size=3))
    return versions, withdrawals


def representative(
    versions: list[KnownVersion], withdrawals: list[Withdrawal], moment: datetime
) -> UUID | None:
    """The rule as it is worded, for one effective time."""
    started = [v for v in versions if v.effective_from is None or v.effective_from <= moment]
    if not started:
        return None
    highest = max(started, key=lambda version: version.version_number)
    if highest.quarantined:
        return None
    if highest.effective_until is not None and moment >= highest.effective_until:
        return None
    for withdrawal in withdrawals:
        ends = withdrawal.effective_from is None or withdrawal.effective_from <= moment
        if ends and highest.submitted_position < withdrawal.position:
            return None
    return highest.version_id


@given(histories())
def test_at_every_moment_the_range_that_holds_it_is_the_version_the_rule_names(
    history: tuple[list[KnownVersion], list[Withdrawal]],
) -> None:
    versions, withdrawals = history
    ranges = effective_ranges(versions, withdrawals)
    for moment in MOMENTS:
        holding = [version for version, found in ranges.items() if found.contains(moment)]
        expected = representative(versions, withdrawals, moment)
        assert holding == ([] if expected is None else [expected])


def test_a_version_that_expires_does_not_revive_the_one_it_replaced() -> None:
    old = KnownVersion(UUID(int=1), 1, 1)
    new = KnownVersion(UUID(int=2), 2, 2, DAYS[2], DAYS[4])
    assert effective_ranges([old, new], []) == {
        old.version_id: EffectiveRange(None, DAYS[2]),
        new.version_id: EffectiveRange(DAYS[2], DAYS[4]),
    }


def test_a_version_handed_in_after_a_withdrawal_is_not_ended_by_it() -> None:
    old, new = KnownVersion(UUID(int=1), 1, 1), KnownVersion(UUID(int=2), 2, 9)
    assert effective_ranges([old, new], [Withdrawal(5)]) == {
        new.version_id: EffectiveRange(None, None)
    }
