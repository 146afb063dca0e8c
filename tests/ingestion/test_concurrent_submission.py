"""Writers that hand in at the same time, and workers that die half-way, leave one true story."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from ingestion.commands import Submitted, submit_document
from ingestion.embedding import SLICE, embed_version
from ingestion.embeddings import vectors
from ingestion.embeddings.hash_test import HashTest
from ingestion.embeddings.provider import EmbedderUnavailable, Vectors
from ingestion.models import CatalogueVersion
from ingestion.processing import process_version
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore.store import read_stream
from provenance.projections.projection import projections
from provenance.projections.rebuild import differences

Step = Callable[[], None]


def hand_in(content: bytes) -> Submitted:
    try:
        return submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=content,
            external_id="shared",
            media_type="text/markdown",
        )
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_sequence_of_versions() -> None:
    contents = [f"# Draft\n\nWording {n}.\n".encode() for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(hand_in, contents))
    assert sorted(each.version_number for each in found) == [1, 2, 3, 4, 5, 6]
    assert len({each.document_id for each in found}) == 1
    assert len(read_stream(f"document-{found[0].document_id}")) == 6


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_at_the_same_time_make_one_version() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(hand_in, [b"# One\n\nThe same.\n"] * 4))
    assert {each.version_number for each in found} == {1}
    assert sorted(each.unchanged for each in found) == [False, True, True, True]


@pytest.mark.django_db
def test_embedding_goes_on_where_it_broke_off(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n\n".join(f"Clause {n}. " + f"word{n} " * 200 for n in range(SLICE + 10))
    stream = f"document-{hand_in_quietly(text.encode()).document_id}"
    process_version(cause_event_id=read_stream(stream)[0].event_id)
    asked: list[int] = []
    embed = HashTest.embed_passages

    def breaks_once(model: HashTest, texts: Sequence[str]) -> Vectors:
        asked.append(len(texts))
        if len(asked) == 2:
            raise EmbedderUnavailable("gone for a moment")
        return embed(model, texts)

    monkeypatch.setattr(HashTest, "embed_passages", breaks_once)
    cause = read_stream(stream)[1].event_id
    with pytest.raises(EmbedderUnavailable):
        embed_version(cause_event_id=cause)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ingestion_vector")
        assert cursor.fetchone()[0] == SLICE
    asked[:] = [0, 0]
    embed_version(cause_event_id=cause)
    chunks = read_stream(stream)[1].data.spans.length
    assert sum(asked) == chunks - SLICE, "what is stored is not embedded again"
    assert read_stream(stream)[-1].type == "DocumentIndexed"


def hand_in_quietly(content: bytes) -> Submitted:
    return submit_document(
        principal=SYSTEM_PRINCIPAL, content=content, external_id="long", media_type="text/plain"
    )


@pytest.mark.django_db
def test_the_catalogue_equals_its_rebuild(pipeline: Step) -> None:
    for number in range(4):
        hand_in_quietly(f"# Title {number % 3}\n\nText {number % 3}.\n".encode())
    pipeline()
    assert CatalogueVersion.objects.filter(stage="indexed").count() == 4
    for each in projections():
        assert set(differences(each).values()) <= {0}, each.name


def test_vectors_are_little_endian_floats() -> None:
    vector = HashTest().embed_query("waiting period")
    assert (vectors.as_vector(vectors.as_bytes(vector)) == vector).all()
    assert len(vectors.as_bytes(vector)) == 4 * HashTest.dimensions
