"""A page that is open, what it asked for and refused, and whether everyone can use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

HEIGHT = 1000


@dataclass(slots=True)
class Opened:
    """A page with its records.

    Parameters
    ----------
    page : Page
        Open.
    devtools : CDPSession
        To it, for what must not be hindered by the page's policy, nor weaken it.
    requests, dialogs, refused, errors : list of str
        Addresses that it asked for, dialogs that it opened, what its policy refused, and scripts'
        errors.
    """

    page: Page
    devtools: CDPSession
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def apart(self, expression: str) -> Any:
        """Give what an expression yields in a world of its own beside the page's scripts."""
        frame = self.devtools.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = self.devtools.send("Page.createIsolatedWorld", {"frameId": frame})
        answer = self.devtools.send(
            "Runtime.evaluate",
            {
                "contextId": world["executionContextId"],
                "expression": expression,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )

        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def accessibility_problems(self) -> list[str]:
        """List what axe finds, each with the places where."""
        found = self.apart(f"{axe_source()}\naxe.run(document, {{resultTypes: ['violations']}})")
        return [
            f"{each['id']}: {node['target']}, {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        """Tell whether the page is wider than its window."""
        sizes = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        wide, window = self.apart(sizes)
        return wide > window


def opened(
    browser: Browser,
    address: str,
    path: str,
    *,
    theme: str = "light",
    width: int = 1440,
    script: bool = True,
) -> Opened:
    """Open a path in a window of its own."""
    context = browser.new_context(
        color_scheme=theme,
        viewport={"width": width, "height": HEIGHT},
        java_script_enabled=script,
    )
    page = context.new_page()
    it = Opened(page, context.new_cdp_session(page))
    page.on("request", lambda request: it.requests.append(request.url))
    page.on("pageerror", lambda error: it.errors.append(str(error)))
    page.on("console", lambda message: _keep_refusal(it, message.text))
    page.on("dialog", lambda dialog: (it.dialogs.append(dialog.message), dialog.dismiss()))
    answer = page.goto(f"{address}{path}")

    assert answer is not None
    assert answer.status == 200, (path, answer.status)
    return it


def _keep_refusal(it: Opened, said: str) -> None:
    """Keep what the browser says about the page's policy."""
    if "Content Security Policy" in said:
        it.refused.append(said)


@cache
def axe_source() -> str:
    """Give axe itself."""
    return (files("axe_playwright_python") / "axe.min.js").read_text()
