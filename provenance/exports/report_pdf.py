"""The report as PDF. Characters that its font cannot show are boxes; the HTML shows them all."""

from datetime import UTC, datetime
from pathlib import Path
from unicodedata import category

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from provenance.exports.report import Answer, Piece, Report

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = FONTS / "DejaVuSans.ttf", FONTS / "DejaVuSans-Bold.ttf"
FAMILY = "dejavu"
MISSING = "\u25a1"
SIZES = {"title": 16, "heading": 12.5, "name": 10, "text": 9.5, "small": 8}
MARGIN, GAP, LEADING = 18, 2.5, 1.45
MILLIMETRES_A_POINT = 0.352778
INK, SOFT = (22, 32, 43), (82, 96, 109)
HELD, ALONE, INDENT = (20, 95, 50), (165, 35, 20), 4
# The bundle's bytes may depend on no clock.
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


def rendered(report: Report) -> bytes:
    page = _Page()
    for answer in report.answers:
        _write_answer(page, answer)
    _write_proof(page, report)
    return page.finished()


class _Page:
    """Text of a few kinds, one below the other."""

    def __init__(self) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_creation_date(EPOCH)
        self._pdf.set_title("Evidence")
        self._pdf.set_lang("en")
        self._pdf.add_font(FAMILY, "", REGULAR)
        self._pdf.add_font(FAMILY, "B", BOLD)
        self._pdf.set_margins(MARGIN, MARGIN, MARGIN)
        self._pdf.set_auto_page_break(auto=True, margin=MARGIN)
        self._pdf.add_page()
        fonts = [font for font in self._pdf.fonts.values() if isinstance(font, TTFFont)]
        self._known = set.intersection(*(set(font.cmap) for font in fonts))
        self._replaced = False

    def write(self, kind: str, text: str, *, bold: bool = False, soft: bool = False) -> None:
        self._use(kind, bold=bold, colour=SOFT if soft else INK)
        self._pdf.multi_cell(
            0, _height(kind), self._shown(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self._pdf.ln(GAP if not soft else GAP / 2)

    def write_pieces(self, pieces: tuple[Piece, ...], *, judged: bool) -> None:
        """Running text; `judged` colours sentences by whether anything supports them."""
        self._pdf.set_left_margin(MARGIN + INDENT)
        for piece in pieces:
            colour = INK
            if piece.marked and judged:
                colour = HELD if piece.sources else ALONE
            self._use("text", bold=piece.marked and not judged, colour=colour)
            self._pdf.write(_height("text"), self._shown(piece.text))
            if piece.marked:
                self._use("small", bold=True, colour=colour)
                self._pdf.write(_height("text"), f" {_sources(piece)}")
        self._pdf.set_left_margin(MARGIN)
        self._pdf.ln(_height("text") + GAP)

    def heading(self, text: str) -> None:
        self._pdf.ln(GAP)
        self.write("heading", text, bold=True)

    def finished(self) -> bytes:
        if self._replaced:
            self.write(
                "small",
                f"{MISSING} stands for characters that this file cannot show; report.html"
                " has them.",
                soft=True,
            )
        return bytes(self._pdf.output())

    def _use(self, kind: str, *, bold: bool, colour: tuple[int, int, int]) -> None:
        self._pdf.set_font(FAMILY, "B" if bold else "", SIZES[kind])
        self._pdf.set_text_color(*colour)

    def _shown(self, text: str) -> str:
        """The text as far as the font can show it."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        shown = "".join(c if c == "\n" or self._can_show(c) else MISSING for c in lines)
        self._replaced |= shown != lines
        return shown

    def _can_show(self, character: str) -> bool:
        """Controls and invisible formatting would act unseen."""
        return ord(character) in self._known and category(character) not in {"Cc", "Cf"}


def _write_answer(page: _Page, answer: Answer) -> None:
    page.write("title", answer.question or "An output without a recorded question", bold=True)
    page.write(
        "text",
        f"Answered by {answer.application or 'an application'} with the model {answer.model},"
        f" recorded {answer.recorded}{', imported' if answer.imported else ''}"
        f"{'' if answer.status == 'complete' else f', {answer.status}'}.",
        soft=True,
    )
    page.heading("The answer")
    if answer.pieces is None:
        page.write("text", "The text of this answer has been erased.")
    else:
        page.write("small", _support(answer), soft=True)
        page.write_pieces(answer.pieces, judged=True)
    page.heading("What it rests on")
    for passage in answer.passages:
        version = f", version {passage.version_number}" if passage.version_number else ""
        page.write("name", f"[{passage.number}] {passage.title}{version}", bold=True)
        page.write(
            "small",
            "Given to the model." if passage.in_prompt else "Not given to the model.",
            soft=True,
        )
        page.write("text", "Erased." if passage.text is None else passage.text)
    page.heading("The documents")
    for each in answer.versions:
        page.write("name", f"{each.title}, version {each.number}", bold=True)
        page.write(
            "small",
            f"{each.external_id}  handed in {each.handed_in} by {each.handed_in_by}",
            soft=True,
        )
        page.write("small", f"SHA-256 {each.content_sha256}", soft=True)
    page.heading("What the model was given")
    if answer.messages is None:
        page.write("text", "The text of the prompt has been erased.")
    for message in answer.messages or ():
        page.write("name", message.role, bold=True)
        page.write_pieces(message.pieces, judged=False)


def _support(answer: Answer) -> str:
    if not answer.attributed:
        return "Which passages support it was not computed."
    return (
        f"{answer.sentences} sentences, {answer.unsupported} of them supported by no passage. The"
        " numbers name the passages below. Support means that words agree; whether it is true,"
        " nobody has judged."
    )


def _write_proof(page: _Page, report: Report) -> None:
    page.heading("How this is proved")
    page.write(
        "text",
        f"Each fact above was written to an append-only log when it happened, as"
        f" {len(report.events)} events. The log signs how long it is and what it holds; this"
        f" evidence is proved against its signature over the first {report.size} events,"
        f" cosigned by {report.witnesses or 'no'} witnesses. To check it without the server:"
        " python3 -I verify.py BUNDLE.zip --trust KEY",
    )
    if report.erased:
        page.write("text", f"{report.erased} sealed texts have been erased; the rest verifies.")
    page.write("small", f"Log {report.origin}, root hash {report.root}", soft=True)
    for event in report.events:
        words = f"{event.position}  {event.type}  {event.recorded}  {event.event_id}"
        page.write("small", words, soft=True)


def _sources(piece: Piece) -> str:
    return "".join(f"[{number}]" for number in piece.sources) or "[no source]"


def _height(kind: str) -> float:
    return SIZES[kind] * MILLIMETRES_A_POINT * LEADING
