"""Puts the one statement of a search together from the parts in `search.sql`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.validity import counts_at

PARTS: dict[str, str] = dict(
    re.findall(
        r"^-- part (\w+)\n(.*?)(?=^-- part |\Z)",
        (Path(__file__).parent / "search.sql").read_text(encoding="utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
)

LIVE_VALIDITY = "retrieval_validity AS v ON v.version_id = r.version_id AND v.live"
SCOPE_VALIDITY = (
    "scope AS s ON s.version_id = r.version_id"
    " JOIN retrieval_validity AS v ON (v.version_id, v.known_from) = (s.version_id, s.known_from)"
)
COUNTS_THEN = counts_at("COALESCE(%(as_of)s, state.position)", "%(effective_at)s")


@dataclass(frozen=True)
class Shape:
    """What decides which parts a search has.

    `past`: for a position or effective time other than what is live. `scoped`: some live versions
    only, or each passage compared; always so in the past. `filtered`: by metadata. `exact`: the
    vector index is left aside. `rows` ends the names of the tables that hold vectors and terms,
    where they are not those of the index.
    """

    mode: str
    past: bool
    scoped: bool
    filtered: bool
    exact: bool = False
    rows: str = ""


@cache
def statement(shape: Shape) -> str:
    """The SQL of a search, with named parameters."""
    steps = [PARTS[name].strip() for name in _steps(shape)]
    text = "WITH " + ", ".join(_without_comments(step) for step in steps) + "\n" + PARTS["answer"]
    counts = "(SELECT array_agg(chunks ORDER BY place) FROM counted)"
    within = "AND t.version_id IN (SELECT version_id FROM scope)"
    for name, value in {
        "counts_then": COUNTS_THEN,
        "rows": shape.rows,
        "first": "",
        "indexed": "indexed" if _size(shape) == "size_then" else "many",
        "within": within if shape.scoped else "",
        "versions": "(SELECT array_agg(version_id) FROM scope)" if shape.filtered else "NULL",
        "validity": SCOPE_VALIDITY if shape.scoped else LIVE_VALIDITY,
        "frequencies": "NULL::integer[]" if shape.mode == "vector" else counts,
    }.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@cache
def deep_statement(mode: str) -> str:
    """The SQL that ranks everything that counted then, and finds one document in that ranking."""
    steps = _steps(Shape(mode=mode, past=True, scoped=True, filtered=True, exact=True))
    fused, ranked = ("fused_hybrid_deep" if mode == "hybrid" else steps[-2]), "ranked"
    steps = [*steps[:-2], fused, ranked]
    text = "WITH " + ", ".join(_without_comments(PARTS[name].strip()) for name in steps)
    text = f"{text}\n{PARTS['answer_of_document']}".replace("{counts_then}", COUNTS_THEN).replace(
        "{rows}", ""
    )
    return text.replace("{first}", "candidate DESC, " if mode == "hybrid" else "")


def _steps(shape: Shape) -> list[str]:
    when = "then" if shape.past else "now"
    steps = ["state"]
    if shape.scoped:
        steps += [f"known_{when}", "scope"]
    steps.append(_size(shape))
    if shape.mode != "vector":
        steps += [f"counted_{when}", "question", f"matching_{when}"]
    if shape.mode != "text":
        steps += ["asked", _nearest(shape)]
    return [*steps, f"fused_{shape.mode}", "ranked"]


def _size(shape: Shape) -> str:
    if shape.past and not shape.exact and shape.mode != "text":
        return "size_then"
    return "size" if shape.scoped else "size_unfiltered"


def _nearest(shape: Shape) -> str:
    if shape.past:
        return "nearest_compared" if shape.exact else "nearest_then"
    return "nearest_either" if shape.scoped else "nearest_indexed"


def _without_comments(step: str) -> str:
    return "\n".join(line for line in step.splitlines() if not line.startswith("--"))
