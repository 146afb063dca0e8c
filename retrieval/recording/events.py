"""The events of what applications report, and of what is computed from it."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, Payload, event_type, upcasts
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box


class Method(EventData):
    """A computation with the version of its rules."""

    name: str
    version: int


class Retriever(EventData):
    """The application's own store."""

    name: str
    version: str


@event_type("RetrievalReported", version=2)
class RetrievalReported(EventData):
    """An application's own store answered a query.

    `results` seals JSON: the passages with what the application knows about their origin.
    """

    retrieval_id: UUID
    query: Box
    retriever: Retriever
    results: Box
    context: Box | None = None
    imported: bool = False
    sequence_number: int | None = None


@upcasts(RetrievalReported, from_version=1)
def number_no_retrieval(payload: Payload) -> Payload:
    """Version 1 knew no numbers of the application's own."""
    return payload


@event_type("RetrievalResolved", version=1)
class RetrievalResolved(EventData):
    """Which known versions the reported passages come from.

    `passages` lists them in the order reported, each as the values that
    `retrieval.recording.resolution.COLUMNS` names.
    """

    retrieval_id: UUID
    method: Method
    passages: Listing
    versions: int


@event_type("PromptReported", version=2)
class PromptReported(EventData):
    """A prompt was sent to a model.

    `messages` seals the chat messages; a prompt given as one text (`kind` "text") is one message
    of the role "user".
    """

    prompt_id: UUID
    retrieval_ids: list[UUID]
    kind: str
    messages: Box
    tools: Box | None = None
    selection: Box | None = None
    template: Box | None = None
    model: str | None = None
    context: Box | None = None
    imported: bool = False
    sequence_number: int | None = None


@upcasts(PromptReported, from_version=1)
def number_no_prompt(payload: Payload) -> Payload:
    """Version 1 knew no numbers of the application's own."""
    return payload


@event_type("PromptAssembled", version=2)
class PromptAssembled(EventData):
    """The prompt was matched to its retrieved passages.

    `spans` lists the values that `retrieval.recording.assembly.SPAN_COLUMNS` names, `absent` the
    chunks of which the prompt holds nothing. `cut_short` names the limits (see
    `retrieval.recording.limits`) that leave the map incomplete. `problem` says why nothing could
    be computed.
    """

    prompt_id: UUID
    method: Method
    spans: Listing
    absent: Listing
    cut_short: list[str]
    problem: str | None = None


@upcasts(PromptAssembled, from_version=1)
def say_nothing_of_limits_of_the_map(payload: Payload) -> Payload:
    """Version 1 did not say which limits had cut it short."""
    return {**payload, "cut_short": []}


@event_type("OutputReported", version=2)
class OutputReported(EventData):
    """A model answered a prompt.

    `cited` lists the citations that name something known: their index in `citations`, chunk id,
    version id, document id.
    """

    output_id: UUID
    prompt_id: UUID
    text: Box
    delivered_text: Box | None = None
    model: str
    status: str
    tool_calls: Box | None = None
    choice: int = 0
    replaces: UUID | None = None
    provider: str | None = None
    response_id: Box | None = None
    parameters: Box | None = None
    usage: Box | None = None
    finish_reason: str | None = None
    citations: Box | None = None
    cited: Listing | None = None
    context: Box | None = None
    imported: bool = False
    sequence_number: int | None = None


@upcasts(OutputReported, from_version=1)
def number_no_output(payload: Payload) -> Payload:
    """Version 1 knew no numbers of the application's own."""
    return payload


@event_type("OutputAttributed", version=2)
class OutputAttributed(EventData):
    """Each sentence of the output was held against the passages in its prompt.

    `sentences` lists [start, end], `supports` lists [index of the sentence, chunk id, version id,
    score in millionths], the best first. `cut_short` names the limits that were reached, as for
    PromptAssembled. `problem` says why nothing could be computed.
    """

    output_id: UUID
    prompt_id: UUID
    method: Method
    sentences: Listing
    supports: Listing
    unsupported: int
    cut_short: list[str]
    problem: str | None = None


@upcasts(OutputAttributed, from_version=1)
def say_nothing_of_limits_of_the_support(payload: Payload) -> Payload:
    """Version 1 did not say which limits had cut it short."""
    return {**payload, "cut_short": []}
