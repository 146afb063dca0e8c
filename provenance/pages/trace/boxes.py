"""The boxes of a drawn trace: what each of them says, where it leads, which passages it shares."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from provenance.pages.markdown_marks import without_marks
from provenance.pages.record_words import in_words
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
    note = ngettext("%(count)s sentence", "%(count)s sentences", sentences) % {"count": sentences}
    return Box(
        ("output", 0),
        gettext("The output"),
        note,
        gettext("The output, %(note)s") % {"note": note},
        "#answer-head",
    )


def sentence_box(number: int, text: str, numbers: str) -> Box:
    words = without_marks(text[:SAID])
    support = (
        gettext("supported by passages %(numbers)s") % {"numbers": numbers}
        if numbers
        else gettext("nothing supports it")
    )
    return Box(
        key=("sentence", number),
        title=words,
        note=gettext("sentence %(number)s") % {"number": number}
        if numbers
        else gettext("sentence %(number)s: no support") % {"number": number},
        said=gettext("Sentence %(number)s, %(support)s: %(said)s")
        % {"number": number, "support": support, "said": as_label(words)},
        url=f"#sentence-{number}",
        passages=numbers,
        state="" if numbers else "alarm",
    )


def passage_box(passage: Passage) -> Box:
    words = without_marks(passage.text[:SAID])
    place = gettext("in the prompt") if passage.in_prompt else gettext("not in the prompt")
    return Box(
        key=("passage", passage.number),
        title=words or gettext("no words"),
        note=gettext("passage %(number)s, %(place)s") % {"number": passage.number, "place": place},
        said=gettext("Passage %(number)s, %(place)s: %(said)s")
        % {"number": passage.number, "place": place, "said": as_label(words)},
        url=f"#passage-{passage.number}",
        hue=passage.source.hue,
        passages=str(passage.number),
        state="" if passage.in_prompt else "out",
    )


def version_box(source: Source, passages: Iterable[Passage]) -> Box:
    numbers = numbers_of(each for each in passages if each.source == source)
    if source.version_id is None:
        return Box(
            version_key(source),
            gettext("Unknown"),
            gettext("no version known here"),
            gettext("Unknown"),
            "",
            0,
            numbers,
        )
    kind, by = source.standing.kind, source.standing.by
    state = "good" if kind == "current" else "attention" if source.standing.is_outdated else ""
    note = (
        gettext("replaced by version %(version_number)s") % {"version_number": by.version_number}
        if by
        else in_words(kind)
    )
    title = gettext("version %(version_number)s") % {"version_number": source.version_number}
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
    title = own[0].source.title or gettext("Untitled document")
    return Box(
        key=("document", document_id),
        title=title,
        note=gettext("document"),
        said=gettext("Document %(said)s") % {"said": as_label(title[:SAID])},
        url=reverse("pages:document", args=[document_id]),
        passages=numbers_of(own),
    )


def version_key(source: Source) -> Key:
    return ("version", source.version_id or source.title)


def numbers_of(passages: Iterable[Passage]) -> str:
    return " ".join(str(passage.number) for passage in passages)
