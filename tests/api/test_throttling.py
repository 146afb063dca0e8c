"""A key that asks too fast is told how long to wait; other keys are not held up."""

from typing import Any

import pytest

from tests.api.callers import Caller, json_of

pytestmark = pytest.mark.django_db


def test_a_key_that_asks_too_fast_is_told_to_wait(
    alice: Caller, bob: Caller, settings: Any
) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 3
    statuses = [alice.get("/events").status_code for _ in range(8)]
    assert statuses.count(429) >= 2  # the minute may turn in between
    settings.RATE_LIMIT_PER_MINUTE = 1
    alice.get("/events")
    refused = alice.get("/events")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert json_of(refused)["title"] == "Too fast"
    assert bob.get("/events").status_code == 200


def test_without_redis_nobody_is_held_up(alice: Caller, settings: Any) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 1
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [alice.get("/events").status_code for _ in range(3)] == [200] * 3
