"""A list is taken away whole, harmless to spreadsheets, and the log says who took what."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role, User
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from provenance.eventstore.store import head_position, read_positions
from provenance.finding import exporting
from provenance.finding.file_formats import FORMULA, MARK, csv_lines
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt
from tests.pages.test_reviewing import signed_in

FORMULA_TEXT = '=HYPERLINK("http://example.test","open")'
database = pytest.mark.django_db


def lines(answer: Any) -> bytes:
    assert answer.status_code == 200, answer
    assert isinstance(answer, StreamingHttpResponse)
    streamed: Any = answer.streaming_content
    return b"".join(streamed)


def as_table(content: bytes) -> list[dict[str, str]]:
    text = content.decode()
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


def take(client: Client, address: str, file_format: str = "csv") -> bytes:
    return lines(client.post(address, {"format": file_format}))


@pytest.fixture
def recorded(run_work: Callable[[], None]) -> None:
    submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=b"# Travel\n\nThe waiting period is 14 days.\n",
        title=FORMULA_TEXT,
        external_id="TR-700",
        collection="policies",
        media_type="text/markdown",
    )
    run_work()
    for number in range(5):
        answer = retrieve(principal=SYSTEM_PRINCIPAL, query=f"waiting period {number}")
        prompt = report_prompt(
            principal=SYSTEM_PRINCIPAL, retrieval_ids=[answer["retrieval_id"]], text=FORMULA_TEXT
        )
        report_output(
            principal=SYSTEM_PRINCIPAL,
            prompt_id=prompt.prompt_id,
            text=FORMULA_TEXT,
            model=f"model-{number % 2}",
            context={"subject_refs": ["=CL-1", "b"]},
        )
    run_work()


def exports(run_projector: Callable[[], None]) -> list[Recorded[Any]]:
    run_projector()
    return read_positions(after=-1, until=head_position(), types=["ListExported"])


@database
@pytest.mark.usefixtures("recorded")
def test_every_row_that_meets_the_filters_is_in_the_file_however_small_the_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    alice = signed_in("alice", Role.AUDITOR)
    assert len(as_table(take(alice, "/outputs/file/"))) == 5
    some = as_table(take(alice, "/outputs/file/?model=model-0&after=3&unsupported="))
    assert {row["model"] for row in some} == {"model-0"}
    assert len(some) == 3
    positions = [int(row["position"]) for row in some]
    assert positions == sorted(positions, reverse=True)
    assert len(as_table(take(alice, "/retrievals/file/"))) == 5
    assert len(as_table(take(alice, "/documents/file/?q=nothing+of+the+kind"))) == 0


@database
@pytest.mark.usefixtures("recorded")
def test_text_that_would_be_a_formula_is_not_one_and_json_lines_hold_it_as_it_is() -> None:
    alice = signed_in("alice", Role.AUDITOR)
    row = as_table(take(alice, "/outputs/file/"))[0]
    assert (row["text"], row["subject_refs"]) == (f"'{FORMULA_TEXT}", "'=CL-1, b")
    assert as_table(take(alice, "/documents/file/"))[0]["title"] == f"'{FORMULA_TEXT}"
    told = [json.loads(line) for line in take(alice, "/outputs/file/", "jsonl").splitlines()]
    assert (told[0]["text"], told[0]["subject_refs"]) == (FORMULA_TEXT, ["=CL-1", "b"])


@database
@pytest.mark.usefixtures("recorded")
def test_the_log_says_who_took_which_list_before_a_row_leaves(
    run_projector: Callable[[], None],
) -> None:
    alice = signed_in("alice", Role.AUDITOR)
    answer = alice.post("/outputs/file/?model=model-1&q=waiting&after=9", {"format": "jsonl"})
    (event,) = exports(run_projector)
    assert (event.data.listed, event.data.format, event.data.rows) == ("outputs", "jsonl", 2)
    assert reveal_json(event, "filters") == {"model": "model-1", "q": "waiting"}
    assert event.actor.id == str(User.objects.get(username="alice").id)
    assert len(lines(answer).splitlines()) == event.data.rows


@database
@pytest.mark.usefixtures("recorded")
def test_a_person_kept_out_of_the_collection_takes_nothing_of_it() -> None:
    bob = signed_in("bob", Role.REVIEWER, collections=["claims"])
    for listed in ("outputs", "retrievals", "documents"):
        assert as_table(take(bob, f"/{listed}/file/")) == []


@database
def test_only_a_person_who_asks_for_it_takes_a_list(run_projector: Callable[[], None]) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    for listed in ("outputs", "retrievals", "documents"):
        assert alice.get(f"/{listed}/file/").status_code == 405
        assert Client().post(f"/{listed}/file/").status_code == 302
        assert Client(enforce_csrf_checks=True).post(f"/{listed}/file/").status_code == 403
    assert exports(run_projector) == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_no_cell_of_a_csv_file_begins_as_a_formula(cells: list[str]) -> None:
    names = [str(number) for number in range(len(cells))]
    text = b"".join(csv_lines(names, [cells])).decode()
    row = list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))[1]
    assert len(row) == len(cells)
    for written, meant in zip(row, cells, strict=True):
        assert not written.startswith(FORMULA)
        assert written in {meant, f"'{meant}"}
