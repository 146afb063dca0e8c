"""Splits a text into its sentences, as ranges of code points."""

import re
from collections.abc import Iterator

from retrieval.words import STOP_WORDS

NAME, VERSION = "ragledger-sentences", 1

_BULLET = r"(?:[-*+•·▪◦–—]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)])"  # noqa: RUF001
_MARKER = re.compile(rf"(?:(?:#{{1,6}}|>|{_BULLET})[ \t]+|[ \t]|\|)+")
_NEW_BLOCK = re.compile(rf"[ \t]*(?:#{{1,6}}[ \t]|>|\||```|{_BULLET}[ \t]|$)")

# Ends a sentence where white space or the end follows, and always in scripts without spaces. A
# citation such as [1] belongs to the sentence before it.
_ENDING = re.compile(
    r"(?<![.!?…؟۔।॥։])[.!?…؟۔।॥։]++[\"'”’»“)\]*_]*+"  # noqa: RUF001
    r"(?:[ ]?\[\^?\d{1,3}(?:[,–-][ ]?\d{1,3})*\])*+(?=\s|\Z)"  # noqa: RUF001
    r"|[。！？｡]++[」』”’）\])]*+"  # noqa: RUF001
)
_NEXT_WORD = re.compile(r"[\s\"'„“»«(\[*_]*(\w*)")
_MONTH = re.compile(r"(?i)(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[zc])")
_EDGES = frozenset(" \t\r\n\f\v\u00a0\u2028\u2029|")
DAY_DIGITS = 2
# Sentences of scripts without spaces end here whatever follows.
UNSPACED_ENDS = "。！？｡"  # noqa: RUF001

# Abbreviations that stand before what they belong to, so that a capital letter may follow.
BEFORE_NAMES = """
mr mrs ms dr prof st sr jr messrs hon rev gen col capt lt sgt fr hr sra mme mlle no nos nr art arts
sec sect para par cl fig figs eq vol vols ch pp ed eds cf vs v ca approx max min tel est dept incl
resp ref al e.g i.e z.b d.h u.a i.d.r s.o s.u vgl bzw bspw ggf inkl zzgl abs ziff str bd p.ej núm
pág av
"""
_BEFORE_NAMES = frozenset(BEFORE_NAMES.split())


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Ranges `[start, end)` of the sentences, without list markers and white space around them.

    Headings, list items and rows of tables are sentences of their own; what holds neither letter
    nor digit is none.
    """
    for block_start, block_end in _blocks(text):
        marker = _MARKER.match(text, block_start, block_end)
        start = marker.end() if marker else block_start
        for end in [*_endings(text, start, block_end), block_end]:
            if span := _trimmed(text, start, end):
                yield span
            start = end


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Lines, joined where a paragraph was wrapped: the next line goes on in lower case."""
    start = position = 0
    previous = ""
    for line in text.splitlines(keepends=True):
        if position > start and not _goes_on(previous.rstrip(), line):
            yield start, position
            start = position
        previous = line
        position += len(line)
    yield start, position


def _goes_on(before: str, line: str) -> bool:
    if not before or before[-1] in ".!?:;|" or _NEW_BLOCK.match(line):
        return False
    return line.lstrip()[:1].islower() or before[-1] in ",-–("  # noqa: RUF001


def _endings(text: str, start: int, end: int) -> Iterator[int]:
    for match in _ENDING.finditer(text, start, end):
        if match.group()[0] in UNSPACED_ENDS or not _goes_on_after(text, start, match, end):
            yield match.end()


def _goes_on_after(text: str, start: int, match: re.Match[str], end: int) -> bool:
    """True inside a quotation, and for the dot of an abbreviation, an initial or an ordinal."""
    following = _NEXT_WORD.match(text, match.end(), min(end, match.end() + 40))
    next_word = following.group(1) if following else ""
    if next_word[:1].islower():
        return True
    if match.group()[0] not in ".…":
        return False
    before = text[max(start, match.start() - 20) : match.start()].split()
    last = before[-1].strip("(\"'„“*_[").casefold() if before else ""
    if last.isdigit():
        return len(last) <= DAY_DIGITS and bool(_MONTH.match(next_word))
    if "." in last:
        return last in _BEFORE_NAMES
    is_short = last in _BEFORE_NAMES or (len(last) == 1 and last.isalpha())
    return is_short and next_word.casefold() not in STOP_WORDS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start] in _EDGES:
        start += 1
    while start < end and text[end - 1] in _EDGES:
        end -= 1
    return (start, end) if any(map(str.isalnum, text[start:end])) else None
