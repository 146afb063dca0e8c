"""The sample holds what its story needs."""

import subprocess
import sys

import docx
import pytest
from pypdf import PdfReader

from examples.sample import make_office_files
from provenance.embedded.sample import corpus

DOCUMENTS = corpus.documents()
INTERACTIONS = {each.id: each for each in corpus.interactions()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.folder)
def test_each_document_has_three_or_more_versions_of_different_bytes(
    document: corpus.Document,
) -> None:
    contents = {
        (corpus.SAMPLE / document.folder / version.file).read_bytes()
        for version in document.versions
    }
    assert len(contents) == len(document.versions) >= 3


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.folder)
def test_versions_become_effective_in_their_order(document: corpus.Document) -> None:
    moments = [version.effective_from for version in document.versions]
    assert moments == sorted(set(moments))


def test_the_formats_and_collections_of_the_story_are_there() -> None:
    files = [version.file for document in DOCUMENTS for version in document.versions]
    assert len(DOCUMENTS) >= 12
    assert {file.rsplit(".", 1)[1] for file in files} == {"md", "html", "pdf", "docx"}
    assert {document.collection for document in DOCUMENTS} == {"policies", "claims-handling"}


def test_there_are_thirty_interactions_of_two_applications() -> None:
    assert len(INTERACTIONS) >= 30
    assert {each.application for each in INTERACTIONS.values()} == {
        "claims-assistant",
        "customer-portal",
    }


def test_a_turn_follows_one_of_its_conversation_that_was_asked_before() -> None:
    order = list(INTERACTIONS)
    followers = [each for each in INTERACTIONS.values() if each.follows]
    assert followers
    for follower in followers:
        assert follower.follows is not None
        followed = INTERACTIONS[follower.follows]
        assert followed.conversation == follower.conversation
        assert order.index(followed.id) < order.index(follower.id)


def test_what_the_own_store_returned_stands_word_for_word_in_the_version_it_names() -> None:
    versions = {
        version.source_version: corpus.SAMPLE / document.folder / version.file
        for document in DOCUMENTS
        for version in document.versions
    }
    named = [
        passage
        for each in INTERACTIONS.values()
        for passage in each.own_store
        if "source_version" in passage
    ]
    assert named
    for passage in named:
        assert passage["text"] in versions[passage["source_version"]].read_text(encoding="utf-8")


def test_a_customer_application_is_never_asked_about_what_it_may_not_see() -> None:
    portal = [each for each in INTERACTIONS.values() if each.application == "customer-portal"]
    assert all(
        passage.get("collection") != "claims-handling"
        for each in portal
        for passage in each.own_store
    )


def test_the_pdf_has_pages_with_text_on_each() -> None:
    for path in sorted((corpus.SAMPLE / "cyber-small-business").glob("*.pdf")):
        pages = [page.extract_text() for page in PdfReader(path).pages]
        assert len(pages) >= 2
        assert all(len(page) > 200 for page in pages)


def test_the_docx_keeps_its_table() -> None:
    document = docx.Document(str(corpus.SAMPLE / "group-health" / "v2.docx"))
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert "£1,000" in cells


def test_the_office_files_are_what_their_sources_say() -> None:
    source = corpus.SAMPLE / "cyber-small-business" / "source" / "v3.md"
    committed = corpus.SAMPLE / "cyber-small-business" / "v3.pdf"
    assert make_office_files.pdf(source.read_text(encoding="utf-8")) == committed.read_bytes()


def test_the_application_needs_nothing_but_the_standard_library() -> None:
    program = corpus.EXAMPLES / "rag_app.py"
    answered = subprocess.run(
        [sys.executable, "-I", "-S", str(program), "--help"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert "--config" in answered.stdout
