"""On what an answer rests, in sentences: what was found, what stood in the prompt, what became."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from provenance.pages.trace.page import TracePage
from provenance.pages.trace.sources import Passage, Source
from provenance.pages.trace.wording import Bit, Told, fate, number, passages, told, when

# Document versions that are named one by one.
NAMED = 4


def basis(page: TracePage) -> Iterator[Told]:
    if not page.retrievals:
        yield told(
            gettext("Its prompt names no retrieval, so no document version stands behind it.")
        )
        return
    if not page.passages:
        yield _of_retrievals(
            page,
            ngettext(
                "Its retrieval found nothing.",
                "Its %(retrievals)s retrievals found nothing.",
                len(page.retrievals),
            ),
        )
        return
    yield _in_prompt(page)
    unresolved = sum(passage.source.version_id is None for passage in page.passages)
    if unresolved:
        words = ngettext(
            "%(number)s passage belongs to no version known here.",
            "%(number)s passages belong to no version known here.",
            unresolved,
        )
        yield told(words, number=_capital(number(unresolved)))


def _in_prompt(page: TracePage) -> Told:
    if page.prompt.get("erased"):
        return _of_retrievals(
            page,
            ngettext(
                "Its retrieval found %(found)s; the prompt has been erased.",
                "Its %(retrievals)s retrievals found %(found)s; the prompt has been erased.",
                len(page.retrievals),
            ),
        )
    if not page.mapped:
        return _of_retrievals(
            page,
            ngettext(
                "Its retrieval found %(found)s; which of them stood in the prompt is still being"
                " worked out.",
                "Its %(retrievals)s retrievals found %(found)s; which of them stood in the prompt"
                " is still being worked out.",
                len(page.retrievals),
            ),
        )
    used = [passage for passage in page.passages if passage.in_prompt]
    unsure = any(part.startswith("PromptAssembled") for part in page.missing)
    return _used(page, used, unsure=unsure) if used else _unused(page, unsure=unsure)


def _unused(page: TracePage, *, unsure: bool) -> Told:
    count = len(page.retrievals)
    if unsure:
        words = ngettext(
            "Its retrieval found %(found)s; none of them was found in the prompt, as far as it"
            " could be compared.",
            "Its %(retrievals)s retrievals found %(found)s; none of them was found in the prompt,"
            " as far as it could be compared.",
            count,
        )
    else:
        words = ngettext(
            "Its retrieval found %(found)s; none of them was found in the prompt.",
            "Its %(retrievals)s retrievals found %(found)s; none of them was found in the prompt.",
            count,
        )
    return _of_retrievals(page, words)


def _used(page: TracePage, used: Sequence[Passage], *, unsure: bool) -> Told:
    share = _share(len(used), len(page.passages))
    if unsure and len(used) < len(page.passages):
        share = gettext("at least %(number)s") % {"number": share}
    counts = Counter(passage.source for passage in used)
    if len(counts) == 1:
        words = ngettext(
            "Its retrieval found %(found)s; %(share)s stood in the prompt, from %(versions)s.",
            "Its %(retrievals)s retrievals found %(found)s; %(share)s stood in the prompt, from"
            " %(versions)s.",
            len(page.retrievals),
        )
        return _of_retrievals(page, words, share=share, versions=_source(used[0].source, page))
    words = ngettext(
        "Its retrieval found %(found)s; %(share)s stood in the prompt: %(versions)s.",
        "Its %(retrievals)s retrievals found %(found)s; %(share)s stood in the prompt:"
        " %(versions)s.",
        len(page.retrievals),
    )
    return _of_retrievals(page, words, share=share, versions=_versions(counts, page))


def _of_retrievals(page: TracePage, words: str, **parts: str | Told) -> Told:
    retrievals, found = number(len(page.retrievals)), passages(len(page.passages))
    return told(words, retrievals=retrievals, found=found, **parts)


def _share(used: int, found: int) -> str:
    if used < found:
        return number(used)
    few = {1: gettext("it"), 2: gettext("both")}
    return few.get(used) or gettext("all %(number)s") % {"number": number(used)}


def _versions(counts: Counter[Source], page: TracePage) -> Told:
    """The versions as a list: two from one and one from another."""
    items = [
        told(
            gettext("%(number)s from %(version)s"),
            number=number(count),
            version=_source(source, page),
        )
        for source, count in list(counts.items())[:NAMED]
    ]
    more = len(counts) - NAMED
    if more > 0:
        words = ngettext(
            "%(versions)s, and others from %(number)s further version",
            "%(versions)s, and others from %(number)s further versions",
            more,
        )
        return told(words, versions=_joined(items), number=number(more))
    words = gettext("%(versions)s and %(last)s")
    return told(words, versions=_joined(items[:-1]), last=items[-1])


def _joined(items: Sequence[Told]) -> Told:
    bits = list(items[0])
    for item in items[1:]:
        bits += [Bit(", "), *item]
    return bits


def _source(source: Source, page: TracePage) -> Told:
    if source.version_id is None:
        return [Bit(gettext("an unknown origin"))]
    url = reverse("pages:version", args=[source.version_id])
    name = gettext("%(title)s, version %(number)s") % {
        "title": source.title[:120] or gettext("an untitled document"),
        "number": source.version_number,
    }
    became = fate(source.standing, when(page.output))
    return [Bit(name, url), Bit(f" ({became})")] if became else [Bit(name, url)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
