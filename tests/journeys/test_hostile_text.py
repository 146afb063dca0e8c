"""Text that others wrote neither runs nor breaks a page, whatever it holds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.application import Application, Json, passage_address

SCRIPT = "<script>window.harmed = 1</script>"
IMAGE = "<img src=x onerror='window.harmed = 1'>"
OVERRIDE = "\u202e"
LONG_WORD = "w" * 10_000
HOSTILE = f"{SCRIPT} {IMAGE} {{{{ 7|add:7 }}}} invoice{OVERRIDE}fdp.exe {LONG_WORD}"
WIDTHS = (400, 1280)


@pytest.fixture(scope="module")
def trace(application: Application) -> Json:
    application.hand_in(
        external_id=f"hostile {HOSTILE}"[:500],
        title=f"Hostile {HOSTILE}"[:1_000],
        media_type="text/markdown",
        content=f"# Hostile\n\nHarmful words {HOSTILE}\n",
        metadata={SCRIPT: HOSTILE[:2_000]},
    )
    _, trace = application.answer(
        f"harmful words {HOSTILE}",
        prompt=f"{{passages}} {HOSTILE}",
        output=f"Harmful words. {HOSTILE}",
        context={"user_ref": SCRIPT, "tags": [IMAGE]},
    )
    return trace


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, reviewer: Page) -> Iterator[Page]:
    reviewer.set_viewport_size({"width": request.param, "height": 900})
    yield reviewer
    expect(reviewer.locator("main")).to_contain_text(SCRIPT)
    assert reviewer.evaluate("window.harmed") is None
    assert reviewer.locator("main img, main script").count() == 0
    assert OVERRIDE not in reviewer.content()
    assert reviewer.evaluate("document.documentElement.scrollWidth") <= request.param


def test_a_trace_shows_hostile_text_as_text(trace: Json, page: Page) -> None:
    page.goto(f"/outputs/{trace['output']['output_id']}/")
    expect(page.locator(".answer")).to_contain_text(IMAGE)
    expect(page.locator(".prompt")).to_contain_text("{{ 7|add:7 }}")
    expect(page.locator(".answer .control").first).to_have_text("U+202E")


def test_a_version_shows_hostile_text_as_text(trace: Json, page: Page) -> None:
    page.goto(passage_address(trace["retrievals"][0]["results"][0]))
    expect(page.locator("mark#passage")).to_be_visible()


@pytest.mark.parametrize("path", ["/outputs/", "/documents/", "/"])
def test_a_list_shows_hostile_text_as_text(trace: Json, page: Page, path: str) -> None:
    assert trace["output"]
    page.goto(path)


def test_nul_is_refused_at_the_door(application: Application) -> None:
    answer = application.call("POST", "documents", json={"content": "a\0b", "title": "a\0b"})
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert any("content" in pointer for pointer in pointers), pointers
