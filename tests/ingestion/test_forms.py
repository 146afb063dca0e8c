"""Formats that can be read in several ways are read as the settings say, and say how."""

import io
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from reportlab.pdfgen.canvas import Canvas

from ingestion import media_types
from ingestion.extraction.sandbox import extract
from ingestion.parsers import form_of, parsers_of_today
from provenance import environment

PAGE = """<html lang="en"><body>
<nav><a href="/">Home</a> <a href="/claims">Claims</a></nav>
<div role="banner">Wrenholt Mutual</div>
<main><h1>Travel</h1><section><header>Part one</header><p>The excess is EUR 50.</p>
<aside>It is paid once.</aside></section></main>
<div role="main"><p>Ask us.</p></div>
<aside>Others also read</aside><footer>Imprint</footer></body></html>"""
SURROUNDINGS = ("Home", "Wrenholt", "Others also read", "Imprint")


def table() -> bytes:
    """A page with two columns that are apart by nothing but their places."""
    file = io.BytesIO()
    canvas = Canvas(file)
    for line, cells in enumerate((("Cover", "Limit"), ("Theft", "1,000"), ("Loss", "500"))):
        for x, cell in zip((72, 360), cells, strict=True):
            canvas.drawString(x, 760 - 16 * line, cell)
    canvas.showPage()
    canvas.drawString(72, 760, "The second page.")
    canvas.save()
    return file.getvalue()


def test_the_content_of_a_page_is_read_without_what_surrounds_it() -> None:
    whole = extract(PAGE.encode(), media_type=media_types.HTML)
    content = extract(PAGE.encode(), media_type=media_types.HTML, form="content")
    assert all(each in whole.text for each in SURROUNDINGS)
    assert not any(each in content.text for each in SURROUNDINGS)
    assert content.text == (
        "Travel\n\nPart one\n\nThe excess is EUR 50.\n\nIt is paid once.\n\nAsk us."
    )
    assert (whole.extractor_name, content.extractor_name) == (
        "ragledger-html",
        "ragledger-html-content",
    )
    assert content.title == whole.title == "Travel"


def test_a_page_of_nothing_but_surroundings_is_read_as_a_whole() -> None:
    page = b"<nav>Only a menu</nav>"
    assert extract(page, media_type=media_types.HTML, form="content").text == "Only a menu"


def test_the_columns_of_a_layout_stay_apart_and_every_page_has_its_span() -> None:
    found = extract(table(), media_type=media_types.PDF, form="layout")
    lines = found.text.split("\n")
    assert lines[1].startswith("Theft ")
    assert lines[0].index("Limit") == lines[1].index("1,000") == lines[2].index("500") > 20
    assert [found.text[page.start : page.end][:10] for page in found.pages][1] == "The second"
    assert found.extractor_name == "ragledger-pdf-layout"


def test_the_settings_say_how_and_the_label_names_the_programs(settings: Any) -> None:
    assert form_of("text/html; charset=utf-8") == "page"
    before = parsers_of_today()
    settings.HTML_TEXT = "content"
    today = parsers_of_today()
    assert "ragledger-html-content" in (today.read_with("text/html; charset=utf-8") or ())
    assert today.read_with("image/png") is None
    assert today.label != before.label
    assert today.label == parsers_of_today().label
    assert "pypdf" in today.listed[media_types.PDF]


def test_a_form_that_is_not_there_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGLEDGER_HTML_TEXT", "contents")
    with pytest.raises(ImproperlyConfigured, match="page, content"):
        environment.one_of("RAGLEDGER_HTML_TEXT", ("page", "content"))
