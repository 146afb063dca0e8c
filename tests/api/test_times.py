"""Times of every year come out as they must go in: RFC 3339, in UTC, with microseconds."""

import pytest

from provenance.api.fields import parse_instant
from tests.api.callers import Caller, json_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
        ("2026-01-31T09:00:00.5+01:00", "2026-01-31T08:00:00.500000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_an_effective_date_of_any_year_is_answered_in_full(
    alice: Caller, given: str, answered: str
) -> None:
    body = {"content": "Sick leave lasts six weeks.", "media_type": "text/plain"}
    handed_in = alice.post("/documents", {**body, "effective_from": given})
    version_id = json_of(handed_in)["version_id"]
    told = json_of(alice.get(f"/versions/{version_id}"))["effective_from"]
    assert told == answered
    assert parse_instant(told) == parse_instant(given)
