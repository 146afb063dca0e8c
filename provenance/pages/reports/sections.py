"""A report as sections of words and figures, the same for the page and for the PDF."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance.eventstore.recorded import Recorded
from provenance.pages.event_names import in_words
from provenance.pages.people import names_of
from provenance.pages.reports.details import detail_of
from provenance.reports.notable import Notable
from provenance.reports.report import Report

NO_APPLICATION = "a person, or the system"
UNSUPPORTED = (
    "A sentence counts as unsupported when its words are found in no passage that was retrieved"
    " for it; that is computed, and nobody has judged it."
)
ANSWERS = (
    "Application",
    "Model",
    "Outputs",
    "Not complete",
    "Erased",
    "Sentences",
    "Unsupported",
)
LISTED = ("Position", "Recorded (UTC)", "What", "By")


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and a table. Columns named in `figures` are numbers."""

    title: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    figures: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """For the anchor of the section."""
        return self.title.lower().replace(" ", "-").replace(",", "")

    @property
    def cells(self) -> list[list[tuple[str, str, bool]]]:
        """Each row as (column, text, is a figure)."""
        kinds = [(column, column in self.figures) for column in self.columns]
        return [
            [(column, text, figure) for (column, figure), text in zip(kinds, row, strict=True)]
            for row in self.rows
        ]


def sections(report: Report) -> list[Section]:
    names = names_of(_actor(event) for event in _all_listed(report))
    return [
        _counted("Documents", report.documents),
        _answers(report),
        _retrievals(report),
        _listed("Models and index", report.index, names, _models(report)),
        _counted("Verification", report.verification),
        _listed("Verifications, keys and restores", report.log, names),
        _counted("Review", report.review),
        _listed("Erasures and legal holds", report.erasures, names),
        _listed("Access", report.access, names),
    ]


def _counted(title: str, counted: Mapping[str, int]) -> Section:
    rows = tuple((_sentence(phrase), f"{count:,}") for phrase, count in counted.items())
    return Section(title, columns=("What", "How many"), rows=rows, figures=frozenset({"How many"}))


def _answers(report: Report) -> Section:
    rows = tuple(
        (
            each.application or NO_APPLICATION,
            each.model,
            f"{each.outputs:,}",
            f"{each.incomplete:,}",
            f"{each.erased:,}",
            f"{each.sentences:,}",
            _share(each.unsupported, each.unsupported_share),
        )
        for each in report.answers
    )
    sentences = (
        f"{report.outputs:,} outputs were recorded.",
        UNSUPPORTED,
    )
    return Section("Answers", sentences, ANSWERS, rows, frozenset(ANSWERS[2:]))


def _retrievals(report: Report) -> Section:
    rows = tuple((name or NO_APPLICATION, f"{n:,}") for name, n in report.retrievals.items())
    return Section(
        "Retrievals",
        (f"{report.asked:,} retrievals were served or reported.",),
        ("Application", "Retrievals"),
        rows,
        frozenset({"Retrievals"}),
    )


def _models(report: Report) -> tuple[str, ...]:
    if not report.new_models:
        return ("No language model answered for the first time.",)
    return (f"Language models that answered for the first time: {', '.join(report.new_models)}.",)


def _listed(
    title: str, found: Notable, names: Mapping[str, str], sentences: tuple[str, ...] = ()
) -> Section:
    if not found.events:
        return Section(title, (*sentences, "Nothing of this kind happened."))
    if found.more:
        sentences = (*sentences, f"The first {len(found.events):,} are shown; the log has more.")
    rows = tuple(_row(event, names) for event in found.events)
    return Section(title, sentences, LISTED, rows, frozenset({"Position"}))


def _row(event: Recorded[Any], names: Mapping[str, str]) -> tuple[str, ...]:
    detail = detail_of(event)
    words = in_words(event.type)
    return (
        f"{event.position:,}",
        f"{event.recorded_at:%Y-%m-%d %H:%M:%S}",
        f"{words}: {detail}" if detail else words,
        "RAGLedger" if event.actor.type == "system" else names.get(_actor(event), "unknown"),
    )


def _actor(event: Recorded[Any]) -> str:
    return f"{event.actor.type} {event.actor.id}"


def _all_listed(report: Report) -> Iterator[Recorded[Any]]:
    lists: Iterable[Notable] = (report.index, report.log, report.access, report.erasures)
    for found in lists:
        yield from found.events


def _share(count: int, share: float | None) -> str:
    return "not compared" if share is None else f"{count:,} ({share:.1%})"


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
