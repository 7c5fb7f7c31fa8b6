"""Regenerate the golden results: `python -m tests.golden`."""

from __future__ import annotations

from tests.golden.runs import INPUTS, RESULTS, as_text, results, stored


def main() -> None:
    """Write the results, and say which runs moved."""
    before = stored(RESULTS)["runs"] if RESULTS.exists() else {}
    found = results()
    RESULTS.write_text(as_text(found), encoding="utf-8")
    moved = [name for name, run in found["runs"].items() if before.get(name) != run]
    print(f"{len(stored(INPUTS))} runs, model version {found['model_version']}")
    print(f"moved: {', '.join(moved) or 'none'}")


if __name__ == "__main__":
    main()
