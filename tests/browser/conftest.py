"""A browser, and a real server on a state folder with two finished runs: one plain, one hostile.

Without a browser every test of this folder is skipped, counted, with one line that says why.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.hostile import hostile_jobs
from tests.browser.pages import Opened, opened
from tests.service.test_process import served

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHOP = Path(__file__).with_name("shop.toml")
WIDE, PHONE = 1440, 320


@dataclass(frozen=True, slots=True)
class Site:
    """A server that runs, and what it serves.

    Parameters
    ----------
    address : str
        With scheme and port, without a slash at the end.
    shop, hostile : str
        Ids of the two runs.
    """

    address: str
    shop: str
    hostile: str


@pytest.fixture(scope="session")
def program() -> str:
    """Give the path of a browser of this machine."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(BROWSERS)}")
    return found


@pytest.fixture(scope="module")
def browser(program: str) -> Iterator[Browser]:
    """Give a browser to the tests of one file: while it is there, an event loop goes on."""
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=program, args=sandbox)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a server with the runs of both jobs; without a browser nothing is run."""
    assert program
    folder = tmp_path_factory.mktemp("browser")
    services, state = folder / "services", folder / "state"
    services.mkdir()
    (services / "shop.toml").write_text(SHOP.read_text())
    hostile_jobs(services)
    runs = [tuned(services / f"{name}.toml", state) for name in ("shop", "hostile")]
    with served(state, services) as (_, client):
        yield Site(str(client.base_url).rstrip("/"), *runs)


def tuned(config: Path, state: Path) -> str:
    """Run a job with the real program, and give the id of its run."""
    before = set(state.glob("runs/*"))
    program = [sys.executable, "-c", "from tuner.cli.main import run; run()"]
    done = subprocess.run(
        [*program, "--state-dir", str(state), "--quiet", "tune", "--config", str(config)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (new,) = set(state.glob("runs/*")) - before
    return new.name


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Opened]]:
    """Give what opens a path of the server: theme light or dark, a width, with script or without.

    What a page asks for, refuses and says is kept with it.
    """
    pages: list[Opened] = []

    def open_path(path: str, **how: object) -> Opened:
        pages.append(opened(browser, site.address, path, **how))
        return pages[-1]

    yield open_path
    for each in pages:
        each.page.context.close()
