"""The order of a tick stands in three places as the same nine names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = (
    "Schedule",
    "Lifecycle",
    "Load",
    "Datapoint",
    "Alarms",
    "Policies",
    "Conflict and clamp",
    "Reconcile",
    "Totals",
)
NUMBERED = tuple(enumerate(NAMES))


def listed(text: str) -> tuple[tuple[int, str], ...]:
    """Give the lines of a numbered list, without what follows the name."""
    lines = re.findall(r"^(\d+)\. (?:\*\*)?([A-Z][a-z ]+?)(?:\*\*.*)?$", text, re.MULTILINE)
    return tuple((int(number), name) for number, name in lines)


def test_the_law_lists_the_nine_steps():
    law = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    section = law.split("## Order of a tick")[1].split("\n## ")[0]

    assert listed(section) == NUMBERED


@pytest.mark.parametrize("path", ["kernels/simulate.py", "tests/reference/simulate.py"])
def test_a_simulator_lists_the_laws_nine_steps(path):
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    assert listed(ast.get_docstring(module) or "") == NUMBERED


@pytest.mark.parametrize("path", ["kernels/simulate.py", "tests/reference/simulate.py"])
def test_a_tick_loop_takes_the_nine_steps_in_their_order(path):
    source = (ROOT / path).read_text(encoding="utf-8")
    got = re.findall(r"^ +# (\d)\. (.+)$", source, re.MULTILINE)

    assert tuple((int(number), name) for number, name in got) == NUMBERED
