"""The boxes of a drawn trace: what each of them says, where it leads, which passages it shares."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from provenance.pages.trace.sources import Passage, Source
from provenance.pages.visible_text import as_label

SAID = 200
Key = tuple[str, Hashable]


@dataclass(frozen=True)
class Box:
    """`title` over `note`; `said` is the whole of it, for who does not see it.

    `passages` are the numbers that it shares with others of its page; `state` names its colours.
    """

    key: Key
    title: str
    note: str
    said: str
    url: str = ""
    hue: int = 0
    passages: str = ""
    state: str = ""


def output_box(sentences: int) -> Box:
    note = f"{sentences} sentence{'' if sentences == 1 else 's'}"
    return Box(("output", 0), "The output", note, f"The output, {note}", "#answer-head")


def sentence_box(number: int, text: str, numbers: str) -> Box:
    support = f"supported by passages {numbers}" if numbers else "nothing supports it"
    return Box(
        key=("sentence", number),
        title=text,
        note=f"sentence {number}" if numbers else f"sentence {number}: no support",
        said=f"Sentence {number}, {support}: {as_label(text[:SAID])}",
        url=f"#sentence-{number}",
        passages=numbers,
        state="" if numbers else "alarm",
    )


def passage_box(passage: Passage) -> Box:
    place = "in the prompt" if passage.in_prompt else "not in the prompt"
    return Box(
        key=("passage", passage.number),
        title=passage.text or "no words",
        note=f"passage {passage.number}, {place}",
        said=f"Passage {passage.number}, {place}: {as_label(passage.text[:SAID])}",
        url=f"#passage-{passage.number}",
        hue=passage.source.hue,
        passages=str(passage.number),
        state="" if passage.in_prompt else "out",
    )


def version_box(source: Source, passages: Iterable[Passage]) -> Box:
    numbers = numbers_of(each for each in passages if each.source == source)
    if source.version_id is None:
        return Box(
            version_key(source), "Unknown", "no version known here", "Unknown", "", 0, numbers
        )
    kind, by = source.standing.kind, source.standing.by
    state = "good" if kind == "current" else "attention" if source.standing.is_outdated else ""
    note = f"replaced by version {by.version_number}" if by else kind
    title = f"version {source.version_number}"
    return Box(
        key=version_key(source),
        title=title,
        note=note,
        said=f"{as_label(source.title[:SAID])}, {title}, {note}",
        url=reverse("pages:version", args=[source.version_id]),
        hue=source.hue,
        passages=numbers,
        state=state,
    )


def document_box(document_id: str, passages: Iterable[Passage]) -> Box:
    own = [each for each in passages if each.source.document_id == document_id]
    title = own[0].source.title or "Untitled document"
    return Box(
        key=("document", document_id),
        title=title,
        note="document",
        said=f"Document {as_label(title[:SAID])}",
        url=reverse("pages:document", args=[document_id]),
        passages=numbers_of(own),
    )


def version_key(source: Source) -> Key:
    return ("version", source.version_id or source.title)


def numbers_of(passages: Iterable[Passage]) -> str:
    return " ".join(str(passage.number) for passage in passages)
