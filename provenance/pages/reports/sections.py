"""A report as sections of words and figures, the same for the page and for the PDF."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from provenance.eventstore.recorded import Recorded
from provenance.pages.event_names import in_words
from provenance.pages.people import names_of
from provenance.pages.reports.details import detail_of
from provenance.reports.notable import Notable
from provenance.reports.report import Report

NO_APPLICATION = gettext_noop("a person, or the system")
UNSUPPORTED = gettext_noop(
    "A sentence counts as unsupported when its words are found in no passage that was retrieved"
    " for it; that is computed, and nobody has judged it."
)
ANSWERS = (
    gettext_noop("Application"),
    gettext_noop("Model"),
    gettext_noop("Outputs"),
    gettext_noop("Not complete"),
    gettext_noop("Erased"),
    gettext_noop("Sentences"),
    gettext_noop("Unsupported"),
)
LISTED = (
    gettext_noop("Position"),
    gettext_noop("Recorded (UTC)"),
    gettext_noop("What"),
    gettext_noop("By"),
)


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
        _counted(gettext("Documents"), report.documents),
        _answers(report),
        _retrievals(report),
        _listed(gettext("Models and index"), report.index, names, _models(report)),
        _counted(gettext("Verification"), report.verification),
        _listed(gettext("Verifications, keys and restores"), report.log, names),
        _counted(gettext("Review"), report.review),
        _listed(gettext("Erasures and legal holds"), report.erasures, names),
        _listed(gettext("Access"), report.access, names),
    ]


def _counted(title: str, counted: Mapping[str, int]) -> Section:
    rows = tuple((_sentence(gettext(phrase)), f"{count:,}") for phrase, count in counted.items())
    return Section(
        title,
        columns=(gettext("What"), gettext("How many")),
        rows=rows,
        figures=frozenset({gettext("How many")}),
    )


def _answers(report: Report) -> Section:
    rows = tuple(
        (
            each.application or gettext(NO_APPLICATION),
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
        gettext("%(outputs)s outputs were recorded.") % {"outputs": f"{report.outputs:,}"},
        gettext(UNSUPPORTED),
    )
    columns = tuple(gettext(each) for each in ANSWERS)
    return Section(gettext("Answers"), sentences, columns, rows, frozenset(columns[2:]))


def _retrievals(report: Report) -> Section:
    rows = tuple(
        (name or gettext(NO_APPLICATION), f"{n:,}") for name, n in report.retrievals.items()
    )
    return Section(
        gettext("Retrievals"),
        (
            gettext("%(asked)s retrievals were served or reported.")
            % {"asked": f"{report.asked:,}"},
        ),
        (gettext("Application"), gettext("Retrievals")),
        rows,
        frozenset({gettext("Retrievals")}),
    )


def _models(report: Report) -> tuple[str, ...]:
    if not report.new_models:
        return (gettext("No language model answered for the first time."),)
    return (
        gettext("Language models that answered for the first time: %(new_models)s.")
        % {"new_models": ", ".join(report.new_models)},
    )


def _listed(
    title: str, found: Notable, names: Mapping[str, str], sentences: tuple[str, ...] = ()
) -> Section:
    if not found.events:
        return Section(title, (*sentences, gettext("Nothing of this kind happened.")))
    if found.more:
        sentences = (
            *sentences,
            gettext("The first %(events)s are shown; the log has more.")
            % {"events": f"{len(found.events):,}"},
        )
    rows = tuple(_row(event, names) for event in found.events)
    return Section(
        title,
        sentences,
        tuple(gettext(each) for each in LISTED),
        rows,
        frozenset({gettext("Position")}),
    )


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
    return gettext("not compared") if share is None else f"{count:,} ({share:.1%})"


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
