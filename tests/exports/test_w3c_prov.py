"""The provenance graph: valid by its library's own parser, and true to the trace."""

import json
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest
from prov.model import ProvDocument

from provenance.exports import w3c_prov
from provenance.exports.prov_pieces import ProvPieces
from provenance.exports.spool import Spool
from tests.exports.stories import answered, facts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def graph(output_id: UUID) -> ProvDocument:
    with closing(Spool()) as spool:
        return w3c_prov.document_of(facts_of([output_id], spool).traces())


def test_its_json_is_read_back_as_the_same_graph(graph: ProvDocument) -> None:
    written = w3c_prov.as_json(graph)
    assert ProvDocument.deserialize(content=written.decode(), format="json") == graph
    assert written == w3c_prov.as_json(graph)


def test_it_is_the_same_graph_when_it_is_written_output_by_output(
    output_id: UUID, run_work: Callable[[], None]
) -> None:
    with closing(Spool()) as spool:
        traces = list(facts_of([output_id, answered(run_work)], spool).traces())
        pieces = ProvPieces(spool)
        for trace in traces:
            pieces.add_trace(trace)
        whole = w3c_prov.document_of(traces)
        assert b"".join(pieces.as_json()) == w3c_prov.as_json(whole)
        assert b"".join(pieces.as_provn()) == w3c_prov.as_provn(whole)


def test_every_name_that_it_uses_is_declared(graph: ProvDocument) -> None:
    document = json.loads(w3c_prov.as_json(graph))
    assert document["prefix"]["rag"] == w3c_prov.NAMESPACE
    declared = {name for kind in ("entity", "activity", "agent") for name in document[kind]}
    ends = {
        value
        for kind, relations in document.items()
        if kind not in {"prefix", "entity", "activity", "agent"}
        for relation in relations.values()
        for end, value in relation.items()
        if end.startswith("prov:") and isinstance(value, str) and value.startswith("log:")
    }
    assert ends <= declared


def test_it_leads_from_the_output_to_the_version(graph: ProvDocument, output_id: UUID) -> None:
    document = json.loads(w3c_prov.as_json(graph))
    derived = {
        (each["prov:generatedEntity"], each["prov:usedEntity"]): each
        for each in document["wasDerivedFrom"].values()
    }
    output = f"log:outputs/{output_id}"
    (chunk, *_) = (used for made, used in derived if made == output)
    (version,) = (used for made, used in derived if made == chunk)
    assert document["entity"][version]["prov:label"] == "Dental policy"
    assert derived[output, chunk]["rag:score"] == "1.000000"
    assert document["specializationOf"]
    (generation,) = document["wasGeneratedBy"].values() and [
        each for each in document["wasGeneratedBy"].values() if each["prov:entity"] == output
    ]
    assert generation["prov:activity"] == f"{output}/generation"


def test_it_holds_no_text_of_prompt_output_or_passages(graph: ProvDocument) -> None:
    for written in (w3c_prov.as_json(graph), w3c_prov.as_provn(graph)):
        assert b"waiting period" not in written
        assert b"customer 17" not in written
    assert w3c_prov.as_provn(graph).startswith(b"document\n")
