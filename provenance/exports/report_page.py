"""The report as one HTML file that needs nothing else and prints well, in pieces."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.template.loader import render_to_string

from provenance.exports.report import Answer, Entry, Report

EVENTS_AT_ONCE = 500


def answer(report: Report, answer: Answer, place: int) -> bytes:
    """The part about one output; `place` is its own, from 1 on."""
    return _part("answer", {"report": report, "answer": answer, "place": place})


def pieces(report: Report, answers: Iterable[bytes], events: Iterable[Entry]) -> Iterator[bytes]:
    """The whole file, around the parts about the outputs."""
    yield _part("head", {"report": report})
    yield from answers
    yield _part("proof", {"report": report})
    rest = iter(events)
    while some := list(islice(rest, EVENTS_AT_ONCE)):
        yield _part("events", {"events": some})
    yield _part("end", {})


def _part(name: str, context: dict[str, object]) -> bytes:
    return render_to_string(f"exports/report.html#{name}", context).encode()
