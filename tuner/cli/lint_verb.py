"""The verb that advises on a plan without a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import plan_to_run
from tuner.cli.options import config_option, output_option, plan_option, run_settings
from tuner.cli.tune_verbs import EXIT_GATE

if TYPE_CHECKING:
    from tuner.cli.show import Block
    from tuner.simulation.advice import Advice


@click.command()
@config_option
@plan_option
@output_option("json")
@run_settings
def lint(config: Path, plan: Path | None, output: str) -> int:
    """Advise on one plan without a simulation: what its numbers already show.

    Exit code 3 where there is a warning; notes alone give 0.
    """
    from tuner.plan_json import plan_to_json
    from tuner.simulation.lint import lint as advise

    chosen, scenario, shapes = plan_to_run(config, plan)
    found = advise(chosen, scenario, shapes)
    n_warnings = sum(advice.severity == "warning" for advice in found)
    if output == "json":
        emit_json(
            {
                "schema": "cliffside.lint/1",
                "plan": plan_to_json(chosen),
                "description": chosen.describe(),
                "n_warnings": n_warnings,
                "n_notes": len(found) - n_warnings,
                "advice": [asdict(advice) for advice in found],
            }
        )
    else:
        from tuner.cli.show import show

        show(_words(chosen.describe(), found, n_warnings))
    return EXIT_GATE if n_warnings else 0


def _words(description: str, found: Sequence[Advice], n_warnings: int) -> Iterator[Block]:
    """Say the plan, each advice with its place and source, and the sum."""
    from tuner.cli.show import Facts

    yield description
    yield Facts(
        tuple(
            (
                f"{advice.severity} {advice.rule}",
                f"{advice.where}: {advice.sentence} [{advice.source}]",
            )
            for advice in found
        )
    )
    n_notes = len(found) - n_warnings
    yield (
        f"{n_warnings} warning{'' if n_warnings == 1 else 's'},"
        f" {n_notes} note{'' if n_notes == 1 else 's'}."
    )
