"""From a document that is handed in to the words behind an answer, in a real browser."""

from playwright.sync_api import Page, expect

from tests.journeys.application import Application

QUESTION = "After how many days is dental treatment insured?"
POLICY = b"""# Dental policy

## Waiting period

Dental treatment is insured after a waiting period of 90 days.

## Limits

We pay at most 400 pounds for each year of insurance.
"""
SUPPORTED = "Dental treatment is insured after a waiting period of 90 days."
ALONE = "Braces are always free of charge on Sundays."


def test_a_reviewer_follows_an_answer_to_the_words_behind_it(
    application: Application, visitor: Page
) -> None:
    page = visitor
    page.goto("/documents/upload/")
    page.fill("[name=username]", application.user)
    page.fill("[name=password]", application.password)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_title("Hand in documents · RAGLedger")
    page.get_by_label("Files").set_input_files(
        {"name": "dental.md", "mimeType": "text/markdown", "buffer": POLICY}
    )
    page.get_by_label("External id").fill("dental")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/?version=*")
    page.evaluate("window.loadedOnce = true")
    expect(page.locator("#progress")).to_contain_text("searchable")
    assert page.evaluate("window.loadedOnce"), "the status moved without a reload"

    told, _ = application.answer(
        QUESTION, prompt="{passages}\n\n" + QUESTION, output=f"{SUPPORTED} {ALONE}"
    )

    page.goto(told["trace_url"])
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(page.locator(".sentence.supported")).to_contain_text(SUPPORTED)
    expect(page.locator(".sentence.alone")).to_contain_text("nothing supports this")
    expect(page.locator(".prompt .span").first).to_contain_text("waiting period")
    page.locator(".sentence.supported").get_by_role("link").first.click()
    passage = page.locator("article:target")
    expect(passage).to_contain_text("In the prompt")
    expect(passage).to_contain_text("This is the current version")
    passage.get_by_role("link", name="Read it in version 1").click()

    highlighted = page.locator("mark#passage")
    expect(highlighted).to_be_in_viewport()
    expect(highlighted).to_contain_text(SUPPORTED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dental policy, version 1")
    page.get_by_role("link", name=QUESTION).click()
    expect(page).to_have_url(told["trace_url"])


def test_the_keyboard_alone_leads_from_the_list_to_the_passage(
    application: Application, reviewer: Page
) -> None:
    application.hand_in(
        external_id="garden",
        title="Garden policy",
        media_type="text/markdown",
        content="# Garden policy\n\nSheds are insured up to 1,500 pounds.\n",
    )
    question = "Up to which amount are sheds insured?"
    application.answer(
        question, prompt="{passages}", output="Sheds are insured up to 1,500 pounds."
    )
    page = reviewer
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    _tab_to(page, "Outputs")
    page.keyboard.press("Enter")
    page.wait_for_url("/outputs/")
    _tab_to(page, question)
    page.keyboard.press("Enter")
    page.wait_for_url("/outputs/*/")
    _tab_to(page, "Garden policy")
    _tab_to(page, "Read it in version 1")
    page.keyboard.press("Enter")
    expect(page.locator("mark#passage")).to_contain_text("Sheds are insured")


def _tab_to(page: Page, name: str) -> None:
    """Presses Tab until what bears the name has the focus, and can be seen to have it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if str(page.evaluate("document.activeElement.innerText")).strip().startswith(name):
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring == "solid", name
            return
    raise AssertionError(f"Tab never came to {name!r}")
