"""Every page passes axe and fits its window, on a telephone and a desk, in light and in dark."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.story import Story

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 400)
# WCAG 2.2 asks for targets of 24 by 24 pixels; axe asks for it only where it is told to. The
# scheme changes nothing but colours.
RULES: dict[str, dict[str, Any]] = {
    "light": {"rules": {"target-size": {"enabled": True}}},
    "dark": {"runOnly": ["cat.color"]},
}

PAGES: dict[str, Callable[[Story], str]] = {
    "Overview": lambda _: "/",
    "Outputs": lambda _: "/outputs/",
    "Outputs, none found": lambda _: "/outputs/?q=nothing+of+the+kind&tag=none",
    "Trace": lambda story: story.trace,
    "Documents": lambda _: "/documents/",
    "Document": lambda story: story.document,
    "Withdrawn document": lambda story: story.withdrawn,
    "Version with its passage": lambda story: story.version,
    "Version of a PDF": lambda story: story.pdf,
    "Failed version": lambda story: story.failed,
    "Impact of a version": lambda story: f"{story.version.partition('?')[0]}impact/",
    "Impact of a document": lambda story: f"{story.document}impact/",
    "Impact of a wording": lambda story: f"/passages/{story.passage}/impact/",
    "Stale answers": lambda _: "/stale/",
    "Stale answers, none found": lambda _: "/stale/?kind=withdrawn&cited=1",
    "Coverage": lambda _: "/coverage/",
    "Coverage of a day": lambda _: (
        f"/coverage/?application=assistant&day={datetime.now(UTC).date()}"
    ),
    "Models": lambda _: "/impact/models/",
    "Templates": lambda _: "/impact/templates/",
    "Comparison": lambda story: story.comparison,
    "Comparison in one text": lambda story: f"{story.comparison}&view=inline",
    "Search": lambda _: "/search/?q=theft",
    "Search, nothing typed": lambda _: "/search/",
    "Search, nothing found": lambda _: "/search/?q=nothing+of+the+kind&kind=output",
    "Retrievals": lambda _: "/retrievals/",
    "Prompts": lambda _: "/prompts/",
    "Upload": lambda _: "/documents/upload/",
    "Time machine": lambda _: "/time/?position=1000000",
    "Comparing moments": lambda _: "/time/?show=changes&position=0",
    "Searching a moment": lambda _: "/time/?show=search&q=theft",
    "Retrieval": lambda story: story.retrieval,
    "Retrieval, otherwise": lambda story: f"{story.retrieval}?show=otherwise",
    "Retrieval, why not": lambda story: f"{story.retrieval}?show=why&q=t",
    "To review": lambda _: "/reviews/",
    "Review": lambda story: f"/reviews/{story.trace.split('/')[2]}/",
    "Cases": lambda _: "/reviews/cases/",
    "Queues": lambda _: "/reviews/queues/",
    "Erasures": lambda _: "/reviews/erasures/",
    "Legal holds": lambda _: "/reviews/holds/",
    "Releases": lambda _: "/reviews/releases/",
    "Log": lambda _: "/log/",
    "Who looked at what": lambda _: "/views/",
    "Pipeline": lambda _: "/pipeline/",
    "Indexes": lambda _: "/indexes/",
    "Ten questions": lambda _: "/help/",
    "Reports": lambda _: "/reports/",
    "Regulations": lambda _: "/reports/regulations/",
    "Integrity": lambda _: "/integrity/",
    "People": lambda _: "/accounts/people/",
    "Keys": lambda _: "/accounts/keys/",
    "Guests": lambda _: "/accounts/guests/",
    "Collections": lambda _: "/accounts/collections/",
    "Not found": lambda _: "/nowhere/",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(name: str, reviewer: Page, story: Story) -> None:
    reviewer.goto(PAGES[name](story))
    assert faults(reviewer) == []


def test_a_person_s_page_is_accessible_and_fits(reviewer: Page) -> None:
    reviewer.goto("/accounts/people/")
    reviewer.get_by_role("link", name="Change").first.click()
    expect(reviewer.get_by_role("button", name="Save")).to_be_visible()
    assert faults(reviewer) == []


def test_asking_for_an_erasure_is_accessible_and_fits(reviewer: Page, story: Story) -> None:
    reviewer.goto("/reviews/erasures/new/")
    assert faults(reviewer) == []
    reviewer.get_by_label("One output").check()
    reviewer.get_by_label("Reference or id").fill(story.trace.split("/")[2])
    reviewer.get_by_role("button", name="Show what would go").click()
    expect(reviewer.get_by_role("heading", name="What will be lost")).to_be_visible()
    assert faults(reviewer) == []
    reviewer.get_by_label("Reason").fill("They asked us to.")
    reviewer.get_by_role("button", name="Ask for this erasure").click()
    expect(reviewer.get_by_role("heading", name="Where it stands")).to_be_visible()
    assert faults(reviewer) == []


def test_the_login_and_its_refusal_are_accessible_and_fit(visitor: Page) -> None:
    visitor.goto("/accounts/login/")
    assert faults(visitor) == []
    visitor.fill("[name=username]", "nobody")
    visitor.fill("[name=password]", "not a password of anybody")
    visitor.get_by_role("button", name="Sign in").click()
    expect(visitor.get_by_role("alert")).to_be_visible()
    assert faults(visitor) == []


def faults(page: Page) -> list[str]:
    """Axe's report of every scheme and width with violations, and where the page overflows."""
    faults = []
    for scheme, width in product(SCHEMES, WIDTHS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"resultTypes": ["violations"], **RULES[scheme]})
        if found.violations_count:
            faults.append(f"{scheme}, {width} px: {found.generate_report()}")
        content = page.evaluate("document.documentElement.scrollWidth")
        if content > width:
            faults.append(f"{scheme}: {content} px wide in a window of {width} px")
    return faults
