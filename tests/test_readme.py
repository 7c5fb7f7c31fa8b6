"""The README's library example runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_library_example_runs_and_prints_the_talks_numbers(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)

    assert code is not None
    exec(compile(code.group(1), "README.md", "exec"), {})
    got = capsys.readouterr().out.splitlines()

    assert got[-1] == "550.0"
    assert got[-2].startswith("scale out by 2 above 15 % for 5 minutes")
