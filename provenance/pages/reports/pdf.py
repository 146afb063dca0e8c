"""A report as a PDF of A4 pages. Characters that its font cannot show are boxes."""

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate, Table, TableStyle

from provenance.exports.pdf_text import MARGIN, REGULAR, paragraph
from provenance.pages.reports.sections import Section

GRID = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#c4ccd4")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2 * mm),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
)
# Words need more room than figures and places.
WIDE, NARROW = 3.0, 1.0
WORDY = frozenset(
    {
        gettext_noop("What"),
        gettext_noop("Application"),
        gettext_noop("Model"),
        gettext_noop("Recorded (UTC)"),
        gettext_noop("By"),
    }
)


def rendered(title: str, lead: list[str], found: list[Section]) -> bytes:
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=title,
        lang=get_language() or "en",
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )
    head = [paragraph("title", title), *(paragraph("soft", line) for line in lead)]
    body = [block for each in found for block in _section(each)]
    document.build([*head, *body], onFirstPage=_number, onLaterPages=_number)
    return buffer.getvalue()


def _section(section: Section) -> Iterator[Flowable]:
    yield paragraph("heading", section.title)
    for sentence in section.sentences:
        yield paragraph("text", sentence)
    if section.rows:
        rows = [section.columns, *section.rows]
        cells = [[paragraph("soft", text) for text in row] for row in rows]
        yield Table(cells, colWidths=_widths(section), repeatRows=1, style=GRID)


def _widths(section: Section) -> list[float]:
    wordy = {gettext(each) for each in WORDY}
    shares = [WIDE if column in wordy else NARROW for column in section.columns]
    room = A4[0] - 2 * MARGIN
    return [room * share / sum(shares) for share in shares]


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(REGULAR, 7)
    canvas.drawRightString(
        A4[0] - MARGIN, MARGIN / 2, gettext("page %(page)s") % {"page": document.page}
    )
