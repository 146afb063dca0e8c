"""Sentences about what happened: English for programs, in the reader's language on pages."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.utils.translation import gettext

Sentence = tuple[str, Mapping[str, Any]]


class Told(str):
    """The English text of whole sentences, which remembers them for whoever translates."""

    sentences: tuple[Sentence, ...]

    def __new__(cls, *sentences: Sentence) -> Self:
        self = super().__new__(cls, _joined(sentences))
        self.sentences = sentences
        return self

    def __getnewargs__(self) -> tuple[Sentence, ...]:  # type: ignore[override]
        return self.sentences

    def translated(self) -> str:
        return _joined((gettext(sentence), values) for sentence, values in self.sentences)


def told(sentence: str, **values: Any) -> Told:
    """One sentence, marked by `gettext_noop`, and what stands for its `%(name)s`."""
    return Told((sentence, values))


def _joined(sentences: Iterable[Sentence]) -> str:
    return " ".join(sentence % values if values else sentence for sentence, values in sentences)
