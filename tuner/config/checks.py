"""What no single table can know: periods against the tick, sizes against limits, the budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tuner.config.tables import JobTable
from tuner.config_plan import SideTable
from tuner.config_problems import Location, Names, Problems
from tuner.host import HostModel
from tuner.policy import HIGH_RESOLUTION_PERIODS_SECONDS, span_limit_seconds
from tuner.scenario import BASIC_PERIOD_SECONDS, Group, Scenario
from tuner.search.pair_space import PairSpace
from tuner.search.settings import FamilyName
from tuner.search.space import Space

SHOWN_VALUES = 5
_NAMES: Names = {"basic_phase_ticks": ("group", "basic_phase_ticks")}


@dataclass(frozen=True, slots=True)
class _Window:
    """Periods, N and M that one alarm may have, and where they stand."""

    place: Location
    prefix: str
    periods: Sequence[int]
    evaluation: Sequence[int]
    datapoints: Sequence[int]


def check_job(
    table: JobTable,
    *,
    host: HostModel | None,
    group: Group | None,
    spaces: Mapping[FamilyName, Space],
    problems: Problems,
) -> None:
    """Note what does not go together across the tables of a file.

    Parameters
    ----------
    table : JobTable
        The whole file.
    host, group : record or None
        What has been made of its tables; None where that had problems of its own.
    spaces : mapping of str to Space
        Those that could be made, by family.
    problems : Problems
        Takes the notes.
    """
    if group is not None:
        problems.build(
            (),
            lambda: Scenario(
                host=host or HostModel(),
                group=group,
                tick_seconds=table.tick_seconds,
                margin_percent=table.margin_percent,
            ),
            names=_NAMES,
        )
        _check_sizes(table, group, problems)
    for window in _windows(table):
        _check_periods(window, table, problems)
        if window.place == ("space",):
            _check_window(window, problems)
    for family, space in spaces.items():
        if isinstance(space, PairSpace):
            place = ("space",) if family == "simple" else ("space", family)
            _check_thresholds(space, problems, place)
        if table.search.engine == "exact" and family in table.search.families:
            _check_budget(table, family, space, problems)


def _check_budget(table: JobTable, family: FamilyName, space: Space, problems: Problems) -> None:
    """Note a lattice that is too large to be enumerated."""
    if space.n_lattice <= table.search.budget:
        return
    largest = sorted(space.sizes().items(), key=lambda item: -item[1])[:3]
    shown = " x ".join(f"{size} {name}" for name, size in largest)
    own: Location = ("space",) if family == "simple" else ("space", family)
    problems.add(
        ("search", "budget") if "budget" in table.search.model_fields_set else own,
        expected=f"a lattice of at most {table.search.budget:,} candidates (search.budget)",
        got=f"{space.n_lattice:,}, of {shown} and others",
        next_step="Take larger steps or fewer values, raise budget in [search], or try a "
        'part of it with engine = "auto".',
    )


def _windows(table: JobTable) -> Iterator[_Window]:
    """Give the alarms of the space and of the baseline."""
    space, place = table.space, ("space",)
    yield _Window(
        place,
        "",
        space.period_seconds,
        space.evaluation_periods,
        space.datapoints_to_alarm or (),
    )
    if space.scale_in_period_seconds or space.scale_in_evaluation_periods:
        yield _Window(
            place,
            "scale_in_",
            space.scale_in_period_seconds or space.period_seconds,
            space.scale_in_evaluation_periods or space.evaluation_periods,
            space.scale_in_datapoints_to_alarm or (),
        )
    sides: dict[str, SideTable | None] = {}
    if table.baseline is not None:
        sides = {"scale_out": table.baseline.scale_out, "scale_in": table.baseline.scale_in}
    for name, side in sides.items():
        if side is not None:
            alarm = side.alarm
            yield _Window(("baseline", name, "alarm"), "", (alarm.period_seconds,), (), ())


def _check_periods(window: _Window, table: JobTable, problems: Problems) -> None:
    """Note periods that CloudWatch, the tick or basic monitoring does not have."""
    place = (*window.place, f"{window.prefix}period_seconds")
    refused = [period for period in window.periods if not _is_period(period)]
    if refused:
        problems.add(
            place,
            expected="periods of 10, 20, 30 or a multiple of 60 seconds",
            got=_shown(refused),
            next_step="CloudWatch has no other periods.",
        )
    tick = table.tick_seconds
    uneven = [period for period in window.periods if tick > 0 and period % tick]
    if uneven and not refused:
        problems.add(
            place,
            expected=f"periods that a tick of {tick} s divides",
            got=_shown(uneven),
            next_step="Change the period, or lower tick_seconds.",
        )
    short = [period for period in window.periods if period < BASIC_PERIOD_SECONDS]
    if short and not refused and table.group.monitoring == "basic":
        problems.add(
            place,
            expected=f"periods of at least {BASIC_PERIOD_SECONDS} s with basic monitoring",
            got=_shown(short),
            next_step='Raise the period, or set monitoring = "detailed" in [group].',
        )


def _check_window(window: _Window, problems: Problems) -> None:
    """Note values of a space that fit to none of the others."""
    periods = [period for period in window.periods if _is_period(period)]
    name = f"{window.prefix}evaluation_periods"
    long = [n for n in window.evaluation if _is_too_long(n, periods)]
    if long:
        problems.add(
            (*window.place, name),
            expected="evaluation_periods x period_seconds within a day (a week from an hour on)",
            got=f"{_shown(long)} with periods of {_shown(periods)} s",
            next_step="Shorten the window or the period.",
        )
    most = max(window.evaluation)
    above = [m for m in window.datapoints if m > most]
    if above:
        problems.add(
            (*window.place, f"{window.prefix}datapoints_to_alarm"),
            expected=f"at most {name} ({most})",
            got=_shown(above),
            next_step="M of N cannot be larger than N.",
        )


def _is_too_long(n: int, periods: Sequence[int]) -> bool:
    """Tell whether N of none of the periods fits into what CloudWatch takes."""
    return bool(periods) and all(n * p > span_limit_seconds(p) for p in periods)


def _check_thresholds(space: PairSpace, problems: Problems, place: Location) -> None:
    """Note lower thresholds that are above every upper one."""
    uppers = space.scale_out_threshold_percent
    high = [
        str(lower)
        for lower in space.scale_in_threshold or ()
        if all(lower.below(upper) > upper for upper in uppers)
    ]
    if high:
        problems.add(
            (*place, "scale_in_threshold_percent"),
            expected=f"a threshold of at most the scale-out threshold ({max(uppers):g} %)",
            got=_shown(high),
            next_step='Lower it, or write a share such as "1/3" or {capped = 15}.',
        )


def _check_sizes(table: JobTable, group: Group, problems: Problems) -> None:
    """Note minima above the maximum, also those that a scheduled action would make."""
    largest = group.max_size
    wanted = table.space.min_size or (group.min_size,)
    above = [size for size in wanted if size > largest]
    if above and table.space.min_size:
        problems.add(
            ("space", "min_size"),
            expected=f"at most max_size of [group] ({largest})",
            got=_shown(above),
            next_step="Lower the minimum or raise the maximum.",
        )
    steps = [(action.at, i, action) for i, action in enumerate(table.schedule)]
    steps.sort(key=lambda step: step[:2])
    actions = [(("schedule", i), action.min_size, action.max_size) for _, i, action in steps]
    _walk((), actions, limits=(min(max(wanted), largest), largest), problems=problems)
    if table.baseline is None:
        return
    least = table.baseline.min_size
    if least is not None and least > largest:
        problems.add(
            ("baseline", "min_size"),
            expected=f"at most max_size of [group] ({largest})",
            got=str(least),
            next_step="Lower the minimum or raise the maximum.",
        )
    own = list(enumerate(table.baseline.schedule or ()))
    own.sort(key=lambda step: (step[1].tick, step[0]))
    actions = [(("schedule", i), action.min_size, action.max_size) for i, action in own]
    start = group.min_size if least is None else least
    _walk(("baseline",), actions, limits=(min(start, largest), largest), problems=problems)


def _walk(
    place: Location,
    actions: Sequence[tuple[Location, int | None, int | None]],
    *,
    limits: tuple[int, int],
    problems: Problems,
) -> None:
    """Follow the limits through a schedule, noting where the minimum passes the maximum."""
    least, most = limits
    for location, min_size, max_size in actions:
        if min_size is not None and max_size is not None and min_size > max_size:
            return  # noted where the action was read
        least = least if min_size is None else min_size
        most = most if max_size is None else max_size
        if least > most:
            key = "min_size" if min_size is not None else "max_size"
            problems.add(
                (*place, *location, key),
                expected="a minimum of at most the maximum that holds then",
                got=f"min_size {least}, max_size {most}",
                next_step="Set both in this action, or change one of them.",
            )
            return


def _is_period(period: int) -> bool:
    """Tell whether CloudWatch has a period."""
    return period in HIGH_RESOLUTION_PERIODS_SECONDS or (period >= 60 and period % 60 == 0)


def _shown(values: Sequence[object]) -> str:
    """List values, the first few of many."""
    words = ", ".join(str(value) for value in values[:SHOWN_VALUES])
    more = len(values) - SHOWN_VALUES
    return f"{words} and {more} more" if more > 0 else words
