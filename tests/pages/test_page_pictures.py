"""The picture of a PDF's page is shown to whoever may read its text, and to nobody else."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from reportlab.pdfgen.canvas import Canvas

from ingestion import media_types
from ingestion.commands import submit_document
from ingestion.models import Chunk
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role
from provenance.readers.models import RecordView
from retrieval.generations.commands import TODAY, start_generation
from tests.ingestion.test_drawing import marked_lines
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import WAITING, hand_in

pytestmark = pytest.mark.django_db
PDF = Path(__file__).resolve().parents[2] / "examples/sample/cyber-small-business/v1.pdf"


@pytest.fixture
def version_id(run_work: Callable[[], None]) -> UUID:
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=PDF.read_bytes(),
        external_id="cyber",
        collection="claims",
        media_type=media_types.PDF,
    )
    run_work()
    return submitted.version_id


@pytest.fixture
def rita() -> Client:
    return signed_in("rita", Role.REVIEWER)


def test_the_page_of_a_version_shows_the_printed_page_of_its_passage(
    rita: Client, version_id: UUID, run_work: Callable[[], None]
) -> None:
    page = rita.get(f"/versions/{version_id}/?start=100&end=160").content.decode()
    (address,) = [
        each.split('"')[0].replace("&amp;", "&")
        for each in page.split('<img src="')[1:]
        if "/page/1.png" in each
    ]
    picture = rita.get(address)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture["Cache-Control"] == "private, no-store"
    assert rita.get(address, headers={"If-None-Match": picture["ETag"]}).status_code == 304
    elsewhere = rita.get(f"/versions/{version_id}/page/1.png?start=10&end=20")
    assert elsewhere["ETag"] != picture["ETag"]
    run_work()
    assert RecordView.objects.count() == 2, "the page with its picture, and the one asked for alone"


def test_the_picture_marks_the_passage_of_the_text_that_it_is_of(
    rita: Client, run_work: Callable[[], None], settings: Any
) -> None:
    """Read in its layout, the same place of the text holds other words."""
    file = BytesIO()
    canvas = Canvas(file)
    for line, cells in enumerate((("Cover", "Limit"), ("Theft abroad", "1,000"))):
        for x, cell in zip((72, 360), cells, strict=True):
            canvas.drawString(x, 760 - 16 * line, cell)
    canvas.save()
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL, content=file.getvalue(), media_type=media_types.PDF
    )
    run_work()
    settings.PDF_TEXT = "layout"
    start_generation(
        embedding_model=None,
        activate_when_verified=False,
        principal=SYSTEM_PRINCIPAL,
        reading=TODAY,
    )
    run_work()
    chunk = Chunk.objects.exclude(reading="").get(version_id=submitted.version_id)
    page = rita.get(f"/versions/{submitted.version_id}/?chunk={chunk.chunk_id}").content.decode()
    address = page.partition('<img src="')[2].partition('"')[0].replace("&amp;", "&")
    assert "reading=" in address
    marked = rita.get(address)
    assert marked.status_code == 200
    assert marked_lines(marked.content), "letters are found, whatever spaces are between them"
    other = rita.get(address.partition("&reading=")[0])
    assert other["ETag"] != marked["ETag"]


def test_who_may_not_read_the_version_sees_no_page_of_it(version_id: UUID) -> None:
    outsider = signed_in("olga", Role.REVIEWER, collections=["public"])
    assert outsider.get(f"/versions/{version_id}/page/1.png").status_code == 404
    assert signed_in("ada", Role.AUDITOR).get(f"/versions/{version_id}/page/1.png").content


def test_only_pages_of_a_pdf_are_drawn(
    rita: Client, version_id: UUID, run_work: Callable[[], None]
) -> None:
    assert rita.get(f"/versions/{version_id}/page/9.png").status_code == 404
    markdown = hand_in(WAITING.format(months=8), "dental")
    run_work()
    assert rita.get(f"/versions/{markdown.version_id}/page/1.png").status_code == 404
    assert "As printed" not in rita.get(f"/versions/{markdown.version_id}/").content.decode()
