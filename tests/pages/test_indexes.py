"""The page of index generations: administrators build, compare and switch; others read."""

from collections.abc import Callable
from typing import Any

import pytest

from provenance.accounts.models import Role
from retrieval.models import IndexGeneration, State
from tests.exports.stories import answered
from tests.pages.test_reviewing import signed_in
from tests.recording.conftest import documents
from tests.retrieval.generations import other_model

__all__ = ["documents", "other_model"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("other_model")]
Step = Callable[[], None]


def test_a_generation_is_built_compared_and_used_from_the_page(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Step,
) -> None:
    answered(run_work)
    admin = signed_in("ada", Role.ADMINISTRATOR)
    started = admin.post("/indexes/start/", {"embedding_model": "reversed"}, follow=True)
    assert "Generation 2 is being built" in started.content.decode()
    run_work()
    compared = admin.get("/indexes/?compare=2").content.decode()
    assert "Generation 2 beside generation 1" in compared
    assert "Use it for searches" in compared
    admin.post("/indexes/2/decision/", {"decision": "activate"})
    run_work()
    assert IndexGeneration.objects.get(generation=2).state == State.ACTIVE
    refused = admin.post("/indexes/2/decision/", {"decision": "drop"}, follow=True)
    assert "activate another one first" in refused.content.decode()
    assert admin.post("/indexes/9/decision/", {"decision": "drop"}).status_code == 404
    assert admin.post("/indexes/2/decision/", {"decision": "burn"}).status_code == 404


def test_an_unknown_model_is_refused_by_name(run_work: Step) -> None:
    run_work()
    admin = signed_in("ada", Role.ADMINISTRATOR)
    answer = admin.post("/indexes/start/", {"embedding_model": "guesswork"}, follow=True)
    assert "guesswork" in answer.content.decode()
    assert IndexGeneration.objects.count() == 1


def test_others_read_and_decide_nothing(run_work: Step) -> None:
    run_work()
    auditor = signed_in("audrey", Role.AUDITOR)
    page = auditor.get("/indexes/").content.decode()
    assert "Searches use generation 1" in page
    assert "Build another generation" not in page
    assert auditor.post("/indexes/start/", {}).status_code == 403
    assert auditor.post("/indexes/1/decision/", {"decision": "verify"}).status_code == 403
    kept_out = signed_in("sam", Role.REVIEWER, collections=["public"])
    assert kept_out.get("/indexes/").status_code == 404
