"""S9: 200 payloads as names of services, shapes, columns and a metric, in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.hostile import PAYLOADS
from tests.browser.pages import Opened

PAGES = {"index": "/", "report": "/api/v1/runs/{run}/report"}


def check_nothing_ran(it: Opened) -> None:
    """Nothing of a payload ran, asked, spoke, or became an element."""
    assert it.page.evaluate("globalThis.hit") is None
    assert it.apart("document.querySelectorAll('[data-hit]').length") == 0
    assert it.dialogs == []
    assert [url for url in it.requests if "hit.test" in url] == []
    assert it.errors == []
    assert it.refused == []


@pytest.mark.parametrize("name", PAGES)
def test_no_payload_runs(open_page, site, name):
    it = open_page(PAGES[name].format(run=site.hostile))
    if name == "report":
        it.page.wait_for_selector("html[data-drawn=yes]")
    text = it.apart("document.body.textContent")

    check_nothing_ran(it)
    assert [each for each in PAYLOADS if each not in text] == []


def test_a_payload_that_got_in_would_be_seen(open_page):
    """Each way of detection sees what it is for, where the page's policy lets it happen."""
    it = open_page("/healthz")
    it.page.goto("about:blank")
    it.page.set_content(f"{PAYLOADS[0]}{PAYLOADS[9]}<img src='//hit.test/x.png'>")

    assert it.page.evaluate("globalThis.hit") == 1
    assert it.apart("document.querySelectorAll('[data-hit]').length") == 2
    assert it.dialogs == ["1"]
