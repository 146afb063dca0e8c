"""The provenance of outputs as a W3C PROV graph; `docs/provenance-attributes.md` lists the terms.

Ids are addresses of the API, so that whoever may read them can look them up. No text is in it, but
the titles of documents.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from prov.model import ProvDocument

Json = dict[str, Any]

# A name, not an address that answers: like the types of events, it begins with ragledger.io.
NAMESPACE = "https://ragledger.io/ns#"
MICRO = 1_000_000


def document_of(traces: Iterable[Json]) -> ProvDocument:
    """The graph of what the traces of outputs say."""
    document = empty_document()
    graph = Graph(document)
    for trace in traces:
        graph.add_trace(trace)
    return document


def empty_document() -> ProvDocument:
    document = ProvDocument()
    document.add_namespace("rag", NAMESPACE)
    document.add_namespace("log", f"{settings.BASE_URL.rstrip('/')}/api/v1/")
    return document


def as_json(graph: ProvDocument) -> bytes:
    return str(graph.serialize(format="json", indent=1)).encode() + b"\n"


def as_provn(graph: ProvDocument) -> bytes:
    return graph.get_provn().encode() + b"\n"


@dataclass
class Graph:
    """Adds each thing once, however many outputs rest on it."""

    graph: ProvDocument
    known: set[str] = field(default_factory=set)

    def add_trace(self, trace: Json) -> None:
        for version in trace["document_versions"]:
            self._add_version(version)
        for retrieval in trace["retrievals"]:
            self._add_retrieval(retrieval)
        self._add_prompt(trace["prompt"], trace["retrievals"])
        self._add_output(trace["output"], trace["prompt"], trace["attribution"])

    def add_case(self, case: Json) -> None:
        """A collection of its outputs, and who did what in it; no word that was written there."""
        opened, name = case["events"][0], f"cases/{case['case_id']}"
        self._entity(name, "Case", _place(opened), collection=True)
        self.graph.wasAttributedTo(_id(name), self._agent(opened["actor"], "Person"))
        for output_id in case["outputs"]:
            self.graph.hadMember(_id(name), _id(f"outputs/{output_id}"))
        for event in case["events"]:
            self._add_happening(name, event["type"], event)
        for hold in case.get("holds", ()):
            self._add_hold(name, hold)

    def _add_hold(self, case: str, hold: Json) -> None:
        placed = self._add_happening(case, "HoldPlaced", hold["placed"])
        self.graph.used(placed, _id(f"outputs/{hold['output_id']}"))
        if hold["released"]:
            released = self._add_happening(case, "HoldReleased", hold["released"])
            self.graph.used(released, _id(f"outputs/{hold['output_id']}"))

    def _add_happening(self, case: str, kind: str, circumstances: Json) -> str:
        """What happened has influenced the case."""
        name = f"events/{circumstances['event_id']}"
        happening = self._activity(name, kind, circumstances)
        self.graph.wasAssociatedWith(happening, self._agent(circumstances["actor"], "Person"))
        self.graph.wasInfluencedBy(_id(case), happening)
        return happening

    def _add_version(self, version: Json) -> None:
        name, document = f"versions/{version['version_id']}", f"documents/{version['document_id']}"
        self._entity(document, "Document", {"prov:label": version["title"]})
        new = self._entity(
            name,
            "DocumentVersion",
            {
                "prov:label": version["title"],
                "rag:version": version["version_number"],
                "rag:sha256": version["content_sha256"],
                "rag:mediaType": version["media_type"],
                "rag:sourceUri": version["source_uri"],
                "rag:effectiveFrom": version["effective_from"],
                "rag:effectiveUntil": version["effective_until"],
                **_place(version),
            },
        )
        if not new:
            return
        submission = self._activity(f"{name}/submission", "Submission", version)
        submitter = self._agent(version["actor"], "Submitter")
        self.graph.specializationOf(_id(name), _id(document))
        self.graph.wasGeneratedBy(_id(name), submission, version["recorded_at"])
        self.graph.wasAttributedTo(_id(name), submitter)
        self.graph.wasAssociatedWith(submission, submitter)

    def _add_retrieval(self, retrieval: Json) -> None:
        name = f"retrievals/{retrieval['retrieval_id']}"
        if _id(name) in self.known:
            return
        activity = self._activity(name, "Retrieval", retrieval)
        self.graph.wasAssociatedWith(activity, self._application(retrieval))
        self._entity(f"{name}/query", "Query", {})
        self.graph.used(activity, _id(f"{name}/query"))
        self._use_index(activity, retrieval)
        self._entity(f"{name}/results", "ResultSet", {}, collection=True)
        self.graph.wasGeneratedBy(_id(f"{name}/results"), activity, retrieval["recorded_at"])
        for result in retrieval["results"]:
            self._add_chunk(result)
            chunk = _id(f"chunks/{result['chunk_id']}")
            self.graph.used(activity, chunk, None, None, {"rag:rank": result["rank"]})
            self.graph.hadMember(_id(f"{name}/results"), chunk)

    def _use_index(self, activity: str, retrieval: Json) -> None:
        served = retrieval["retriever"]
        if retrieval["kind"] == "served":
            index = f"index-generations/{served['index_generation']}"
            known = {"rag:generation": served["index_generation"]}
            known |= {"rag:embeddingModel": served["embedding_model"]}
            known |= {"rag:modelDigest": served["model_digest"]}
            self._entity(index, "IndexGeneration", known, collection=True)
            position = {"rag:indexPosition": served["index_position"]}
            self.graph.used(activity, _id(index), None, None, position)
            return
        agent = self._agent(f"retriever {served['name']} {served['version']}", "Retriever")
        self.graph.wasAssociatedWith(activity, agent)

    def _add_chunk(self, result: Json) -> None:
        name = f"chunks/{result['chunk_id']}"
        span = {"rag:charStart": result["start"], "rag:charEnd": result["end"]}
        if self._entity(name, "Chunk", span) and result["version_id"] is not None:
            self.graph.wasDerivedFrom(_id(name), _id(f"versions/{result['version_id']}"))

    def _add_prompt(self, prompt: Json, retrievals: Iterable[Json]) -> None:
        name = f"prompts/{prompt['prompt_id']}"
        if not self._entity(name, "AssembledPrompt", _place(prompt)):
            return
        assembly = self._activity(f"{name}/assembly", "Assembly", prompt)
        self.graph.wasAssociatedWith(assembly, self._application(prompt))
        self.graph.wasGeneratedBy(_id(name), assembly, prompt["recorded_at"])
        for retrieval in retrievals:
            self.graph.used(assembly, _id(f"retrievals/{retrieval['retrieval_id']}/results"))
        for chunk in dict.fromkeys(span["chunk_id"] for span in prompt["spans"]):
            self.graph.wasDerivedFrom(_id(name), _id(f"chunks/{chunk}"))

    def _add_output(self, output: Json, prompt: Json, attribution: Iterable[Json]) -> None:
        name, from_prompt = f"outputs/{output['output_id']}", f"prompts/{prompt['prompt_id']}"
        self._entity(name, "Output", {"rag:status": output["status"], **_place(output)})
        generation = self._activity(f"{name}/generation", "Generation", output)
        application, model = self._application(output), self._agent(f"model {output['model']}")
        self.graph.used(generation, _id(from_prompt))
        self.graph.wasAssociatedWith(generation, model)
        self.graph.wasAssociatedWith(generation, application)
        self.graph.wasGeneratedBy(_id(name), generation, output["recorded_at"])
        self.graph.wasAttributedTo(_id(name), application)
        supports = self._supports(attribution)
        for chunk, score in supports.items():
            support = {"prov:type": self._term("Support"), "rag:score": score}
            self.graph.wasDerivedFrom(_id(name), _id(f"chunks/{chunk}"), other_attributes=support)
        for chunk in dict.fromkeys(span["chunk_id"] for span in prompt["spans"]):
            if chunk not in supports:
                self.graph.wasInfluencedBy(_id(name), _id(f"chunks/{chunk}"))

    def _supports(self, attribution: Iterable[Json]) -> dict[str, str]:
        """The best score of each chunk that supports a sentence, as a decimal text."""
        best: dict[str, int] = {}
        for sentence in attribution:
            for each in sentence["supports"]:
                score = max(best.get(each["chunk_id"], 0), each["score_in_millionths"])
                best[each["chunk_id"]] = score
        return {chunk: f"{score / MICRO:.6f}" for chunk, score in best.items()}

    def _entity(self, name: str, term: str, attributes: Json, *, collection: bool = False) -> bool:
        """True if it is new."""
        if _id(name) in self.known:
            return False
        self.known.add(_id(name))
        types = [("prov:type", self._term(term))]
        if collection:
            types.append(("prov:type", self.graph.valid_qualified_name("prov:Collection")))
        given = [(key, value) for key, value in attributes.items() if value is not None]
        self.graph.entity(_id(name), [*types, *given])
        return True

    def _activity(self, name: str, term: str, circumstances: Json) -> str:
        self.known.add(_id(name))
        attributes = {"prov:type": self._term(term), **_place(circumstances)}
        at = circumstances["occurred_at"]
        self.graph.activity(_id(name), at, at, attributes)
        return _id(name)

    def _application(self, circumstances: Json) -> str:
        name = circumstances["application"] or circumstances["actor"]
        return self._agent(f"application {name}", "Application")

    def _agent(self, words: str, term: str = "Model") -> str:
        """An agent under what it is called; the name may be any text, the id may not."""
        kind, _, name = words.partition(" ")
        identifier = _id(f"agents/{kind}/{name.encode().hex()}")
        if identifier not in self.known:
            self.known.add(identifier)
            types = [self._term(term)]
            if term not in {"Submitter", "Person"}:
                types.append(self.graph.valid_qualified_name("prov:SoftwareAgent"))
            typed = [("prov:type", each) for each in types]
            self.graph.agent(identifier, [*typed, ("prov:label", name)])
        return identifier

    def _term(self, name: str) -> Any:
        return self.graph.valid_qualified_name(f"rag:{name}")


def _id(name: str) -> str:
    return f"log:{name}"


def _place(circumstances: Json) -> Json:
    """Where the log holds the fact."""
    return {
        "rag:eventId": circumstances["event_id"],
        "rag:logPosition": circumstances["position"],
    }
