"""What the application itself cited: which words of the output, and which passage or version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.pages.trace.sources import Passage, Source, Sources


@dataclass(frozen=True)
class Citation:
    """`passage` or `source` where it is known here, else `named` is what the application wrote."""

    words: str
    passage: Passage | None
    source: Source | None
    named: str


def citations(output: Mapping[str, Any], sources: Sources) -> Sequence[Citation]:
    text = output.get("text") or ""
    return [_citation(each, text, sources) for each in output.get("citations") or ()]


def _citation(cited: Mapping[str, Any], text: str, sources: Sources) -> Citation:
    start, end = cited.get("start"), cited.get("end")
    words = cited.get("quote") or (text[start:end] if start is not None and end else "")
    number = sources.number_of(cited.get("chunk_id"))
    named = next(
        (cited[key] for key in ("external_id", "chunk_id", "version_id") if key in cited), ""
    )
    return Citation(
        words=words,
        passage=None if number is None else sources.numbered(number),
        source=sources.version(cited.get("version_id")),
        named=str(named),
    )
