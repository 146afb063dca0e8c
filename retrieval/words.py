"""Cuts text into the words that lexical search compares: folded, stemmed, the same for ever."""

import re
import sys
import unicodedata
from functools import lru_cache

import snowballstemmer

# A longer run of letters is compared by its beginning.
MAX_WORD_CHARACTERS = 64
# Marks that only decorate a letter of an alphabet are dropped, so that "café" finds "cafe".
DIACRITICS = re.compile("[\u0300-\u036f]")
# Scripts written without spaces are compared by pairs of characters: Thai, Lao, Burmese, Khmer,
# kana and Han.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
UNSPACED_RUN = re.compile(f"([{UNSPACED}]+)")

# Words of a question that say nothing about its subject. They stay in the index: a question made
# of nothing else is searched as it stands.
NO_SUBJECT = """
a about above after again against all am an and any are as at be because been before being below
between both but by can could d did do does doing don down during each few for from further had has
have having he her here hers him his how i if in into is it its just may me might more most must my
no nor not now of off on once only or other our out over own re s same she should so some such t
than that the their theirs them then there these they this those through to too under until up us
ve very was we were what when where which while who whom why will with would you your
"""
STOP_WORDS = frozenset(NO_SUBJECT.split())

_stemmer = snowballstemmer.stemmer("english")


def _combining_marks() -> str:
    """A character class of the marks that belong to the letter before them, as Indic vowels do."""
    ranges: list[list[int]] = []
    for code in range(0x300, min(sys.maxunicode, 0xFFFF)):
        if unicodedata.category(chr(code)) in {"Mn", "Mc"}:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


ASCII_WORD = re.compile("[a-z0-9]+")
WORD = re.compile(f"[^\\W_](?:[^\\W_]|[{_combining_marks()}])*")


def words(text: str) -> list[str]:
    """The words of a text in their order, ready to be compared."""
    return [stem(word) for word in unstemmed(text)]


def subject_words(question: str) -> list[str]:
    """The words of a question without those that name no subject, unless there are no others."""
    found = unstemmed(question)
    subject = [word for word in found if word not in STOP_WORDS]
    return [stem(word) for word in subject or found]


def unstemmed(text: str) -> list[str]:
    """The words as they stand, folded."""
    if text.isascii():
        # What `WORD` finds there, three times as fast.
        return [word[:MAX_WORD_CHARACTERS] for word in ASCII_WORD.findall(text.lower())]
    found: list[str] = []
    for word in WORD.findall(_folded(text)):
        if word.isascii():
            found.append(word[:MAX_WORD_CHARACTERS])
        else:
            for part in UNSPACED_RUN.split(word):
                found.extend(_parts(part))
    return found


def _parts(part: str) -> list[str]:
    if not part:
        return []
    if not UNSPACED_RUN.match(part) or len(part) == 1:
        return [part[:MAX_WORD_CHARACTERS]]
    return [part[start : start + 2] for start in range(len(part) - 1)]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", DIACRITICS.sub("", decomposed))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What words of one kind have in common, in English."""
    stemmed: str = _stemmer.stemWord(word) if word.isascii() else word
    return stemmed
