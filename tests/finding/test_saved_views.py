"""Each person saves filters of a list under a name, for themselves alone."""

from uuid import uuid4

import pytest
from django.test import Client

from provenance.accounts.models import Role
from provenance.finding.models import SavedView
from provenance.finding.saved_views import LONGEST_NAME, MOST
from tests.pages.test_reviewing import HOSTILE, signed_in

pytestmark = pytest.mark.django_db


def save(client: Client, name: str, query: str, listed: str = "outputs") -> str:
    answer = client.post(
        "/search/views/", {"listed": listed, "name": name, "query": query}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_saved_view_stands_on_its_list_and_leads_to_its_filters() -> None:
    alice = signed_in("alice", Role.AUDITOR)
    page = save(alice, f"Mine {HOSTILE}", "model=m-1&q=waiting+period&after=7&model=")
    assert "The view is saved." in page
    assert 'href="/outputs/?q=waiting+period"' in page
    assert HOSTILE not in page
    assert 'aria-label="Saved views"' not in alice.get("/retrievals/").content.decode()


@pytest.mark.parametrize("listed", ["outputs", "retrievals", "documents", "search"])
def test_every_list_keeps_views(listed: str) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    assert f'href="/{listed}/?q=x"' in save(alice, "X", "q=x", listed)


def test_the_same_name_again_stands_for_the_new_filters() -> None:
    alice = signed_in("alice", Role.REVIEWER)
    save(alice, "Mine", "q=one")
    save(alice, "Mine", "q=two")
    assert [view.query for view in SavedView.objects.all()] == ["q=two"]


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1), "\0"])
def test_a_view_without_a_fitting_name_is_refused(name: str) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    assert "A view needs a name" in save(alice, name, "q=one")
    assert not SavedView.objects.exists()


def test_views_are_bounded() -> None:
    alice = signed_in("alice", Role.REVIEWER)
    for number in range(MOST + 1):
        page = save(alice, str(number), "q=one")
    assert "remove one first" in page
    assert SavedView.objects.count() == MOST
    assert "longer than" in save(alice, "0", "q=" + "x" * 5_000)


def test_nobody_sees_or_removes_the_view_of_another() -> None:
    alice, bob = signed_in("alice", Role.REVIEWER), signed_in("bob", Role.ADMINISTRATOR)
    save(alice, "Alice's own", "q=one")
    view = SavedView.objects.get()
    assert "own" not in bob.get("/outputs/").content.decode().partition("<main")[2]
    removal = f"/search/views/{view.view_id}/removal/"
    assert bob.post(removal).status_code == 404
    assert alice.get(removal).status_code == 405
    assert "The view is removed." in alice.post(removal, follow=True).content.decode()
    assert not SavedView.objects.exists()


def test_a_list_that_does_not_exist_keeps_no_view() -> None:
    alice = signed_in("alice", Role.REVIEWER)
    assert alice.post("/search/views/", {"listed": "x", "name": "x"}).status_code == 404
    assert alice.post(f"/search/views/{uuid4()}/removal/").status_code == 404
    assert Client().post("/search/views/").status_code == 302
