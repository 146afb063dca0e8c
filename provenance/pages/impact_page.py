"""What a page of impact shows, whatever it is the impact of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.translation import gettext, gettext_noop

from ingestion.models import CatalogueVersion
from provenance.history.counterfactuals import QuestionErased
from provenance.impact import uses
from provenance.impact.without import without_version
from provenance.pages import keyset
from provenance.pages.access import PersonRequest
from provenance.pages.charts import Chart, draw
from provenance.pages.over_time import slots
from provenance.pages.rank_rows import RankRow, rank_rows
from retrieval.errors import IndexNotReady
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.models import InteractionOutput, Relation

RELATIONS = {
    Relation.CITED: gettext_noop("cited by the model"),
    Relation.IN_PROMPT: gettext_noop("in the prompt"),
    Relation.RETRIEVED_ONLY: gettext_noop("only retrieved"),
}
PERIODS = {1: gettext_noop("by day"), 7: gettext_noop("by week")}
APPLICATIONS = 50


@dataclass(frozen=True)
class Share:
    """A part of the outputs, the address of a list of it alone, and whether it is that list."""

    name: str
    count: int
    per_cent: float
    url: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """An output that rests on it."""

    use: uses.Use
    output: InteractionOutput | None
    version_number: int | None
    beside: str


@dataclass(frozen=True)
class Again:
    """A question of an output, and its passages with and without the version."""

    question: str
    ranks: list[RankRow]


def build(request: PersonRequest, found: uses.Uses, *, related: bool) -> dict[str, Any]:
    """The context of the page; `related` tells that outputs rest on it more or less."""
    query = request.GET
    relation = _one_of(query.get("relation", ""), Relation.values) if related else None
    application = keyset.text(query, "application") or None
    after = query.get(keyset.AFTER, "")
    rows = uses.page_of(
        found,
        limit=keyset.PAGE,
        after=int(after) if after.isdecimal() and len(after) <= keyset.MAX_DIGITS else None,
        relation=relation,
        application=application,
    )
    tally = uses.tally(found)
    chart, step = _chart(tally, related=related)
    return {
        "tally": tally,
        "related": related,
        "relations": _shares(query, "relation", relation, _named(tally)) if related else [],
        "applications": _shares(query, "application", application, _applications(tally)),
        "more_applications": len(tally.applications) - APPLICATIONS,
        "filtered": bool(relation or application),
        "chart": chart,
        "period": gettext(PERIODS[step])
        if step in PERIODS
        else gettext("by %(step)s days") % {"step": step},
        "rows": _rows(query, rows[: keyset.PAGE]),
        "after": bool(after),
        "clear": keyset.address(query, relation="", application="", after=""),
        "first_page": keyset.address(query, after=""),
        "next_page": keyset.address(query, after=str(rows[keyset.PAGE - 1].position))
        if len(rows) > keyset.PAGE
        else "",
    }


def beside(request: PersonRequest, version_id: UUID | None = None) -> dict[str, Any]:
    """For `?beside=` and `?version=`: what that output's questions find without the version."""
    output_id = _id(request.GET.get("beside", ""))
    version_id = version_id or _id(request.GET.get("version", ""))
    if output_id is None or version_id is None:
        return {}
    try:
        asked, of = without_version(output_id, version_id, principal=request.principal)
    except RecordNotFound as error:
        raise Http404 from error
    except (QuestionErased, IndexNotReady) as error:
        return {"beside": output_id, "beside_problem": str(error)}
    again = [
        Again(
            each.recorded.question.query if each.recorded.question else "",
            rank_rows(each.recorded.answer, each.found, principal=request.principal),
        )
        for each in asked
    ]
    return {"beside": output_id, "again": again, "unasked": of - len(again)}


def _named(tally: uses.Tally) -> list[tuple[str, str, int]]:
    return [
        (value, gettext(RELATIONS[Relation(value)]), tally.relations[value]) for value in RELATIONS
    ]


def _applications(tally: uses.Tally) -> list[tuple[str, str, int]]:
    most = tally.applications.most_common(APPLICATIONS)
    return [(name or "", name or gettext("no application"), count) for name, count in most]


def _shares(
    query: QueryDict, parameter: str, chosen: str | None, parts: Sequence[tuple[str, str, int]]
) -> list[Share]:
    most = max((count for _, _, count in parts), default=0) or 1
    return [
        Share(
            name,
            count,
            round(100 * count / most, 1),
            keyset.address(query, **{parameter: "" if value == chosen else value, "after": ""}),
            chosen=chosen is not None and value == chosen,
        )
        for value, name, count in parts
    ]


def _chart(tally: uses.Tally, *, related: bool) -> tuple[Chart, int]:
    days = tally.days if related else {day: counts[:1] for day, counts in tally.days.items()}
    found, step = slots(days)
    label = "%-d %b %Y" if step > 1 else "%-d %b"
    return draw(found, label=label), step


def _rows(query: QueryDict, shown: Sequence[uses.Use]) -> list[Row]:
    outputs = InteractionOutput.objects.in_bulk([use.output_id for use in shown])
    numbers = dict(
        CatalogueVersion.objects.filter(
            version_id__in={use.version_id for use in shown if use.version_id}
        ).values_list("version_id", "version_number")
    )
    return [
        Row(
            use,
            outputs.get(use.output_id),
            numbers.get(use.version_id) if use.version_id else None,
            keyset.address(query, beside=str(use.output_id), version=str(use.version_id))
            if use.version_id
            else "",
        )
        for use in shown
    ]


def _one_of(text: str, choices: Sequence[str]) -> str | None:
    return text if text in choices else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
