"""The pages of impact, as reviewers, auditors and people kept out of a collection see them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ingestion.models import Chunk
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_user
from provenance.accounts.models import Role
from tests.recording.conftest import documents
from tests.recording.stories import ask, output_of, prompt_of

__all__ = ["documents"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months."


def person(name: str, role: Role, collections: list[str] | None = None) -> Client:
    user = create_user(
        principal=SYSTEM_PRINCIPAL,
        username=name,
        password="a long enough pass phrase",  # noqa: S106
        role=role,
        collections=collections,
    )
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def addresses(documents: dict[str, Any]) -> list[str]:
    dental = documents["dental"]
    chunk = Chunk.objects.get(version_id=dental.version_id)
    return [
        f"/versions/{dental.version_id}/impact/",
        f"/documents/{dental.document_id}/impact/",
        f"/passages/{chunk.chunk_id}/impact/",
        "/impact/models/?model=model-1",
        "/impact/templates/?name=claims&version=7",
    ]


def test_every_page_of_impact_says_how_many_answers_rest_on_it_and_lists_them(
    documents: dict[str, Any], run_work: Work
) -> None:
    auditor = person("bob", Role.AUDITOR)
    nothing = text(auditor, addresses(documents)[0])
    assert "No output rests on it so far" in nothing
    template = {"name": "claims", "version": "7"}
    output_id = output_of(prompt_of(ask(), template=template), ANSWER)
    run_work()
    for address in addresses(documents):
        shown = text(auditor, address)
        assert "<strong>1</strong> output<" in shown
        assert f"/outputs/{output_id}/" in shown
    assert "1 in the prompt" in text(auditor, addresses(documents)[0])
    assert "version <bdi>7" in text(auditor, "/impact/templates/")
    assert '<bdi>model-1</bdi></a><span class="figures">1 output<' in text(
        auditor, "/impact/models/"
    )
    outsider = person("olga", Role.REVIEWER, collections=["elsewhere"])
    assert "model-1" not in text(outsider, "/impact/models/")


def test_an_output_is_shown_beside_what_it_would_have_rested_on(
    documents: dict[str, Any], run_work: Work
) -> None:
    auditor = person("bob", Role.AUDITOR)
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()
    address = addresses(documents)[0]
    shown = text(auditor, address, beside=str(output_id))
    assert "What it would have rested on without this version" in shown
    assert "gone" in shown
    unrelated = f"/versions/{documents['storm'].version_id}/impact/"
    assert auditor.get(unrelated, {"beside": address.split("/")[2]}).status_code == 404
    for hostile in ("x", "\0", "9" * 400):
        text(auditor, address, beside=hostile, after=hostile, relation=hostile, application=hostile)


def test_a_person_kept_out_of_the_collection_finds_no_page(
    documents: dict[str, Any], run_work: Work
) -> None:
    output_of(prompt_of(ask(), template={"name": "claims", "version": "7"}), ANSWER)
    run_work()
    kept_out = person("carol", Role.REVIEWER, collections=["other"])
    version, document, passage, model, template = addresses(documents)
    for address in (version, document, passage):
        assert kept_out.get(address).status_code == 404
    for address in (model, template):
        assert "No output that you may see" in text(kept_out, address)
    assert Client().get(version).status_code == 302
