"""The provenance graph of any number of outputs, written as it grows.

The bytes are those that the `prov` library writes of the whole graph, which would not fit.
"""

import json
from collections.abc import Iterator
from typing import Any

from prov.model import ProvDocument
from prov.serializers.provjson import encode_json_document

from provenance.exports.spool import Growing, Spool
from provenance.exports.w3c_prov import Graph, empty_document

Json = dict[str, Any]
PREFIXES, ANONYMOUS, PROVN_END = "prefix", "_:id", "\nendDocument"


class ProvPieces:
    """Grows output by output; PROV-JSON lists by kind what PROV-N lists as it comes."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._known: set[str] = set()
        self._prefixes: dict[str, str] = {}
        self._kinds: dict[str, Growing] = {}
        self._anonymous = 0
        self._provn = spool.growing()
        self._provn.write(empty_document().get_provn().removesuffix(PROVN_END).encode())

    def add_trace(self, trace: Json) -> None:
        document = empty_document()
        Graph(document, self._known).add_trace(trace)
        self._write(document)

    def add_case(self, case: Json) -> None:
        """Once its outputs are there."""
        document = empty_document()
        Graph(document, self._known).add_case(case)
        self._write(document)

    def _write(self, document: ProvDocument) -> None:
        for record in document.get_records():
            self._provn.write(f"\n  {record.get_provn()}".encode())
        told = encode_json_document(document)
        self._prefixes |= told.pop(PREFIXES, {})
        anonymous = sum(name.startswith(ANONYMOUS) for kind in told.values() for name in kind)
        for kind, records in told.items():
            self._add_kind(kind, records)
        self._anonymous += anonymous

    def as_json(self) -> Iterator[bytes]:
        yield f'{{\n "{PREFIXES}": {_indented(self._prefixes, 1)}'.encode()
        for kind, records in self._kinds.items():
            yield f',\n "{kind}": {{'.encode()
            yield from records.pieces()
            yield b"\n }"
        yield b"\n}\n"

    def as_provn(self) -> Iterator[bytes]:
        yield from self._provn.pieces()
        yield f"{PROVN_END}\n".encode()

    def _add_kind(self, kind: str, records: Json) -> None:
        if kind not in self._kinds:
            self._kinds[kind] = self._spool.growing()
        grown = self._kinds[kind]
        for name, record in records.items():
            gap = ",\n  " if grown.length else "\n  "
            key = json.dumps(self._numbered(name))
            grown.write(f"{gap}{key}: {_indented(record, 2)}".encode())

    def _numbered(self, name: str) -> str:
        """Relations have no names; they are numbered through the whole graph."""
        if not name.startswith(ANONYMOUS):
            return name
        return f"{ANONYMOUS}{int(name.removeprefix(ANONYMOUS)) + self._anonymous}"


def _indented(value: Any, depth: int) -> str:
    return json.dumps(value, indent=1).replace("\n", "\n" + " " * depth)
