"""Counts by day as slots of a chart: days, weeks or longer, so that few enough are drawn."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from provenance.pages.charts import Slot

# In days; from the first to the last counted day at most SLOTS are drawn, however long that is.
STEPS = (1, 7, 28, 84, 364)
SLOTS = 60


def slots(days: Mapping[date, Sequence[int]]) -> tuple[list[Slot], int]:
    """The slots, and how many days each is long; the last one ends with the last day."""
    if not days:
        return [], 1
    first, last = min(days), max(days)
    length = (last - first).days + 1
    step = next((each for each in STEPS if length <= each * SLOTS), -(-length // SLOTS))
    number = -(-length // step)
    begin = last - timedelta(days=step * number - 1)
    width = len(next(iter(days.values())))
    counts = [[0] * width for _ in range(number)]
    for day, values in days.items():
        slot = counts[(day - begin).days // step]
        for index, value in enumerate(values):
            slot[index] += value
    return [
        Slot(_midnight(begin + timedelta(days=step * index)), tuple(each))
        for index, each in enumerate(counts)
    ], step


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
