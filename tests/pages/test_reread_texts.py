"""Texts read anew: an administrator sees what changed and switches; traces show the old words."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from ingestion.commands import submit_document
from ingestion.extraction import sandbox
from ingestion.extraction.extracted import ExtractionFailed
from ingestion.models import Chunk, Rereading
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role
from retrieval.models import IndexGeneration, State
from tests.pages.test_reviewing import HOSTILE, signed_in
from tests.recording.stories import WAITING, ask, output_of, prompt_of

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
MENU = f"All of our offers {HOSTILE.replace('<', '&lt;')}"


def hand_in(name: str, words: str) -> Any:
    page = f"<nav>{MENU}</nav><main><h1>{name}</h1><p>{words}</p></main>"
    return submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=page.encode(),
        title=f"{name} {HOSTILE}",
        external_id=name,
        media_type="text/html",
    )


@pytest.fixture
def told(run_work: Step) -> tuple[UUID, UUID]:
    """A version, and an output that rests on it, from before the parsers changed."""
    dental = hand_in("dental", WAITING.format(months=8))
    hand_in("broken", "Nothing of this page can be read anew.")
    run_work()
    output_id = output_of(prompt_of(ask(top_k=1)), "The waiting period is 8 months.")
    run_work()
    return dental.version_id, output_id


@pytest.fixture
def admin() -> Client:
    return signed_in("ada", Role.ADMINISTRATOR)


def build(admin: Client, run_work: Step, monkeypatch: pytest.MonkeyPatch) -> str:
    read = sandbox.extract

    def extract(content: bytes, **more: Any) -> Any:
        if b"can be read anew" in content:
            raise ExtractionFailed("memory", f"It took too much memory {HOSTILE}.")
        return read(content, **more)

    monkeypatch.setattr(sandbox, "extract", extract)
    admin.post("/indexes/start/", {"reading": "today"})
    run_work()
    return IndexGeneration.objects.get(generation=2).reading


def test_the_parsers_of_today_are_offered_where_others_read_something(
    told: tuple[UUID, UUID],  # noqa: ARG001
    admin: Client,
    settings: Any,
) -> None:
    assert "read anew by the parsers of today" not in admin.get("/indexes/").content.decode()
    settings.HTML_TEXT = "content"
    page = admin.get("/indexes/").content.decode()
    assert "read anew by the parsers of today" in page
    assert "2 versions were read by other parsers" in page


def test_what_changed_is_seen_compared_and_used(
    told: tuple[UUID, UUID],
    admin: Client,
    run_work: Step,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version_id, output_id = told
    settings.HTML_TEXT = "content"
    reading = build(admin, run_work, monkeypatch)
    page = " ".join(admin.get("/indexes/").content.decode().split())
    assert "1 changed, 0 the same" in page
    assert "1 could not be read</strong> and keeps its text" in page
    changed = admin.get("/indexes/2/texts/").content.decode()
    assert "ragledger-html-content" in changed
    assert HOSTILE not in changed
    (address,) = re.findall(r'href="(/versions/compare[^"]+)"', changed)
    compared = admin.get(address.replace("&amp;", "&")).content.decode()
    assert "read by two parsers" in compared
    assert "All of our offers" in compared
    (swapped,) = re.findall(r'href="(\?[^"]+)">\s*<svg[^>]*>.*?</svg> The other way', compared)
    back = admin.get(f"/versions/compare{swapped.replace('&amp;', '&')}").content.decode()
    assert "words put in" in back or "put in" in back
    assert "read by two parsers" in back
    failed = admin.get("/indexes/2/texts/?outcome=failed").content.decode()
    assert "too much memory" in failed
    assert HOSTILE not in failed
    assert (
        "came out the same so far" in admin.get("/indexes/2/texts/?outcome=same").content.decode()
    )
    admin.post("/indexes/2/decision/", {"decision": "activate"})
    run_work()
    assert IndexGeneration.objects.get(generation=2).state == State.ACTIVE
    anew = ask(top_k=1)["results"][0]
    assert (anew["reading"], "offers" in anew["text"]) == (reading, False)
    trace = admin.get(f"/outputs/{output_id}/").content.decode()
    assert "All of our offers" in trace, "an old trace shows the words of then"
    first = Chunk.objects.get(version_id=version_id, reading="")
    old = admin.get(f"/versions/{version_id}/?chunk={first.chunk_id}").content.decode()
    assert re.search(r'<mark id="passage">All of our offers', old)
    new = admin.get(f"/versions/{version_id}/?chunk={anew['chunk_id']}").content.decode()
    assert "All of our offers" not in new
    assert re.search(r'<mark id="passage">dental', new)
    assert "Compare with the text that it was processed with" in new


def test_each_passage_has_its_own_text_over_the_interface_and_on_pages(
    told: tuple[UUID, UUID],
    admin: Client,
    run_work: Step,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version_id, _ = told
    settings.HTML_TEXT = "content"
    reading = build(admin, run_work, monkeypatch)
    chunk = Chunk.objects.get(version_id=version_id, reading=reading)
    wording = admin.get(f"/passages/{chunk.chunk_id}/impact/").content.decode()
    assert "All of our offers" not in wording
    assert "waiting period" in wording
    assert f"reading={reading.replace('/', '%2F')}" in wording or f"reading={reading}" in wording
    assert admin.get(f"/versions/{version_id}/?reading=none").status_code == 404
    assert admin.get(f"/versions/compare?a={version_id}&a_reading=none").status_code == 404
    kept = Rereading.objects.get(outcome="failed").version_id
    assert admin.get(f"/versions/{kept}/?reading={reading}").status_code == 404


@pytest.mark.parametrize("reading", ["a\0b", "nobody's", "x" * 1000])
def test_a_text_that_no_reading_brought_is_not_there(
    told: tuple[UUID, UUID], admin: Client, reading: str
) -> None:
    version_id = str(told[0])
    asked = {"a": version_id, "b": version_id, "a_reading": reading}
    assert admin.get(f"/versions/{version_id}/", {"reading": reading}).status_code == 404
    assert admin.get("/versions/compare", asked).status_code == 404


def test_a_generation_without_a_reading_has_no_such_page_and_not_everybody_sees_it(
    told: tuple[UUID, UUID],  # noqa: ARG001
    admin: Client,
    run_work: Step,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert admin.get("/indexes/1/texts/").status_code == 404
    settings.HTML_TEXT = "content"
    build(admin, run_work, monkeypatch)
    assert signed_in("audrey", Role.AUDITOR).get("/indexes/2/texts/").status_code == 200
    kept_out = signed_in("sam", Role.REVIEWER, collections=["public"])
    assert kept_out.get("/indexes/2/texts/").status_code == 404
