"""Which models and templates made the outputs that somebody may read."""

from django.db.models import Count, Exists, OuterRef

from provenance.accounts.access import Principal
from provenance.impact.models import UsingOutput
from retrieval.recording.queries import visible_outputs

MOST = 200


def models_in_use(principal: Principal) -> list[tuple[str, int]]:
    """Name and the number of outputs, by name; at most MOST."""
    counted = visible_outputs(principal).order_by().values("model")
    # Of the position, which stands in the index by model.
    rows = counted.annotate(outputs=Count("position")).order_by("model")[:MOST]
    return [(row["model"], row["outputs"]) for row in rows]


def templates_in_use(principal: Principal) -> list[tuple[str, str | None, int]]:
    """Name, version and the number of outputs, by name; at most MOST."""
    found = UsingOutput.objects.filter(template_name__isnull=False)
    if not principal.reads_all_applications or principal.collections is not None:
        visible = visible_outputs(principal).filter(output_id=OuterRef("output_id"))
        found = found.filter(Exists(visible))
    counted = found.order_by().values("template_name", "template_version")
    rows = counted.annotate(outputs=Count("output_id")).order_by(
        "template_name", "template_version"
    )[:MOST]
    return [(row["template_name"], row["template_version"], row["outputs"]) for row in rows]
