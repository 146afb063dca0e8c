"""Idempotency-Key: one answer for one request, however often and however fast it is sent."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import ensure_collection
from provenance.api.idempotency import idempotent
from provenance.api.models import KeptAnswer
from provenance.api.operation import Operation, by_method
from tests.api.callers import Caller, events_recorded, json_of, new_caller


class Gate:
    """Holds requests inside the operation while a test looks from outside."""

    entered = threading.Event()
    opened = threading.Event()


class NameCollection(Operation):
    """Records one event and answers something that is never the same twice."""

    scope = "record"
    answered: ClassVar[list[int]] = []

    @idempotent
    def post(self, request: Request) -> Response:
        name = request.data["name"]
        ensure_collection(name=name, principal=SYSTEM_PRINCIPAL)
        if request.data.get("wait"):
            Gate.entered.set()
            assert Gate.opened.wait(10)
        if request.data.get("crash"):
            raise MemoryError
        self.answered.append(1)
        return Response({"name": name, "number": len(self.answered)}, status=201)


urlpatterns = [path("api/v1/collections", by_method(post=NameCollection))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def gate() -> Iterator[None]:
    Gate.entered.clear()
    Gate.opened.clear()
    yield
    Gate.opened.set()


def name_collection(caller: Caller, body: Any, key: str = '"key-1"') -> Any:
    return caller.post("/collections", body, Idempotency_Key=key)


def test_the_same_request_answers_its_first_answer_again(alice: Caller) -> None:
    first = name_collection(alice, {"name": "a"})
    recorded = events_recorded()
    again = name_collection(alice, {"name": "a"})
    assert (again.status_code, json_of(again)) == (first.status_code, json_of(first))
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert events_recorded() == recorded


def test_a_key_may_be_sent_bare_or_quoted_and_white_space_changes_no_body(alice: Caller) -> None:
    first = name_collection(alice, b'{"name": "a", "x": 1}', "key-1")
    again = name_collection(alice, b'{"x":1,"name":"a"}', '"key-1"')
    assert json_of(again) == json_of(first)


def test_another_body_under_the_same_key_is_refused(alice: Caller) -> None:
    name_collection(alice, {"name": "a"})
    recorded = events_recorded()
    answer = name_collection(alice, {"name": "b"})
    assert answer.status_code == 422
    assert json_of(answer)["type"].endswith("idempotency-key-reused")
    assert events_recorded() == recorded


def test_the_same_key_of_another_caller_is_another_request(alice: Caller, bob: Caller) -> None:
    assert json_of(name_collection(alice, {"name": "a"})) != json_of(
        name_collection(bob, {"name": "a"})
    )


def test_a_crash_leaves_neither_event_nor_answer(alice: Caller) -> None:
    recorded = events_recorded()
    with pytest.raises(MemoryError):
        name_collection(alice, {"name": "a", "crash": True})
    assert events_recorded() == recorded
    assert not KeptAnswer.objects.exists()


def test_after_a_day_the_key_is_free_again(alice: Caller) -> None:
    name_collection(alice, {"name": "a"})
    KeptAnswer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = name_collection(alice, {"name": "b"})
    assert answer.status_code == 201
    assert json_of(answer)["name"] == "b"


def test_answers_that_expired_are_cleared_as_others_are_kept(alice: Caller) -> None:
    name_collection(alice, {"name": "a"}, "old")
    KeptAnswer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    name_collection(alice, {"name": "b"}, "new")
    assert KeptAnswer.objects.count() == 1


def test_a_kept_answer_cannot_be_read_without_the_key(alice: Caller) -> None:
    name_collection(alice, {"name": "a very telling name"})
    kept = KeptAnswer.objects.get()
    assert b"telling" not in bytes(kept.answer) + bytes(kept.slot) + bytes(kept.fingerprint)


@pytest.mark.parametrize("key", ["", '""', "a b", "a\u00e9", "x" * 256, '"unclosed'])
def test_a_malformed_key_is_refused(alice: Caller, key: str) -> None:
    assert name_collection(alice, {"name": "a"}, key).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_still_running_answers_409() -> None:
    caller = new_caller("claims-assistant")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_its_own_connection, caller, {"name": "a", "wait": True})
        assert Gate.entered.wait(10)
        answer = name_collection(caller, {"name": "a", "wait": True})
        Gate.opened.set()
        assert running.result() == 201
    assert answer.status_code == 409
    assert answer["Retry-After"]


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_records_and_the_rest_wait_or_repeat() -> None:
    caller = new_caller("claims-assistant")
    recorded = events_recorded()
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(in_its_own_connection, caller, {"name": "a"}) for _ in range(24)]
        statuses = {future.result() for future in futures}
    assert 201 in statuses
    assert statuses <= {201, 409}
    assert events_recorded() == recorded + 1
    assert KeptAnswer.objects.count() == 1


def in_its_own_connection(caller: Caller, body: Any) -> int:
    try:
        status: int = name_collection(Caller(caller.key), body).status_code
    finally:
        connection.close()
    return status
