"""Writes the committed baseline: `python -m benchmarks.baseline`, or `make bench-baseline`.

The ratios of this kind of machine are written; those of other kinds stay.

Answers are an interface: one that differs from the committed one is refused, with what differs,
unless ``--answers`` says that it is meant.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

from benchmarks.answers import Answer, differences
from benchmarks.bodies import BODIES, GATED
from benchmarks.fresh import FRESH, PLACE, run_fresh
from benchmarks.gate import (
    BASELINE,
    ROUNDS,
    TRIES,
    Baseline,
    gated_works,
    read_baseline,
    write_baseline,
)
from benchmarks.measure import measure, ratios_of
from benchmarks.sizes import FULL, SMALL


def new_answers() -> dict[str, dict[str, Answer]]:
    """Run every body at full size, and what runs in fresh processes, for their answers."""
    full = {}
    for name, body in BODIES.items():
        print(f"answer of {name}", file=sys.stderr, flush=True)
        work = body(FULL)
        full[name] = work.answer(work.call())
    fresh = {}
    for name in FRESH:
        print(f"answer of {name}", file=sys.stderr, flush=True)
        fresh[name] = run_fresh(name).answer
    return {FULL.name: full, PLACE: fresh}


def changed_answers(
    before: dict[str, dict[str, Answer]], after: dict[str, dict[str, Answer]]
) -> list[str]:
    """Say which committed answers would change."""
    return [
        f"{size} {name}: {'; '.join(changed)}"
        for size, answers in after.items()
        for name, answer in answers.items()
        if name in before.get(size, {}) and (changed := differences(before[size][name], answer))
    ]


def main() -> None:
    """Measure, and write the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", action="store_true", help="changed answers are meant")
    parser.add_argument("--ratios-only", action="store_true", help="keep the full size's answers")
    asked = parser.parse_args()
    committed = read_baseline() if BASELINE.exists() else Baseline((), {})
    before = committed.answers
    works = {name: body(SMALL) for name, body in BODIES.items()}
    measured = measure(works, rounds=ROUNDS * TRIES)
    gated = measure(gated_works(), rounds=ROUNDS * TRIES, clock=time.process_time)
    answers = {SMALL.name: {name: each.answer for name, each in measured.items()}}
    answers |= {s: before[s] for s in before if s != SMALL.name} if asked.ratios_only else {}
    answers |= {} if asked.ratios_only else new_answers()
    changed = changed_answers(before, answers)
    for line in changed:
        print(f"changed: {line}")
    if changed and not asked.answers:
        sys.exit("Answers have changed: run it with --answers where that is meant.")
    all_ratios = ratios_of(measured) | ratios_of(gated, GATED)
    ratios = {name: round(ratio, 4) for name, ratio in all_ratios.items()}
    write_baseline(replace(committed, answers=answers).with_ratios(ratios))
    print(f"wrote {BASELINE.name}: {ratios}")


if __name__ == "__main__":
    main()
