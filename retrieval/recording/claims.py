"""What a sentence claims, as far as words can be compared: its terms, numbers and negations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from retrieval.words import STOP_WORDS, words

# Longer sentences are compared by their beginning.
MAX_CHARACTERS = 4_000
# Stands before a term that its sentence denies.
DENIED = "¬"

_DENIALS = frozenset(
    words(
        "not no never without nor neither cannot isn aren wasn weren doesn didn won wouldn"
        " shouldn couldn hasn haven hadn nicht nie niemals ohne kein keine keinen keinem keiner"
        " keines pas jamais sans non nunca jamás sin"
    )
)
# Besides the English ones of lexical search.
NO_SUBJECT = """
der die das den dem des ein eine einen einem einer eines und oder aber ist sind war wird werden im
in am an auf aus bei mit nach von vom zu zum zur für fur über uber als auch wenn dass daß es er sie
wir ihr sich so wie le la les un une des du de et ou est sont pour par dans sur au aux que qui ce
cette el los las y o es son por con para se su al lo
"""
_EMPTY_WORDS = frozenset(words(" ".join(sorted(STOP_WORDS)))) | frozenset(NO_SUBJECT.split())
_CITATION = re.compile(r"\[\^?\d[^\]]{0,20}\]")
_GROUP = r"[.,'’ \u00a0\u202f]"  # noqa: RUF001
_NUMBER = re.compile(rf"(?<!\d)\d{{1,3}}(?:{_GROUP}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_GROUPED = re.compile(rf"{_GROUP}(?=\d{{3}}(?!\d))")
_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER_WORDS = {
    word: str(number)
    for number, spelt in (
        (2, "two zwei"), (3, "three drei"), (4, "four vier"), (5, "five fünf"), (6, "six sechs"),
        (7, "seven sieben"), (8, "eight acht"), (9, "nine neun"), (10, "ten zehn"),
        (11, "eleven elf"), (12, "twelve zwölf"), (14, "fourteen vierzehn"),
        (15, "fifteen fünfzehn"), (18, "eighteen achtzehn"), (20, "twenty zwanzig"),
        (30, "thirty dreißig"), (40, "forty vierzig"), (50, "fifty fünfzig"), (60, "sixty sechzig"),
        (70, "seventy siebzig"), (80, "eighty achtzig"), (90, "ninety neunzig"),
    )
    for word in spelt.split()
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """The terms of a sentence, those that follow each other, and the numbers that it names."""

    terms: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    numbers: frozenset[str]

    def denies(self, other: "Claim") -> bool:
        """True if it denies a term that the other affirms, and neither says both."""
        return any(
            term[1:] in other.terms and term[1:] not in self.terms and term not in other.terms
            for term in self.terms
            if term.startswith(DENIED)
        )

    def contradicts(self, other: "Claim") -> bool:
        return self.denies(other) or other.denies(self)


def claim_of(sentence: str) -> Claim:
    """Reads a sentence; citations such as [1] say nothing about its subject."""
    text = _CITATION.sub(" ", sentence[:MAX_CHARACTERS])
    terms = list(_terms(text))
    return Claim(frozenset(terms), frozenset(pairwise(terms)), frozenset(_numbers(text)))


def _terms(text: str) -> Iterator[str]:
    """Stemmed words that name a subject; the one after a denial is marked as denied."""
    denied = False
    for word in words(text):
        if word in _DENIALS:
            denied = True
        elif word not in _EMPTY_WORDS:
            yield DENIED + word if denied else word
            denied = False


def _numbers(text: str) -> Iterator[str]:
    """Numbers in one spelling: 50,000 and 50.000 and 50 000 are 50000; seven is 7."""
    for number in _NUMBER.findall(text):
        plain = _GROUPED.sub("", number).replace(",", ".")
        whole, dot, decimals = plain.partition(".")
        decimals = decimals.rstrip("0")
        yield (whole.lstrip("0") or "0") + (dot + decimals if decimals else "")
    for word in _LETTERS.findall(text):
        if number := _NUMBER_WORDS.get(word.casefold()):
            yield number
