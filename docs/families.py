"""Writes docs/families.md: the best plan of each family on three kinds of traffic, searched afresh.

python docs/families.py > docs/families.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tuner.config import load_job
from tuner.config.job import Job
from tuner.decision.families import FamilyAnswer
from tuner.decision.words import number
from tuner.report.families import stress_cell
from tuner.search.settings import FamilyName
from tuner.tune import Tuning, tune

CONFIGS = Path(__file__).parents[1] / "configs"
FAMILIES: tuple[FamilyName, ...] = ("simple", "step", "target", "mixed")
INTRODUCTION = """\
The best plan of each family on the same traffic and at the same cliff. Bold is the family that is
recommended: the highest mean CPU of the plans that keep under the cliff on every shape of the
search and pass the stress check. A family without such a plan shows the one that comes closest,
with the verdict. The spaces are those of `configs/conf42.toml`, `configs/conf42-robust.toml` and
`configs/world-cup-day.toml`; the talk's two jobs take the stress check of
`configs/conf42-stress.toml`: 400 shapes with other holds, starts and noise. Any job answers the
same question: `cliffside tune --families simple,step,target,mixed`.
"""
HEAD = (
    "| family | mean CPU, % | host-minutes | worst peak, % | activities | unseen shapes over | "
    "candidates |\n| --- | --- | --- | --- | --- | --- | --- |"
)


def jobs() -> dict[str, Job]:
    """Give the three jobs; the talk's two take the stress check of its third."""
    stress = load_job(CONFIGS / "conf42-stress.toml").stress
    talk = load_job(CONFIGS / "conf42.toml", families=FAMILIES)
    robust = load_job(CONFIGS / "conf42-robust.toml", families=FAMILIES)
    return {
        "The talk's ramp": replace(talk, stress=stress),
        "The ramp after 41 holds": replace(robust, stress=stress),
        "A World Cup day": load_job(CONFIGS / "world-cup-day.toml"),
    }


def rows(tuning: Tuning) -> Iterator[str]:
    """Give one row of the table for each family."""
    for answer in tuning.answers:
        weighted = answer.shown.weighted
        name = f"**{answer.name}**" if answer is tuning.best else answer.name
        cells = (
            name,
            number(weighted["mean_cpu_percent"]),
            number(weighted["host_minutes"], digits=0),
            number(weighted["worst_peak_cpu_percent"]),
            number(weighted["activities"]),
            verdict(answer),
            f"{answer.result.n_candidates:,}",
        )
        yield f"| {' | '.join(cells)} |"


def verdict(answer: FamilyAnswer) -> str:
    """Say how the plan fares on unseen shapes, and whether there is none to recommend."""
    return stress_cell(answer) + (
        "" if answer.best is not None else f" ({answer.recommendation.verdict})"
    )


def section(title: str, tuning: Tuning) -> Iterator[str]:
    """Give one table, and the plans in words."""
    yield f"## {title}\n\n{HEAD}"
    yield from rows(tuning)
    yield ""
    for answer in tuning.answers:
        plan = answer.shown.plan
        words = "" if plan is None else plan.describe()
        yield f"- {answer.name}: {words}."
    yield ""


def document() -> str:
    """Give the whole page."""
    parts = [
        "# Which family?\n",
        "<!-- Generated: python docs/families.py > docs/families.md -->\n",
        INTRODUCTION,
    ]
    for title, job in jobs().items():
        sys.stderr.write(f"{title} ...\n")
        parts += section(title, tune(job))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(document().rstrip() + "\n")
