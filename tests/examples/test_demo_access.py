"""Demo people and keys: made once, kept privately, and mended after an interrupted run."""

import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from provenance.accounts.access import principal_of_key
from provenance.accounts.models import ApiKey, User
from provenance.embedded.sample.access import ensure_demo_access

pytestmark = pytest.mark.django_db


def test_the_demo_people_can_sign_in(tmp_path: Path) -> None:
    access = ensure_demo_access(tmp_path)
    assert {user.username: user.role for user in User.objects.all()} == {
        "admin": "administrator",
        "reviewer": "reviewer",
        "auditor": "auditor",
    }
    assert authenticate(username="admin", password=access.passwords["admin"]) is not None


def test_the_portal_may_not_see_claims_handling(tmp_path: Path) -> None:
    access = ensure_demo_access(tmp_path)
    portal = principal_of_key(access.api_keys["customer-portal"])
    assert portal is not None
    assert portal.may_see("policies")
    assert not portal.may_see("claims-handling")


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    first = ensure_demo_access(tmp_path)
    second = ensure_demo_access(tmp_path)
    assert (first.passwords, first.api_keys) == (second.passwords, second.api_keys)
    assert ApiKey.objects.count() == 3


def test_a_key_that_was_made_but_not_written_down_is_revoked_and_replaced(tmp_path: Path) -> None:
    access = ensure_demo_access(tmp_path)
    lost = access.api_keys.pop("demo")
    access.write()
    again = ensure_demo_access(tmp_path)
    assert principal_of_key(lost) is None
    assert principal_of_key(again.api_keys["demo"]) is not None


def test_only_the_owner_reads_the_secrets(tmp_path: Path) -> None:
    ensure_demo_access(tmp_path).write_announcement("http://127.0.0.1:8000")
    for name in ("demo.json", "demo.txt"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
