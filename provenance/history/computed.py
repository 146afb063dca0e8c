"""What was computed of a prompt and of an output, in the words of the interface."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from retrieval.ranking import MICRO
from retrieval.recording.assembly import SPAN_COLUMNS
from retrieval.recording.events import OutputAttributed, PromptAssembled

Json = dict[str, Any]


def assembled(events: Iterable[Recorded[Any]]) -> Json:
    """The spans of a prompt that are passages, and the chunks of which it holds nothing.

    `cut_short` names the limits that leave this map incomplete.
    """
    data = next((e.data for e in events if isinstance(e.data, PromptAssembled)), None)
    if data is None:
        return {"spans": [], "absent": [], "cut_short": []}
    spans = read_listing(data.spans)
    return {
        "spans": [dict(zip(SPAN_COLUMNS, span, strict=True)) for span in spans],
        "absent": read_listing(data.absent),
        "cut_short": data.cut_short,
    }


def attributed(events: Iterable[Recorded[Any]], text: str | None) -> list[Json]:
    """The sentences of an output with the passages that support each, the best first."""
    data = next((e.data for e in events if isinstance(e.data, OutputAttributed)), None)
    if data is None or text is None:
        return []
    supports: dict[int, list[Json]] = defaultdict(list)
    for number, chunk_id, version_id, score in read_listing(data.supports):
        supports[number].append(
            {"chunk_id": chunk_id, "version_id": version_id, "score": score / MICRO}
        )
    return [
        {"start": start, "end": end, "text": text[start:end], "supports": supports[number]}
        for number, (start, end) in enumerate(read_listing(data.sentences))
    ]
