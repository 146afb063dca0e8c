"""How complete a day is, when that is an alarm, and what is foreign among passages: pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.coverage.completeness import ENOUGH, Day, Limits, alarms
from provenance.coverage.foreign_text import TOLERATED, longest_foreign

TODAY = date(2026, 11, 30)
COUNTS = st.integers(0, 10_000)


def day(ago: int, *, unanswered: int, of: int = 100, application: str = "alice") -> Day:
    return Day(
        TODAY - timedelta(days=ago), application, retrievals=of, unanswered=unanswered, outputs=0
    )


@given(retrievals=COUNTS, outputs=COUNTS, missing=COUNTS, data=st.data())
def test_a_day_is_whole_only_if_nothing_is_wanting(
    retrievals: int, outputs: int, missing: int, data: st.DataObject
) -> None:
    unanswered = data.draw(st.integers(0, retrievals))
    baseless = data.draw(st.integers(0, outputs))
    found = Day(
        TODAY,
        "a",
        retrievals=retrievals,
        unanswered=unanswered,
        outputs=outputs,
        baseless=baseless,
        missing=missing,
    )
    if found.ratio is None:
        assert found.expected == 0
    else:
        assert 0 <= found.ratio <= 1
        assert (found.per_cent == 100) is (found.wanting == 0)


@pytest.mark.parametrize(
    ("days", "alarmed"),
    [
        ([day(0, unanswered=0)], False),
        ([day(0, unanswered=11)], True),
        ([day(1, unanswered=11)], True),
        ([day(2, unanswered=90)], False),
        ([day(0, unanswered=9), day(1, unanswered=9)], False),
        ([day(0, unanswered=10, of=101), day(1, unanswered=0)], False),
        ([day(0, unanswered=10, of=ENOUGH - 1)], False),
        ([day(0, unanswered=5, of=ENOUGH - 1), day(1, unanswered=50)], True),
        ([day(0, unanswered=90, application="")], False),
        ([], False),
    ],
)
def test_an_application_alarms_when_its_newest_day_is_less_complete_than_it_should_be(
    days: list[Day], alarmed: bool
) -> None:
    name = days[0].application if days else "alice"
    assert bool(alarms({name: days}, TODAY)) is alarmed


def test_what_is_an_alarm_is_for_the_installation_to_say() -> None:
    days = {"alice": [day(0, unanswered=11)]}
    assert alarms(days, TODAY)
    assert not alarms(days, TODAY, Limits(least=0.8))
    fallen = {"alice": [day(0, unanswered=5), day(1, unanswered=0)]}
    assert not alarms(fallen, TODAY)
    assert alarms(fallen, TODAY, Limits(drop=0.01))


@pytest.mark.parametrize(
    ("spans", "longest"),
    [
        ([], 0),
        ([(0, None, 5_000, 5_100)], 0),
        ([(0, None, 0, 100), (0, None, 100 + TOLERATED, 500)], 0),
        ([(0, None, 0, 100), (0, None, 101 + TOLERATED, 500)], TOLERATED + 1),
        ([(0, None, 0, 900), (0, None, 100, 200), (0, None, 901, 950)], 0),
        ([(0, None, 0, 100), (1, None, 900, 950)], 0),
        ([(0, 0, 0, 100), (0, 1, 900, 950)], 0),
    ],
)
def test_foreign_text_is_what_stands_between_two_passages_of_one_text(
    spans: list[tuple[int, int | None, int, int]], longest: int
) -> None:
    assert longest_foreign(spans) == longest
