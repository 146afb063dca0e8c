"""BM25 whose passage weights depend on the passage alone, so that they never have to change.

A passage stores `tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / PIVOT))` for each of its terms,
where PIVOT stands in for the average length. The inverse document frequencies come with the query,
from the statistics of the passages that are searched. Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009.
"""

import hashlib
import struct
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from retrieval.words import stem, subject_words, unstemmed

K1 = 0.9
B = 0.4
PIVOT = 200
# A query is searched by its first so many different terms.
MAX_QUERY_TERMS = 256
# Terms are named by a hash, so that no dictionary has to be kept: 1 to 999,999,999, since
# pgvector's sparse vectors have at most 10**9 dimensions; 0 counts all passages.
TERM_SPACE = 999_999_999
DIMENSIONS = 1_000_000_000
BIG_INTEGER = np.dtype(">i4")
INTEGER_OID, INTEGER_BYTES = 23, 4

CONFIGURATION: dict[str, Any] = {
    "name": "bm25",
    "version": 1,
    "k1_percent": 90,
    "b_percent": 40,
    "pivot": PIVOT,
    "stemmer": "english",
}


@dataclass(frozen=True)
class PassageTerms:
    """The different terms of a passage, ascending, and the weight of each."""

    terms: list[int]
    weights: list[float]

    @property
    def sparse(self) -> str:
        """The weights as pgvector writes a `sparsevec`."""
        pairs = zip(self.terms, self.weights, strict=True)
        return f"{{{','.join(f'{term}:{weight:.6g}' for term, weight in pairs)}}}/{DIMENSIONS}"

    @property
    def sparse_bytes(self) -> bytes:
        """As pgvector sends a `sparsevec`: sizes, places from 0, big-endian floats.

        The weights have six digits, as they are written.
        """
        rounded = {weight: float(f"{weight:.6g}") for weight in set(self.weights)}
        places = np.array(self.terms, dtype=BIG_INTEGER) - 1
        values = np.array([rounded[weight] for weight in self.weights], dtype=np.dtype(">f4"))
        sizes = struct.pack(">iii", DIMENSIONS, len(self.terms), 0)
        return sizes + places.astype(BIG_INTEGER).tobytes() + values.tobytes()

    @property
    def terms_bytes(self) -> bytes:
        """As PostgreSQL sends an `integer[]`: its shape, then each number behind its length."""
        if not self.terms:
            return struct.pack(">iii", 0, 0, INTEGER_OID)
        elements = np.empty((len(self.terms), 2), dtype=BIG_INTEGER)
        elements[:, 0], elements[:, 1] = INTEGER_BYTES, self.terms
        shape = struct.pack(">iiiii", 1, 0, INTEGER_OID, len(self.terms), 1)
        return shape + elements.tobytes()


@lru_cache(maxsize=131072)
def term_id(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) % TERM_SPACE + 1


@lru_cache(maxsize=131072)
def _term_of(word: str) -> int:
    return term_id(stem(word))


def passage_terms(text: str) -> PassageTerms:
    """The terms of a passage with their weights; no terms where the text has no words."""
    found = unstemmed(text)
    counted: dict[int, int] = {}
    # Each different word once: that is half the work.
    for word, times in Counter(found).items():
        term = _term_of(word)
        counted[term] = counted.get(term, 0) + times
    damping = K1 * (1 - B + B * len(found) / PIVOT)
    weight = {times: times * (K1 + 1) / (times + damping) for times in set(counted.values())}
    terms = sorted(counted)
    return PassageTerms(terms, [weight[counted[term]] for term in terms])


def query_terms(question: str) -> dict[int, int]:
    """The different terms of a question in their order, and how often each occurs."""
    counted = Counter(term_id(word) for word in subject_words(question))
    return dict(list(counted.items())[:MAX_QUERY_TERMS])
