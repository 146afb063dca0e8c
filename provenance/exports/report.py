"""What the report says, for people who know nothing of hashes, whatever form it takes.

It is worked out of the traces of the bundle and the checkpoint, and nothing else: no clock, so that
the same evidence gives the same report. Answers and events come one by one, however many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.exports.case_story import CaseStory, case_story
from provenance.exports.facts import Facts
from provenance.exports.moments import moment
from provenance.exports.selection import Period
from provenance.exports.verify import Event
from provenance.integrity import base64_text
from provenance.integrity.models import SealedCheckpoint

Json = dict[str, Any]

UNNAMED, UNKNOWN = "a document without a title", "a passage of no known document"


@dataclass(frozen=True)
class Piece:
    """A run of text. `sources` are numbers of passages; `marked` sets it off from what is around.

    In an output a marked piece is a sentence; one without sources is supported by nothing.
    """

    text: str
    marked: bool = False
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A retrieved passage under its number; without a text, it has been erased."""

    number: int
    title: str
    version_number: int | None
    text: str | None
    in_prompt: bool
    chunk_id: str


@dataclass(frozen=True)
class Message:
    """A message of the prompt; the marked pieces are passages."""

    role: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Version:
    """A document version behind an output."""

    title: str
    number: int
    external_id: str
    handed_in: str
    handed_in_by: str
    content_sha256: str
    version_id: str


@dataclass(frozen=True)
class Signature:
    """Who signed the review of an answer, when, and what that means."""

    printed_name: str
    meaning: str
    signed: str
    signer: str
    reason: str
    round: int


@dataclass(frozen=True)
class Finding:
    """What a reviewer found; `became` is empty while it is open."""

    severity: str
    statement: str | None
    place: str
    became: str


@dataclass(frozen=True)
class Answer:
    """One output with everything behind it. Absent pieces mean that the text has been erased."""

    output_id: str
    question: str
    application: str
    model: str
    status: str
    recorded: str
    imported: bool
    pieces: tuple[Piece, ...] | None
    attributed: bool
    passages: tuple[Passage, ...]
    messages: tuple[Message, ...] | None
    versions: tuple[Version, ...]
    signatures: tuple[Signature, ...] = ()
    findings: tuple[Finding, ...] = ()
    reviewed: bool = False

    @property
    def sentences(self) -> int:
        return sum(1 for piece in self.pieces or () if piece.marked)

    @property
    def unsupported(self) -> int:
        return sum(1 for piece in self.pieces or () if piece.marked and not piece.sources)


@dataclass(frozen=True)
class Entry:
    """An event of the log."""

    position: int
    type: str
    recorded: str
    event_id: str


@dataclass(frozen=True)
class Report:
    """What the report says around its answers."""

    outputs: int
    events: int
    erased: int
    unread: int
    origin: str
    size: int
    root: str
    witnesses: int
    time_stamps: int = 0
    period: str = ""
    case: CaseStory | None = None

    @property
    def gone(self) -> str:
        """What happened to a text that is not here."""
        if not self.unread:
            return "has been erased"
        missing = "cannot be read, since its key was missing where this was made"
        return f"has been erased, or {missing}" if self.erased else missing


def report_of(
    facts: Facts, case: Json | None, checkpoint: SealedCheckpoint, period: Period | None = None
) -> Report:
    return Report(
        period=f"from {moment(period.as_json()['since'])} to {moment(period.as_json()['until'])}"
        if period
        else "",
        outputs=len(facts.output_ids),
        events=len(facts.positions),
        erased=facts.erased,
        unread=facts.unread,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=base64_text.encode(bytes(checkpoint.root)),
        witnesses=checkpoint.cosignatures.count(),
        time_stamps=checkpoint.time_stamps.count(),
        case=case_story(case) if case else None,
    )


def entry_of(event: Event) -> Entry:
    recorded = moment(event.body["recordedtime"])
    return Entry(event.position, event.type, recorded, event.body["id"])


def answer_of(trace: Json) -> Answer:
    output, prompt, review = trace["output"], trace["prompt"], trace.get("review", {})
    passages = _passages(trace)
    numbers = {passage.chunk_id: passage.number for passage in passages}
    return Answer(
        output_id=output["output_id"],
        question=next((r["query"] for r in trace["retrievals"] if r["query"]), ""),
        application=output["application"] or "",
        model=output["model"],
        status=output["status"],
        recorded=moment(output["recorded_at"]),
        imported=output["imported"],
        pieces=_sentences(output["text"], trace["attribution"], numbers),
        attributed=bool(trace["attribution"]),
        passages=passages,
        messages=_messages(prompt, numbers),
        versions=tuple(_version(each) for each in trace["document_versions"]),
        signatures=tuple(_signature(each) for each in review.get("signatures", ())),
        findings=tuple(_finding(each, output["text"]) for each in review.get("findings", ())),
        reviewed=bool(review),
    )


def _passages(trace: Json) -> tuple[Passage, ...]:
    """Each passage once, in the order of retrievals and ranks."""
    titles = {each["version_id"]: each["title"] for each in trace["document_versions"]}
    in_prompt = {span["chunk_id"] for span in trace["prompt"]["spans"]}
    found: dict[str, Json] = {}
    for retrieval in trace["retrievals"]:
        for result in retrieval["results"]:
            found.setdefault(result["chunk_id"], result)
    return tuple(
        Passage(
            number=number,
            title=titles.get(result["version_id"], UNKNOWN) or UNNAMED,
            version_number=result["version_number"],
            text=result["text"],
            in_prompt=chunk_id in in_prompt,
            chunk_id=chunk_id,
        )
        for number, (chunk_id, result) in enumerate(found.items(), 1)
    )


def _sentences(
    text: str | None, attribution: Sequence[Json], numbers: dict[str, int]
) -> tuple[Piece, ...] | None:
    if text is None:
        return None
    marks = [
        (
            sentence["start"],
            sentence["end"],
            tuple(numbers[s["chunk_id"]] for s in sentence["supports"] if s["chunk_id"] in numbers),
        )
        for sentence in attribution
    ]
    return tuple(_pieces(text, marks))


def _messages(prompt: Json, numbers: dict[str, int]) -> tuple[Message, ...] | None:
    if prompt["messages"] is None:
        return None
    found = []
    for index, message in enumerate(prompt["messages"]):
        for part, text in _texts(message.get("content")):
            marks = [
                (span["start"], span["end"], (numbers[span["chunk_id"]],))
                for span in prompt["spans"]
                if (span["message"], span["part"]) == (index, part)
            ]
            found.append(Message(str(message.get("role", "")), tuple(_pieces(text, marks))))
    return tuple(found)


def _texts(content: Any) -> Iterable[tuple[int | None, str]]:
    """The texts of a message: its content, or the parts of it that are text."""
    if isinstance(content, str):
        yield None, content
    for part, value in enumerate(content if isinstance(content, list) else ()):
        text = value.get("text") if isinstance(value, dict) else value
        if isinstance(text, str):
            yield part, text


def _pieces(text: str, marks: Iterable[tuple[int, int, tuple[int, ...]]]) -> Iterable[Piece]:
    """The text in pieces; of marks that overlap, what comes first counts."""
    done = 0
    for start, end, sources in sorted(marks):
        if end <= done:
            continue
        begin = max(start, done)
        if begin > done:
            yield Piece(text[done:begin])
        yield Piece(text[begin:end], marked=True, sources=sources)
        done = end
    if done < len(text):
        yield Piece(text[done:])


def _signature(signature: Json) -> Signature:
    return Signature(
        printed_name=signature["printed_name"] or signature["actor"],
        meaning=signature["meaning"],
        signed=moment(signature["recorded_at"]),
        signer=signature["actor"],
        reason=signature["reason"] or "",
        round=signature["round"],
    )


def _finding(finding: Json, text: str | None) -> Finding:
    start, end, resolved = finding["start"], finding["end"], finding.get("resolved")
    return Finding(
        severity=finding["severity"],
        statement=finding["statement"],
        place=text[start:end] if text is not None and end is not None else "",
        became=f"{resolved['resolution']}: {resolved['note'] or ''}" if resolved else "",
    )


def _version(version: Json) -> Version:
    return Version(
        title=version["title"] or UNNAMED,
        number=version["version_number"],
        external_id=version["external_id"] or "",
        handed_in=moment(version["recorded_at"]),
        handed_in_by=version["application"] or version["actor"],
        content_sha256=version["content_sha256"] or "not known here",
        version_id=version["version_id"],
    )
