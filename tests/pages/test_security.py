"""Browsers run only our own files on our pages, and keep no page of evidence on the disk."""

import pytest
from django.test import Client

from provenance.accounts.models import Role
from tests.pages.test_reviewing import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/", "/outputs/", "/guest/"])
def test_every_page_says_what_may_run_on_it_and_that_it_is_not_kept(address: str) -> None:
    for client in (Client(), signed_in("alice", Role.REVIEWER)):
        answered = client.get(address, follow=True)
        assert "script-src 'self'" in answered["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answered["Content-Security-Policy"]
        assert answered["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "no-store" in answered["Cache-Control"]
