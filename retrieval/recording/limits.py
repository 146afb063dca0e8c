"""What keeps the computations bounded; a result that a limit cut short names that limit."""

from collections.abc import Iterable

PASSAGES, PLACES, PARTS = "passages", "places", "parts"
SENTENCES, SENTENCE_LENGTH = "sentences", "sentence_length"
SOURCES, PROMPT_MAP = "sources", "prompt_map"

# Each in words, for whoever reads the result. Names are stored in events and never change.
IN_WORDS = {
    PASSAGES: "Not every retrieved passage was looked for: there is too much text in them",
    PLACES: "A passage stands in the prompt at more places than are listed",
    PARTS: "The prompt repeats parts of passages so often that not all of them were followed",
    SENTENCES: "The answer has more sentences than are compared; the last ones were not",
    SENTENCE_LENGTH: "A sentence is so long that only its beginning was compared",
    SOURCES: "The passages in the prompt are too long; sentences were compared with the first ones",
    PROMPT_MAP: "Not every passage in the prompt is known, so a sentence may have support unseen",
}


def in_words(reached: Iterable[str]) -> list[str]:
    return [IN_WORDS[name] for name in IN_WORDS if name in set(reached)]
