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
REPORT = Report(1, 1, 0, 0, "log", 9, "root", 1)
EVENTS = (Entry(3, "OutputReported", "2026", "e"),)


def text_of(report: Report, answer: Answer = ANSWER) -> str:
    pages = PdfReader(io.BytesIO(report_pdf.rendered(report, [answer], EVENTS))).pages
    return "\n".join(page.extract_text() for page in pages)


def page_of(report: Report, answer: Answer = ANSWER) -> str:
    part = report_page.answer(report, answer, 1)
    return b"".join(report_page.pieces(report, [part], EVENTS)).decode()


def test_sentences_sources_and_versions_stand_in_both_forms() -> None:
    for text in (page_of(REPORT), text_of(REPORT)):
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
    assert "待機期間" in page_of(REPORT)


def test_what_people_wrote_is_text_not_markup() -> None:
    page = page_of(REPORT)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>" in text_of(REPORT)


def test_the_same_report_gives_the_same_bytes() -> None:
    first, second = (report_pdf.rendered(REPORT, [ANSWER], EVENTS) for _ in range(2))
    assert first == second
    assert page_of(REPORT) == page_of(REPORT)


def test_what_is_too_much_for_paper_is_counted_there() -> None:
    text = text_of(replace(REPORT, outputs=3, events=1_002))
    assert "2 more answers are in report.html" in text
    assert "1,001 more events are in report.html" in text


def test_erased_texts_are_called_erased() -> None:
    for erased in (replace(ANSWER, pieces=None), replace(ANSWER, messages=None)):
        report = replace(REPORT, erased=2)
        for text in (page_of(report, erased), text_of(report, erased)):
            assert "has been erased" in text
            assert "2 sealed texts" in text


def test_texts_whose_keys_are_missing_are_not_called_erased() -> None:
    report, unread = replace(REPORT, unread=2), replace(ANSWER, pieces=None)
    for text in (page_of(report, unread), text_of(report, unread)):
        assert "its key was missing" in text
        assert "2 sealed texts" in text
        assert "erased" not in text


def test_a_text_that_is_too_long_for_paper_says_where_the_rest_is() -> None:
    long = Passage(1, "Long", 1, "word " * 10_000, in_prompt=True, chunk_id="c")
    answer = replace(ANSWER, passages=(long,))
    assert "more characters are in report.html" in text_of(REPORT, answer)
    assert page_of(REPORT, answer).count("word word ") == 5_000
