"""What holds for every test: runs go to a folder of the session, not to the one it started in."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def state_of_the_session(tmp_path_factory):
    """Let the program, and its child processes, keep their runs in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIFFSIDE_STATE_DIR", str(tmp_path_factory.mktemp("session") / "state"))
        yield
