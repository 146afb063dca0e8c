"""What was searchable at a moment, and what changed between two, by both clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ingestion.commands import withdraw_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.integrity.sequencer import sequence_everything
from tests.api.callers import Caller, json_of, new_caller, pointers
from tests.recording.stories import WAITING, hand_in

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def reader() -> Caller:
    return new_caller("reader")


def numbers(answer: Any) -> dict[str, int]:
    """The version number of each document, by its title."""
    return {row["title"]: row["version_number"] for row in json_of(answer)["data"]}


def test_it_lists_what_stood_at_a_position_and_at_the_time_it_was_given(
    reader: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    first = store.head_position()
    between = datetime.now(UTC)
    hand_in(WAITING.format(months=6), "dental")
    run_work()

    now, then = reader.get("/knowledge"), reader.get("/knowledge", at=first)

    assert numbers(now) == {"Dental policy": 2, "Storm policy": 1}
    assert numbers(then) == {"Dental policy": 1, "Storm policy": 1}
    assert json_of(then)["position"] == first
    by_time = json_of(reader.get("/knowledge", at=between.isoformat()))
    assert (by_time["position"], by_time["data"]) == (first, json_of(then)["data"])
    assert json_of(then)["data"][0]["version_id"] == str(documents["dental"].version_id)


def test_the_clocks_are_two(reader: Caller, documents: dict[str, Any], run_work: Work) -> None:  # noqa: ARG001
    today = datetime.now(UTC)
    soon = today + timedelta(days=30)
    hand_in(WAITING.format(months=6), "dental", effective_from=soon)
    run_work()

    assert numbers(reader.get("/knowledge"))["Dental policy"] == 1
    later = reader.get("/knowledge", effective_at=(soon + timedelta(days=1)).date().isoformat())
    assert numbers(later)["Dental policy"] == 2


@pytest.mark.usefixtures("documents")
def test_before_the_first_document_nothing_was_searchable(reader: Caller) -> None:
    assert json_of(reader.get("/knowledge", at=0))["data"] == []
    before = json_of(reader.get("/knowledge", at=LONG_AGO.isoformat()))
    assert (before["position"], before["data"]) == (-1, [])


@pytest.mark.usefixtures("documents")
def test_a_position_beyond_the_end_of_the_log_is_refused(reader: Caller) -> None:
    beyond = store.head_position() + 1
    assert pointers(reader.get("/knowledge", at=beyond)) == ["#/at"]
    assert pointers(reader.get("/knowledge/diff", **{"from": 0, "to": beyond})) == ["#/to"]
    assert pointers(reader.get("/knowledge/diff")) == ["#/from"]
    assert pointers(reader.get("/knowledge", at="2026-01-01T00:00:00")) == ["#/at"]


@pytest.mark.usefixtures("documents")
def test_a_position_that_the_index_has_not_reached_is_asked_for_too_soon(
    reader: Caller, run_work: Work
) -> None:
    run_work()
    hand_in("New words.", "new")
    sequence_everything()
    answer = reader.get("/knowledge", at=store.head_position())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_two_moments_differ_by_what_was_added_removed_and_replaced(
    reader: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    start = store.head_position()
    hand_in(WAITING.format(months=6), "dental")
    hand_in("# Hail\n\nHail is storm damage.\n", "hail")
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=documents["storm"].document_id, reason="over"
    )
    run_work()

    diff = json_of(reader.get("/knowledge/diff", **{"from": start}))

    assert [row["title"] for row in diff["added"]] == ["Hail"]
    assert [row["title"] for row in diff["removed"]] == ["Storm policy"]
    (replaced,) = diff["replaced"]
    assert (replaced["previous_version_number"], replaced["version_number"]) == (1, 2)
    assert replaced["previous_version_id"] == str(documents["dental"].version_id)
    assert diff["from"]["position"] == start
    back = json_of(reader.get("/knowledge/diff", **{"from": diff["to"]["position"], "to": start}))
    assert [row["title"] for row in back["removed"]] == ["Hail"]
    whole = json_of(reader.get("/knowledge/diff", **{"from": LONG_AGO.isoformat()}))
    assert sorted(row["title"] for row in whole["added"]) == ["Dental policy", "Hail"]


def test_pages_of_a_long_list_keep_the_moment_of_the_first(
    reader: Caller, run_work: Work, documents: dict[str, Any]
) -> None:
    for number in range(5):
        hand_in(f"# Part {number}\n\nWords of part {number}.\n", f"part-{number}")
    run_work()
    first = json_of(reader.get("/knowledge", limit=3))
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=documents["storm"].document_id, reason="over"
    )
    run_work()
    titles, page = [row["title"] for row in first["data"]], first
    while page["next_cursor"]:
        page = json_of(reader.get("/knowledge", limit=3, cursor=page["next_cursor"]))
        assert page["position"] == first["position"]
        titles += [row["title"] for row in page["data"]]
    assert titles == ["Dental policy", *(f"Part {number}" for number in range(5)), "Storm policy"]
    assert pointers(reader.get("/knowledge", at=3, cursor=first["next_cursor"])) == ["#/cursor"]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        diff = json_of(reader.get("/knowledge/diff", limit=2, **{"from": 0}, **cursor))
        seen += [row["title"] for row in diff["added"]]
        if diff["next_cursor"] is None:
            break
        cursor = {"cursor": diff["next_cursor"]}
    assert len(seen) == len(set(seen)) == 6


def test_collections_kept_from_a_key_are_not_known_to_it(run_work: Work) -> None:
    hand_in("# Secret\n\nSecret words.\n", "secret", collection="board")
    hand_in("# Public\n\nPublic words.\n", "public", collection="site")
    run_work()
    kept_out = new_caller("portal", collections=("site",))

    assert numbers(kept_out.get("/knowledge")) == {"Public": 1}
    diff = json_of(kept_out.get("/knowledge/diff", **{"from": 0}))
    assert [row["title"] for row in diff["added"]] == ["Public"]
    assert kept_out.get("/knowledge", collection="board").status_code == 404
    assert numbers(new_caller("all").get("/knowledge", collection="board")) == {"Secret": 1}


def test_a_document_is_told_as_it_was_described_then(reader: Caller, run_work: Work) -> None:
    submitted = hand_in("Same words.", "named", title="Old name")
    run_work()
    then = store.head_position()
    hand_in("Same words.", "named", title="New name")
    run_work()

    assert list(numbers(reader.get("/knowledge", at=then))) == ["Old name"]
    assert list(numbers(reader.get("/knowledge"))) == ["New name"]
    (row,) = json_of(reader.get("/knowledge"))["data"]
    assert UUID(row["version_id"]) == submitted.version_id
