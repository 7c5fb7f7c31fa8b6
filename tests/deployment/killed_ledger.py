"""Writers of one ledger that are killed at random moments, and writers at the same time.

`python -m tests.deployment.killed_ledger FOLDER KILLS SEED` kills writers and looks after each: it
prints how many entries were seen, and how many half lines were left that are none.
`python -m tests.deployment.killed_ledger FOLDER` lets three writers append at once.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from tuner.deployment.ledger import LEDGER, Ledger

NOW = "2026-11-30T12:00:00.000Z"
TEXT = "x" * 20_000
WRITERS, LINES = 3, 12


def append(state: Path, name: str, count: int) -> None:
    for number in range(count):
        facts = {"by": name, "number": number, "text": TEXT}
        Ledger(state).append("apply begun", NOW, facts)


def start(state: Path, name: str, count: int) -> int:
    """Start a writer, and give its process id."""
    child = os.fork()
    if child == 0:
        append(state, name, count)
        os._exit(0)
    return child


def kill_some(folder: Path, kills: int, draw: random.Random) -> tuple[int, int]:
    seen = half = 0
    for kill in range(kills):
        state = folder / f"{kill % 5}"
        before = len(Ledger(state).entries())
        child = start(state, "killed", 1_000_000)
        time.sleep(draw.uniform(0.005, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        path = state / LEDGER
        half += path.exists() and not path.read_bytes().endswith(b"\n")
        entries = Ledger(state).entries()
        seen += len(entries) - before

        assert len(entries) >= before, kill
        assert all(entry.facts["text"] == TEXT for entry in entries), kill
    return seen, half


def at_once(state: Path) -> None:
    children = {start(state, str(k), LINES) for k in range(WRITERS)}
    while children:
        Ledger(state).entries()
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended:
            children.discard(ended)

            assert status == 0
    entries = Ledger(state).entries()

    assert [each.number for each in entries] == list(range(1, WRITERS * LINES + 1))
    for k in range(WRITERS):
        mine = [each.facts["number"] for each in entries if each.facts["by"] == str(k)]

        assert mine == list(range(LINES))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        at_once(Path(sys.argv[1]) / "state")
    else:
        print(*kill_some(Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))))
