"""Keys: who is let in, and what a refused one is told."""

import pytest
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import revoke_api_key
from provenance.accounts.models import ApiKey
from tests.api.callers import Caller, json_of, new_caller

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer rl_wrong", "Basic YTpi", "rl_alone", "Bearer rl_\u00e9"]
)
def test_without_a_valid_key_the_answer_is_401_and_says_how_to_ask(header: str) -> None:
    caller = Caller("")
    answer = caller.client.get("/api/v1/events", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert json_of(answer)["status"] == 401


def test_a_revoked_key_is_let_in_no_more(alice: Caller) -> None:
    assert alice.get("/events").status_code == 200
    revoke_api_key(principal=SYSTEM_PRINCIPAL, key=ApiKey.objects.get())
    assert alice.get("/events").status_code == 401


def test_a_key_without_the_scope_is_refused() -> None:
    recorder = new_caller("claims-assistant", scopes=("record",))
    answer = recorder.get("/events")
    assert answer.status_code == 403
    assert "read" in json_of(answer)["detail"]


def test_what_is_not_offered_is_a_problem_too(alice: Caller) -> None:
    assert json_of(alice.get("/nothing/of/the/kind"))["status"] == 404
    answer = alice.post("/events", {})
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert json_of(answer)["status"] == 405


def test_whatever_is_sent_to_an_unknown_address_gets_a_problem_answer() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/api/v1/versions/null/retry", b"{}", content_type="application/json")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
