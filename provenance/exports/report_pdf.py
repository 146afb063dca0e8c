"""The report as PDF. Characters that its font cannot show are boxes; the HTML shows them all."""

import io
from collections.abc import Iterable, Iterator, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.platypus import Paragraph, SimpleDocTemplate

from provenance.exports.pdf_text import BREAK, MARGIN, MISSING, markup, styles
from provenance.exports.report import Answer, Entry, Piece, Report

# Longer texts are for the screen: the PDF says where it stops, and the HTML has the rest.
MAX_CHARACTERS, MAX_ANSWERS, MAX_EVENTS = 6_000, 100, 5_000
HELD, ALONE = "#145f32", "#a52314"
LEGEND = f"{MISSING} stands for characters that this file cannot show; report.html has them."


def rendered(report: Report, answers: Sequence[Answer], events: Sequence[Entry]) -> bytes:
    """The same bytes for the same report, with as many answers and events as are given."""
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title="Evidence",
        lang="en",
        invariant=True,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )
    blocks = [block for answer in answers for block in _answer(answer, report.gone)]
    blocks += _left_out(report.outputs - len(answers), "answers")
    proof = [*_proof(report), *_events(report, events)]
    document.build([*_period(report), *_case(report), *blocks, *proof])
    return buffer.getvalue()


def _period(report: Report) -> Iterator[Paragraph]:
    if report.period:
        yield from _plain("soft", f"{report.outputs} outputs, recorded {report.period}.")


def _case(report: Report) -> Iterator[Paragraph]:
    if report.case:
        yield from _plain("title", f"Case: {report.case.title}")
        count = f"{report.outputs} outputs in the case {report.case.case_id}, told below."
        yield from _plain("soft", f"{count} What happened in it:")
    for each in report.case.happenings if report.case else ():
        yield from _plain("name", f"{each.recorded}, {each.what}")
        yield from _plain("soft", f"by {each.who}")
        if each.words:
            yield from _plain("quoted", each.words)


def _answer(answer: Answer, gone: str) -> Iterator[Paragraph]:
    yield from _plain("title", answer.question or "An output without a recorded question")
    yield from _plain(
        "soft",
        f"Answered by {answer.application or 'an application'} with the model {answer.model},"
        f" recorded {answer.recorded}{', imported' if answer.imported else ''}"
        f"{'' if answer.status == 'complete' else f', {answer.status}'}.",
    )
    yield from _plain("heading", "The answer")
    if answer.pieces is None:
        yield from _plain("text", f"The text of this answer {gone}.")
    else:
        yield from _plain("soft", _support(answer))
        yield _marked(answer.pieces, judged=True)
    yield from _sources(answer, gone)
    yield from _plain("heading", "What the model was given")
    if answer.messages is None:
        yield from _plain("text", f"The text of the prompt {gone}.")
    for message in answer.messages or ():
        yield from _plain("name", message.role)
        yield _marked(message.pieces, judged=False)


def _support(answer: Answer) -> str:
    if not answer.attributed:
        return "Which passages support it was not computed."
    return (
        f"Sentences: {answer.sentences}; supported by no passage: {answer.unsupported}. The numbers"
        " name the passages below. Support means that words agree; whether it is true, nobody has"
        " judged."
    )


def _sources(answer: Answer, gone: str) -> Iterator[Paragraph]:
    yield from _plain("heading", "What it rests on")
    for passage in answer.passages:
        version = f", version {passage.version_number}" if passage.version_number else ""
        yield from _plain("name", f"[{passage.number}] {passage.title}{version}")
        given = "In what the model was given." if passage.in_prompt else "Not given to the model."
        yield from _plain("soft", given)
        text = f"The text of this passage {gone}." if passage.text is None else passage.text
        yield from _plain("quoted", text)
    yield from _reviewed(answer, gone)
    yield from _plain("heading", "The documents")
    for each in answer.versions:
        yield from _plain("name", f"{each.title}, version {each.number}")
        handed_in = f"handed in {each.handed_in} by {each.handed_in_by}"
        yield from _plain("soft", f"{each.external_id} {handed_in}\nSHA-256 {each.content_sha256}")


def _reviewed(answer: Answer, gone: str) -> Iterator[Paragraph]:
    if not answer.reviewed:
        return
    yield from _plain("heading", "Who reviewed it")
    for each in answer.signatures:
        yield from _plain("name", f"{each.printed_name}, meaning {each.meaning}")
        signed = f"signed {each.signed} in round {each.round}, as {each.signer}"
        yield from _plain("soft", f"{signed}\n{each.reason}" if each.reason else signed)
    if not answer.signatures:
        yield from _plain("text", "Nobody has signed the review of this answer.")
    for found in answer.findings:
        said = f"What it said {gone}." if found.statement is None else found.statement
        yield from _plain("name", f"Finding, {found.severity}, {found.became or 'open'}")
        yield from _plain("quoted", f"{said}\n{found.place}" if found.place else said)


def _proof(report: Report) -> Iterator[Paragraph]:
    yield from _plain("heading", "How this is proved")
    yield from _plain(
        "text",
        "Each fact above was written to an append-only log when it happened, as"
        f" {report.events} events. The log signs how long it is and what it holds; this"
        f" evidence is proved against its signature over the first {report.size} events,"
        f" cosigned by {report.witnesses or 'no'} witnesses. To check it without the server:"
        " python3 -I verify.py BUNDLE.zip --trust KEY",
    )
    if report.erased:
        yield from _plain(
            "text", f"{report.erased} sealed texts have been erased; the rest verifies."
        )
    if report.unread:
        yield from _plain(
            "text",
            f"The keys of {report.unread} sealed texts were missing where this was made: they can"
            " be read where those are. The rest verifies.",
        )
    if report.time_stamps:
        yield from _plain(
            "text",
            f"Authorities that stamped the time of that signature: {report.time_stamps}. To check"
            " that the first said so, in the unpacked bundle, with the root certificates that you"
            " trust in the file ROOTS: openssl ts -verify -data time-stamps/checkpoint"
            " -in time-stamps/1.tsr -CAfile ROOTS",
        )
    yield from _plain("soft", f"Log {report.origin}\nRoot hash {report.root}")


def _events(report: Report, events: Sequence[Entry]) -> Iterator[Paragraph]:
    for event in events:
        words = f"{event.position}  {event.type}  {event.recorded}  {event.event_id}"
        yield from _plain("soft", words)
    yield from _left_out(report.events - len(events), "events")
    yield from _plain("soft", LEGEND)


def _left_out(count: int, what: str) -> Iterator[Paragraph]:
    if count > 0:
        yield from _plain("text", f"{count:,} more {what} are in report.html.")


def _plain(style: str, text: str) -> Iterator[Paragraph]:
    """A paragraph a line: long ones are slow to break into pages."""
    for line in markup(text[:MAX_CHARACTERS]).split(BREAK):
        yield Paragraph(line, styles()[style])
    if rest := _rest(len(text)):
        yield Paragraph(rest, styles()[style])


def _marked(pieces: Iterable[Piece], *, judged: bool) -> Paragraph:
    """Running text; `judged` colours sentences by whether anything supports them."""
    written, length = [], 0
    for piece in pieces:
        text = markup(piece.text[: max(MAX_CHARACTERS - length, 0)])
        length += len(piece.text)
        numbers = "".join(f"[{number}]" for number in piece.sources) or "[no source]"
        if not piece.marked or not text:
            written.append(text)
        elif judged:
            colour = HELD if piece.sources else ALONE
            written.append(f'<font color="{colour}">{text} <b>{numbers}</b></font>')
        else:
            written.append(f"<b>{text} {numbers}</b>")
    return Paragraph("".join(written) + _rest(length), styles()["quoted"])


def _rest(length: int) -> str:
    left = length - MAX_CHARACTERS
    return f"{BREAK}<i>{left} more characters are in report.html.</i>" if left > 0 else ""
