"""Finds for each sentence of an output the passages whose words support it: an aid, no verdict."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from itertools import accumulate, islice
from uuid import UUID

from retrieval.recording.claims import DENIED, MAX_CHARACTERS, Claim, claim_of
from retrieval.recording.limits import SENTENCE_LENGTH, SENTENCES, SOURCES
from retrieval.recording.sentences import sentence_spans

NAME, VERSION = "ragledger-overlap", 2

# A term, or two terms that follow each other.
Item = str | tuple[str, str]

SCALE = 1_000_000
# The share of a sentence's weight that one window of a passage must hold.
THRESHOLD = 500_000
# A pair of terms that follow each other counts for half of their average.
PAIR_SHARE = 4
# A claim may be spread over so many sentences of a passage that follow each other.
MAX_WINDOW = 3
MAX_SUPPORTS = 5
# A term in more sentences than this selects no candidates; so many candidates are compared.
MAX_POSTINGS = 200
MAX_COMPARED = 12
# The sentences of one output, and the code points of all passages, that are compared.
MAX_SENTENCES = 1_000
MAX_SOURCE_POINTS = 512 * 1024


@dataclass(frozen=True)
class Source:
    """A passage as far as the prompt held it."""

    chunk_id: UUID
    version_id: UUID | None
    text: str


@dataclass(frozen=True)
class Support:
    """A passage that holds the sentence's words; `score` in millionths."""

    chunk_id: UUID
    version_id: UUID | None
    score: int


@dataclass(frozen=True)
class AttributedSentence:
    """The sentence `[start, end)` of the output, and what supports it, the best first."""

    start: int
    end: int
    supports: tuple[Support, ...]


@dataclass(frozen=True)
class Attribution:
    """The sentences in their order; `cut_short` names the limits that left some of it out."""

    sentences: tuple[AttributedSentence, ...]
    cut_short: tuple[str, ...] = ()


def attribute(text: str, sources: Sequence[Source]) -> Attribution:
    """Every sentence of the text; one without support has none that was given to the model."""
    spans = list(islice(sentence_spans(text), MAX_SENTENCES + 1))
    within = _within_limits(sources)
    reached = {
        SENTENCES: len(spans) > MAX_SENTENCES,
        SENTENCE_LENGTH: any(end - start > MAX_CHARACTERS for start, end in spans),
        SOURCES: len(within) < len(sources),
    }
    supports = cache(Evidence(within).supports_of)
    return Attribution(
        tuple(
            AttributedSentence(start, end, supports(text[start:end][:MAX_CHARACTERS]))
            for start, end in spans[:MAX_SENTENCES]
        ),
        tuple(name for name, is_reached in reached.items() if is_reached),
    )


def _within_limits(sources: Sequence[Source]) -> list[Source]:
    """The first of them, as far as one output may be compared with them."""
    points = accumulate(len(source.text) for source in sources)
    return [
        source for source, total in zip(sources, points, strict=True) if total <= MAX_SOURCE_POINTS
    ]


class Evidence:
    """The sentences of all passages, with an index of their terms."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._claims: list[Claim] = []
        self._source_of: list[int] = []
        self._frequency: Counter[str] = Counter()
        self._postings: dict[str, list[int]] = defaultdict(list)
        read = cache(claim_of)
        for index, source in enumerate(sources):
            for start, end in sentence_spans(source.text):
                self._add(index, read(source.text[start:end][:MAX_CHARACTERS]))

    def _add(self, source: int, claim: Claim) -> None:
        for term in {term.removeprefix(DENIED) for term in claim.terms}:
            self._frequency[term] += 1
            if self._frequency[term] <= MAX_POSTINGS:
                self._postings[term].append(len(self._claims))
        self._claims.append(claim)
        self._source_of.append(source)

    def supports_of(self, sentence: str) -> tuple[Support, ...]:
        return tuple(self.supports(claim_of(sentence)))

    def supports(self, claim: Claim) -> list[Support]:
        """The passages that hold enough of the claim, unless their closest sentence denies it."""
        held = _Held(claim, self._weights(claim), self._claims)
        closest: dict[int, list[int]] = {}
        for sentence in self._candidates(claim):
            closest.setdefault(self._source_of[sentence], []).append(sentence)
        shares = {
            source: self._best_share(held, sentences)
            for source, sentences in closest.items()
            if not claim.contradicts(self._claims[sentences[0]])
        }
        ranked = sorted((-share, source) for source, share in shares.items() if share >= THRESHOLD)
        return [self._support(source, -share) for share, source in ranked[:MAX_SUPPORTS]]

    def _best_share(self, held: "_Held", sentences: Sequence[int]) -> int:
        """The best share of any window around the sentences; wider ones only where needed."""
        for size in range(1, MAX_WINDOW + 1):
            windows = (window for number in sentences for window in self._windows(number, size))
            share = max(map(held.share, windows), default=0)
            if share >= THRESHOLD:
                return share
        return 0

    def _support(self, index: int, score: int) -> Support:
        source = self._sources[index]
        return Support(source.chunk_id, source.version_id, score)

    def _candidates(self, claim: Claim) -> list[int]:
        """The sentences that share the most weight with the claim."""
        terms = {term.removeprefix(DENIED) for term in claim.terms}
        rare = {term for term in terms if self._frequency[term] <= MAX_POSTINGS}
        shared: Counter[int] = Counter()
        for term in rare or terms:
            rarity = self._rarity(term)
            for sentence in self._postings.get(term, ()):
                shared[sentence] += rarity
        return nsmallest(MAX_COMPARED, shared, key=lambda sentence: (-shared[sentence], sentence))

    def _windows(self, sentence: int, size: int) -> Iterator[range]:
        """The runs of `size` sentences of one passage that hold the given one."""
        source = self._source_of[sentence]
        for first in range(max(sentence - size + 1, 0), sentence + 1):
            last = first + size - 1
            inside = last < len(self._claims)
            if inside and self._source_of[first] == self._source_of[last] == source:
                yield range(first, last + 1)

    def _weights(self, claim: Claim) -> dict[Item, int]:
        """What each term and each pair of a claim counts for."""
        rarity = {term: self._rarity(term) for term in claim.terms}
        weights: dict[Item, int] = {}
        weights.update(rarity)
        for one, two in claim.pairs:
            weights[(one, two)] = (rarity[one] + rarity[two]) // PAIR_SHARE
        return weights

    def _rarity(self, term: str) -> int:
        frequency = self._frequency[term.removeprefix(DENIED)]
        return round(math.log1p((len(self._claims) + 1) / (frequency + 0.5)) * SCALE)


class _Held:
    """Which terms and pairs of one claim the sentences of the passages hold."""

    def __init__(self, claim: Claim, weights: Mapping[Item, int], claims: Sequence[Claim]) -> None:
        self._claim = claim
        self._weights = weights
        self._total = sum(weights.values())
        self._claims = claims
        self._items: dict[int, frozenset[Item]] = {}

    def share(self, window: range) -> int:
        """The weighted share of the claim in the window, in millionths; 0 if it lacks a number."""
        sentences = [self._claims[index] for index in window]
        if any(
            all(number not in one.numbers for one in sentences) for number in self._claim.numbers
        ):
            return 0
        held = frozenset[Item]().union(*map(self._in, window))
        return sum(self._weights[item] for item in held) * SCALE // self._total

    def _in(self, index: int) -> frozenset[Item]:
        if index not in self._items:
            found = self._claims[index]
            both = (self._claim.terms & found.terms, self._claim.pairs & found.pairs)
            self._items[index] = frozenset[Item]().union(*both)
        return self._items[index]
