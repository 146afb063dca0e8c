"""Text for PDF files: fonts, styles, and characters that the fonts cannot show as boxes."""

from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MISSING = "\u25a1"
MARGIN = 18 * mm
INK, SOFT = "#16202b", "#52606d"
BREAK = "<br/>"


def paragraph(style: str, text: str) -> Paragraph:
    """Plain text in one of the styles."""
    return Paragraph(markup(text), styles()[style])


def markup(text: str) -> str:
    """The text as reportlab's markup, as far as the fonts can show it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    shown = "".join(c if c == "\n" or _can_show(c) else MISSING for c in lines)
    return escape(shown).replace("  ", "\u00a0 ").replace("\n", BREAK)


def _can_show(character: str) -> bool:
    """Controls and invisible formatting would act unseen."""
    return ord(character) in _characters() and category(character) not in {"Cc", "Cf"}


@cache
def _characters() -> frozenset[int]:
    """What both fonts have."""
    _register_fonts()
    regular, bold = (pdfmetrics.getFont(name).face.charToGlyph for name in (REGULAR, BOLD))
    return frozenset(regular) & frozenset(bold)


@cache
def _register_fonts() -> None:
    """Once a process: parsing them is most of what a report costs."""
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )


@cache
def styles() -> dict[str, ParagraphStyle]:
    _register_fonts()
    kinds: dict[str, dict[str, Any]] = {
        "title": {"fontName": BOLD, "fontSize": 16, "spaceAfter": 4},
        "heading": {"fontName": BOLD, "fontSize": 12.5, "spaceBefore": 14, "keepWithNext": 1},
        "name": {"fontName": BOLD, "fontSize": 10, "spaceBefore": 8, "keepWithNext": 1},
        "text": {"fontSize": 9.5},
        "quoted": {"fontSize": 9.5, "leftIndent": 4 * mm},
        "soft": {"fontSize": 8, "textColor": SOFT},
    }
    common = {"fontName": REGULAR, "textColor": INK, "spaceAfter": 2, "splitLongWords": 1}
    return {
        name: ParagraphStyle(name, **{**common, "leading": kind["fontSize"] * 1.45, **kind})
        for name, kind in kinds.items()
    }
