"""The work that follows when what stands for a document may have changed."""

from provenance.impact.asking import KIND, QUEUE
from provenance.impact.comparing import compare_wording
from provenance.projections.work import WorkKind, register_work

# Opened and closed by `asking.Comparisons`.
register_work(WorkKind(name=KIND, queue=QUEUE, opened_by={}, closed_by={}, run=compare_wording))
