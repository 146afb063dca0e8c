"""Marks of Markdown out of the way of its words: left out of labels, quiet in quotations."""

import re
from collections.abc import Iterator

from django.utils.safestring import SafeString, mark_safe

from provenance.pages.visible_text import as_html

# A mark further from its fellow is taken for a letter of the text; it also bounds the search.
_FARTHEST = 200
_OF_LINES = r"^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?)"
_PAIRED = (
    rf"(?P<strong>\*\*)(?=\S)[^\n*]{{1,{_FARTHEST}}}(?<=\S)\*\*"
    rf"|(?P<code>`)[^\n`]{{1,{_FARTHEST}}}`"
)
# Where a label begins: the edge of a table, a list's mark, or a pair that is cut off.
_LEADING = re.compile(r"^[\s|]*(?:[*+-]\s+|\*\*)?")
_MARKS = re.compile(f"{_OF_LINES}|{_PAIRED}", re.MULTILINE)


def without_marks(text: str) -> str:
    """`text` for a label, without its marks; as it is where nothing else is in it."""
    words = "".join(piece for piece, is_mark in _pieces(text) if not is_mark)
    return _LEADING.sub("", words).strip() or text


def with_quiet_marks(text: str) -> SafeString:
    """`text` as HTML, to the letter, its marks set back: a quotation has to be exact."""
    return mark_safe(  # noqa: S308 - as_html escapes every piece
        "".join(
            f'<span class="quiet-mark">{as_html(piece)}</span>' if is_mark else as_html(piece)
            for piece, is_mark in _pieces(text)
        )
    )


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces that join to `text`, each with whether it is a mark."""
    done = 0
    for found in _MARKS.finditer(text):
        yield text[done : found.start()], False
        mark = found["strong"] or found["code"]
        if mark:
            yield mark, True
            yield found[0][len(mark) : -len(mark)], False
        yield mark or found[0], True
        done = found.end()
    yield text[done:], False
