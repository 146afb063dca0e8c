"""BM25 whose passage weights depend on the passage alone, so that they never have to change.

A passage stores `tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / PIVOT))` for each of its terms,
where PIVOT stands in for the average length. The inverse document frequencies come with the query,
from the statistics of the passages that are searched. Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from retrieval.words import subject_words, words

K1 = 0.9
B = 0.4
PIVOT = 200
# A query is searched by its first so many different terms.
MAX_QUERY_TERMS = 256
# Terms are named by a hash, so that no dictionary has to be kept: 1 to 999,999,999, since
# pgvector's sparse vectors have at most 10**9 dimensions; 0 counts all passages.
TERM_SPACE = 999_999_999
DIMENSIONS = 1_000_000_000

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


@lru_cache(maxsize=131072)
def term_id(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) % TERM_SPACE + 1


def passage_terms(text: str) -> PassageTerms:
    """The terms of a passage with their weights; no terms where the text has no words."""
    found = words(text)
    counted = Counter(term_id(word) for word in found)
    damping = K1 * (1 - B + B * len(found) / PIVOT)
    terms = sorted(counted)
    return PassageTerms(
        terms, [counted[term] * (K1 + 1) / (counted[term] + damping) for term in terms]
    )


def query_terms(question: str) -> dict[int, int]:
    """The different terms of a question in their order, and how often each occurs."""
    counted = Counter(term_id(word) for word in subject_words(question))
    return dict(list(counted.items())[:MAX_QUERY_TERMS])
