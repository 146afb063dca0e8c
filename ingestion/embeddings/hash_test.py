"""A model for tests: deterministic, instant, without meaning but for words in common."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from ingestion.embeddings.provider import Vectors, digest_of, unit

WORD = re.compile(r"\w+")


class HashTest:
    """Each word of a text adds or subtracts 1 in one of 64 places, both chosen by its hash."""

    name = "hash-test"
    dimensions = 64
    max_tokens = 256
    digest = digest_of([("model", "hash-test"), ("version", "1")])

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_passages([text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in WORD.findall(text.casefold()) or [""]:
                place = blake2b(word.encode(), digest_size=2).digest()
                vectors[row, place[0] % self.dimensions] += 1 if place[1] & 1 else -1
            if not vectors[row].any():
                vectors[row, 0] = 1
        return unit(vectors)
