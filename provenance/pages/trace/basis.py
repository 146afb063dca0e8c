"""On what an answer rests, in sentences: what was found, what stood in the prompt, what became."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.urls import reverse

from provenance.pages.trace.page import TracePage
from provenance.pages.trace.sources import Passage, Source
from provenance.pages.trace.wording import Bit, Told, counted, fate, number, when

# Document versions that are named one by one.
NAMED = 4


def basis(page: TracePage) -> Iterator[Told]:
    if not page.retrievals:
        yield [Bit("Its prompt names no retrieval, so no document version stands behind it.")]
        return
    if not page.passages:
        yield [Bit(f"Its {_retrievals(page)} found nothing.")]
        return
    yield from _in_prompt(page)
    unresolved = sum(passage.source.version_id is None for passage in page.passages)
    if unresolved:
        belongs = "belongs" if unresolved == 1 else "belong"
        yield [
            Bit(f"{_capital(counted(unresolved, 'passage'))} {belongs} to no version known here.")
        ]


def _in_prompt(page: TracePage) -> Iterator[Told]:
    found = counted(len(page.passages), "passage")
    if page.prompt.get("erased"):
        yield [Bit(f"Its {_retrievals(page)} found {found}; the prompt has been erased.")]
        return
    if not page.mapped:
        yield [
            Bit(
                f"Its {_retrievals(page)} found {found}; which of them stood in the prompt is"
                " still being worked out."
            )
        ]
        return
    used = [passage for passage in page.passages if passage.in_prompt]
    unsure = any(part.startswith("PromptAssembled") for part in page.missing)
    if not used:
        yield [
            Bit(
                f"Its {_retrievals(page)} found {found}; none of them was found in the prompt"
                f"{', as far as it could be compared' if unsure else ''}."
            )
        ]
        return
    stood = "at least " if unsure and len(used) < len(page.passages) else ""
    stood += _share(len(used), len(page.passages))
    begin = f"Its {_retrievals(page)} found {found}; {stood} stood in the prompt"
    yield [Bit(begin), *_from_versions(used, page), Bit(".")]


def _share(used: int, found: int) -> str:
    if used < found:
        return number(used)
    return {1: "it", 2: "both"}.get(used, f"all {number(used)}")


def _from_versions(used: Sequence[Passage], page: TracePage) -> Iterator[Bit]:
    counts = Counter(passage.source for passage in used)
    shown = list(counts.items())[:NAMED]
    for index, (source, count) in enumerate(shown):
        last = index == len(shown) - 1 and len(counts) <= NAMED
        joint = (" and " if last else ", ") if index else ": "
        yield Bit(", from " if len(counts) == 1 else f"{joint}{number(count)} from ")
        yield from _source(source, page)
    if len(counts) > NAMED:
        yield Bit(f", and others from {counted(len(counts) - NAMED, 'further version')}")


def _source(source: Source, page: TracePage) -> Iterator[Bit]:
    if source.version_id is None:
        yield Bit("an unknown origin")
        return
    url = reverse("pages:version", args=[source.version_id])
    yield Bit(
        f"{source.title[:120] or 'an untitled document'}, version {source.version_number}", url
    )
    if became := fate(source.standing, when(page.output)):
        yield Bit(f" ({became})")


def _retrievals(page: TracePage) -> str:
    count = len(page.retrievals)
    return "retrieval" if count == 1 else f"{number(count)} retrievals"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
