"""A reviewer verifies events in the browser itself: true ones hold, falsified ones do not."""

import base64
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.application import Application, Json
from tests.journeys.story import Story
from tests.journeys.test_accessibility import faults

VERIFIED = "Verified: this event is in the log, exactly as it is here."


@pytest.fixture
def key(application: Application) -> str:
    """The log's verifier key, as somebody learns it in another way than from the page."""
    return str(application.get("checkpoints")["verifier_keys"][-1])


@pytest.fixture
def event(application: Application, story: Story) -> Json:
    """The event that reported the story's answer, under a checkpoint."""
    output = story.trace.strip("/").rpartition("/")[2]
    events = application.get(f"outputs/{output}/trace")["events"]
    found = next(each for each in events if each["type"] == "OutputReported")
    application.wait(
        lambda: application.call("GET", f"events/{found['event_id']}/proof").status_code == 200
    )
    return dict(found)


@pytest.fixture
def files(application: Application, event: Json, tmp_path: Path) -> tuple[Path, Path]:
    address = f"events/{event['event_id']}"
    taken, proof = tmp_path / "event.json", tmp_path / "event.tlog-proof"
    taken.write_bytes(application.call("GET", address).content)
    proof.write_bytes(application.call("GET", f"{address}/proof").content)
    return taken, proof


def verify(page: Page, key: str) -> Locator:
    """Presses the button, and returns the steps that the page then says."""
    page.get_by_label("Verifier keys that you trust").fill(key)
    page.get_by_role("button", name="Verify in this browser").click()
    steps = page.locator("[data-outcome]")
    expect(steps.locator(".verdict")).to_be_visible()
    return steps


def verify_files(page: Page, taken: Path, proof: Path, key: str) -> Locator:
    page.goto("/integrity/")
    page.get_by_label("Event file").set_input_files(taken)
    page.get_by_label("Proof file").set_input_files(proof)
    return verify(page, key)


def test_a_trace_leads_to_an_event_that_the_browser_verifies(
    reviewer: Page, story: Story, event: Json, key: str
) -> None:
    reviewer.goto(story.trace)
    reviewer.locator(".timeline").get_by_role("link", name="proof of Output reported").click()
    reviewer.wait_for_url(f"/log/events/{event['event_id']}/")
    steps = verify(reviewer, key)
    expect(steps).to_contain_text(VERIFIED)
    expect(steps).to_contain_text(f"position {event['position']} to the root")
    assert faults(reviewer) == []


def test_the_page_verifies_an_event_by_its_id_and_remembers_a_pinned_key(
    reviewer: Page, event: Json, key: str
) -> None:
    reviewer.goto("/integrity/")
    reviewer.get_by_label("Event id").fill(event["event_id"])
    reviewer.get_by_label("Pin these keys").check()
    expect(verify(reviewer, key)).to_contain_text(VERIFIED)
    reviewer.reload()
    expect(reviewer.get_by_label("Verifier keys that you trust")).to_have_value(key)


def test_files_that_were_given_to_somebody_verify(
    reviewer: Page, files: tuple[Path, Path], key: str
) -> None:
    expect(verify_files(reviewer, *files, key)).to_contain_text(VERIFIED)


def test_a_falsified_event_is_exposed(reviewer: Page, files: tuple[Path, Path], key: str) -> None:
    taken, proof = files
    taken.write_bytes(taken.read_bytes().replace(b'"model-1"', b'"model-2"'))
    steps = verify_files(reviewer, taken, proof, key)
    expect(steps).to_contain_text("the event or the proof was changed")
    expect(steps).to_contain_text("Not verified.")
    assert faults(reviewer) == []


def test_a_root_that_fits_a_falsified_event_lacks_the_log_s_signature(
    reviewer: Page, files: tuple[Path, Path], key: str
) -> None:
    taken, proof = files
    lines = proof.read_text().split("\n")
    size, root = lines.index("") + 2, lines.index("") + 3
    lines[1:] = ["index 0", "", lines[size - 1], "1", leaf(taken), *lines[root + 1 :]]
    proof.write_text("\n".join(lines))
    steps = verify_files(reviewer, taken, proof, key)
    expect(steps).to_contain_text("does not fit this checkpoint")
    expect(steps).not_to_contain_text(VERIFIED)


def test_a_key_of_somebody_else_vouches_for_nothing(
    reviewer: Page, files: tuple[Path, Path]
) -> None:
    other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    steps = verify_files(reviewer, *files, other)
    expect(steps).to_contain_text("No key that you gave signed this checkpoint")
    steps = verify_files(reviewer, *files, other.replace("k", "K"))
    expect(steps).to_contain_text("a character is wrong")


def test_the_server_cannot_prove_another_event_than_the_one_asked_for(
    reviewer: Page, files: tuple[Path, Path], event: Json, key: str
) -> None:
    asked = event["event_id"][:-1] + ("0" if event["event_id"][-1] != "0" else "1")
    taken, proof = files
    answers = {"bytes": taken.read_bytes(), "proof": proof.read_bytes()}

    def fulfill(route: Route) -> None:
        route.fulfill(body=answers[route.request.url.rstrip("/").rpartition("/")[2]])

    reviewer.route(f"**/log/events/{asked}/*/", fulfill)
    reviewer.goto("/integrity/")
    reviewer.get_by_label("Event id").fill(asked)
    expect(verify(reviewer, key)).to_contain_text("not the one that was asked for")


def test_a_person_has_the_whole_log_verified_at_once(reviewer: Page) -> None:
    reviewer.goto("/integrity/")
    reviewer.get_by_role("button", name="Verify now").click()
    expect(reviewer.locator("#standing")).to_contain_text("asked for by")
    expect(reviewer.locator("#standing")).to_contain_text("The log is whole.")


def leaf(taken: Path) -> str:
    return base64.b64encode(sha256(b"\0" + taken.read_bytes()).digest()).decode()
