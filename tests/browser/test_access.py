"""Everyone can read the service's pages and the report: light, dark, on a phone, without script."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, WIDE

PAGES = {"index": "/", "report": "/api/v1/runs/{run}/report"}
LOOKS = [("light", WIDE), ("dark", PHONE)]


@pytest.mark.parametrize(("theme", "width"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(open_page, site, name, theme, width):
    it = open_page(PAGES[name].format(run=site.shop), theme=theme, width=width)
    if name == "report":
        it.page.wait_for_selector("html[data-drawn=yes]")

    assert it.accessibility_problems() == []
    assert not it.scrolls_sideways()
    assert it.errors == []
    assert it.refused == []


@pytest.mark.parametrize("name", PAGES)
def test_without_script_the_text_and_the_tables_are_there(open_page, site, name):
    it = open_page(PAGES[name].format(run=site.shop), script=False)

    assert it.page.locator("h1").first.inner_text()
    assert it.page.locator("table").count() >= 2


def test_axe_sees_what_is_wrong(open_page):
    it = open_page("/")
    it.apart("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=x>')")

    assert any(problem.startswith("image-alt") for problem in it.accessibility_problems())
