"""Read models over HTTP: how far each is, rebuilt and stopped by administrators' keys."""

from collections.abc import Callable
from typing import Any

import pytest

from provenance.projections.rebuild_runs import rebuild_asked_for
from tests.api.callers import Caller, json_of

pytestmark = pytest.mark.django_db
LIST = "/read-models"


def read_model(caller: Caller, name: str) -> dict[str, Any]:
    return next(each for each in json_of(caller.get(LIST)) if each["name"] == name)


def test_one_is_rebuilt_and_says_how_it_went(
    charlie: Caller, run_projector: Callable[[], None]
) -> None:
    assert read_model(charlie, "knowledge")["position"] == -1
    run_projector()
    found = read_model(charlie, "knowledge")
    assert (found["behind"], found["parked_events"], found["rebuild"]) == (0, 0, None)
    asked = charlie.post(f"{LIST}/knowledge/rebuild", {})
    assert (asked.status_code, json_of(asked)["state"]) == (202, "waiting")
    assert charlie.post(f"{LIST}/knowledge/rebuild", {}).status_code == 409
    rebuild_asked_for("knowledge")
    done = read_model(charlie, "knowledge")["rebuild"]
    assert (done["state"], done["written"], done["problem"]) == ("rebuilt", 0, None)
    assert done["done"] == done["total"] == found["position"] + 1
    assert charlie.post(f"{LIST}/knowledge/rebuild/cancellation", {}).status_code == 404
    charlie.post(f"{LIST}/knowledge/rebuild", {})
    assert charlie.post(f"{LIST}/knowledge/rebuild/cancellation", {}).status_code == 202
    assert read_model(charlie, "knowledge")["rebuild"]["state"] == "stopped"


def test_it_is_for_administrators_and_of_read_models_that_are_there(
    alice: Caller, charlie: Caller
) -> None:
    assert alice.get(LIST).status_code == 403
    assert alice.post(f"{LIST}/knowledge/rebuild", {}).status_code == 403
    assert alice.post(f"{LIST}/knowledge/rebuild/cancellation", {}).status_code == 403
    assert charlie.post(f"{LIST}/nothing/rebuild", {}).status_code == 404
    assert charlie.post(f"{LIST}/knowledge/rebuild", {"quickly": True}).status_code == 422
