"""Cuts a text into chunks: exact spans of code points, each within the embedder's window."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from semantic_text_splitter import MarkdownSplitter, TextSplitter
from tokenizers import Tokenizer

from ingestion import media_types


@dataclass(frozen=True)
class Chunker:
    """A way to cut: what it makes of a text never changes, another way has another version.

    One unknown "word" is one piece however long it is, and nobody wants to read such a chunk:
    hence the limit in characters.
    """

    name: str
    version: str
    word_pieces: int
    characters: int

    @property
    def label(self) -> str:
        return f"{self.name}/{self.version}"


# The window of the bundled model: 256 word pieces, two of them [CLS] and [SEP]. English prose
# comes to about 1,000 characters a chunk.
STANDARD = Chunker("ragledger-chunker", "1", word_pieces=254, characters=2_000)
# Every new version is cut by the standard; these cut what is known anew, for a generation.
CHUNKERS = {
    each.label: each for each in (STANDARD, Chunker("fine", "1", word_pieces=126, characters=1_000))
}
# The splitter's work grows with the square of a unit that nothing divides, so a long text is cut
# into sections first, at the best place in the second half of each.
MAX_SECTION = 64 * 1024
SECTION_ENDS = ("\n# ", "\n## ", "\n\n", "\n", " ")

# Control characters between letters vanish in the tokenizer, so they stand inside a word here.
WORD_OR_SIGN = re.compile(r"[\w\x00-\x08\x0e-\x1f\x7f]+|[^\w\s]")
MAX_REMEMBERED = 200_000

TOKENIZER = Path(__file__).parent / "embeddings" / "all_minilm_l6_v2" / "tokenizer.json"

Span = tuple[int, int]


def chunk_spans(text: str, *, media_type: str, chunker: Chunker = STANDARD) -> list[Span]:
    """The chunks of a text as `[start, end)` in code points; the same text gives the same spans."""
    by_section = spans_by_section(text, media_type=media_type, chunker=chunker)
    return [span for spans in by_section for span in spans]


def spans_by_section(
    text: str, *, media_type: str, chunker: Chunker = STANDARD
) -> Iterator[list[Span]]:
    """As `chunk_spans`, a section at a time, so that a caller can do something in between."""
    bare_type = media_types.bare(media_type)
    splitter = _splitter(bare_type, chunker.word_pieces)
    for start, end in sections(text):
        spans = [
            part
            for offset, chunk in splitter.chunk_indices(text[start:end])
            for part in _within_limits(chunk, start + offset, bare_type, chunker)
        ]
        yield [span for span in spans if text[slice(*span)].strip("\ufeff").strip()]


def sections(text: str) -> Iterator[Span]:
    """Cuts the text, losing nothing, into sections that the splitter handles in bounded time."""
    start = 0
    while len(text) - start > MAX_SECTION:
        end = _section_end(text, start)
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def word_pieces(text: str) -> int:
    """How many word pieces of the bundled model the text has, without [CLS] and [SEP]."""
    return len(_tokenizer().encode(text, add_special_tokens=False).ids)


def _section_end(text: str, start: int) -> int:
    middle, last = start + MAX_SECTION // 2, start + MAX_SECTION
    for mark in SECTION_ENDS:
        found = text.rfind(mark, middle, last)
        if found >= 0:
            return found + 1
    return last


def _within_limits(chunk: str, start: int, bare_type: str, chunker: Chunker) -> Iterator[Span]:
    """The chunk itself, or its parts where it is longer than allowed."""
    if len(chunk) > chunker.characters:
        finer: MarkdownSplitter | TextSplitter = TextSplitter(chunker.characters)
    elif chunk.isascii() or word_pieces(chunk) <= chunker.word_pieces:
        yield start, start + len(chunk)
        return
    else:
        finer = _exact_splitter(bare_type, chunker.word_pieces)
    for offset, part in finer.chunk_indices(chunk):
        yield from _within_limits(part, start + offset, bare_type, chunker)


class PiecesByWord(dict[str, int]):
    """How many word pieces a word has, counted once."""

    def __missing__(self, word: str) -> int:
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        self[word] = pieces = word_pieces(word)
        return pieces


_pieces = PiecesByWord()


def _measure(text: str) -> int:
    """Word pieces, as the sum over words: exact for ASCII, and five times faster than tokenizing.

    Elsewhere a mark between letters may make a difference, so such chunks are counted again.
    """
    return sum(map(_pieces.__getitem__, WORD_OR_SIGN.findall(text)))


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def _splitter(bare_type: str, most: int) -> MarkdownSplitter | TextSplitter:
    return _kind(bare_type).from_callback(_measure, most)


@cache
def _exact_splitter(bare_type: str, most: int) -> MarkdownSplitter | TextSplitter:
    return _kind(bare_type).from_huggingface_tokenizer(_tokenizer(), most)


def _kind(bare_type: str) -> type[MarkdownSplitter] | type[TextSplitter]:
    return MarkdownSplitter if bare_type == media_types.MARKDOWN else TextSplitter
