"""The report says what matters to people, in every script, and stops where paper would not."""

import io
from dataclasses import replace

from pypdf import PdfReader

from provenance.exports import report_page, report_pdf
from provenance.exports.report import Answer, Entry, Message, Passage, Piece, Report, Version

SCRIPTS = (
    "Wartezeit, Ждать, περιμένω, 待機期間, مدة الانتظار, ממתין, รอ, 🦷, \u202ehidden\u202c, \x07"
)
ANSWER = Answer(
    output_id="0",
    question=SCRIPTS,
    application="assistant <b>",
    model="model & more",
    status="truncated",
    recorded="2026-11-25 14:03:22 UTC",
    imported=True,
    pieces=(
        Piece("Eight months.", marked=True, sources=(1,)),
        Piece(" "),
        Piece("Free.", marked=True),
    ),
    attributed=True,
    passages=(Passage(1, SCRIPTS, 2, SCRIPTS, in_prompt=True, chunk_id="c"),),
    messages=(Message("user", (Piece("<script>", marked=True, sources=(1,)), Piece("\n  x\ty"))),),
    versions=(Version(SCRIPTS, 2, "dental", "2026-11-20", "somebody", "ab" * 32, "v"),),
)
REPORT = Report((ANSWER,), (Entry(3, "OutputReported", "2026", "e"),), 0, 0, "log", 9, "root", 1)


def text_of(report: Report) -> str:
    pages = PdfReader(io.BytesIO(report_pdf.rendered(report))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_sentences_sources_and_versions_stand_in_both_forms() -> None:
    for text in (report_page.rendered(REPORT).decode(), text_of(REPORT)):
        for words in (
            "Eight months.",
            "[1]",
            "Free.",
            "[no source]",
            "dental",
            "ab" * 32,
            "truncated",
        ):
            assert words in text
        assert "Ждать" in text
        assert "\u202e" not in text
    assert "待機期間" in report_page.rendered(REPORT).decode()


def test_what_people_wrote_is_text_not_markup() -> None:
    page = report_page.rendered(REPORT).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>" in text_of(REPORT)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert report_pdf.rendered(REPORT) == report_pdf.rendered(REPORT)
    assert report_page.rendered(REPORT) == report_page.rendered(REPORT)


def test_erased_texts_are_called_erased() -> None:
    for erased in (replace(ANSWER, pieces=None), replace(ANSWER, messages=None)):
        report = replace(REPORT, answers=(erased,), erased=2)
        for text in (report_page.rendered(report).decode(), text_of(report)):
            assert "has been erased" in text
            assert "2 sealed texts" in text


def test_texts_whose_keys_are_missing_are_not_called_erased() -> None:
    report = replace(REPORT, answers=(replace(ANSWER, pieces=None),), unread=2)
    for text in (report_page.rendered(report).decode(), text_of(report)):
        assert "its key was missing" in text
        assert "2 sealed texts" in text
        assert "erased" not in text


def test_a_text_that_is_too_long_for_paper_says_where_the_rest_is() -> None:
    long = Passage(1, "Long", 1, "word " * 10_000, in_prompt=True, chunk_id="c")
    report = replace(REPORT, answers=(replace(ANSWER, passages=(long,)),))
    assert "more characters are in report.html" in text_of(report)
    assert report_page.rendered(report).decode().count("word word ") == 5_000
