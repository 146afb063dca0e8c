"""One page of a PDF as a picture with a passage marked; no script of the file runs."""

import sys
from collections.abc import Sequence
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops, ImageDraw

from ingestion.drawing.notice import with_notice
from ingestion.drawing.placing import place
from ingestion.extraction.extracted import ExtractionFailed

# About 150 dots an inch of an ordinary page; of a poster fewer.
SCALE = 2.0
LONGEST_EDGE = 2000
# A page may hold this many characters before looking for a passage is given up.
MOST_CHARACTERS = 50_000
SURROGATES = range(0xD800, 0xE000)
MARK = (255, 224, 102)
NOT_PLACED = "The passage could not be placed on this page."
Box = tuple[float, float, float, float]


def picture_of(
    content: bytes, number: int, text: str, start: int, end: int
) -> tuple[bytes, bool | None]:
    """A PNG of page `number` (from 1), and whether `text[start:end]` was found on it.

    Raises ExtractionFailed.
    """
    try:
        page = pdfium.PdfDocument(content)[number - 1]
        picture, boxes = _drawn(page, text, start, end)
    except (pdfium.PdfiumError, IndexError, ValueError, OverflowError, OSError) as error:
        raise ExtractionFailed("damaged", "This page cannot be drawn.") from error
    placed = bool(boxes) if start < end else None
    if placed:
        picture = _marked(picture, boxes)
    elif placed is False:
        picture = with_notice(picture, NOT_PLACED)
    png = BytesIO()
    picture.save(png, "PNG")
    return png.getvalue(), placed


def _drawn(page: pdfium.PdfPage, text: str, start: int, end: int) -> tuple[Image.Image, list[Box]]:
    """The picture, and the places of the passage in its pixels."""
    longest = max(*page.get_size(), 1)
    bitmap = page.render(scale=min(SCALE, LONGEST_EDGE / longest), may_draw_forms=False)
    boxes = _boxes(page, text, start, end) if start < end else []
    to_pixels = bitmap.get_posconv(page).to_bitmap
    corners = [
        (*to_pixels(left, top), *to_pixels(right, bottom)) for left, bottom, right, top in boxes
    ]
    return bitmap.to_pil().convert("RGB"), [
        (min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners
    ]


def _boxes(page: pdfium.PdfPage, text: str, start: int, end: int) -> list[Box]:
    """Of each character of the passage: left, bottom, right, top in points; none if not found."""
    textpage = page.get_textpage()
    count = textpage.count_chars()
    if count > MOST_CHARACTERS:
        return []
    codes = (pdfium_c.FPDFText_GetUnicode(textpage.raw, index) for index in range(count))
    found = place(text, start, end, on_page="".join(map(_character, codes)))
    return [textpage.get_charbox(index, loose=True) for index in found or ()]


def _character(code: int) -> str:
    """One for each index, so that indexes stay those of the page."""
    # No character, or half of one, as damaged files hold.
    return " " if not 0 < code <= sys.maxunicode or code in SURROGATES else chr(code)


def _marked(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """As with a highlighter: what is dark stays dark."""
    layer = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(layer)
    for left, top, right, bottom in boxes:
        pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=MARK)
    return ImageChops.multiply(picture, layer)
