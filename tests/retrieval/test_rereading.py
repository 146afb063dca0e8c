"""Documents read anew by the parsers of today, for a generation; old traces keep their words."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from reportlab.pdfgen.canvas import Canvas

from ingestion import parsers
from ingestion.commands import submit_document
from ingestion.embeddings.vectors import stored_vectors
from ingestion.events import DocumentReread
from ingestion.extraction import sandbox
from ingestion.extraction.extracted import ExtractionFailed
from ingestion.models import Chunk, Outcome, Rereading
from ingestion.texts import text_as_read
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.history.generation_comparison import compare_generations
from provenance.history.reproduction import reproduce
from provenance.projections.failing import try_piece_now
from provenance.projections.models import WorkLease
from provenance.review.finding import Target
from retrieval.errors import RequestRefused
from retrieval.generations import commands
from retrieval.models import IndexGeneration, State
from tests.retrieval.generations import other_model
from tests.retrieval.test_generations import ask, assert_equal_to_a_rebuild, state_of
from tests.review.conftest import erase

__all__ = ["erase", "other_model"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]
MENU = "".join(f'<a href="/{name}">All about {name} claims</a> ' for name in ("car", "home"))
PAGE = "<html><body><nav>{menu}</nav><main><h1>{name}</h1><p>{words}</p></main></body></html>"


def page(name: str, words: str = "The waiting period is 30 days.", menu: str = MENU) -> bytes:
    return PAGE.format(name=name, words=words, menu=menu).encode()


def hand_in(name: str, content: bytes, media_type: str = "text/html") -> Any:
    return submit_document(
        principal=SYSTEM_PRINCIPAL, content=content, external_id=name, media_type=media_type
    )


def start(reading: str | None = commands.TODAY, **more: Any) -> int:
    return commands.start_generation(
        **{
            "embedding_model": None,
            "activate_when_verified": True,
            "principal": SYSTEM_PRINCIPAL,
            "reading": reading,
            **more,
        }
    )


def verdict(answer: dict[str, Any]) -> str:
    found, _ = reproduce(UUID(answer["retrieval_id"]), principal=SYSTEM_PRINCIPAL)
    return found.whole_ranking


def recorded(*types: str, after: int = -1) -> list[Any]:
    return store.read_positions(after=after, until=store.head_position(), types=types)


def outcomes() -> dict[UUID, str]:
    return dict(Rereading.objects.values_list("version_id", "outcome"))


def words_at(result: dict[str, Any]) -> str:
    """The words that the result's span has in the text that it names."""
    read = text_as_read(UUID(str(result["version_id"])), result["reading"] or "")
    assert read is not None
    return read.text[result["char_start"] : result["char_end"]]


@pytest.fixture
def travel(run_work: Work) -> Any:
    """A page with a menu, one without, and one whose text was handed in with it."""
    submitted = hand_in("travel", page("Travel"))
    hand_in("plain", b"The waiting period of plain text is 9 days.", "text/plain")
    hand_in("bare", page("Bare", menu=""))
    submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=page("Told"),
        external_id="told",
        media_type="text/html",
        extracted={"text": "All about car claims, told.", "pages": [], "extractor": OWN},
    )
    run_work()
    return submitted


OWN = {"name": "own", "version": "3"}


@pytest.fixture
def content_only(travel: Any, settings: Any) -> None:  # noqa: ARG001
    """Since then the parsers leave menus out."""
    settings.HTML_TEXT = "content"


@pytest.mark.usefixtures("content_only")
def test_what_others_read_is_read_anew_and_old_answers_keep_their_words(
    travel: Any, run_work: Work
) -> None:
    before = ask("car claims waiting", exact=True, top_k=20)
    then = store.head_position()
    number = start()
    run_work()
    assert state_of(number) == State.ACTIVE
    assert_equal_to_a_rebuild()
    assert recorded("DocumentIndexed", "DocumentProcessed", after=then) == []
    assert len(recorded("DocumentReread", after=then)) == 1
    assert len(recorded("DocumentTextKept", after=then)) == 1, "plain and told texts need nothing"
    after = ask("car claims waiting", exact=True, top_k=20)
    assert after["receipt"]["index_generation"] == number
    old, new = (
        next(each for each in answer["results"] if each["external_id"] == "travel")
        for answer in (before, after)
    )
    assert "All about car claims" in old["text"]
    assert "All about" not in new["text"]
    label = IndexGeneration.objects.get(generation=number).reading
    assert (old["reading"], new["reading"]) == (None, label)
    assert (words_at(old), words_at(new)) == (old["text"], new["text"])
    kept = {each["chunk_id"] for each in before["results"] if each["external_id"] != "travel"}
    assert kept <= {each["chunk_id"] for each in after["results"]}, "what is the same stays"
    assert (verdict(before), verdict(after)) == ("identical", "identical")
    assert outcomes()[travel.version_id] == Outcome.CHANGED


@pytest.mark.usefixtures("content_only")
def test_going_back_is_one_event_and_a_dropped_reading_is_still_reproduced(run_work: Work) -> None:
    number = start()
    run_work()
    boat = hand_in("boat", page("Boat", "The boat may be 9 metres long."))
    run_work()
    anew = ask("boat metres", exact=True)
    assert anew["results"][0]["version_id"] == str(boat.version_id)
    assert anew["results"][0]["reading"] is None, "it came when the parsers were these already"
    commands.activate_generation(1, principal=SYSTEM_PRINCIPAL)
    run_work()
    back = ask("boat metres car claims", exact=True, top_k=20)
    assert any("All about car claims" in each["text"] for each in back["results"])
    assert boat.version_id in {UUID(each["version_id"]) for each in back["results"]}
    assert_equal_to_a_rebuild()
    commands.drop_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    assert verdict(anew) == verdict(back) == "identical"
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("content_only", "other_model")
def test_a_reading_is_cut_anew_and_taken_by_another_model_without_being_read_again(
    run_work: Work, settings: Any
) -> None:
    start()
    run_work()
    reads = len(recorded("DocumentReread", "DocumentTextKept"))
    settings.HTML_TEXT = "page"
    number = start(None, embedding_model="reversed", chunker="fine/1")
    run_work()
    row = IndexGeneration.objects.get(generation=number)
    assert (row.state, row.chunker) == (State.ACTIVE, "fine/1"), row.problem
    assert row.reading == IndexGeneration.objects.get(generation=2).reading
    assert len(recorded("DocumentReread", "DocumentTextKept")) == reads
    answer = ask("car claims waiting", exact=True, top_k=20)
    travel = next(each for each in answer["results"] if each["external_id"] == "travel")
    assert travel["reading"] == row.reading
    assert travel["text"] == words_at(travel)
    assert verdict(answer) == "identical"
    assert_equal_to_a_rebuild()
    assert start("") == 4
    run_work()
    assert_equal_to_a_rebuild()
    back = ask("car claims waiting", exact=True, top_k=20)["results"]
    assert {each["reading"] for each in back} == {None}


@pytest.mark.usefixtures("content_only")
def test_what_cannot_be_read_anew_keeps_its_text_and_says_so(
    travel: Any, run_work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = sandbox.extract
    tries: list[int] = []

    def too_slow(content: bytes, **more: Any) -> Any:
        if b"Travel" in content:
            tries.append(1)
            raise ExtractionFailed("timeout", "Reading the file took longer than 20 seconds.")
        return reading(content, **more)

    monkeypatch.setattr(sandbox, "extract", too_slow)
    start()
    run_work()
    row = Rereading.objects.get(version_id=travel.version_id)
    assert (row.outcome, row.text) == (Outcome.FAILED, None)
    assert "longer than 20 seconds" in (row.reason or "")
    assert len(tries) == 2, "a busy machine is given a second chance"
    found = ask("car claims", exact=True, top_k=20)["results"]
    assert any("All about car" in each["text"] for each in found)
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("content_only")
def test_parsers_that_are_not_there_any_more_are_waited_for_by_what_needs_them(
    run_work: Work, settings: Any
) -> None:
    number = start()
    settings.HTML_TEXT = "page"
    run_work()
    assert state_of(number) == State.BUILDING
    assert recorded("DocumentReread") == []
    waiting = list(WorkLease.objects.exclude(problem=""))
    assert waiting
    assert all("The parsers of this worker are not parsers/" in each.problem for each in waiting)
    settings.HTML_TEXT = "content"
    assert all(try_piece_now(each.kind, each.subject_id) for each in waiting)
    run_work()
    assert state_of(number) == State.ACTIVE


@pytest.mark.usefixtures("content_only")
def test_parity_refuses_a_passage_of_the_text_of_before(travel: Any, run_work: Work) -> None:
    number = start(activate_when_verified=False)
    run_work()
    assert state_of(number) == State.VERIFIED
    first = Chunk.objects.get(version_id=travel.version_id, reading="")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE retrieval_terms SET chunk_id = %s WHERE generation = %s AND version_id = %s",
            [first.chunk_id, number, travel.version_id],
        )
    commands.verify_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    row = IndexGeneration.objects.get(generation=number)
    assert row.state == State.FAILED
    assert "of passage" in row.problem


@pytest.mark.usefixtures("content_only")
def test_the_comparison_knows_the_same_words_again(run_work: Work) -> None:
    ask("plain text waiting period", top_k=1)
    number = start(activate_when_verified=False)
    run_work()
    same = compare_generations(number)
    assert (same.overlap, same.lost_citations) == (1.0, 0)
    ask("car home claims", top_k=1)
    run_work()
    assert compare_generations(number).overlap == 0.5


def test_the_pages_of_a_pdf_are_those_of_the_text_that_a_passage_is_of(
    run_work: Work, settings: Any
) -> None:
    file = io.BytesIO()
    canvas = Canvas(file)
    for number in range(2):
        for x, cell in ((72, f"Cover {number}"), (400, "Limit")):
            canvas.drawString(x, 760, cell)
        canvas.showPage()
    canvas.save()
    hand_in("table", file.getvalue(), "application/pdf")
    run_work()
    settings.PDF_TEXT = "layout"
    start()
    run_work()
    result = ask("Cover 1 Limit", exact=True)["results"][0]
    assert result["reading"]
    assert words_at(result) == result["text"]
    assert "  Limit" in result["text"]
    read = text_as_read(UUID(result["version_id"]), result["reading"])
    assert read is not None
    assert [number for number, *_ in read.pages] == [1, 2]
    assert read.pages[-1][2] == len(read.text)
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("content_only")
def test_an_erased_document_leaves_no_text_and_no_vector_of_any_reading(
    travel: Any, run_work: Work, erase: Callable[[Target], UUID]
) -> None:
    start(chunker="fine/1")
    run_work()
    chunks = Chunk.objects.filter(version_id=travel.version_id)
    others = Chunk.objects.exclude(version_id=travel.version_id).values("text_hash")
    own = set(chunks.exclude(text_hash__in=others).values_list("text_hash", flat=True))
    assert set(chunks.values_list("chunker", flat=True)) == {"", "fine/1"}
    digest = IndexGeneration.objects.get(generation=1).model_digest
    assert stored_vectors(digest, own)
    assert store.read_stream(f"document-{travel.document_id}", types=[DocumentReread])
    erase(Target("document", target_id=travel.document_id))
    assert stored_vectors(digest, own) == {}
    assert not chunks.exists()
    assert travel.version_id not in outcomes()
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("content_only")
def test_the_command_reads_anew_by_name(run_work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "retrieval.management.commands.rebuild_index.time.sleep", lambda _: run_work()
    )
    said = io.StringIO()
    call_command("rebuild_index", "--read-anew", "today", "--activate", stdout=said)
    assert "Searches use it now" in said.getvalue()
    started = IndexGeneration.objects.get(generation=2)
    assert started.reading == parsers.parsers_of_today().label
    assert "ragledger-html-content" in started.configuration["parsers"]["text/html"]
    with pytest.raises(RequestRefused, match="today"):
        start("tomorrow")
