"""A log that was found broken is said on every page, to those who may read pages."""

import pytest
from django.test import Client

from provenance.accounts.models import Role
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.outcomes import record
from tests.pages.test_reviewing import signed_in

pytestmark = pytest.mark.django_db
WORDS = "not to be trusted"


def verified(*, problem: str = "") -> None:
    report = Report(size=20)
    if problem:
        report.add("leaves", problem, 7)
    record(report, scope="whole", milliseconds=1)


@pytest.mark.parametrize("path", ["/", "/outputs/", "/documents/", "/log/", "/accounts/people/"])
def test_every_page_says_that_the_log_was_found_broken(path: str) -> None:
    client = signed_in("alice", Role.ADMINISTRATOR)
    verified()
    assert WORDS not in client.get(path).content.decode()
    verified(problem="<b>changed</b>")
    page = client.get(path).content.decode()
    assert WORDS in page
    assert "position 7: &lt;b&gt;changed&lt;/b&gt;" in page


def test_nobody_learns_of_it_who_has_not_signed_in() -> None:
    verified(problem="changed")
    assert WORDS not in Client().get("/accounts/login/").content.decode()
