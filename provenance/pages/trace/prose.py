"""The trace told in sentences: who answered, on which words, and whether those still stand.

A reviewer who reads nothing else of the page must not be misled: a sentence says no more than was
recorded or computed, and names what was computed as such.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from provenance.pages.trace.basis import basis
from provenance.pages.trace.page import TracePage
from provenance.pages.trace.wording import Bit, Told, day, number, told, when

LATER = timedelta(days=1)
DID = {
    "complete": gettext_noop("On %(day)s %(subject)s answered through the model %(model)s."),
    "truncated": gettext_noop(
        "On %(day)s %(subject)s began an answer that was cut off at its limit, through the model"
        " %(model)s."
    ),
    "aborted": gettext_noop(
        "On %(day)s %(subject)s began an answer that was broken off, through the model %(model)s."
    ),
    "refused": gettext_noop(
        "On %(day)s %(subject)s declined to answer through the model %(model)s."
    ),
    "failed": gettext_noop("On %(day)s %(subject)s failed to answer through the model %(model)s."),
}
CALLED = gettext_noop(
    "On %(day)s %(subject)s called tools and gave no text, through the model %(model)s."
)
SILENT = gettext_noop(
    "On %(day)s %(subject)s gave an answer without text, through the model %(model)s."
)


def prose(page: TracePage) -> list[Told]:
    """One sentence each."""
    return [_answered(page), *_circumstances(page), *basis(page), *_supported(page)]


def _answered(page: TracePage) -> Told:
    output = page.output
    did = DID.get(output["status"], DID["complete"])
    if not output.get("text") and not output.get("erased") and output["status"] == "complete":
        called = output.get("tool_calls_json") or output.get("tool_calls")
        did = CALLED if called else SILENT
    who = output.get("application")
    subject = gettext("the application %(name)s") % {"name": who} if who else ""
    return told(
        gettext(did),
        day=day(when(output)),
        subject=subject or gettext("an application"),
        model=output["model"],
    )


def _circumstances(page: TracePage) -> Iterator[Told]:
    output = page.output
    recorded = output["recorded_at"]
    if output.get("imported"):
        yield told(
            gettext("It was imported on %(day)s: until then nothing here vouched for it."),
            day=day(recorded),
        )
    elif recorded - when(output) > LATER:
        yield told(gettext("It was reported only on %(day)s."), day=day(recorded))
    if output.get("replaces"):
        url = reverse("pages:trace", args=[output["replaces"]])
        earlier = [Bit(gettext("an earlier output"), url)]
        yield told(gettext("It takes the place of %(output)s."), output=earlier)
    if output.get("erased"):
        yield told(gettext("Its words have been erased; nobody can read them again."))
    elif output.get("delivered_text") and output["delivered_text"] != output.get("text"):
        yield told(gettext("What the person saw differs from what the model wrote."))


def _supported(page: TracePage) -> Iterator[Told]:
    if page.output.get("erased") or not page.output.get("text"):
        return
    problem = any(part.startswith("OutputAttributed:") for part in page.missing)
    if not page.attributed:
        yield told(gettext("Which passages support its sentences is still being computed."))
    elif not page.counted_sentences:
        yield told(
            gettext("It could not be compared with the passages.")
            if problem
            else gettext("It holds no sentence that could be compared with the passages.")
        )
    elif page.passages:
        yield told(_support(page.counted_sentences, page.alone))
        if problem:
            yield told(gettext("That comparison was cut short by a limit."))


def _support(sentences: int, alone: int) -> str:
    """A computed aid must not sound like a verdict."""
    if not alone:
        words = ngettext(
            "By computed comparison, a retrieved passage supports its one sentence.",
            "By computed comparison, a retrieved passage supports each of its %(sentences)s"
            " sentences.",
            sentences,
        )
    elif alone == sentences:
        words = ngettext(
            "By computed comparison, no retrieved passage supports its one sentence.",
            "By computed comparison, no retrieved passage supports any of its %(sentences)s"
            " sentences.",
            sentences,
        )
    else:
        words = gettext(
            "By computed comparison, no retrieved passage supports %(alone)s of its %(sentences)s"
            " sentences."
        )
    return words % {"sentences": number(sentences), "alone": number(alone)}
