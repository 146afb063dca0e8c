"""A version is put in quarantine and released over HTTP, and on its page."""

from collections.abc import Callable

import pytest
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_user
from provenance.accounts.models import Role
from tests.api.callers import Caller, json_of, new_caller, pointers

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


def page_of(name: str, role: Role) -> Client:
    user = create_user(
        principal=SYSTEM_PRINCIPAL,
        username=name,
        password="a long enough pass phrase",  # noqa: S106
        role=role,
    )
    client = Client()
    client.force_login(user)
    return client


def test_whoever_hands_in_may_put_in_quarantine(alice: Caller, bob: Caller, run_work: Step) -> None:
    body = {"external_id": "d", "media_type": "text/plain", "content": "Eight."}
    version = json_of(alice.post("/documents", body))["version_id"]
    run_work()
    address = f"/versions/{version}"
    assert pointers(alice.post(f"{address}/quarantine", {"reason": " "})) == ["#/reason"]
    assert bob.post(f"{address}/quarantine", {"reason": "No."}).status_code == 404
    reader = new_caller("reader", scopes=("read",))
    assert reader.post(f"{address}/quarantine", {"reason": "No."}).status_code == 403
    assert alice.post(f"{address}/release", {"reason": "No."}).status_code == 409
    answer = alice.post(f"{address}/quarantine", {"reason": "Wrong."})
    assert (answer.status_code, json_of(answer)["status"]) == (202, "quarantined")
    run_work()
    assert json_of(alice.get(address))["status"] == "quarantined"
    assert json_of(alice.get("/documents", status="quarantined"))["data"]

    carol, eve = page_of("carol", Role.REVIEWER), page_of("eve", Role.AUDITOR)
    shown = carol.get(f"{address}/").content.decode()
    assert "In quarantine" in shown
    assert "Release it" in shown
    assert "claims-assistant</bdi> put it in quarantine" in shown
    assert "Wrong." in shown
    assert b"Release it" not in eve.get(f"{address}/").content
    assert eve.post(f"{address}/release/", {"reason": "Right."}).status_code == 403
    assert "Say why" in carol.post(f"{address}/release/", {}, follow=True).content.decode()
    released = carol.post(f"{address}/release/", {"reason": "Right."}, follow=True)
    assert "The version is released." in released.content.decode()
    run_work()
    assert json_of(alice.get(address))["status"] == "indexed"
    again = carol.post(f"{address}/quarantine/", {"reason": "Wrong."}, follow=True)
    assert "no search finds it" in again.content.decode()
