"""The map of a prompt: which of its characters came from which retrieved passage."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from retrieval.recording.joined_texts import join_texts
from retrieval.recording.limits import PASSAGES
from retrieval.recording.matches import Haystack, Match, look_up
from retrieval.recording.partial_matches import find_partial
from retrieval.recording.whole_matches import find_whole

NAME, VERSION = "ragledger-prompt-map", 2

# Passages that are looked for in one prompt, and the code points of their distinct texts.
MAX_PASSAGES, MAX_PASSAGE_POINTS = 10_000, 8 * 1024 * 1024
# Spans in all, and of one passage.
MAX_SPANS, MAX_SPANS_OF_A_PASSAGE = 10_000, 64


@dataclass(frozen=True)
class PromptText:
    """One text of a prompt: a message's content, or the part `part` of it."""

    message: int
    part: int | None
    text: str


@dataclass(frozen=True)
class Passage:
    """A retrieved chunk that the prompt may hold."""

    chunk_id: UUID
    retrieval_id: UUID
    version_id: UUID | None
    text: str


@dataclass(frozen=True)
class Span:
    """`[start, end)` of a text of the prompt is `[chunk_start, chunk_end)` of a passage."""

    message: int
    part: int | None
    start: int
    end: int
    passage: Passage
    chunk_start: int
    chunk_end: int
    match: Literal["exact", "normalized"]


@dataclass(frozen=True)
class PromptMap:
    """Spans in the order of the prompt; `absent` are the chunks of which it holds nothing.

    `cut_short` names the limits that were reached: then there may be more spans than these, and
    a chunk that was not looked for is not called absent.
    """

    spans: tuple[Span, ...]
    absent: tuple[UUID, ...]
    cut_short: tuple[str, ...] = ()


def prompt_texts(messages: Sequence[Mapping[str, Any]]) -> list[PromptText]:
    """The texts of chat messages: content that is a string, and the text of content parts."""
    return [text for index, message in enumerate(messages) for text in _texts_of(index, message)]


def _texts_of(index: int, message: Mapping[str, Any]) -> Iterator[PromptText]:
    content = message.get("content")
    if isinstance(content, str):
        yield PromptText(index, None, content)
    elif isinstance(content, list):
        for part, value in enumerate(content):
            text = value.get("text") if isinstance(value, dict) else value
            if isinstance(text, str):
                yield PromptText(index, part, text)


def map_prompt(texts: Sequence[PromptText], passages: Iterable[Passage]) -> PromptMap:
    """Finds the passages in the prompt, in time linear in both together.

    A chunk that several retrievals returned counts for the first of them. Spans of one chunk do
    not overlap. What a whole passage explains is not given to a shortened one besides.
    """
    candidates = _first_of_each_chunk(passages)
    sought = _within_limits(candidates)
    haystack, distinct = _looked_up(texts, sought)
    matches = _matches_by_text(haystack, distinct)
    spans = [
        span
        for passage in sought
        for span in _spans(haystack, texts, passage, matches[passage.text])
    ]
    spans.sort(key=lambda span: (span.message, span.part or 0, span.start, span.end))
    if len(sought) < len(candidates):
        haystack.cut_short.add(PASSAGES)
    unsought = {distinct[index] for index in haystack.unsought}
    present = {span.passage.chunk_id for span in spans}
    chunks = dict.fromkeys(each.chunk_id for each in sought if each.text not in unsought)
    absent = tuple(chunk for chunk in chunks if chunk not in present)
    return PromptMap(tuple(spans), absent, tuple(sorted(haystack.cut_short)))


def locate(texts: Sequence[PromptText], passages: Sequence[Passage]) -> list[Span]:
    """Where the texts hold passages whole, in the order of the passages."""
    haystack, distinct = _looked_up(texts, passages)
    found: dict[str, list[Match]] = {text: [] for text in distinct}
    for match in sorted(find_whole(haystack), key=lambda match: match.place):
        found[distinct[match.passage]].append(match)
    return [
        span
        for passage in passages
        for span in _spans(haystack, texts, passage, found[passage.text])
    ]


def _first_of_each_chunk(passages: Iterable[Passage]) -> list[Passage]:
    first: dict[tuple[UUID, str], Passage] = {}
    for passage in passages:
        first.setdefault((passage.chunk_id, passage.text), passage)
    return list(first.values())


def _within_limits(candidates: Sequence[Passage]) -> list[Passage]:
    """The first of them, as far as one prompt may be searched for them."""
    texts: set[str] = set()
    points = 0
    for index, passage in enumerate(candidates[:MAX_PASSAGES]):
        if passage.text not in texts:
            texts.add(passage.text)
            points += len(passage.text)
        if points > MAX_PASSAGE_POINTS:
            return list(candidates[:index])
    return list(candidates[:MAX_PASSAGES])


def _looked_up(
    texts: Sequence[PromptText], passages: Sequence[Passage]
) -> tuple[Haystack, list[str]]:
    """The prompt with the distinct texts of the passages."""
    distinct = list(dict.fromkeys(passage.text for passage in passages))
    spans = max(1, min(MAX_SPANS // max(len(passages), 1), MAX_SPANS_OF_A_PASSAGE))
    prompt = join_texts([text.text for text in texts])
    return look_up(prompt, join_texts(distinct), spans_of_a_passage=spans), distinct


def _matches_by_text(haystack: Haystack, distinct: Sequence[str]) -> dict[str, list[Match]]:
    """For each distinct text of a passage, its matches in the order of the prompt."""
    whole = find_whole(haystack)
    matches: dict[str, list[Match]] = {text: [] for text in distinct}
    for match in sorted([*whole, *find_partial(haystack, whole)], key=lambda match: match.place):
        matches[distinct[match.passage]].append(match)
    return matches


def _spans(
    haystack: Haystack, texts: Sequence[PromptText], passage: Passage, matches: Sequence[Match]
) -> Iterator[Span]:
    prompt, passages = haystack.prompt, haystack.passages
    previous_end = 0
    for match in matches:
        (start, end), (chunk_start, chunk_end) = haystack.original_ranges(match)
        exact = haystack.is_exact(match)
        owner = prompt.owner(match.place)
        base, chunk_base = int(prompt.bases[owner]), int(passages.bases[match.passage])
        span = Span(
            message=texts[owner].message,
            part=texts[owner].part,
            start=start - base,
            end=end - base,
            passage=passage,
            chunk_start=chunk_start - chunk_base,
            chunk_end=chunk_end - chunk_base,
            match="exact" if exact else "normalized",
        )
        if exact:
            span = _with_edges(span, texts[owner].text, after=previous_end - base)
        previous_end = span.end + base
        yield span


def _with_edges(span: Span, text: str, *, after: int) -> Span:
    """Adds the white space at the edges of a passage where the prompt holds it too."""
    chunk = span.passage.text
    before, behind = chunk[: span.chunk_start], chunk[span.chunk_end :]
    if not before.isspace() and not behind.isspace():
        return span
    start, end, chunk_start, chunk_end = span.start, span.end, span.chunk_start, span.chunk_end
    room = start - len(before) >= max(after, 0)
    if room and before.isspace() and text.endswith(before, 0, start):
        start, chunk_start = start - len(before), 0
    if behind.isspace() and text.startswith(behind, end):
        end, chunk_end = end + len(behind), len(chunk)
    return replace(span, start=start, end=end, chunk_start=chunk_start, chunk_end=chunk_end)
