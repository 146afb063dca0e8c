"""Records in batches: any order inside, each recorded, replayed or refused for itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from provenance.accounts.access import Principal
from retrieval.recording.commands import report_output, report_prompt, report_retrieval
from retrieval.recording.errors import RecordingError

MAX_ITEMS = 500

COMMANDS: Mapping[str, Callable[..., Any]] = {
    "retrieval": report_retrieval,
    "prompt": report_prompt,
    "output": report_output,
}


@dataclass(frozen=True)
class BatchItem:
    """One record: its kind, and the keyword arguments of that kind's command."""

    kind: str
    fields: Mapping[str, Any]

    @property
    def record_id(self) -> UUID | None:
        """The caller's own id."""
        return self.fields.get(f"{self.kind}_id")


@dataclass(frozen=True)
class BatchResult:
    """What became of the item at `index`: "recorded", "replayed" or "refused" with its error."""

    index: int
    record_id: UUID | None
    status: str
    error: RecordingError | None = None


@transaction.atomic
def record_batch(
    *, principal: Principal, items: Sequence[BatchItem], imported: bool = False
) -> list[BatchResult]:
    """Records the items after those that they refer to; a refused one leaves nothing behind."""
    results = [
        _record(principal, index, items[index], imported=imported) for index in _ordered(items)
    ]
    return sorted(results, key=lambda result: result.index)


def _ordered(items: Sequence[BatchItem]) -> Iterator[int]:
    """Retrievals, then prompts, then outputs, those that replace others after them."""
    for kind in ("retrieval", "prompt"):
        yield from (index for index, item in enumerate(items) if item.kind == kind)
    waiting = [index for index, item in enumerate(items) if item.kind == "output"]
    while waiting:
        ids = {items[index].record_id for index in waiting}
        free = [index for index in waiting if items[index].fields.get("replaces") not in ids]
        yield from free or waiting
        waiting = [index for index in waiting if index not in set(free)] if free else []


def _record(principal: Principal, index: int, item: BatchItem, *, imported: bool) -> BatchResult:
    try:
        recorded = COMMANDS[item.kind](principal=principal, imported=imported, **item.fields)
    except RecordingError as error:
        return BatchResult(index, item.record_id, "refused", error)
    record_id: UUID = getattr(recorded, f"{item.kind}_id")
    return BatchResult(index, record_id, "replayed" if recorded.replayed else "recorded")
