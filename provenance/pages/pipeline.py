"""What the page about the pipeline answers: does everything keep up, and what failed and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils.translation import gettext, gettext_noop

from provenance.pages.charts import Chart, Slot, draw
from provenance.projections.projection import projection_named, projection_names
from provenance.projections.rebuild_listing import Run
from provenance.projections.standing import ReadModelStanding, Standing
from provenance.projections.throughput import MOST_COUNTED, Throughput

# A read model that lags for longer than this is said to be behind, not busy.
LATE_SECONDS = 30


@dataclass(frozen=True)
class Step:
    """A stage: the events that say it is done, and the work that waits after it."""

    name: str
    types: tuple[str, ...]
    waiting: str = ""
    kinds: tuple[str, ...] = ()


ROWS: Mapping[str, Sequence[Step]] = {
    gettext_noop("Documents"): (
        Step(
            gettext_noop("Handed in"),
            ("DocumentSubmitted",),
            gettext_noop("to extract"),
            ("extract",),
        ),
        Step(
            gettext_noop("Text extracted"),
            ("DocumentProcessed",),
            gettext_noop("to embed"),
            ("embed",),
        ),
        Step(gettext_noop("Passages embedded"), ("ChunksEmbedded",)),
        Step(gettext_noop("Searchable"), ("DocumentIndexed",)),
    ),
    gettext_noop("Answers"): (
        Step(
            gettext_noop("Retrievals"),
            ("RetrievalServed", "RetrievalReported"),
            gettext_noop("to note by document"),
            ("record_retrieved", "note_retrieved_documents"),
        ),
        Step(
            gettext_noop("Prompts"),
            ("PromptReported",),
            gettext_noop("to map"),
            ("assemble_prompt",),
        ),
        Step(
            gettext_noop("Outputs"),
            ("OutputReported",),
            gettext_noop("to attribute"),
            ("attribute_output",),
        ),
        Step(gettext_noop("Attributed"), ("OutputAttributed",)),
    ),
}
TYPES = frozenset(name for row in ROWS.values() for step in row for name in step.types)
NAMED_KINDS = frozenset(kind for row in ROWS.values() for step in row for kind in step.kinds)


@dataclass(frozen=True)
class Stage:
    """A step with its figures: done of late, waiting after it, failing among what waits."""

    step: Step
    done: int
    waiting: int
    failing: int


@dataclass(frozen=True)
class ReadModel:
    """A read model as it stands; `standing` is None before its first fold."""

    name: str
    about: str
    standing: ReadModelStanding | None
    seconds: float
    run: Run | None

    @property
    def behind(self) -> int:
        return self.standing.behind if self.standing else 0

    @property
    def late(self) -> bool:
        return self.seconds > LATE_SECONDS


def stages(now: Standing, done: Mapping[str, int]) -> dict[str, list[Stage]]:
    failing = {each.kind: each.count for each in now.failing_work}
    return {
        name: [
            Stage(
                step,
                _sum(done, step.types),
                _sum(now.waiting_work, step.kinds),
                _sum(failing, step.kinds),
            )
            for step in row
        ]
        for name, row in ROWS.items()
    }


def other_work(now: Standing) -> dict[str, int]:
    """Work that waits and belongs to no stage: erasures, generations of the index."""
    return {
        in_words(kind): count for kind, count in now.waiting_work.items() if kind not in NAMED_KINDS
    }


def read_models(now: Standing, runs: Mapping[str, Run], *, at: datetime) -> list[ReadModel]:
    standing = {each.name: each for each in now.read_models}
    return [
        ReadModel(
            name,
            _about(name),
            standing.get(name),
            seconds_since(standing[name].behind_since, at) if name in standing else 0.0,
            runs.get(name),
        )
        for name in projection_names()
    ]


def chart(found: Throughput) -> Chart:
    slots = [Slot(start, (count,)) for start, count in zip(found.starts, found.counts, strict=True)]
    return draw(slots, label="%H:%M")


def span(found: Throughput) -> str:
    """What the figures of the stages are counted over."""
    if found.hour <= MOST_COUNTED:
        return gettext("in the last hour")
    return gettext("among the newest %(most_counted)s events") % {
        "most_counted": f"{MOST_COUNTED:,}"
    }


def in_words(kind: str) -> str:
    return kind.replace("_", " ")


def _sum(counts: Mapping[str, int], names: Iterable[str]) -> int:
    return sum(counts.get(name, 0) for name in names)


@cache
def _about(name: str) -> str:
    """The first line of what the projection says of itself."""
    return (projection_named(name).__doc__ or "").partition("\n")[0]


def seconds_since(moment: datetime | None, at: datetime) -> float:
    """0 for what is not waiting."""
    return max((at - moment).total_seconds(), 0.0) if moment else 0.0
