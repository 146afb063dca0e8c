"""The trace told in sentences: who answered, on which words, and whether those still stand.

A reviewer who reads nothing else of the page must not be misled: a sentence says no more than was
recorded or computed, and names what was computed as such.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse

from provenance.pages.trace.basis import basis
from provenance.pages.trace.page import TracePage
from provenance.pages.trace.wording import Bit, Told, day, number, when

LATER = timedelta(days=1)
DID = {
    "complete": "answered",
    "truncated": "began an answer that was cut off at its limit,",
    "aborted": "began an answer that was broken off,",
    "refused": "declined to answer",
    "failed": "failed to answer",
}


def prose(page: TracePage) -> list[Told]:
    """One sentence each."""
    return [_answered(page), *_circumstances(page), *basis(page), *_supported(page)]


def _answered(page: TracePage) -> Told:
    output = page.output
    did = DID.get(output["status"], "answered")
    if not output.get("text") and not output.get("erased") and output["status"] == "complete":
        called = output.get("tool_calls_json") or output.get("tool_calls")
        did = "called tools and gave no text," if called else "gave an answer without text,"
    who = output.get("application")
    subject = f"the application {who}" if who else "an application"
    return [Bit(f"On {day(when(output))} {subject} {did} through the model {output['model']}.")]


def _circumstances(page: TracePage) -> Iterator[Told]:
    output = page.output
    recorded = output["recorded_at"]
    if output.get("imported"):
        yield [Bit(f"It was imported on {day(recorded)}: until then nothing here vouched for it.")]
    elif recorded - when(output) > LATER:
        yield [Bit(f"It was reported only on {day(recorded)}.")]
    if output.get("replaces"):
        url = reverse("pages:trace", args=[output["replaces"]])
        yield [Bit("It takes the place of "), Bit("an earlier output", url), Bit(".")]
    if output.get("erased"):
        yield [Bit("Its words have been erased; nobody can read them again.")]
    elif output.get("delivered_text") and output["delivered_text"] != output.get("text"):
        yield [Bit("What the person saw differs from what the model wrote.")]


def _supported(page: TracePage) -> Iterator[Told]:
    if page.output.get("erased") or not page.output.get("text"):
        return
    problem = any(part.startswith("OutputAttributed:") for part in page.missing)
    if not page.attributed:
        yield [Bit("Which passages support its sentences is still being computed.")]
    elif not page.counted_sentences:
        yield [
            Bit(
                "It could not be compared with the passages."
                if problem
                else "It holds no sentence that could be compared with the passages."
            )
        ]
    elif page.passages:
        yield [Bit(_support(page.counted_sentences, page.alone))]
        if problem:
            yield [Bit("That comparison was cut short by a limit.")]


def _support(sentences: int, alone: int) -> str:
    """A computed aid must not sound like a verdict."""
    if not alone:
        of = "its one sentence" if sentences == 1 else f"each of its {number(sentences)} sentences"
        return f"By computed comparison, a retrieved passage supports {of}."
    if alone == sentences:
        of = "its one sentence" if sentences == 1 else f"any of its {number(sentences)} sentences"
        return f"By computed comparison, no retrieved passage supports {of}."
    return (
        f"By computed comparison, no retrieved passage supports {number(alone)}"
        f" of its {number(sentences)} sentences."
    )
