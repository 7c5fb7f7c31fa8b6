"""The command line: parse, call, print. This file enters the program and ends it.

Data go to standard output, everything else to standard error.
"""

from __future__ import annotations

import io
import os
import sys
import time

import click

from tuner.cli.about_verbs import doctor, schema
from tuner.cli.alarms_verb import alarms
from tuner.cli.bench_verb import bench
from tuner.cli.capacity_verb import capacity
from tuner.cli.deploy_verbs import apply, ledger, plan, undo
from tuner.cli.export_verb import export
from tuner.cli.fetch_verb import fetch
from tuner.cli.gate_verb import gate
from tuner.cli.iam_verb import iam
from tuner.cli.insight_verbs import walk_forward, why
from tuner.cli.lint_verb import lint
from tuner.cli.measure_verbs import fit, shapes
from tuner.cli.night_verb import night
from tuner.cli.options import Settings, Verbs, run_settings, state_settings
from tuner.cli.runs_verbs import runs
from tuner.cli.serve_verb import serve
from tuner.cli.show_verb import show
from tuner.cli.simulate_verbs import explain, simulate
from tuner.cli.study_verbs import study
from tuner.cli.tune_verbs import demo, report, tune
from tuner.cli.verify_verbs import calibrate, verify
from tuner.cli.write_test_verb import write_test
from tuner.errors import (
    AccountError,
    CliffsideError,
    GuardRailError,
    ResultFileError,
    StoreError,
)

FAILED = 1
WRONG_INPUT = 2
REFUSED = 3
INTERRUPTED = 130

EXIT_CODES: tuple[tuple[type[CliffsideError], int], ...] = (
    (ResultFileError, WRONG_INPUT),
    (StoreError, FAILED),
    (AccountError, FAILED),
    (GuardRailError, REFUSED),
    (CliffsideError, WRONG_INPUT),
)
"""Exit code of each error; the first class that fits."""


def run() -> None:
    """Enter the program; wrong input ends in a sentence and exit code 2, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    started, call = time.perf_counter(), Settings()
    try:
        code = cli(prog_name="cliffside", standalone_mode=False, obj=call)
        sys.stdout.flush()
        if call.verbose:
            call.say(f"Done in {time.perf_counter() - started:.1f} s.")
        sys.exit(code)
    except CliffsideError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(next(code for kind, code in EXIT_CODES if isinstance(error, kind)))
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_INPUT)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)


@click.group(cls=Verbs)
@click.version_option(package_name="cliffside")
@state_settings
@run_settings
def cli() -> int:
    """Tune autoscaling policies: measure, simulate, search, recommend."""
    return 0


for verb in (
    *(demo, fetch, fit, capacity, shapes, simulate, explain, tune, report),
    *(why, walk_forward, lint, gate, night),
    *(show, export, plan, apply, undo, ledger, iam),
    *(write_test, verify, calibrate, alarms),
    *(runs, study, serve, schema, doctor, bench),
):
    cli.add_command(verb)
