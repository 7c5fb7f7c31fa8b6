"""The command line: parse, call, print.

Data go to standard output, everything else to standard error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from tuner.errors import CliffsideError, StoreError

FAILED = 1
WRONG_INPUT = 2
EXIT_GATE = 3


def run() -> None:
    """Enter the program; wrong input ends in a sentence and exit code 2, never a traceback."""
    try:
        sys.exit(cli(standalone_mode=False))
    except StoreError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(FAILED)
    except CliffsideError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_INPUT)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)


@click.group()
@click.version_option(package_name="cliffside")
def cli() -> int:
    """Tune autoscaling policies: measure, simulate, search, recommend."""
    return 0


CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), required=True, help="The job's TOML file."
)
OUTPUT = click.option(
    "--output", type=click.Choice(["table", "json"]), default="table", help="Form of the answer."
)
THREADS = click.option("--threads", type=click.IntRange(1), help="Threads of the simulator.")


def emit(value: dict[str, Any]) -> None:
    """Print an object as JSON."""
    click.echo(json.dumps(value, indent=2, allow_nan=False))


@cli.command()
@click.option("--locust", type=click.Path(path_type=Path), help="Locust's full history CSV.")
@click.option("--cpu", type=click.Path(path_type=Path), help="CPU log of the host.")
@click.option("--cpu-column", help="Column of the CPU log, where it has several.")
@click.option("--table", type=click.Path(path_type=Path), help="A plain table of windows.")
@OUTPUT
def fit(
    locust: Path | None, cpu: Path | None, cpu_column: str | None, table: Path | None, output: str
) -> int:
    """Fit CPU against load, and find the cliff, from a load test of one host."""
    from tuner.cli.words import fit_lines, fit_object
    from tuner.config import LoadTestSource, read_load_test
    from tuner.measure.host_fit import measure_host

    if (table is None) == (locust is None) or (locust is None) != (cpu is None):
        raise click.UsageError("Give --locust and --cpu together, or --table alone.")
    source = LoadTestSource(locust=locust, cpu=cpu, cpu_column=cpu_column, table=table)
    result = measure_host(read_load_test(source))
    if output == "json":
        emit(fit_object(result))
    else:
        click.echo("\n".join(fit_lines(result)))
    return 0


@cli.command()
@CONFIG
@OUTPUT
def shapes(config: Path, output: str) -> int:
    """List the traffic shapes of a job."""
    from tuner.cli.words import shape_lines
    from tuner.config import load_job
    from tuner.config.shapes import read_traffic
    from tuner.traffic.describe import shape_facts

    made, notes = read_traffic(load_job(config))
    if output == "json":
        emit({"schema": "cliffside.shapes/1", "shapes": shape_facts(made), "notes": list(notes)})
    else:
        click.echo("\n".join([*shape_lines(made), *notes]))
    return 0


@cli.command()
@CONFIG
@THREADS
@OUTPUT
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the result files.")
def tune(config: Path, threads: int | None, output: str, out: Path | None) -> int:
    """Search the plans of a job and recommend one."""
    return run_job(config, threads=threads, output=output, out=out)


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the result files.")
def demo(out: Path | None) -> int:
    """Run the shipped example: a real load test and real traffic."""
    code = run_job(
        shipped_config("demo.toml"), threads=None, output="table", out=out or Path("demo-out")
    )
    return 0 if code == EXIT_GATE else code


def shipped_config(name: str) -> Path:
    """Find a config that ships with the program: inside the package, else beside it."""
    package = Path(__file__).parents[1]
    inside = package / "configs" / name
    return inside if inside.exists() else package.parent / "configs" / name


def run_job(config: Path, *, threads: int | None, output: str, out: Path | None) -> int:
    """Run one job and print its answer; exit code 3 where nothing is feasible."""
    from tuner.cli.progress import progress_bar
    from tuner.cli.words import tuning_lines
    from tuner.config import load_job
    from tuner.tune import tune as tune_job
    from tuner.tune import write_results

    job = load_job(config)
    with progress_bar("Simulating") as progress:
        tuning = tune_job(job, threads=threads, progress=progress)
    written = write_results(tuning, out or job.output_directory)
    if output == "json":
        emit(tuning.to_json())
    else:
        click.echo("\n".join(tuning_lines(tuning)))
    click.echo("Written: " + ", ".join(str(path) for path in written), err=True)
    return EXIT_GATE if tuning.recommendation.verdict == "nothing feasible" else 0


@cli.command()
@CONFIG
@OUTPUT
@click.option("--plan", type=click.Path(path_type=Path), help="A plan's JSON; else [baseline].")
def simulate(config: Path, output: str, plan: Path | None) -> int:
    """Run one plan on every shape of a job and give its totals."""
    from tuner.cli.words import totals_lines
    from tuner.simulation.run import simulate_plans

    job_plan, scenario, made = one_plan(config, plan)
    outcomes = simulate_plans([job_plan], scenario, made)
    rows = [{"shape": name, **outcomes.of(0, s)} for s, name in enumerate(made.names)]
    if output == "json":
        emit({"schema": "cliffside.simulate/1", "plan": job_plan.describe(), "shapes": rows})
    else:
        click.echo("\n".join([job_plan.describe(), *totals_lines(rows)]))
    return 0


@cli.command()
@CONFIG
@click.option("--plan", type=click.Path(path_type=Path), help="A plan's JSON; else [baseline].")
@click.option("--shape", help="Name of the shape; else the first.")
def explain(config: Path, plan: Path | None, shape: str | None) -> int:
    """Tell one run as a timeline in words."""
    from tuner.simulation.run import trace

    job_plan, scenario, made = one_plan(config, plan)
    run_of = trace(job_plan, scenario, made, 0 if shape is None else made.index(shape))
    click.echo(f"{job_plan.describe()}, on {run_of.shape_name}")
    for event in run_of.events:
        click.echo(f"minute {event.tick * run_of.tick_seconds / 60:>6g}  {event.words}")
    return 0


def one_plan(config: Path, plan: Path | None) -> tuple[Any, Any, Any]:
    """Read a job and the plan to run: from a file, else the job's baseline."""
    from tuner.config import load_job
    from tuner.config.job import scenario
    from tuner.config.shapes import build_shapes
    from tuner.plan_json import read_plan_file
    from tuner.tune import measure

    job = load_job(config)
    chosen = job.baseline if plan is None else read_plan_file(plan)
    if chosen is None:
        raise click.UsageError("The job has no [baseline]: give --plan.")
    return chosen, scenario(job, measure(job)[1]), build_shapes(job)


@cli.command()
def schema() -> int:
    """Print the JSON Schema of a job's TOML file."""
    from tuner.config import job_schema

    emit(job_schema())
    return 0


@cli.command()
def doctor() -> int:
    """Say what this machine gives: versions, threads, the folder of compiled kernels."""
    import platform
    from importlib.metadata import version

    from tuner.simulation.run import available_threads, compiled_kernels_folder

    click.echo(f"cliffside         {version('cliffside')}")
    click.echo(f"python            {platform.python_version()} on {platform.platform()}")
    for name in ("numpy", "numba", "pandas", "pyarrow", "plotly"):
        click.echo(f"{name:<17} {version(name)}")
    click.echo(f"threads           {available_threads()}")
    click.echo(f"compiled kernels  {compiled_kernels_folder()}")
    return 0
