#!/usr/bin/env python3
"""Verifies a RAGLedger evidence bundle, offline and with nothing but Python 3.11 or newer.

    python3 -I verify.py [BUNDLE] --trust KEY

BUNDLE is the zip file or the folder that it was unpacked into; without it, the folder in which
this file lies. KEY is the verifier key of the log (name+id+base64), or a file that holds it. Get it
from the operator of the log by another way than the bundle, and this program from the source of
RAGLedger: whoever forges a bundle would forge what lies in it.

It prints one line a check. PASS and FAIL are verdicts; NOTE says what no check can decide.
The exit code is 0 if every check passed, 1 if one failed, 2 if nothing could be checked.
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import stat
import struct
import sys
import unicodedata
import uuid
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO

Json = dict[str, Any]

FORMAT = "ragledger-evidence/1"
MANIFEST, MANIFEST_NOTE = "manifest.json", "manifest.json.note"
# What nothing in the log speaks of: readable forms of the evidence, and this program.
VIEWS = ("README.txt", "prov.json", "prov.provn", "report.html", "report.pdf", "verify.py")
EVIDENCE = (MANIFEST, "checkpoint", "disclosures.json", "log.vkey", "policy.txt", "trace.json")
# What RFC 3161 authorities stamped, and their answers.
STAMPED, TIME_STAMP_FILE = "time-stamps/checkpoint", re.compile(r"time-stamps/[1-9][0-9]{0,2}\.tsr")
EVENT_FILE = re.compile(r"events/(0|[1-9][0-9]{0,18})\.json")
FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
HEX_32_BYTES = re.compile(r"[0-9a-f]{64}")
MAX_FILES, MAX_BYTES = 200_000, 2 * 1024**3
HASH_BYTES = 32
# The object identifiers of CMS's signed data, of what an authority stamps, and of SHA-256, in DER.
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TST_INFO = bytes.fromhex("2a864886f70d0109100104")
SHA256 = bytes.fromhex("608648016503040201")
DER_HEAD_BYTES = 2
MAX_DEPTH = 100
# Streams that a bundle holds from their first event on.
WHOLE = ("output-", "prompt-", "retrieval-", "review-", "case-")
# Ids of what follows from a fact are UUIDv5 in this namespace.
NAMESPACE = uuid.UUID("5b1f7c1e-9f0a-5d2b-8f6e-7a0d3c9be241")


class Problem(Exception):
    """A check failed; the message says why."""


class CannotRun(Exception):
    """There is nothing to be checked, or no key to check it against."""


# What malformed input raises in code that takes it apart.
MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    RecursionError,
    struct.error,
)


# --- Ed25519, RFC 8032 section 5.1, verification only --------------------------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
KEY_BYTES, SIGNATURE_BYTES = 32, 64


def _x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _x_of(BASE_Y, 0) or 0
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _decode_point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    x = _x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def _encode_point(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(KEY_BYTES, "little")


@cache
def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of the private key of `public` signed the message."""
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key = _decode_point(public)
    s = int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    minus_key = (P - key[0], key[1], key[2], P - key[3])
    return _encode_point(_add(_times(s, BASE), _times(k, minus_key))) == signature[:32]


# --- Signed notes, checkpoints, inclusion: C2SP and RFC 6962 -------------------------------------
ED25519, COSIGNATURE = 0x01, 0x04
KEY_ID_BYTES, TIME_BYTES = 4, 8
FIRST_PROOF_LINE = "c2sp.org/tlog-proof@v1"
CHECKPOINT_LINES = 3


def base64_bytes(text: str) -> bytes:
    """Base64 in its one spelling. Raises Problem."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(f"{text[:60]!r} is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise Problem(f"{text[:60]!r} is base64 in another than its one spelling")
    return data


@dataclass(frozen=True)
class VerifierKey:
    """A public key under its name, of the log (kind 1) or of a witness (kind 4)."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Raises Problem."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = base64_bytes(encoded)
        if not name or len(raw) != 1 + KEY_BYTES or raw[0] not in {ED25519, COSIGNATURE}:
            raise Problem(f"{text[:100]!r} is no verifier key")
        key = cls(name, raw[0], raw[1:])
        if key.key_id.hex() != key_id:
            raise Problem(f"the key id {key_id[:20]!r} is not that of this name and key")
        return key


@dataclass(frozen=True)
class Note:
    """A signed text with its signatures: name, key id and the rest."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """Raises Problem."""
        text, gap, lines = data.decode().rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise Problem("a signed note ends with an empty line and its signatures")
        signatures = []
        for line in lines[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = base64_bytes(encoded)
            if dash != "\u2014" or not name or len(raw) <= KEY_ID_BYTES:
                raise Problem(f"{line[:100]!r} is no signature")
            signatures.append((name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:]))
        return cls(text + "\n", tuple(signatures))

    def signers(self, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
        """The given keys that signed. Raises Problem if a signature of one of them is wrong."""
        found = []
        for name, key_id, value in self.signatures:
            for key in keys:
                if (key.name, key.key_id) == (name, key_id):
                    if not self._is_signed(key, value):
                        raise Problem(f"the signature of {name} does not verify")
                    found.append(key)
        return found

    def _is_signed(self, key: VerifierKey, value: bytes) -> bool:
        message = self.text
        if key.kind == COSIGNATURE:
            (moment,) = struct.unpack(">Q", value[:TIME_BYTES])
            value, message = value[TIME_BYTES:], f"cosignature/v1\ntime {moment}\n{message}"
        return ed25519_verifies(key.public, value, message.encode())


@dataclass(frozen=True)
class Checkpoint:
    """The log's first `size` events have the Merkle root `root`."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Raises Problem."""
        lines = text.split("\n")
        if len(lines) != CHECKPOINT_LINES + 1:
            raise Problem("a checkpoint has an origin, a size and a root")
        root = base64_bytes(lines[2])
        if str(int(lines[1])) != lines[1] or len(root) != HASH_BYTES:
            raise Problem("a checkpoint has an origin, a size and a root")
        return cls(lines[0], int(lines[1]), root)


def stamped_at(response: bytes, digest: bytes) -> str:
    """When a response of RFC 3161 says that it stamped the SHA-256. Raises Problem.

    Only what it says is read: its signature leads to certificates, which Python cannot check.
    """
    try:
        granted, token = [list(der(part)) for _, part in der(one_der(response))]
        ((_, kind), (_, wrapped)) = token
        signed = [part for _, part in der(one_der(wrapped))]
        content = [part for _, part in der(signed[2])]
        info = list(der(one_der(one_der(content[1]))))
        ((_, algorithm), (_, stamped)) = der(info[2][1])
        moment = info[4][1].decode("ascii")
        said = granted[0][1], kind, content[0], next(der(algorithm))[1], stamped
    except (ValueError, IndexError, StopIteration) as error:
        raise Problem("a time stamp is malformed") from error
    if said[0] not in {b"\x00", b"\x01"} or said[1:4] != (SIGNED_DATA, TST_INFO, SHA256):
        raise Problem("a time stamp is none that was granted over a SHA-256")
    if stamped != digest:
        raise Problem("a time stamp is over something else than this checkpoint")
    return moment


def one_der(data: bytes) -> bytes:
    """The content of the one element that the bytes are. Raises ValueError."""
    ((_, content),) = der(data)
    return content


def der(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and content of each element, in DER. Raises ValueError."""
    while data:
        if len(data) < DER_HEAD_BYTES:
            raise ValueError("cut off")
        tag, length, start = data[0], data[1], DER_HEAD_BYTES
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[DER_HEAD_BYTES:start], "big")
        if len(data) < start + length:
            raise ValueError("cut off")
        yield tag, data[start : start + length]
        data = data[start + length :]


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def root_from_path(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root to which the path leads from the leaf; None if it cannot belong to this place."""
    if not 0 <= index < size or any(len(each) != HASH_BYTES for each in path):
        return None
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = hashlib.sha256(b"\x01" + sibling + found).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + sibling).digest()
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def root_around(
    first: int, leaves: Sequence[bytes], size: int, around: Sequence[bytes]
) -> bytes | None:
    """The root of a tree of `size` leaves of which some stand from `first` on.

    `around` are the hashes of what surrounds them, left to right; None if they do not belong here.
    """
    end = first + len(leaves)
    if not 0 <= first < end <= size or any(len(each) != HASH_BYTES for each in around):
        return None
    rest = list(reversed(around))

    def root_of(start: int, stop: int) -> bytes:
        if stop <= first or start >= end:
            return rest.pop()
        if stop - start == 1:
            return leaves[start - first]
        middle = start + (1 << (stop - start - 1).bit_length() - 1)
        return hashlib.sha256(b"\x01" + root_of(start, middle) + root_of(middle, stop)).digest()

    try:
        root = root_of(0, size)
    except IndexError:
        return None
    return None if rest else root


# --- The bundle taken apart ----------------------------------------------------------------------
def canonical_json(value: Any) -> bytes:
    """The one spelling of the bundle's own JSON files."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode() + b"\n"


def strict_json(data: bytes) -> Any:
    """JSON in which no name occurs twice in an object. Raises Problem, ValueError."""

    def unique(pairs: list[tuple[str, Any]]) -> Json:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Problem("a name occurs twice in a JSON object")
        return dict(pairs)

    return json.loads(data.decode(), object_pairs_hook=unique)


@dataclass(frozen=True)
class Event:
    """An event of the log: its exact bytes, what they say, and where they stand."""

    position: int
    raw: bytes
    body: Json

    @classmethod
    def parse(cls, position: int, raw: bytes) -> "Event":
        return cls(position, raw, strict_json(raw))

    @property
    def data(self) -> Json:
        return dict(self.body["data"])

    @property
    def type(self) -> str:
        """The bare name: `OutputReported` for `io.ragledger.OutputReported.v1`."""
        return str(self.body["type"]).removeprefix("io.ragledger.").rpartition(".v")[0]


def objects_in(value: Any, pointer: str = "/data") -> Iterator[tuple[str, Json]]:
    """Every JSON object below a value, with its JSON pointer."""
    if pointer.count("/") > MAX_DEPTH:
        raise Problem("an event is nested too deeply")
    if isinstance(value, dict):
        yield pointer, value
        for name, each in value.items():
            yield from objects_in(each, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from objects_in(each, f"{pointer}/{index}")


def boxes_in(data: Json) -> Iterator[tuple[str, Json]]:
    """The sealed fields of an event, with their JSON pointers."""
    return ((pointer, each) for pointer, each in objects_in(data) if "$enc" in each)


def blobs_named_in(event: Event, unread: Container[tuple[int, str]]) -> set[str]:
    """The SHA-256 of every blob that the event names, but for fields that nobody can read."""
    return {
        str(each["blob"])
        for pointer, each in objects_in(event.data)
        if each.get("blob") is not None and (event.position, pointer) not in unread
    }


def keys_destroyed_by(events: Iterable[Event]) -> set[str]:
    """The ids of the keys that were destroyed, by what the events say."""
    return {str(event.data["kid"]) for event in events if event.type == "SubjectKeyDestroyed"}


class Files(Mapping[Any, Any]):
    """Contents that are read whenever they are asked for, so that any number of them fits."""

    def __init__(self, readers: Mapping[Any, Callable[[], bytes] | None]) -> None:
        self._readers = readers

    def __getitem__(self, name: Any) -> bytes | None:
        read = self._readers[name]
        return None if read is None else read()

    def __contains__(self, name: object) -> bool:
        return name in self._readers

    def __iter__(self) -> Iterator[Any]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


@dataclass
class Evidence:
    """The events of a bundle with what opens them; `notes` collects what no check decides."""

    events: Mapping[int, Event]
    blobs: Mapping[str, bytes]
    # By position and pointer; None for what has been erased.
    texts: Mapping[tuple[int, str], bytes | None]
    notes: list[str] = field(default_factory=list)

    @cached_property
    def by_stream(self) -> dict[str, list[Event]]:
        streams: dict[str, list[Event]] = {}
        for position in sorted(self.events):
            event = self.events[position]
            streams.setdefault(str(event.body["stream"]), []).append(event)
        return streams

    def of_version(self, version_id: str, *types: str) -> list[Event]:
        return [event for event in self._by_version.get(version_id, ()) if event.type in types]

    @cached_property
    def _by_version(self) -> dict[str, list[Event]]:
        versions: dict[str, list[Event]] = {}
        for stream, events in self.by_stream.items():
            for event in events if stream.startswith("document-") else ():
                if "version_id" in event.data:
                    versions.setdefault(str(event.data["version_id"]), []).append(event)
        return versions

    def fact(self, stream: str, *types: str) -> Event:
        """The event of one of the types that the stream begins with. Raises Problem."""
        events = self.by_stream.get(stream, [])
        if not events or events[0].type not in types or events[0].body["streamversion"] != 1:
            raise Problem(f"{stream} is referred to, and its {' or '.join(types)} is not there")
        return events[0]

    def derived(self, stream: str, name: str) -> Event | None:
        return next((event for event in self.by_stream[stream] if event.type == name), None)

    def note_limits(self, stream: str, computed: Event) -> None:
        """Notes what the server says of its own computation: that a limit left it incomplete."""
        limits = ", ".join(map(str, computed.data.get("cut_short", ())))
        if limits:
            self.notes.append(f"{stream}: {computed.type} was cut short by limits: {limits}")

    def opened(self, event: Event, name: str) -> bytes | None:
        """The plain bytes of a sealed field; None if it was not given or has been erased."""
        return self.texts.get((event.position, f"/data/{name}"))

    def text(self, event: Event, name: str) -> str | None:
        return self._text(event.position, name)

    @cached_property
    def _text(self) -> Callable[[int, str], str | None]:
        """Many passages in a row are of a few documents."""

        @lru_cache(maxsize=16)
        def text(position: int, name: str) -> str | None:
            plain = self.texts.get((position, f"/data/{name}"))
            return None if plain is None else plain.decode()

        return text

    def json(self, event: Event, name: str) -> Any:
        plain = self.opened(event, name)
        return None if plain is None else json.loads(plain)

    def listed(self, listing: Json) -> list[Any]:
        """The items of a listing, inline or in a blob. Raises Problem."""
        if listing.get("blob") is None:
            items = listing.get("items") or []
        elif listing["blob"] in self.blobs:
            items = strict_json(self.blobs[listing["blob"]])
        else:
            raise Problem(f"blob {listing['blob']} is not there")
        if len(items) != listing["length"]:
            raise Problem("a listing has another length than its event says")
        return list(items)


# --- What the events say of an output, word for word ---------------------------------------------
SPAN_COLUMNS = (
    *("message", "part", "start", "end", "retrieval_id", "chunk_id", "version_id"),
    *("chunk_start", "chunk_end", "match"),
)
RANKED_COLUMNS = ("rank", "chunk_id", "version_id", "document_id", "version_number", "start", "end")
TEXTS_OF_VERSIONS = ("DocumentProcessed", "DocumentReread")
RESOLVED_COLUMNS = (
    *("rank", "chunk_id", "resolution", "version_id", "document_id", "version_number"),
    *("start", "end"),
)
# Where an event of a review is told, its open fields, and its sealed ones.
REVIEWED: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "RubricAnswered": ("rubrics", ("round", "rubric", "answers"), ("note",)),
    "FindingRaised": (
        "findings",
        ("round", "finding_id", "severity", "start", "end", "chunk_id", "version_id"),
        ("statement",),
    ),
    "CommentAdded": ("comments", ("round", "comment_id"), ("text",)),
    "OutputSigned": (
        "signatures",
        ("round", "meaning", "record", "covers", "signatures_needed", "factors"),
        ("printed_name", "reason"),
    ),
    "ReviewReopened": ("rounds", ("round",), ("reason",)),
}
# The open fields of what happens in a case, and the sealed ones.
IN_CASE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "CaseOpened": ((), ("title", "description")),
    "CaseAssigned": (("assignee", "due_on"), ()),
    "OutputAddedToCase": (("output_id",), ()),
    "OutputRemovedFromCase": (("output_id",), ("reason",)),
    "CommentAdded": (("comment_id",), ("text",)),
    "CaseHeld": ((), ("reason",)),
    "CaseHoldLifted": ((), ("reason",)),
    "CaseClosed": ((), ("conclusion",)),
    "CaseReopened": ((), ("reason",)),
}
# The stream of all legal holds; a bundle has those of its case.
HOLDS = "holds"
# What a retrieval that was served here was answered with.
RECEIPT = (
    *("index_generation", "index_position", "effective_at", "embedding_model", "model_digest"),
    *("search", "search_fingerprint", "mode", "top_k", "exact", "as_of"),
)


def trace_of(evidence: Evidence, output_id: str) -> Json:
    """The output, its prompt with the map, its retrievals with their passages, and the versions.

    Raises Problem where a reference leads nowhere or a text is not what it is said to be.
    """
    output = evidence.fact(f"output-{output_id}", "OutputReported")
    prompt = evidence.fact(f"prompt-{output.data['prompt_id']}", "PromptReported")
    retrievals = [_retrieval(evidence, each) for each in prompt.data["retrieval_ids"]]
    passages = {
        (each["retrieval_id"], result["chunk_id"]): result["text"]
        for each in retrievals
        for result in each["results"]
    }
    versions = [result["version_id"] for each in retrievals for result in each["results"]]
    versions += [row[2] for row in evidence.listed(output.data.get("cited") or {"length": 0})]
    return {
        "output": {
            **_circumstances(output),
            "output_id": output_id,
            "model": output.data["model"],
            "status": output.data["status"],
            "text": evidence.text(output, "text"),
            "delivered_text": evidence.text(output, "delivered_text"),
        },
        "prompt": _prompt(evidence, prompt, passages),
        "retrievals": retrievals,
        "attribution": _attribution(evidence, output),
        "document_versions": [
            _version(evidence, version_id, before=output.position)
            for version_id in dict.fromkeys(versions)
            if version_id is not None
        ],
        **_reviewed(evidence, output, output_id),
    }


def _circumstances(event: Event) -> Json:
    return {
        "position": event.position,
        "event_id": event.body["id"],
        "recorded_at": event.body["recordedtime"],
        "occurred_at": event.body["time"],
        "actor": f"{event.body['authtype']} {event.body['authid']}",
        "application": event.body.get("application"),
        "imported": event.data.get("imported", False),
    }


def _retrieval(evidence: Evidence, retrieval_id: str) -> Json:
    stream = f"retrieval-{retrieval_id}"
    event = evidence.fact(stream, "RetrievalServed", "RetrievalReported")
    served = event.type == "RetrievalServed"
    results = _served(evidence, event) if served else _reported(evidence, event)
    noted = {each.data["version_id"] for each in evidence.by_stream[stream][1:]
             if each.type == "DocumentRetrieved"}  # fmt: skip
    if {each["version_id"] for each in results} - noted - {None}:
        evidence.notes.append(f"{stream}: not every DocumentRetrieved was recorded yet")
    return {
        **_circumstances(event),
        "retrieval_id": retrieval_id,
        "kind": "served" if served else "reported",
        "retriever": (
            {name: event.data.get(name) for name in RECEIPT} if served else event.data["retriever"]
        ),
        "query": evidence.text(event, "query"),
        "results": sorted(results, key=lambda each: each["rank"]),
    }


def _served(evidence: Evidence, event: Event) -> list[Json]:
    rows = evidence.listed(event.data["results"])[: event.data["top_k"]]
    results = [dict(zip(RANKED_COLUMNS, row, strict=False)) for row in rows]
    for each in results:
        processing = _processing_of_chunk(evidence, each)
        text = evidence.text(processing, "text")
        each["text"] = None if text is None else _slice(text, each["start"], each["end"])
    return results


def _reported(evidence: Evidence, event: Event) -> list[Json]:
    resolved = evidence.derived(str(event.body["stream"]), "RetrievalResolved")
    if resolved is None:
        raise Problem(f"{event.body['stream']} lacks its RetrievalResolved")
    said = evidence.json(event, "results")
    results = []
    for index, row in enumerate(evidence.listed(resolved.data["passages"])):
        passage = dict(zip(RESOLVED_COLUMNS, row, strict=True))
        passage["text"] = None if said is None else said[index]["text"]
        _require_resolved(evidence, passage)
        results.append(passage)
    return results


def _require_resolved(evidence: Evidence, passage: Json) -> None:
    """A reported passage that was found in a version must stand there."""
    if passage["version_id"] is None or passage["start"] is None or passage["text"] is None:
        return
    texts = [
        text
        for each in evidence.of_version(passage["version_id"], *TEXTS_OF_VERSIONS)
        if (text := evidence.text(each, "text")) is not None
    ]
    wanted = _folded(passage["text"])
    if texts and all(_folded(t[passage["start"] : passage["end"]]) != wanted for t in texts):
        raise Problem(f"passage {passage['chunk_id']} does not stand in its version")


def _processing_of_chunk(evidence: Evidence, chunk: Json) -> Event:
    """The event with the text that the chunk is of: its id is made from version, processing, span.

    A version that was read anew by other parsers has several texts.
    """
    read = evidence.of_version(chunk["version_id"], *TEXTS_OF_VERSIONS)
    texts = {each.data["processing_id"]: each for each in read}
    for event in [*read, *evidence.of_version(chunk["version_id"], "DocumentRecut")]:
        name = f"{event.data['processing_id']}/{chunk['start']}/{chunk['end']}"
        if str(uuid.uuid5(NAMESPACE, f"{chunk['version_id']}/{name}")) == chunk["chunk_id"]:
            if [chunk["start"], chunk["end"]] not in evidence.listed(event.data["spans"]):
                raise Problem(f"passage {chunk['chunk_id']} is no span of its version")
            of = event.data.get("cut_from", event.data["processing_id"])
            if of not in texts:
                raise Problem(
                    f"the text that passage {chunk['chunk_id']} was cut from is not there"
                )
            return texts[of]
    raise Problem(f"passage {chunk['chunk_id']} belongs to no version in the bundle")


def _prompt(
    evidence: Evidence, prompt: Event, passages: Mapping[tuple[str, str], str | None]
) -> Json:
    stream = str(prompt.body["stream"])
    mapped = evidence.derived(stream, "PromptAssembled")
    messages = evidence.json(prompt, "messages")
    spans: list[Json] = []
    if mapped is None:
        evidence.notes.append(f"{stream}: its map was not recorded yet")
    else:
        rows = evidence.listed(mapped.data["spans"])
        spans = [dict(zip(SPAN_COLUMNS, row, strict=True)) for row in rows]
        evidence.note_limits(stream, mapped)
    for span in spans:
        span["text"] = None if messages is None else _span_text(messages, span)
        _require_same_words(span, passages[span["retrieval_id"], span["chunk_id"]])
    return {
        **_circumstances(prompt),
        "prompt_id": prompt.data["prompt_id"],
        "messages": messages,
        "spans": spans,
        "absent": evidence.listed(mapped.data["absent"]) if mapped else [],
        "problem": mapped.data.get("problem") if mapped else None,
        "cut_short": mapped.data.get("cut_short", []) if mapped else [],
    }


def _span_text(messages: Any, span: Json) -> str:
    content = messages[span["message"]]["content"]
    if span["part"] is not None:
        part = content[span["part"]]
        content = part["text"] if isinstance(part, dict) else part
    return _slice(content, span["start"], span["end"])


def _require_same_words(span: Json, passage: str | None) -> None:
    """The characters of the prompt are those of the passage, or equal but for white space."""
    if span["text"] is None or passage is None:
        return
    held = _slice(passage, span["chunk_start"], span["chunk_end"])
    same = (
        span["text"] == held if span["match"] == "exact" else _folded(span["text"]) == _folded(held)
    )
    if not same:
        raise Problem(f"a span of the prompt is not the passage {span['chunk_id']}")


def _attribution(evidence: Evidence, output: Event) -> list[Json]:
    stream = str(output.body["stream"])
    computed = evidence.derived(stream, "OutputAttributed")
    if computed is None:
        evidence.notes.append(f"{stream}: its support was not computed yet")
        return []
    evidence.note_limits(stream, computed)
    text = evidence.text(output, "text")
    sentences = [
        {
            "start": start,
            "end": end,
            "text": None if text is None else _slice(text, start, end),
            "supports": [],
        }
        for start, end in evidence.listed(computed.data["sentences"])
    ]
    for number, chunk_id, version_id, score in evidence.listed(computed.data["supports"]):
        support = {"chunk_id": chunk_id, "version_id": version_id, "score_in_millionths": score}
        sentences[number]["supports"].append(support)
    return sentences


def _version(evidence: Evidence, version_id: str, *, before: int) -> Json:
    """A version as it was described when the output was recorded."""
    submissions = evidence.of_version(version_id, "DocumentSubmitted")
    if len(submissions) != 1:
        raise Problem(
            f"version {version_id} is referred to, and its DocumentSubmitted is not there"
        )
    (submitted,) = submissions
    described: Json = {}
    for event in evidence.of_version(version_id, "DocumentSubmitted", "DocumentDescribed"):
        if event.position < before:
            described = evidence.json(event, "described") or {}
    content = evidence.opened(submitted, "content")
    _require_content(version_id, content, described)
    found = [
        title
        for event in evidence.of_version(version_id, "DocumentProcessed")
        if (title := evidence.text(event, "title"))
    ]
    names = (described.get("title"), *found, described.get("file_name"))
    return {
        **_circumstances(submitted),
        "version_id": version_id,
        "document_id": submitted.data["document_id"],
        "version_number": submitted.data["version_number"],
        "media_type": submitted.data["media_type"],
        "bytes": submitted.data["bytes"],
        "content_sha256": None if content is None else hashlib.sha256(content).hexdigest(),
        "title": next((name for name in names if name), described.get("external_id")),
        "external_id": described.get("external_id"),
        "source_uri": described.get("source_uri"),
        "effective_from": submitted.data.get("effective_from"),
        "effective_until": submitted.data.get("effective_until"),
        "read_by": [
            {name: each.data[name] for name in ("processing_id", "extractor", "chunker")}
            for each in evidence.of_version(version_id, *TEXTS_OF_VERSIONS)
        ],
    }


def _require_content(version_id: str, content: bytes | None, described: Json) -> None:
    said = described.get("content_sha256")
    if content is not None and said not in {None, hashlib.sha256(content).hexdigest()}:
        raise Problem(f"the bytes of version {version_id} are not those that were described")


def _reviewed(evidence: Evidence, output: Event, output_id: str) -> Json:
    """What reviewers found and signed; nothing for an output that nobody reviewed.

    Raises Problem for a signature that is not bound to this output, that covers another review
    than the one before it, or that a signed round was given wrongly.
    """
    events = evidence.by_stream.get(f"review-{output_id}", [])
    if not events:
        return {}
    _require_sound_signatures(events, output)
    told: Json = {"rubrics": [], "findings": [], "comments": [], "signatures": [], "rounds": []}
    for event in events:
        if event.type in REVIEWED:
            under, fields, sealed = REVIEWED[event.type]
            told[under].append(
                {
                    **_circumstances(event),
                    **{name: event.data.get(name) for name in fields},
                    **{name: evidence.text(event, name) for name in sealed},
                }
            )
        elif event.type == "FindingResolved":
            _resolve(told["findings"], evidence, event)
    return {"review": told}


def _resolve(findings: list[Json], evidence: Evidence, event: Event) -> None:
    open_ones = [each for each in findings if each["finding_id"] == event.data["finding_id"]]
    if len(open_ones) != 1 or "resolved" in open_ones[0]:
        raise Problem(f"event {event.position} resolves a finding that is not open")
    open_ones[0]["resolved"] = {
        **_circumstances(event),
        "resolution": event.data["resolution"],
        "note": evidence.text(event, "note"),
    }


def _require_sound_signatures(events: Sequence[Event], output: Event) -> None:
    record = {
        "event_id": output.body["id"],
        "position": output.position,
        "leaf_hash": base64.b64encode(leaf_hash(output.raw)).decode(),
    }
    signers: list[str] = []
    for event in events:
        if event.type == "ReviewReopened":
            signers = []
        elif event.type == "OutputSigned":
            if event.data["record"] != record:
                raise Problem(f"the signature at {event.position} is bound to another record")
            if event.data["covers"] != event.body["streamversion"] - 1:
                raise Problem(f"the signature at {event.position} covers another review")
            signer = f"{event.body['authtype']} {event.body['authid']}"
            if signer in signers or len(signers) >= event.data["signatures_needed"]:
                raise Problem(f"the signature at {event.position} is one too many")
            signers.append(signer)
        elif signers:
            raise Problem(f"event {event.position} changes what was signed")


def pieces_of_trace(traces: Iterable[Json], case: Json | None) -> Iterator[bytes]:
    """The bytes of trace.json: the outputs, at least one, and the case if one was asked for.

    They are those of `canonical_json`, without all of it in memory.
    """
    yield b"{\n"
    if case is not None:
        yield b' "case": ' + indented_json(case, 1) + b",\n"
    gap = b' "outputs": [\n  '
    for trace in traces:
        yield gap + indented_json(trace, 2)
        gap = b",\n  "
    yield b"\n ]\n}\n"


def indented_json(value: Json, depth: int) -> bytes:
    """As `canonical_json` writes it that deep in another value."""
    return canonical_json(value)[:-1].replace(b"\n", b"\n" + b" " * depth)


def case_of(evidence: Evidence, case_id: str) -> Json:
    """What happened in a case, and the outputs that were in it after all that, as they came.

    Raises Problem for an event that does not follow from those before it.
    """
    stream, outputs = f"case-{case_id}", list[str]()
    evidence.fact(stream, "CaseOpened")
    for event in evidence.by_stream[stream]:
        if event.data.get("case_id") != case_id:
            raise Problem(f"event {event.position} is of another case")
        _gather(outputs, event)
    return {
        "case_id": case_id,
        "outputs": outputs,
        "events": [_in_case(evidence, event) for event in evidence.by_stream[stream]],
        **_held(evidence, case_id),
    }


def holds_of_case(case_id: str, events: Iterable[Event]) -> dict[str, str]:
    """The outputs by the ids of the legal holds that a case placed on them, by its own events."""
    outputs, number, held, found = list[str](), 0, False, dict[str, str]()
    for event in events:
        if event.type in {"CaseHeld", "CaseHoldLifted"}:
            held = event.type == "CaseHeld"
            number += held
        _gather(outputs, event)
        for output_id in outputs if held else ():
            name = f"{case_id}/hold/{number}/{output_id}"
            found[str(uuid.uuid5(NAMESPACE, name))] = output_id
    return found


def _held(evidence: Evidence, case_id: str) -> Json:
    """The legal holds of the case; nothing where no event of one is there.

    Raises Problem for one that is not the case's.
    """
    expected = holds_of_case(case_id, evidence.by_stream[f"case-{case_id}"])
    told: dict[str, Json] = {}
    for event in evidence.by_stream.get(HOLDS, []):
        hold_id, target = str(event.data["hold_id"]), event.data.get("target_id")
        if event.type == "HoldPlaced" and hold_id not in told and target == expected.get(hold_id):
            told[hold_id] = {"hold_id": hold_id, "output_id": target, "released": None}
            told[hold_id]["placed"] = _on_hold(evidence, event)
        elif event.type == "HoldReleased" and hold_id in told:
            told[hold_id]["released"] = _on_hold(evidence, event)
        else:
            raise Problem(f"event {event.position} is of no legal hold that this case placed")
    if missing := len(expected.keys() - told):
        evidence.notes.append(f"{missing} legal holds that the case placed are not shown here")
    return {"holds": list(told.values())} if told else {}


def _on_hold(evidence: Evidence, event: Event) -> Json:
    return {**_circumstances(event), "reason": evidence.text(event, "reason")}


def _gather(outputs: list[str], event: Event) -> None:
    output_id = event.data.get("output_id")
    if event.type == "OutputAddedToCase":
        if output_id in outputs:
            raise Problem(f"event {event.position} adds an output that was in the case")
        outputs.append(str(output_id))
    elif event.type == "OutputRemovedFromCase":
        if output_id not in outputs:
            raise Problem(f"event {event.position} removes an output that was not in the case")
        outputs.remove(str(output_id))


def _in_case(evidence: Evidence, event: Event) -> Json:
    fields, sealed = IN_CASE.get(event.type, ((), ()))
    return {
        **_circumstances(event),
        "type": event.type,
        **{name: event.data.get(name) for name in fields},
        **{name: evidence.text(event, name) for name in sealed},
    }


def _slice(text: str, start: int, end: int) -> str:
    """Requires a range that lies in the text. Raises Problem."""
    if not 0 <= start <= end <= len(text):
        raise Problem(
            f"the range {start} to {end} lies outside of a text of {len(text)} characters"
        )
    return text[start:end]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


# --- The checks ----------------------------------------------------------------------------------
@dataclass
class Bundle:
    """The files of a bundle under examination; each check is a method that answers what it found.

    Everything is worked out from the events, whose bytes the log's signature covers; the manifest
    and the disclosures are only held against them.
    """

    files: Mapping[str, bytes]
    trusted: Sequence[VerifierKey]
    notes: list[str] = field(default_factory=list)
    # The positions of the events that the traces were told from.
    _needed: set[int] = field(default_factory=set)

    def manifest_lists_every_file(self) -> str:
        manifest = self.manifest
        if canonical_json(manifest) != self.files[MANIFEST]:
            raise Problem("manifest.json is not in its one spelling")
        names = {"files", "format", "log", "outputs", "signed"}
        if set(manifest) - {"period", "case"} != names or manifest["format"] != FORMAT:
            raise Problem(f"manifest.json is not of the format {FORMAT}")
        listed = [entry["path"] for entry in manifest["files"]]
        there = sorted(self.files.keys() - {MANIFEST, MANIFEST_NOTE})
        if listed != there:
            differing = sorted(set(listed) ^ set(there)) or ["the order of the files"]
            raise Problem(f"files listed and files present differ: {', '.join(differing[:5])}")
        for entry in manifest["files"]:
            data = self.files[entry["path"]]
            facts = {"path": entry["path"], "bytes": len(data), "sha256": _sha256(data)}
            if facts != entry:
                raise Problem(f"{entry['path']} is not the file that was listed")
        return f"{len(listed)} files, each with its SHA-256"

    def manifest_is_signed(self) -> str:
        if self.manifest["signed"] is not (MANIFEST_NOTE in self.files):
            raise Problem(f"{MANIFEST_NOTE} is missing, or was added")
        if not self.manifest["signed"]:
            self.notes.append(
                "the manifest is not signed: nobody vouches for the readable forms"
                f" ({', '.join(VIEWS)}); what is checked here does not rest on them"
            )
            self.notes.append(
                "with a manifest that is not signed, last events of a stream that nothing refers to"
                " may have been left out: compare it (--manifest) with the log's EvidenceExported"
            )
            return "not signed, and does not claim to be"
        note = Note.parse(self.files[MANIFEST_NOTE])
        if note.text != f"{FORMAT}\n{_sha256(self.files[MANIFEST])}\n":
            raise Problem("the signature is that of another manifest")
        return f"signed by {_required_signer(note, self._log_keys)}"

    def checkpoint_is_signed(self) -> str:
        note = Note.parse(self.files["checkpoint"])
        signer = _required_signer(note, self._log_keys)
        checkpoint = self.checkpoint
        if checkpoint.origin != signer:
            raise Problem(f"{signer} signed for the log of another name, {checkpoint.origin}")
        encoded = base64.b64encode(checkpoint.root).decode()
        log = {"origin": checkpoint.origin, "size": checkpoint.size, "root": encoded}
        if self.manifest["log"] != log:
            raise Problem("the manifest was made for another checkpoint")
        return f"{checkpoint.origin} with {checkpoint.size} events, root {encoded}"

    def cosignatures_are_those_of_known_witnesses(self) -> str:
        note = Note.parse(self.files["checkpoint"])
        witnesses = [key for key in self.trusted if key.kind == COSIGNATURE]
        found = [key.name for key in note.signers(witnesses)]
        if missing := sorted({key.name for key in witnesses} - set(found)):
            raise Problem(f"{', '.join(missing)} did not cosign this checkpoint")
        others = len(note.signatures) - len(found) - len(note.signers(self._log_keys))
        if others:
            self.notes.append(f"{others} signatures on the checkpoint are by keys not given here")
        return f"cosigned by {', '.join(found)}" if found else "no witness was asked for"

    def time_stamps_are_over_the_checkpoint(self) -> str:
        """Each stamps the note as the log signed it; who stamped it takes openssl to say."""
        answers = self._time_stamps
        if not answers:
            return "none lies here"
        note = self.files[STAMPED]
        if not self.files["checkpoint"].startswith(note) or not note.endswith(b"\n"):
            raise Problem(f"{STAMPED} is not the beginning of this checkpoint")
        if not Note.parse(note).signers(self._log_keys):
            raise Problem(f"{STAMPED} is not signed by the log")
        for name in answers:
            moment = stamped_at(self.files[name], hashlib.sha256(note).digest())
            self.notes.append(
                f"{name} says that the checkpoint was there at {moment}; who says so is not checked"
                f" here: openssl ts -verify -data {STAMPED} -in {name} -CAfile ROOTS"
            )
        return f"{len(answers)} time stamps, each over this checkpoint"

    def keys_are_those_of_the_log(self) -> str:
        lines = self.files["log.vkey"].decode().split("\n")
        keys = [VerifierKey.parse(line) for line in lines[:-1]]
        if lines[-1] or not keys or any(key.name != self.checkpoint.origin for key in keys):
            raise Problem("log.vkey holds other keys than those of this log")
        if self.files["policy.txt"].decode() != policy_of(lines[:-1]):
            raise Problem("policy.txt is not made from log.vkey")
        note = Note.parse(self.files["checkpoint"])
        if not set(note.signers(self._log_keys)) & set(keys):
            raise Problem("log.vkey lacks the key that signed")
        return f"{len(keys)} of {self.checkpoint.origin}"

    def events_are_in_the_log(self) -> str:
        checkpoint = self.checkpoint
        for position, event in self.events.items():
            proof = self.files[f"events/{position}.tlog-proof"]
            index, path = _parsed_proof(proof, self.files["checkpoint"])
            root = root_from_path(index, checkpoint.size, leaf_hash(event.raw), path)
            if index != position or root != checkpoint.root:
                raise Problem(f"event {position} is not proved to be in the log")
        return f"{len(self.events)} events, each proved against the checkpoint"

    def streams_have_no_gaps(self) -> str:
        ids = {event.body["id"] for event in self.events.values()}
        if len(ids) != len(self.events):
            raise Problem("an event occurs twice")
        whole = 0
        for stream, events in self.evidence.by_stream.items():
            versions = [event.body["streamversion"] for event in events]
            if stream.startswith(WHOLE):
                whole += 1
                if versions != list(range(1, len(versions) + 1)):
                    raise Problem(f"an event of {stream} is missing")
            elif versions != sorted(set(versions)):
                raise Problem(f"the events of {stream} are out of order")
        return f"{whole} interactions, reviews and cases from their first event on"

    def blobs_are_what_events_name(self) -> str:
        named = self._blobs
        if differing := sorted(named ^ self.evidence.blobs.keys()):
            raise Problem(f"blobs named by events and blobs present differ: {differing[0]}")
        for name, data in self.evidence.blobs.items():
            if not HEX_32_BYTES.fullmatch(name) or _sha256(data) != name:
                raise Problem(f"blob {name} has other bytes than its name says")
        return f"{len(named)} sealed or long parts, each under its SHA-256"

    def texts_are_those_that_were_sealed(self) -> str:
        boxes = {
            (position, pointer): box
            for position, event in self.events.items()
            for pointer, box in boxes_in(event.data)
        }
        if differing := sorted(boxes.keys() ^ self.disclosures.keys()):
            raise Problem(f"sealed fields and disclosures differ: {differing[0]}")
        for place in self.disclosures.keys() - self._unread:
            salt = _salt(self.disclosures[place]["salt"])
            plain = self.files[self.disclosures[place]["path"]]
            if _sha256(salt + plain) != boxes[place]["commit"]:
                raise Problem(f"{self.disclosures[place]['path']} is not what was sealed")
        self._require_destroyed(boxes)
        return f"{len(boxes) - len(self._unread)} texts match what the events committed to"

    def _require_destroyed(self, boxes: Mapping[tuple[int, str], Json]) -> None:
        """Notes what cannot be read. Raises Problem if no event bears out that it was erased."""
        destroyed = keys_destroyed_by(self.events.values())
        erased = [place for place, each in self.disclosures.items() if "erased" in each]
        for position, pointer in erased:
            if boxes[position, pointer]["kid"] not in destroyed:
                raise Problem(f"event {position} {pointer} is called erased, and no event says so")
        if erased:
            self.notes.append(
                f"{len(erased)} sealed fields have been erased, and can be read by nobody:"
                f" {_places(erased)}"
            )
            self.notes += self._erasures({str(boxes[place]["kid"]) for place in erased})
        if missing := sorted(self._unread - set(erased)):
            self.notes.append(
                f"the keys of {len(missing)} sealed fields were missing where this was made, though"
                f" no event says that they were destroyed: {_places(missing)}"
            )

    def _erasures(self, kids: Container[str]) -> list[str]:
        """When each erasure destroyed the keys, by events that are proved as all others."""
        found: dict[str, list[Event]] = {}
        for event in self.events.values():
            if event.type == "SubjectKeyDestroyed" and event.data["kid"] in kids:
                found.setdefault(str(event.data["erasure_id"]), []).append(event)
        return [
            f"erased on {min(str(each.body['recordedtime']) for each in events)[:10]} by erasure"
            f" {erasure_id}, proved by {_numbered(events)}"
            for erasure_id, events in found.items()
        ]

    def traces_follow_from_the_events(self) -> str:
        outputs = self.manifest["outputs"]
        if not outputs:
            raise Problem("the bundle is about no output")
        told, results, spans = hashlib.sha256(), 0, 0

        def traces() -> Iterator[Json]:
            nonlocal results, spans
            for output_id in outputs:
                trace = trace_of(self.evidence, output_id)
                self._needed |= self._rests_on(trace)
                results += sum(len(each["results"]) for each in trace["retrievals"])
                spans += len(trace["prompt"]["spans"])
                yield trace

        case_id = self.manifest.get("case")
        case = None if case_id is None else case_of(self.evidence, case_id)
        for piece in pieces_of_trace(traces(), case):
            told.update(piece)
        self.notes += self.evidence.notes
        if told.hexdigest() != _sha256(self.files["trace.json"]):
            raise Problem("trace.json is not what the events say")
        return (
            f"{len(outputs)} outputs lead over their prompts and {results} passages to their"
            f" document versions; {spans} spans of the prompts hold the words of the passages"
        )

    def _rests_on(self, trace: Json) -> set[int]:
        """The positions of the events that a trace tells of."""
        streams = {f"{kind}-{trace['output']['output_id']}" for kind in ("output", "review")}
        streams |= {f"prompt-{trace['prompt']['prompt_id']}"}
        streams |= {f"retrieval-{each['retrieval_id']}" for each in trace["retrievals"]}
        documents = {f"document-{each['document_id']}" for each in trace["document_versions"]}
        versions = {None, *(each["version_id"] for each in trace["document_versions"])}
        return {
            event.position
            for stream in streams | documents
            for event in self.evidence.by_stream.get(stream, ())
            if stream in streams or event.data.get("version_id") in versions
        }

    def outputs_are_of_the_period(self) -> str:
        period = self.manifest.get("period")
        if period is None:
            return "no period was asked for"
        positions = []
        for output_id in self.manifest["outputs"]:
            event = self.evidence.fact(f"output-{output_id}", "OutputReported")
            positions.append(event.position)
            if not period["since"] <= event.body["recordedtime"] < period["until"]:
                raise Problem(f"output {output_id} was not recorded in the period")
        if positions != sorted(set(positions)):
            raise Problem("the outputs are not in the order of the log")
        self.notes.append(
            "that these are all outputs of the period that the asker may read, nothing proves but"
            " the server's word in the manifest"
        )
        return f"{len(positions)} outputs from {period['since']} to {period['until']}"

    def outputs_are_those_of_the_case(self) -> str:
        """As far as the case's events in the bundle go: at the moment that it was made."""
        case_id = self.manifest.get("case")
        if case_id is None:
            return "no case was asked for"
        case = case_of(self.evidence, case_id)
        if case["outputs"] != self.manifest["outputs"]:
            raise Problem("the outputs are not those that were in the case by its events")
        for event in case["events"]:
            if event["type"] == "OutputAddedToCase" and event["output_id"] in case["outputs"]:
                output = self.evidence.fact(f"output-{event['output_id']}", "OutputReported")
                if output.position > event["position"]:
                    raise Problem(f"event {event['position']} adds what was not there yet")
        return f"{len(case['outputs'])} outputs, by {len(case['events'])} events of case {case_id}"

    def nothing_is_left_over(self) -> str:
        """Once the traces were told, which says what events they need."""
        expected = {*EVIDENCE, *VIEWS}
        expected |= {MANIFEST_NOTE} if self.manifest["signed"] else set()
        for position in self.events:
            expected |= {f"events/{position}.json", f"events/{position}.tlog-proof"}
        expected |= {f"blobs/{blob}" for blob in self._blobs}
        expected |= {STAMPED, *self._time_stamps} if self._time_stamps else set()
        expected |= {each["path"] for each in self.disclosures.values() if "path" in each}
        if differing := sorted(self.files.keys() ^ expected):
            raise Problem(f"missing or not accounted for: {', '.join(differing[:5])}")
        wanted = set(self._needed)
        if (case_id := self.manifest.get("case")) is not None:
            case = (f"case-{case_id}", HOLDS)
            wanted |= {
                each.position for name in case for each in self.evidence.by_stream.get(name, ())
            }
        if spare := sorted(self.events.keys() - wanted):
            raise Problem(f"events that belong to no output and to no case: {spare[:5]}")
        return f"{len(self.files)} files, all accounted for"

    @property
    def _time_stamps(self) -> list[str]:
        found = sorted(name for name in self.files if TIME_STAMP_FILE.fullmatch(name))
        if found != sorted(time_stamp_file(n) for n in range(1, len(found) + 1)):
            raise Problem("a time stamp is missing")
        return found

    @cached_property
    def _blobs(self) -> set[str]:
        return {
            blob for event in self.events.values() for blob in blobs_named_in(event, self._unread)
        }

    @cached_property
    def _unread(self) -> set[tuple[int, str]]:
        return {place for place, each in self.disclosures.items() if "path" not in each}

    @cached_property
    def manifest(self) -> Json:
        return dict(strict_json(self.files[MANIFEST]))

    @cached_property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint.parse(Note.parse(self.files["checkpoint"]).text)

    @cached_property
    def events(self) -> dict[int, Event]:
        return {
            int(match[1]): Event.parse(int(match[1]), self.files[name])
            for name in self.files
            if (match := EVENT_FILE.fullmatch(name))
        }

    @cached_property
    def disclosures(self) -> dict[tuple[int, str], Json]:
        entries = strict_json(self.files["disclosures.json"])
        if canonical_json(entries) != self.files["disclosures.json"]:
            raise Problem("disclosures.json is not in its one spelling")
        found = {}
        for entry in entries:
            more = set(entry) - {"position", "pointer"}
            unread = more in ({"erased"}, {"key_missing"}) and entry[min(more)] is True
            given = more == {"salt", "path"} and entry["path"].startswith("disclosed/")
            if not unread and not given:
                raise Problem("disclosures.json says of a field neither its text nor its erasure")
            found[entry["position"], entry["pointer"]] = entry
        paths = [entry["path"] for entry in entries if "path" in entry]
        if len(found) != len(entries) or len(set(paths)) != len(paths):
            raise Problem("disclosures.json names a field or a file twice")
        return found

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(
            events=self.events,
            blobs=Files(
                {
                    name.removeprefix("blobs/"): partial(self.files.__getitem__, name)
                    for name in self.files
                    if name.startswith("blobs/")
                }
            ),
            texts=Files(
                {
                    place: partial(self.files.__getitem__, each["path"]) if "path" in each else None
                    for place, each in self.disclosures.items()
                }
            ),
        )

    @property
    def _log_keys(self) -> list[VerifierKey]:
        return [key for key in self.trusted if key.kind == ED25519]


CHECKS: Sequence[tuple[str, Callable[[Bundle], str]]] = (
    ("manifest", Bundle.manifest_lists_every_file),
    ("manifest signature", Bundle.manifest_is_signed),
    ("checkpoint", Bundle.checkpoint_is_signed),
    ("witnesses", Bundle.cosignatures_are_those_of_known_witnesses),
    ("time stamps", Bundle.time_stamps_are_over_the_checkpoint),
    ("keys", Bundle.keys_are_those_of_the_log),
    ("events", Bundle.events_are_in_the_log),
    ("streams", Bundle.streams_have_no_gaps),
    ("blobs", Bundle.blobs_are_what_events_name),
    ("texts", Bundle.texts_are_those_that_were_sealed),
    ("period", Bundle.outputs_are_of_the_period),
    ("case", Bundle.outputs_are_those_of_the_case),
    ("trace", Bundle.traces_follow_from_the_events),
    ("files", Bundle.nothing_is_left_over),
)


# --- A range of the log, whole -------------------------------------------------------------------
RANGE_FORMAT, RANGE, EVENTS = "ragledger-range/1", "range.json", "events.jsonl"
RANGE_FILES = (RANGE, EVENTS, "README.txt", "checkpoint", "log.vkey", "policy.txt", "verify.py")


@dataclass
class RangeArchive(Bundle):
    """Every event between two positions, with the long parts that they name, still sealed."""

    def range_is_described(self) -> str:
        said = self.manifest
        if canonical_json(said) != self.files[RANGE] or said["format"] != RANGE_FORMAT:
            raise Problem(f"{RANGE} is not in the one spelling of {RANGE_FORMAT}")
        if set(said) != {"around", "end", "first", "format", "log"}:
            raise Problem(f"{RANGE} says something else than a range")
        return f"positions {said['first']} to {said['end'] - 1}"

    def events_are_all_of_the_range(self) -> str:
        said, checkpoint = self.manifest, self.checkpoint
        leaves = [leaf_hash(line) for line in self._lines]
        around = [base64_bytes(each) for each in said["around"]]
        root = root_around(said["first"], leaves, checkpoint.size, around)
        if len(leaves) != said["end"] - said["first"] or root != checkpoint.root:
            raise Problem("these are not all the events of this range of the log")
        return f"{len(leaves)} events, all of the range, proved against the checkpoint"

    def streams_follow_on(self) -> str:
        heads: dict[str, int] = {}
        for event in self.events.values():
            stream, version = str(event.body["stream"]), event.body["streamversion"]
            if heads.setdefault(stream, version - 1) != version - 1:
                raise Problem(f"an event of {stream} is missing")
            heads[stream] = version
        return f"{len(heads)} streams, none of which leaves out an event"

    def blobs_are_named(self) -> str:
        named = {blob for event in self.events.values() for blob in blobs_named_in(event, ())}
        there = {name.removeprefix("blobs/") for name in self.files if name.startswith("blobs/")}
        for name in sorted(there):
            if name not in named or _sha256(self.files[f"blobs/{name}"]) != name:
                raise Problem(f"blob {name} is not what an event names")
        if missing := len(named - there):
            self.notes.append(f"{missing} long parts are not here: erased by then, or lost")
        return f"{len(there)} long parts, each under its SHA-256"

    def no_file_is_left_over(self) -> str:
        others = {name for name in self.files if not name.startswith("blobs/")}
        if differing := sorted(others ^ set(RANGE_FILES)):
            raise Problem(f"missing or not accounted for: {', '.join(differing[:5])}")
        return f"{len(self.files)} files, all accounted for"

    @cached_property
    def _lines(self) -> list[bytes]:
        lines = self.files[EVENTS].split(b"\n")
        if lines.pop():
            raise Problem(f"{EVENTS} does not end with its last event")
        return lines

    @cached_property
    def manifest(self) -> Json:
        return dict(strict_json(self.files[RANGE]))

    @cached_property
    def events(self) -> dict[int, Event]:
        first = int(self.manifest["first"])
        return {n: Event.parse(n, line) for n, line in enumerate(self._lines, first)}


RANGE_CHECKS: Sequence[tuple[str, Callable[[RangeArchive], str]]] = (
    ("range", RangeArchive.range_is_described),
    ("checkpoint", RangeArchive.checkpoint_is_signed),
    ("witnesses", RangeArchive.cosignatures_are_those_of_known_witnesses),
    ("keys", RangeArchive.keys_are_those_of_the_log),
    ("events", RangeArchive.events_are_all_of_the_range),
    ("streams", RangeArchive.streams_follow_on),
    ("blobs", RangeArchive.blobs_are_named),
    ("files", RangeArchive.no_file_is_left_over),
)


@dataclass(frozen=True)
class Line:
    """What is printed of a check."""

    verdict: str
    check: str
    detail: str

    def __str__(self) -> str:
        plain = "".join(c if c.isprintable() else "?" for c in self.detail)
        return f"{self.verdict}  {self.check}: {plain}"


def verify(files: Mapping[str, bytes], trusted: Sequence[VerifierKey]) -> list[Line]:
    """One line a check, then the notes; everything is verified if no line is a FAIL."""
    if RANGE in files and MANIFEST not in files:
        archive = RangeArchive(files, trusted)
        lines = [_line(name, partial(check, archive)) for name, check in RANGE_CHECKS]
        return [*lines, *_notes(archive)]
    bundle = Bundle(files, trusted)
    lines = [_line(name, partial(check, bundle)) for name, check in CHECKS]
    return [*lines, *_notes(bundle)]


def _line(name: str, check: Callable[[], str]) -> Line:
    try:
        return Line("PASS", name, check())
    except Problem as problem:
        return Line("FAIL", name, str(problem))
    except MALFORMED as error:
        return Line("FAIL", name, f"malformed, {type(error).__name__}: {error}")


def _notes(bundle: Bundle) -> list[Line]:
    return [Line("NOTE", "notes", note) for note in dict.fromkeys(bundle.notes)]


def time_stamp_file(number: int) -> str:
    return f"time-stamps/{number}.tsr"


def policy_of(keys: Sequence[str]) -> str:
    """The tlog-policy file that trusts these keys of a log and asks for no witness."""
    return "".join(f"log {key}\n" for key in keys) + "quorum none\n"


def _required_signer(note: Note, keys: Sequence[VerifierKey]) -> str:
    signers = note.signers(keys)
    if not signers:
        raise Problem("no key that is trusted signed this")
    return signers[0].name


def _parsed_proof(data: bytes, checkpoint: bytes) -> tuple[int, list[bytes]]:
    head, gap, note = data.decode().partition("\n\n")
    first, index, *hashes = head.split("\n")
    if first != FIRST_PROOF_LINE or not gap or note.encode() != checkpoint:
        raise Problem("a proof is malformed, or made for another checkpoint")
    number = index.removeprefix("index ")
    if f"index {int(number)}" != index:
        raise Problem("a proof is malformed")
    return int(number), [base64_bytes(each) for each in hashes]


def _places(places: Sequence[tuple[int, str]]) -> str:
    return ", ".join(f"event {position} {pointer}" for position, pointer in places[:5])


def _numbered(events: Sequence[Event]) -> str:
    return ", ".join(f"event {each.position}" for each in events[:5])


def _salt(text: str) -> bytes:
    """32 bytes in hex, in its one spelling. Raises Problem."""
    if not HEX_32_BYTES.fullmatch(text):
        raise Problem("a salt is not 32 bytes in hex")
    return bytes.fromhex(text)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- The one packing of a bundle, and reading one that may be hostile ----------------------------
LOCAL_HEADER, DIRECTORY_ENTRY = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I")
LAST_RECORD = struct.Struct("<4s4H2IH")
LONG_RECORD, LONG_LOCATOR = struct.Struct("<4sQ2H2I4Q"), struct.Struct("<4sIQI")
# Version 2.0 of the format, made on Unix, a plain file; the earliest day that it can say.
ZIP_VERSION, MADE_ON_UNIX, PLAIN_FILE, FIRST_DAY = 20, 20 | 3 << 8, 0o100644 << 16, 1 << 5 | 1
MAX_SHORT, PIECE_BYTES = 0xFFFF, 1 << 20


def local_header(name: str, crc: int, size: int) -> bytes:
    """What stands before a file. Nothing is compressed, so that no bundle can be a bomb."""
    facts = (ZIP_VERSION, 0, 0, 0, FIRST_DAY, crc, size, size, len(name), 0)
    return LOCAL_HEADER.pack(b"PK\3\4", *facts) + name.encode("ascii")


def directory_entry(name: str, crc: int, size: int, place: int) -> bytes:
    """What the directory behind the files says of the one whose header stands at `place`."""
    facts = (MADE_ON_UNIX, ZIP_VERSION, 0, 0, 0, FIRST_DAY, crc, size, size)
    more = (len(name), 0, 0, 0, 0, PLAIN_FILE, place)
    return DIRECTORY_ENTRY.pack(b"PK\1\2", *facts, *more) + name.encode("ascii")


def end_of_zip(files: int, size: int, place: int) -> bytes:
    """What follows the directory, of so many files and bytes, that begins at `place`."""
    long = b""
    if files > MAX_SHORT:
        facts = (LONG_RECORD.size - 12, 45, 45, 0, 0, files, files, size, place)
        long = LONG_RECORD.pack(b"PK\6\6", *facts)
        long += LONG_LOCATOR.pack(b"PK\6\7", 0, place + size, 1)
    count = min(files, MAX_SHORT)
    return long + LAST_RECORD.pack(b"PK\5\6", 0, 0, count, count, size, place, 0)


def read_bundle(path: Path) -> Mapping[str, bytes]:
    """The files of a bundle. Raises Problem where it is unsafe, CannotRun where there is none."""
    try:
        return _read_folder(path) if path.is_dir() else _read_zip(path)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from error


def _read_zip(path: Path) -> Mapping[str, bytes]:
    """One that is packed as bundles are, to the byte: so no program finds other files in it."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Problem("the bundle is larger than anything this program will read")
    readers: dict[str, Callable[[], bytes]] = {}
    directory: list[bytes] = []
    with path.open("rb") as file:
        while (head := file.read(LOCAL_HEADER.size)).startswith(b"PK\3\4"):
            if len(readers) >= MAX_FILES:
                raise Problem("the bundle holds more files than this program will read")
            place = file.tell() - len(head)
            name, length, crc = _next_file(file, head, size)
            if name in readers:
                raise Problem(f"{name} occurs twice")
            readers[name] = partial(_piece, path, file.tell() - length, length)
            directory.append(directory_entry(name, crc, length, place))
        start, said = file.tell() - len(head), b"".join(directory)
        rest = head + file.read(len(said) + LONG_RECORD.size + LONG_LOCATOR.size)
    if not readers or rest != said + end_of_zip(len(readers), len(said), start):
        raise Problem(
            "this is no whole zip file, or its directory is not that of its files: bytes are"
            f" hidden, files overlap or are no plain files. {UNPACK}"
        )
    if MANIFEST in readers and list(readers) != sorted(readers):
        raise Problem(f"the files are not in the order that a bundle has them in. {UNPACK}")
    return Files(readers)


UNPACK = "If another program packed this, unpack it, and check the folder"


def _next_file(file: BinaryIO, head: bytes, size: int) -> tuple[str, int, int]:
    """The name, length and CRC of a file, read to its end. Raises Problem."""
    if len(head) < LOCAL_HEADER.size:
        raise Problem("this is no whole zip file")
    *_, method, _, _, crc, _, length, name_bytes, _ = LOCAL_HEADER.unpack(head)
    written = file.read(name_bytes)
    name = written.decode("ascii", "replace")
    if not FILE_NAME.fullmatch(name):
        raise Problem(f"{name!r} is no name that a bundle uses")
    if method:
        raise Problem(f"{name} is compressed. {UNPACK}")
    if length > size - file.tell():
        raise Problem(f"{name} is cut off: this is no whole zip file")
    found, left = 0, length
    while left:
        piece = file.read(min(left, PIECE_BYTES))
        found, left = binascii.crc32(piece, found), left - len(piece)
    if head + written != local_header(name, found, length):
        raise Problem(f"{name} is not packed as a bundle is, or its bytes were changed. {UNPACK}")
    return name, length, crc


def _piece(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _read_folder(folder: Path) -> Mapping[str, bytes]:
    readers: dict[str, Callable[[], bytes]] = {}
    total = 0
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise Problem(f"{name!r} is no plain file")
        for name in names:
            path = Path(parent, name)
            total += path.stat().st_size
            if total > MAX_BYTES or len(readers) >= MAX_FILES:
                raise Problem("the bundle is larger than anything this program will read")
            readers[path.relative_to(folder).as_posix()] = path.read_bytes
    return Files(readers)


# --- The command ---------------------------------------------------------------------------------
def _trusted_keys(given: Sequence[str]) -> list[VerifierKey]:
    """Keys as they are, or files with a key a line. Raises CannotRun."""
    keys = []
    for each in given:
        try:
            lines = [each] if "+" in each else Path(each).read_text(encoding="utf-8").split("\n")
            keys += [VerifierKey.parse(line.strip()) for line in lines if line.strip()]
        except (OSError, UnicodeDecodeError, Problem) as error:
            raise CannotRun(f"{each[:100]!r} is no verifier key and no file of them") from error
    return keys


def _keys_in(files: Mapping[str, bytes]) -> list[VerifierKey]:
    """Raises Problem."""
    try:
        return [VerifierKey.parse(line) for line in files["log.vkey"].decode().split("\n") if line]
    except MALFORMED as error:
        raise Problem("the bundle holds no key of a log") from error


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Verifies a RAGLedger evidence bundle offline.")
    parser.add_argument(
        "bundle", nargs="?", type=Path, help="zip file or folder; the folder of this file if absent"
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="KEY",
        help="verifier key of the log or of a witness, or a file of them; may be given repeatedly",
    )
    parser.add_argument(
        "--trust-bundled",
        action="store_true",
        help="trust the key in the bundle: shows that the bundle is whole, not whose it is",
    )
    parser.add_argument(
        "--manifest",
        metavar="SHA256",
        help="the manifest_sha256 of the log's EvidenceExported: nothing was left out since",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def run(
    bundle: Path, trust: Sequence[str], *, trust_bundled: bool, manifest: str | None = None
) -> list[Line]:
    """The lines to print. Raises CannotRun."""
    trusted = _trusted_keys(trust)
    if not trusted and not trust_bundled:
        raise CannotRun("give the key of the log with --trust (see --help)")
    try:
        files = read_bundle(bundle)
        keys = trusted or _keys_in(files)
    except Problem as problem:
        return [Line("FAIL", "archive", str(problem))]
    lines = [Line("PASS", "archive", f"{len(files)} plain files"), *verify(files, keys)]
    if manifest:
        same = _sha256(files.get(MANIFEST, b"")) == manifest.strip().lower()
        said = "the one" if same else "another than the one"
        lines.append(
            Line(
                "PASS" if same else "FAIL",
                "handed out",
                f"the manifest is {said} that the log recorded",
            )
        )
    if not trusted:
        warning = "the key came out of the bundle: this shows that it is whole, not whose it is"
        lines.append(Line("NOTE", "WEAKER", warning))
    if files.get("verify.py") not in {None, Path(__file__).read_bytes()}:
        lines.append(Line("NOTE", "verify.py", "the bundle holds another version than this one"))
    return lines


def main() -> int:
    """The exit code: 0 verified, 1 a check failed, 2 could not run."""
    arguments = _arguments().parse_args()
    bundle = arguments.bundle or Path(__file__).resolve().parent
    try:
        lines = run(
            bundle,
            arguments.trust,
            trust_bundled=arguments.trust_bundled,
            manifest=arguments.manifest,
        )
    except (CannotRun, OSError) as error:
        sys.stderr.write(f"Nothing was checked: {error}.\n")
        return 2
    failed = [line for line in lines if line.verdict == "FAIL"]
    if arguments.json:
        report = {"verified": not failed, "lines": [vars(line) for line in lines]}
        sys.stdout.write(json.dumps(report, indent=1) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.write("NOT VERIFIED\n" if failed else "VERIFIED\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
