"""A reviewer reads, finds, answers, signs, and goes on to the next answer by keyboard alone."""

from playwright.sync_api import Page, expect

from tests.journeys.application import Application
from tests.journeys.test_accessibility import faults

ALONE = "Nobody checks that."


def told(application: Application, number: int) -> str:
    """The id of an answer of which a document supports the first sentence only."""
    text = f"Bicycles are insured up to {number} pounds."
    application.hand_in(
        external_id=f"bicycles-{number}", content=text, media_type="text/plain", title="Bicycles"
    )
    output, _ = application.answer(
        f"Up to which amount are bicycles insured, {number}?",
        prompt="{passages}",
        output=f"{text} {ALONE}",
    )
    return str(output["output_id"])


def test_a_review_is_done_and_signed_by_keyboard_alone(
    application: Application, reviewer: Page
) -> None:
    page, press = reviewer, reviewer.keyboard.press
    output_id = told(application, 900)
    page.goto(f"/reviews/{output_id}/")
    press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Raise a finding")
    assert faults(page) == []
    press("Escape")

    press("j")
    press("j")
    expect(page.locator("#sentence-2")).to_be_focused()
    press("f")
    expect(page.get_by_label("What is wrong")).to_be_focused()
    page.keyboard.type("Nothing says so.")
    press("Tab")
    press("Tab")
    expect(page.get_by_label("In the sentence")).to_contain_text(ALONE)
    press("Tab")
    press("Tab")
    press("Enter")
    expect(page.locator(".findings")).to_contain_text(f"Sentence 2. {ALONE}")
    assert faults(page) == []

    press("r")
    for _ in range(4):
        press("Space")
        press("Tab")
    press("Tab")
    press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Answers kept")
    press("c")
    page.keyboard.type("I would not send this.")
    press("Tab")
    press("Enter")
    expect(page.locator(".comments")).to_contain_text("I would not send this.")

    press("s")
    for _ in range(2):
        press("ArrowDown")
    press("Tab")
    press("ControlOrMeta+a")
    page.keyboard.type("Alice Example")
    for _ in range(2):
        press("Tab")
    page.keyboard.type(application.password)
    press("Enter")
    expect(page.locator("#signatures")).to_contain_text("Alice Example")
    expect(page.locator("#signatures")).to_contain_text("rejection")
    expect(page.get_by_text("Begin a new round")).to_be_visible()
    assert faults(page) == []
    press("t")
    page.wait_for_url(f"/outputs/{output_id}/")
    expect(page.locator(".reviewed")).to_contain_text("Alice Example")


def test_a_queue_brings_an_answer_up_and_a_case_holds_it(
    application: Application, reviewer: Page
) -> None:
    page, press = reviewer, reviewer.keyboard.press
    output_id = told(application, 700)
    page.goto("/reviews/queues/")
    page.get_by_label("Name").fill("Unsupported")
    page.get_by_label("With a sentence that nothing supports").check()
    page.get_by_role("button", name="Define the queue").click()
    application.wait(lambda: "Unsupported" in _text_of(page, "/reviews/"))
    page.get_by_role("link", name="Unsupported").click()
    expect(page.get_by_role("link", name="insured, 700?").first).to_be_visible()
    assert faults(page) == []
    press("j")
    press("Enter")
    page.wait_for_url("/reviews/*/?from=*")
    press("n")
    page.wait_for_url("/reviews/*/?from=*")
    press("l")
    page.wait_for_url("/reviews/?list=*")

    page.goto("/reviews/cases/")
    page.get_by_label("Title").fill("Bicycles")
    page.get_by_label("Outputs").fill(output_id)
    page.get_by_role("button", name="Open the case").click()
    page.get_by_text("Place a legal hold").click()
    page.locator("form[action$='/hold/']").get_by_label("Reason").fill("A claim.")
    page.get_by_role("button", name="Place it").click()
    expect(page.get_by_text("Nothing of this case can be erased.")).to_be_visible()
    assert faults(page) == []


def _text_of(page: Page, address: str) -> str:
    page.goto(address)
    return page.inner_text("main")
