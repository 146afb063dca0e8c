"""Whatever is typed into the one search is read as everything that it may mean, and never fails."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.finding.question import LONGEST, Question, read

ID = "01a22e79-9b08-7032-9d42-26d7d34d63ae"
HASH = "e29b10537ce8897b354a1eb6b4fa93c7029751972292c20bfd078c3eddea32e0"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("waiting  period ", Question("waiting period")),
        (f" {ID}", Question(ID, id=UUID(ID))),
        (HASH.upper(), Question(HASH.upper(), sha256=HASH)),
        (f"sha256:{HASH}", Question(f"sha256:{HASH}", sha256=HASH)),
        ("1200", Question("1200", position=1200)),
        ("#1,200", Question("#1,200", position=1200)),
        ("position 7", Question("position 7", position=7)),
        ("2026-03-14", Question("2026-03-14", day=datetime(2026, 3, 14, tzinfo=UTC))),
        ("14 March 2026", Question("14 March 2026", day=datetime(2026, 3, 14, tzinfo=UTC))),
        ("9" * 30, Question("9" * 30)),
        ("9999-12-31", Question("9999-12-31")),
    ],
)
def test_what_was_typed_means(typed: str, meant: Question) -> None:
    assert read(typed) == meant


@given(st.text(max_size=700))
def test_nothing_that_is_typed_is_refused(typed: str) -> None:
    found = read(typed)
    assert len(found.text) <= LONGEST
    assert "\0" not in found.text
    assert found.position is None or 0 <= found.position < 10**18
