"""How often what happened: events by type between two positions, and answers by who gave them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Min, Q, Sum

from provenance.reports.period import Period
from retrieval.recording.models import InteractionOutput, InteractionRetrieval

BY_TYPE = """
SELECT e.type, count(*) FROM eventstore_position p JOIN eventstore_event e USING (seq)
WHERE p.position > %s AND p.position <= %s GROUP BY e.type ORDER BY e.type
"""


@dataclass(frozen=True)
class Answers:
    """What one application reported of one model; `sentences` of those that were compared."""

    application: str | None
    model: str
    outputs: int
    incomplete: int
    erased: int
    sentences: int
    unsupported: int

    @property
    def unsupported_share(self) -> float | None:
        return self.unsupported / self.sentences if self.sentences else None


def events_by_type(after: int, until: int) -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(BY_TYPE, [after, until])
        return dict(cursor.fetchall())


def answers(period: Period) -> list[Answers]:
    """By application and model, the most first."""
    rows = (
        InteractionOutput.objects.filter(
            recorded_at__gte=period.since, recorded_at__lt=period.until
        )
        .values("application", "model")
        .annotate(
            outputs=Count("pk"),
            incomplete=Count("pk", filter=~Q(status="complete")),
            erased=Count("erased_at"),
            compared=Sum("sentences", default=0),
            alone=Sum("unsupported", default=0),
        )
        .order_by("-outputs", "application", "model")
    )
    return [
        Answers(
            application=row["application"],
            model=row["model"],
            outputs=row["outputs"],
            incomplete=row["incomplete"],
            erased=row["erased"],
            sentences=row["compared"],
            unsupported=row["alone"],
        )
        for row in rows
    ]


def retrievals(period: Period) -> dict[str | None, int]:
    """By application."""
    rows = InteractionRetrieval.objects.filter(
        recorded_at__gte=period.since, recorded_at__lt=period.until
    )
    return dict(rows.values_list("application").annotate(Count("pk")).order_by("application"))


def new_models(period: Period) -> list[str]:
    """The language models whose first recorded output lies in the period."""
    first = InteractionOutput.objects.values("model").annotate(first=Min("recorded_at"))
    found = first.filter(first__gte=period.since, first__lt=period.until)
    return list(found.order_by(F("first"), "model").values_list("model", flat=True))
