"""What happened in a case goes along with its evidence, and says which outputs belong in it."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from prov.model import ProvDocument

from provenance.accounts.access import Principal, principal_of_user
from provenance.accounts.models import Role
from provenance.cases.casework import (
    add_to_case,
    assign_case,
    close_case,
    comment_on_case,
    hold_case,
    lift_hold,
    open_case,
)
from provenance.cases.second_thoughts import remove_from_case, reopen_case
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Event
from provenance.exports import verify
from provenance.exports.commands import export_case
from provenance.exports.errors import NothingToExport
from provenance.exports.selection import case_then
from provenance.review.commands import place_hold
from provenance.review.finding import Target
from tests.cases.conftest import person
from tests.exports.stories import answered, built, checked, failures, files_of, take
from tests.exports.test_tampering import with_new_manifest

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture
def alice(settings: Any) -> Principal:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return principal_of_user(person("alice", Role.ADMINISTRATOR))


@pytest.fixture
def case_id(output_id: UUID, alice: Principal, run_work: Step) -> UUID:
    """Everything that can happen in a case: of two outputs, one was taken out and came back."""
    case_id, other = new_id(), answered(run_work)
    open_case(
        case_id=case_id,
        title="Dental claims",
        description="Why eight months?",
        outputs=[output_id],
        principal=alice,
    )
    add_to_case(case_id=case_id, output_id=other, principal=alice)
    assign_case(case_id=case_id, assignee=UUID(alice.actor.id), principal=alice)
    remove_from_case(
        case_id=case_id, output_id=output_id, reason="Not the same claim.", principal=alice
    )
    add_to_case(case_id=case_id, output_id=output_id, principal=alice)
    comment_on_case(case_id=case_id, comment_id=new_id(), text="Ask the desk.", principal=alice)
    hold_case(case_id=case_id, reason="The court asks.", principal=alice)
    lift_hold(case_id=case_id, reason="The court has it.", principal=alice)
    close_case(case_id=case_id, conclusion="Nobody was harmed.", principal=alice)
    reopen_case(case_id=case_id, reason="Somebody was.", principal=alice)
    run_work()
    return case_id


def taken(case_id: UUID, principal: Principal) -> tuple[dict[str, bytes], str]:
    files = files_of(take(export_case(case_id=case_id, principal=principal)).content)
    return files, files["log.vkey"].decode().strip()


def events_of_case(files: dict[str, bytes]) -> list[str]:
    """The files of its events, as they happened."""
    named = [name for name in files if name.startswith("events/") and name.endswith(".json")]
    found = [name for name in named if json.loads(files[name])["stream"].startswith("case-")]
    return sorted(found, key=lambda name: int(name.removeprefix("events/").removesuffix(".json")))


def test_what_happened_in_a_case_is_in_its_bundle_proved_and_told(
    case_id: UUID, output_id: UUID, alice: Principal
) -> None:
    files, key = taken(case_id, alice)
    assert [line for line in checked(files, key) if line.verdict == "FAIL"] == []
    case = json.loads(files["trace.json"])["case"]
    manifest = json.loads(files["manifest.json"])
    assert manifest["case"] == str(case_id)
    assert manifest["outputs"] == case["outputs"]
    assert case["outputs"][-1] == str(output_id)
    assert [each["type"] for each in case["events"]] == [
        "CaseOpened",
        "OutputAddedToCase",
        "OutputAddedToCase",
        "CaseAssigned",
        "OutputRemovedFromCase",
        "OutputAddedToCase",
        "CommentAdded",
        "CaseHeld",
        "CaseHoldLifted",
        "CaseClosed",
        "CaseReopened",
    ]
    assert len(events_of_case(files)) == len(case["events"])
    report = files["report.html"].decode()
    for words in (
        "Dental claims",
        "Why eight months?",
        "Not the same claim.",
        "Ask the desk.",
        "The court asks.",
        "The court has it.",
        "Nobody was harmed.",
        "Somebody was.",
        f"assigned to user {alice.actor.id}",
    ):
        assert words in report
    recorded = json.loads(bytes(Event.objects.get(type="EvidenceExported").canonical))
    assert recorded["data"]["case_id"] == str(case_id)


def test_its_holds_go_along_and_those_of_others_do_not(
    case_id: UUID, output_id: UUID, alice: Principal, run_work: Step
) -> None:
    place_hold(Target("interaction", target_id=output_id), reason="Elsewhere.", principal=alice)
    hold_case(case_id=case_id, reason="Again.", principal=alice)
    run_work()
    files, key = taken(case_id, alice)
    assert failures(files, key) == []
    holds = json.loads(files["trace.json"])["case"]["holds"]
    told = [
        (each["placed"]["reason"], each["released"] and each["released"]["reason"])
        for each in holds
    ]
    assert sorted(map(str, told)) == sorted(
        map(str, [("The court asks.", "The court has it.")] * 2 + [("Again.", None)] * 2)
    )
    assert {each["output_id"] for each in holds} == set(
        json.loads(files["manifest.json"])["outputs"]
    )
    graph = json.loads(files["prov.json"])
    held = [each for each in graph["activity"].values() if "HoldPlaced" in str(each["prov:type"])]
    assert len(held) == len(holds)
    members = [each for each in graph["hadMember"].values() if "cases/" in each["prov:collection"]]
    assert len(members) == 2
    ProvDocument.deserialize(content=files["prov.json"].decode(), format="json")
    (stem,) = (
        name.removesuffix("json")
        for name in files
        if name.startswith("events/") and b"HoldReleased" in files[name] and name.endswith(".json")
        if json.loads(files[name])["data"]["hold_id"] == holds[0]["hold_id"]
    )
    fewer = {name: data for name, data in files.items() if not name.startswith(stem)}
    assert "trace" in failures(with_new_manifest(fewer), key)


def test_a_hold_of_something_else_is_refused(case_id: UUID, alice: Principal) -> None:
    files, _ = taken(case_id, alice)
    evidence = verify.Bundle(files, []).evidence
    for event in evidence.by_stream["holds"]:
        if event.type == "HoldPlaced":
            event.body["data"]["target_id"] = str(new_id())
    with pytest.raises(verify.Problem, match="no legal hold that this case placed"):
        verify.case_of(evidence, str(case_id))


def test_events_of_a_case_that_are_missing_are_missed(case_id: UUID, alice: Principal) -> None:
    files, key = taken(case_id, alice)
    for gone in (events_of_case(files)[0], events_of_case(files)[2]):
        stem = gone.removesuffix("json")
        fewer = {name: data for name, data in files.items() if not name.startswith(stem)}
        assert "streams" in failures(with_new_manifest(fewer), key)


def test_other_outputs_than_those_of_the_case_are_noticed(
    case_id: UUID, output_id: UUID, alice: Principal
) -> None:
    files, key = taken(case_id, alice)
    manifest = json.loads(files["manifest.json"])

    def said(**changed: Any) -> list[str]:
        told = verify.canonical_json({**manifest, **changed})
        return failures(with_new_manifest({**files, "manifest.json": told}), key)

    assert said() == []
    assert "case" in said(outputs=[str(output_id)])
    assert "case" in said(outputs=manifest["outputs"][::-1])
    hostile: Any
    for hostile in (str(new_id()), {}, [], 1, "../case"):
        assert "case" in said(case=hostile)
    unnamed = {name: value for name, value in manifest.items() if name != "case"}
    alone = {**files, "manifest.json": verify.canonical_json(unnamed)}
    assert "files" in failures(with_new_manifest(alone), key)


def test_what_happens_while_a_bundle_is_made_is_not_in_it(
    case_id: UUID, alice: Principal, run_work: Step
) -> None:
    then = case_then(case_id, principal=alice)
    comment_on_case(case_id=case_id, comment_id=new_id(), text="Too late.", principal=alice)
    run_work()
    files = files_of(built(then.outputs, principal=alice, case=then).content)
    assert len(events_of_case(files)) == then.events
    assert b"Too late." not in files["report.html"]
    assert failures(files, files["log.vkey"].decode().strip()) == []


def of_another(body: dict[str, Any]) -> None:
    if "CaseHeld" in body["type"]:
        body["data"]["case_id"] = str(new_id())


def never_there(body: dict[str, Any]) -> None:
    if "OutputRemovedFromCase" in body["type"]:
        body["data"]["output_id"] = str(new_id())


def twice(body: dict[str, Any]) -> None:
    body["type"] = body["type"].replace("OutputRemovedFromCase", "OutputAddedToCase")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (of_another, "another case"),
        (never_there, "was not in the case"),
        (twice, "was in the case"),
    ],
)
def test_events_that_do_not_follow_from_one_another_are_refused(
    case_id: UUID, alice: Principal, change: Callable[[dict[str, Any]], None], problem: str
) -> None:
    files, _ = taken(case_id, alice)
    bodies = [json.loads(files[name]) for name in events_of_case(files)]

    def told() -> None:
        events = {n: verify.Event(n, b"", body) for n, body in enumerate(bodies)}
        verify.case_of(verify.Evidence(events=events, blobs={}, texts={}), str(case_id))

    told()
    for body in bodies:
        change(body)
    with pytest.raises(verify.Problem, match=problem):
        told()


def test_an_empty_case_and_one_that_is_kept_from_somebody_have_no_bundle(
    case_id: UUID, alice: Principal
) -> None:
    mallory = principal_of_user(person("mallory", collections=["elsewhere"]))
    empty = new_id()
    open_case(case_id=empty, title="Empty", principal=alice)
    for wanted, who in ((case_id, mallory), (empty, alice), (new_id(), alice)):
        with pytest.raises(NothingToExport):
            export_case(case_id=wanted, principal=who)
