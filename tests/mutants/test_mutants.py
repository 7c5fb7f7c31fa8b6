"""R20: tests bite. Mistakes drawn by a seed, made one at a time, are found."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.mutants.mutator import code_with, sites_of

SEED = 20_261_201
SOURCE = """
def wait(left, most):
    if not left > 0 and most is not None:
        raise ValueError(left)
    left = min(left + 1, most)
    left -= 2
    return left
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "found_at_least"),
    [((20, 10, 10, 0), 36), pytest.param((80, 40, 40, 60), 176, marks=pytest.mark.nightly)],
    ids=["check", "night"],
)
def test_mistakes_in_kernels_guard_rails_and_apply_are_found(numbers, found_at_least):
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", *map(str, (SEED, *numbers))],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=3_600,
        check=False,
    )
    lines = done.stdout.splitlines()
    found = [line for line in lines if line.startswith("found: ")]
    print(f"seed {SEED}: {len(found)} of {len(lines)} found")
    print("\n".join(line for line in lines if line not in found))

    assert done.returncode == 0, done.stderr
    assert len(lines) == sum(numbers)
    assert len(found) >= found_at_least


def test_each_kind_of_mistake_is_made():
    changes = {site.words.split(": ", 1)[1] for site in sites_of(SOURCE)}

    assert changes == {
        "not left > 0 and most is not None -> not left > 0 or most is not None",
        "not left > 0 -> left > 0",
        "most is not None -> most is None",
        "left > 0 -> left >= 0",
        "0 -> 1",
        "raise ValueError(left) -> pass",
        "left = min(left + 1, most) -> pass",
        "min(left + 1, most) -> max(left + 1, most)",
        "left + 1 -> left - 1",
        "1 -> 2",
        "left -= 2 -> pass",
        "2 -> 3",
    }


def test_each_mistake_is_other_code_of_the_same_function():
    codes = {code_with(SOURCE, site, "wait.py") for site in sites_of(SOURCE)}
    right = compile(ast.parse(SOURCE), "wait.py", "exec").co_consts[0]

    assert len(codes) == len(sites_of(SOURCE))
    assert right not in codes
    assert {code.co_name for code in codes} == {"wait"}
