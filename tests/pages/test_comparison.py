"""Two versions are compared on a page that tells whether a passage still stands."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ingestion.commands import Submitted, submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role
from provenance.history.comparing.comparison import compare
from provenance.pages.comparison.rows import CHARACTERS, Row, shown
from tests.pages.test_reviewing import HOSTILE, signed_in

pytestmark = pytest.mark.django_db
CLAUSES = "\n".join(f"{number}. Clause {number} stays as it is." for number in range(40))


def hand_in(days: int, *, name: str = "theft", title: str = "Theft policy") -> Submitted:
    return submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=f"# Theft {HOSTILE}\n\nReport it within {days} days {HOSTILE}.\n{CLAUSES}".encode(),
        title=f"{title} {days}",
        external_id=name,
        collection="policies",
        media_type="text/markdown",
        metadata={HOSTILE: f"{days} {HOSTILE}"},
    )


@pytest.fixture
def versions(run_work: Callable[[], None]) -> tuple[str, str]:
    found = str(hand_in(14).version_id), str(hand_in(7).version_id)
    run_work()
    return found


@pytest.mark.parametrize("view", ["side", "inline"])
def test_both_views_show_what_changed_and_hostile_text_as_text(
    versions: tuple[str, str], view: str
) -> None:
    alice = signed_in("alice", Role.AUDITOR)
    address = f"/versions/compare?a={versions[0]}&b={versions[1]}&view={view}"
    page = alice.get(address).content.decode()
    assert "14<span" in page
    assert "7<span" in page
    assert "[taken out: " in page
    assert "Theft policy 14" in page
    assert "unchanged lines: show" in page
    assert HOSTILE not in page


def test_the_passage_that_was_used_is_said_to_have_changed(versions: tuple[str, str]) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    begin = len(f"# Theft {HOSTILE}\n\n")
    address = f"/versions/compare?a={versions[0]}&start={begin}&end={begin + 24}"
    page = alice.get(address).content.decode()
    assert "The passage was changed." in page
    assert 'id="passage"' in page


def test_without_a_second_version_it_is_the_current_one(versions: tuple[str, str]) -> None:
    page = signed_in("alice", Role.REVIEWER).get(f"/versions/compare?a={versions[0]}")
    assert str(page.context["after"].version.version_id) == versions[1]


def test_the_pages_of_document_and_version_lead_to_it(versions: tuple[str, str]) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    page = alice.get(f"/versions/{versions[0]}/").content.decode()
    assert f"/versions/compare?a={versions[0]}&amp;b={versions[1]}" in page
    document_id = alice.get(f"/versions/{versions[0]}/").context["version"].document_id
    assert "Compare version" in alice.get(f"/documents/{document_id}/").content.decode()


@pytest.mark.parametrize("query", ["", "?a=x", "?a=&b=", "?b=00000000-0000-0000-0000-000000000000"])
def test_an_address_that_names_no_version_is_not_found(query: str) -> None:
    assert signed_in("alice", Role.REVIEWER).get(f"/versions/compare{query}").status_code == 404


def test_a_person_kept_out_of_a_collection_compares_nothing_of_it(
    versions: tuple[str, str],
) -> None:
    bob = signed_in("bob", Role.REVIEWER, collections=["claims"])
    for one, other in (versions, versions[::-1]):
        assert bob.get(f"/versions/compare?a={one}&b={other}").status_code == 404


def test_a_version_without_text_is_compared_by_its_facts(run_work: Callable[[], None]) -> None:
    first = hand_in(14)
    blank = submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=b" ",
        title="Scan",
        external_id="theft",
        collection="policies",
        media_type="text/markdown",
    )
    run_work()
    address = f"/versions/compare?a={first.version_id}&b={blank.version_id}"
    page = signed_in("alice", Role.REVIEWER).get(address).content.decode()
    assert "has no text: its processing failed" in page
    assert "Scan" in page


def test_more_versions_take_no_more_queries(
    versions: tuple[str, str], run_work: Callable[[], None]
) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            alice.get(f"/versions/compare?a={versions[0]}&b={versions[1]}")
        counts.append(len(queries))
        for days in range(20, 24):
            hand_in(days)
        run_work()
    assert counts[0] == counts[1] <= 12


def test_a_comparison_of_long_texts_goes_on_on_further_pages() -> None:
    lines = [f"line {number} with words of its own" for number in range(10_000)]
    before = "\n".join(lines)
    after = "\n".join(line.replace("words", "a few") if "1" in line else line for line in lines)
    found = compare(before, after).stretches
    rows: list[Row] = []
    first, pages = 0, 0
    while pages == 0 or first:
        page = shown(found, passage=None, first=first)
        assert sum(block.length for block in page.blocks if not block.folded) < CHARACTERS * 2
        rows += [row for block in page.blocks for row in block.rows]
        first, pages = page.next, pages + 1
    assert pages > 1
    assert "".join(piece.before for row in rows for piece in row.before) == before
    assert "".join(piece.after for row in rows for piece in row.after) == after
