"""From checked tables to a job's frozen records, noting every problem with its place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from tuner.config.archived import ArchivedFit
from tuner.config.build_archive import archived_fit
from tuner.config.build_spaces import build_actions, build_spaces
from tuner.config.build_traffic import build_traffic
from tuner.config.checks import check_job
from tuner.config.files import check_file
from tuner.config.job import HostWishes, Job, LoadTestSource
from tuner.config.launch_table import LAUNCH_NAMES
from tuner.config.notes import slip_warnings
from tuner.config.stress_table import StressTable
from tuner.config.tables import GroupTable, HostTable, JobTable, LoadTestTable
from tuner.config_problems import Names, Problems
from tuner.decision.stress_settings import StressSettings
from tuner.host import HostModel
from tuner.plan_json import build_plan
from tuner.scenario import Group, Metric
from tuner.search.limits import Limits
from tuner.search.settings import SearchSettings
from tuner.traffic.ranges import DrawRanges

RPM_PER_SLOPE_UNIT = 1000.0
SHORTEST_WINDOW_SECONDS = 10


def build_job(
    table: JobTable, *, path: Path, problems: Problems, across: bool = True
) -> Job | None:
    """Make the job of a checked file, or note its problems and give None.

    Parameters
    ----------
    table : JobTable
        The whole file with its preset.
    path : Path
        The file.
    problems : Problems
        Takes every problem.
    across : bool
        Whether tables are compared with each other; not where some of them are missing.
    """
    load_test = _measured(table, path.parent, problems)
    wishes, host = _host(table, problems)
    group = problems.build(("group",), lambda: _group(table.group), names=LAUNCH_NAMES)
    metric = problems.build(("metric",), lambda: Metric(**table.metric.model_dump()))
    traffic = build_traffic(table, folder=path.parent, problems=problems)
    plan = table.baseline
    baseline = None if plan is None else build_plan(plan, problems, location=("baseline",))
    spaces = build_spaces(table, problems)
    limits = problems.build(("limits",), lambda: Limits(**table.limits.model_dump()))
    schedule = build_actions(
        table.schedule, problems, ("schedule",), tick_seconds=table.tick_seconds
    )
    stress = problems.build(("stress",), lambda: stress_settings(table.stress), names=LAUNCH_NAMES)
    guard = table.guard_rails
    rails = None if guard is None else problems.build(("guard_rails",), guard.rails)
    if group is not None and stress is not None and stress.launches is not None:
        stressed = partial(replace, group, launches=stress.launches)
        problems.build(("stress",), stressed, names=LAUNCH_NAMES)
    if across:
        check_job(table, host=host, group=group, spaces=spaces, problems=problems)
    if problems.found or group is None or metric is None or limits is None:
        return None
    if stress is None:
        return None
    return Job(
        path=path,
        service=table.service,
        seed=table.seed,
        tick_seconds=table.tick_seconds,
        margin_percent=table.margin_percent,
        load_test=load_test,
        host=host,
        wishes=wishes,
        group=group,
        metric=metric,
        schedule=schedule,
        traffic=traffic,
        baseline=baseline,
        spaces={name: spaces[name] for name in table.search.families},
        limits=limits,
        settings=SearchSettings(seed=table.seed, **table.search.model_dump(exclude={"families"})),
        stress=stress,
        verify=table.verify.verify_settings(),
        output_directory=None if table.output.directory is None else Path(table.output.directory),
        aws=table.aws.names(),
        guard_rails=rails,
        gate=table.gate.limits(),
        warnings=slip_warnings(table, baseline),
    )


def _measured(
    table: JobTable, folder: Path, problems: Problems
) -> LoadTestSource | ArchivedFit | None:
    """Make the source of what was measured: a load test, or days of the archive."""
    load_test = _load_test(table.load_test, folder, problems)
    fit = archived_fit(table.archive_fit, aws=table.aws, folder=folder, problems=problems)
    if table.load_test is not None and table.archive_fit is not None:
        problems.add(
            ("archive_fit",),
            expected="either [load_test] or [archive_fit]",
            got="both",
            next_step="Take one of them out.",
        )
    return load_test or fit


def _load_test(
    table: LoadTestTable | None, folder: Path, problems: Problems
) -> LoadTestSource | None:
    """Make the source of the load test, noting what does not go together."""
    if table is None:
        return None
    here = "load_test"
    files = {
        key: check_file(getattr(table, key), folder, problems, (here, key))
        for key in ("locust", "cpu", "table")
    }
    if files["table"] is not None and (files["locust"] or files["cpu"]):
        problems.add(
            (here, "table"),
            expected="either table, or locust with cpu",
            got="both",
            next_step="Take one of them out.",
        )
    elif files["table"] is None and (files["locust"] is None or files["cpu"] is None):
        there = [key for key, file in files.items() if file is not None]
        problems.add(
            (here, there[0]) if there else (here,),
            expected="locust and cpu together, or table",
            got=f"{there[0]} alone" if there else "none of them",
            next_step="Name Locust's history and the host's CPU, or a table of both.",
        )
    if table.window_seconds < SHORTEST_WINDOW_SECONDS:
        problems.add(
            (here, "window_seconds"),
            expected=f"at least {SHORTEST_WINDOW_SECONDS} s",
            got=f"{table.window_seconds} s",
            next_step="Locust's percentiles cover ten seconds.",
        )
    return LoadTestSource(**files, cpu_column=table.cpu_column, window_seconds=table.window_seconds)


def _host(table: JobTable, problems: Problems) -> tuple[HostWishes, HostModel | None]:
    """Make what the file says about the host, and the host where the file alone says it."""
    given = table.host or HostTable()
    slope = given.slope_percent_per_1000_rpm
    wishes = HostWishes(
        intercept_percent=given.intercept_percent,
        slope_percent_per_rpm=None if slope is None else slope / RPM_PER_SLOPE_UNIT,
        cliff_percent=given.cliff_percent,
        saturation_rpm=given.saturation_rpm,
        table=given.table,
    )
    measured = table.load_test or table.archive_fit
    if not wishes.has_line and measured is None:
        problems.add(
            ("host",),
            expected="[load_test], or slope_percent_per_1000_rpm or table in [host]",
            got="neither",
            next_step="Name a load test of one host, or give the host's line.",
        )
        return wishes, None
    names: Names = {"slope_percent_per_rpm": ("slope_percent_per_1000_rpm",)}
    fitted = None if wishes.has_line else HostModel()
    host = problems.build(("host",), lambda: wishes.host(fitted), names=names)
    alone = wishes.has_line and (measured is None or wishes.cliff_percent is not None)
    return wishes, host if alone else None


def _group(table: GroupTable) -> Group:
    """Make the group."""
    given = table.model_dump(exclude={"launches"})
    return Group(**given, launches=table.launches.launch_times())


def stress_settings(table: StressTable) -> StressSettings:
    """Make the settings of the stress check."""
    given = table.model_dump(exclude={"launches"})
    own = {name: given.pop(name) for name in ("runs", "allowed_percent", "most_tried")}
    launches = None if table.launches is None else table.launches.launch_times()
    return StressSettings(**own, ranges=DrawRanges(**given), launches=launches)
