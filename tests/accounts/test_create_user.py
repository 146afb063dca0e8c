"""`manage.py create_user` gives a person an account without a browser."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from provenance.accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_last_line_is_the_password() -> None:
    out = StringIO()
    call_command(
        "create_user",
        "alice",
        role="reviewer",
        collections="hr,legal",
        stdout=out,
        stderr=StringIO(),
    )
    password = out.getvalue().splitlines()[-1]
    assert authenticate(username="alice", password=password) is not None
    alice = User.objects.get(username="alice")
    assert (alice.role, alice.collections) == ("reviewer", ["hr", "legal"])


def test_a_taken_name_is_refused_in_one_line() -> None:
    call_command("create_user", "bob", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError, match="bob"):
        call_command("create_user", "bob", stdout=StringIO(), stderr=StringIO())
