"""Health: alive always, ready only when every part works, and measured for Prometheus."""

from collections.abc import Callable

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from provenance.projections.models import Progress
from tests.api.callers import Caller, json_of

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_alive(client: Client) -> None:
    assert json_of(client.get("/healthz")) == {"status": "alive"}


def test_an_installation_in_order_is_ready(
    client: Client, run_projector: Callable[[], None]
) -> None:
    run_projector()
    answer = client.get("/readyz")
    assert json_of(answer)["wrong"] == []
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/checkpoint"])
def test_what_everybody_may_read_is_only_read(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert answer["Content-Type"] == "application/problem+json"
    assert Client().head(path).status_code in {200, 503}


def test_without_redis_it_is_not_ready_and_says_so(
    client: Client, settings: pytest.FixtureRequest
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert [wrong.partition(":")[0] for wrong in json_of(answer)["wrong"]] == ["redis"]


def test_a_read_model_that_stands_still_makes_it_not_ready(client: Client) -> None:
    Progress.objects.create(name="knowledge_test", version=1, problem="an unknown event")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert json_of(answer)["wrong"] == ["read model knowledge_test: an unknown event"]


def test_prometheus_reads_how_far_everything_is(
    client: Client,
    alice: Caller,  # noqa: ARG001 - whose key is in the log
    run_projector: Callable[[], None],
) -> None:
    run_projector()
    text = client.get("/metrics").content.decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["ragledger_events"].samples[0].value > 0
    assert families["ragledger_sequencer_lag_events"].samples[0].value == 0
    assert "ragledger_projection_lag_events" in families
    assert "ragledger_retrieval_seconds" in families
