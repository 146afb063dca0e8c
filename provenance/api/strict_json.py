"""Reads JSON strictly: one value a name, no NUL, no lone surrogate, no deep nesting.

Nor a whole number beyond 64 bits, which would be kept as another one.
"""

import json
import re
from collections.abc import Iterator
from math import inf
from typing import Any, NoReturn

import orjson

from provenance.api.problems import BadField, Invalid, Step

MAX_DEPTH = 64
LEAST, MOST = -(2**63), 2**64 - 1
# Whatever holds a whole number beyond 64 bits holds these; most of what does holds none.
MANY_DIGITS = re.compile(rb"\d{19}")
# A JSON string, and the colon that makes it a member's name. Strings are consumed whole, so that
# nothing inside one counts.
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?', re.DOTALL)

Path = tuple[Step, ...]


def loads(raw: bytes, *, at: Path = ()) -> Any:
    """The value that `raw` holds; `at` leads to it where it stands inside another body.

    The usual body is parsed by orjson and cleared by three scans of its bytes; only a suspicious
    one is walked, to find what is wrong and where. Raises Invalid.
    """
    if len(raw) > MAX_DEPTH and _deepest(raw) > MAX_DEPTH:
        raise Invalid([BadField(at, f"nested deeper than {MAX_DEPTH} levels")], slug="invalid-json")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        _diagnose(raw, error, at)
    if b"\\u0000" in raw:
        _refuse(_nul_characters(value, at))
    if _names_written(raw) != _names_in(value):
        _refuse(_repeated_names(raw, at))
    if MANY_DIGITS.search(raw):
        _refuse(_huge_numbers(json.loads(raw, parse_int=_whole_number), at))
    return value


def _deepest(raw: bytes) -> int:
    """An upper bound that is exact where no bracket stands inside a string."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for bracket in re.findall(rb"[\[\]{}]", STRING.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _names_written(raw: bytes) -> int:
    return sum(1 for colon in STRING.findall(raw) if colon)


def _names_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_names_in(item) for item in value.values())
    if isinstance(value, list):
        return sum(_names_in(item) for item in value)
    return 0


def _refuse(found: Iterator[BadField]) -> None:
    errors = list(found)
    if errors:
        raise Invalid(errors)


def _nul_characters(value: Any, at: Path) -> Iterator[BadField]:
    for path, text in _strings(value, at):
        if "\0" in text:
            yield BadField(path, "contains the character U+0000")


def _lone_surrogates(value: Any, at: Path) -> Iterator[BadField]:
    for path, text in _strings(value, at):
        if any("\ud800" <= character <= "\udfff" for character in text):
            yield BadField(path, "contains a lone surrogate, which is not Unicode text")


def _whole_number(digits: str) -> int | float:
    """Infinite if it has no place in 64 bits; the longest are not worth reading."""
    if len(digits) > len(str(LEAST)) or not LEAST <= int(digits) <= MOST:
        return inf
    return int(digits)


def _huge_numbers(value: Any, at: Path) -> Iterator[BadField]:
    if value == inf:
        yield BadField(at, "is a whole number beyond 64 bits")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _huge_numbers(item, (*at, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _huge_numbers(item, (*at, name))


def _strings(value: Any, at: Path) -> Iterator[tuple[Path, str]]:
    """Every string with the path to it, names of members included."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*at, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield at, name
            yield from _strings(item, (*at, _printable(name)))


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _repeated_names(raw: bytes, at: Path) -> Iterator[BadField]:
    repeated: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                repeated.append(name)
            seen.add(name)
        return dict(pairs)

    json.loads(raw, object_pairs_hook=note, parse_int=str)
    for name in repeated:
        yield BadField((*at, name), "is given more than once")


def _diagnose(raw: bytes, error: orjson.JSONDecodeError, at: Path) -> NoReturn:
    """Orjson says that it failed; Python's parser takes surrogates and shows where they are."""
    try:
        value = json.loads(raw, parse_int=str)
    except (ValueError, RecursionError):
        value = None
    if value is not None:
        _refuse(_lone_surrogates(value, at))
    raise Invalid([BadField(at, f"not valid JSON: {error}")], slug="invalid-json") from error
