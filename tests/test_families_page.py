"""The table of families in the README is that of docs/families.md, and its cheap rows are true."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def cells_of(text: str) -> list[list[str]]:
    """Give the cells of every row of a table that names a family."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if any("scaling" in cell or "tracking" in cell for cell in row)]


def test_the_readmes_table_is_that_of_the_page():
    readme = (ROOT / "README.md").read_text()
    section = readme.split("## Which family?")[1].split("\n## ")[0]
    page = cells_of((ROOT / "docs" / "families.md").read_text())

    expected = [row[:6] for row in page]
    got = [row[-6:] for row in cells_of(section)]

    assert len(expected) == 12
    assert expected == got


@pytest.mark.parametrize("title", ["The talk's ramp", "The ramp after 41 holds"])
def test_rows_of_the_page_are_what_a_search_gives(title, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["families.py"])
    page = runpy.run_path(str(ROOT / "docs" / "families.py"))
    from dataclasses import replace

    from tuner.tune import tune

    job = page["jobs"]()[title]
    few = replace(job, spaces={name: job.spaces[name] for name in ("simple", "target")})
    written = (ROOT / "docs" / "families.md").read_text().split(f"## {title}\n")[1]

    for row in page["rows"](tune(few)):
        assert row.replace("*", "") in written.split("\n## ")[0].replace("*", "")
