"""Rows of a list as lines of a file: CSV that no spreadsheet runs, or JSON Lines."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

# A cell that begins so is a formula to a spreadsheet, in full width as well.
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# By this mark a spreadsheet knows that the file is UTF-8.
MARK = "\ufeff"


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A header, then a line for each row, as RFC 4180 says."""
    yield (MARK + _line(columns)).encode()
    for row in rows:
        yield _line([cell(value) for value in row]).encode()


def json_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """An object for each row, as it is."""
    for row in rows:
        members: Mapping[str, Any] = dict(zip(columns, row, strict=True))
        yield orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE)


def cell(value: Any) -> str:
    """Text that would be a formula gets an apostrophe; lists are joined, times are ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        value = ", ".join(str(each) for each in value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow(cells)
    return written.getvalue()
