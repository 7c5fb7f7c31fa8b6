"""From the traffic tables of a file to descriptions of traffic, checked as far as is cheap."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from tuner.config.build_archive import archived_traffic
from tuner.config.files import check_file
from tuner.config.job import RecordedTraffic, StagesTraffic, Traffic
from tuner.config.tables import JobTable
from tuner.config.traffic_tables import RecordedTable, StagesTable, VaryTable
from tuner.config_problems import Location, Names, Problems
from tuner.config_words import quoted
from tuner.traffic.families import vary
from tuner.traffic.family import MOST_SHAPES, Family
from tuner.traffic.stages import StagedTraffic, stage_ticks
from tuner.traffic.words import parse_stages

CHEAP_TICKS = 500_000
CHEAP_SHAPES = 500
"""Families up to these sizes are tried when a file is loaded, all tables of it together."""


def build_traffic(table: JobTable, *, folder: Path, problems: Problems) -> tuple[Traffic, ...]:
    """Make the descriptions of all traffic of a file, stages first, noting its problems.

    Parameters
    ----------
    table : JobTable
        The checked file.
    folder : Path
        Folder of the file, to which its paths are relative.
    problems : Problems
        Takes what is wrong.

    Returns
    -------
    tuple of StagesTraffic, RecordedTraffic and ArchivedTraffic
        Those without a problem.
    """
    here = table.traffic
    if not (here.stages or here.recorded or here.archive):
        problems.add(
            ("traffic",),
            expected="at least one [[traffic.stages]] or [[traffic.recorded]]",
            got="none",
            next_step='Add stages, such as stages = ["ramp 10m to 30000", "hold 20m"].',
        )
    trial = _Trial(max(table.tick_seconds, 1), table.seed)
    made: list[Traffic] = []
    for i, staged in enumerate(here.stages):
        traffic = _staged(staged, trial, problems, ("traffic", "stages", i))
        if traffic is not None:
            made.append(traffic)
    for i, recorded in enumerate(here.recorded):
        made.append(_recorded(recorded, folder, problems, ("traffic", "recorded", i)))
    for i, archive in enumerate(here.archive):
        place = ("traffic", "archive", i)
        archived = archived_traffic(
            archive,
            _days_family(archive.vary, problems, place),
            aws=table.aws,
            folder=folder,
            problems=problems,
            location=place,
        )
        if archived is not None:
            made.append(archived)
    _check_names(table, problems)
    return tuple(made)


class _Trial:
    """What of the families may still be tried at load."""

    def __init__(self, tick_seconds: int, seed: int) -> None:
        self.tick_seconds = tick_seconds
        self.seed = seed
        self.ticks = CHEAP_TICKS
        self.shapes = CHEAP_SHAPES

    def run(self, base: StagedTraffic, family: Family | None) -> None:
        """Make the shapes where that is cheap, for the problems that it raises."""
        seconds = sum(stage.seconds for stage in base.stages)
        ticks = seconds // self.tick_seconds + 1
        if ticks > self.ticks:
            if seconds > CHEAP_TICKS * self.tick_seconds * 2:
                stage_ticks(base.stages, start_rpm=base.start_rpm, tick_seconds=self.tick_seconds)
            return
        if family is None:
            self.ticks -= ticks
            base.shape(tick_seconds=self.tick_seconds)
            return
        count = family.n_variants
        if count * family.replicates > MOST_SHAPES:
            vary(base, family, seed=self.seed, tick_seconds=self.tick_seconds)
        longest = seconds + sum(max(hold, default=0) for hold in family.hold_seconds)
        longest = math.ceil(longest * max(1.0, *family.ramp_factors))
        longest += max(0, *family.start_offset_seconds)
        ticks = count * (longest // self.tick_seconds + 1)
        if count <= self.shapes and ticks <= self.ticks:
            self.shapes -= count
            self.ticks -= ticks
            calm = replace(family, noise_percent=0.0, bursts_per_day=0.0, replicates=1)
            vary(base, calm, seed=self.seed, tick_seconds=self.tick_seconds)


def _staged(
    table: StagesTable, trial: _Trial, problems: Problems, location: Location
) -> StagesTraffic | None:
    """Make one list of stages."""
    family = _family(table.vary, problems, location)
    names: Names = {f"stage {i + 1}": ("stages", i) for i in range(len(table.stages))}
    stages = problems.build(location, lambda: parse_stages(table.stages), names=names)
    if stages is None:
        return None
    base = StagedTraffic(
        name=table.name, stages=stages, start_rpm=table.start_rpm, weight=table.weight
    )
    if family is not None or table.vary is None:
        vary_place = ("vary",)
        places: Names = {
            table.name: vary_place,
            f"{table.name}, hold_seconds": (*vary_place, "hold_seconds"),
            f"{table.name}, ramp_factors": (*vary_place, "ramp_factors"),
            "length of the stages": ("stages",),
        }
        problems.build(location, lambda: trial.run(base, family), names=places)
    return StagesTraffic(stages=base, family=family, where=problems.locate(location))


def _recorded(
    table: RecordedTable, folder: Path, problems: Problems, location: Location
) -> RecordedTraffic:
    """Make the description of one recording, noting what does not go together."""
    file = check_file(table.file, folder, problems, (*location, "file"))
    family = _days_family(table.vary, problems, location)
    rows = table.layout == "rows"
    wrong = ("series",) if rows else ("column", "time_column", "time_zone")
    for key in wrong:
        if getattr(table, key) is not None:
            problems.add(
                (*location, key),
                expected=f'layout = "{"minutes" if rows else "rows"}" beside {key}',
                got=f'layout "{table.layout}"',
                next_step=f"Take {key} out, or change the layout.",
            )
    if table.held_out_days and table.cut != "day":
        problems.add(
            (*location, "held_out_days"),
            expected='cut = "day" beside held_out_days',
            got=f'cut "{table.cut}"',
            next_step="Cut the recording into days, or take held_out_days out.",
        )
    fields = table.model_dump(exclude={"file", "vary"})
    return RecordedTraffic(
        **fields, file=file or folder, family=family, where=problems.locate(location)
    )


def _days_family(table: VaryTable | None, problems: Problems, location: Location) -> Family | None:
    """Make the family of a recording, which has neither holds nor ramps."""
    if table is not None:
        for key, given in (
            ("hold_seconds", bool(table.hold_seconds)),
            ("ramp_factors", table.ramp_factors != (1.0,)),
        ):
            if given:
                problems.add(
                    (*location, "vary", key),
                    expected="a family that a recording can have",
                    got=key,
                    next_step="Holds and ramps are varied where traffic is written in stages.",
                )
    return _family(table, problems, location)


def _family(table: VaryTable | None, problems: Problems, location: Location) -> Family | None:
    """Make a family, or note its problems and give None."""
    if table is None:
        return None
    names: Names = {
        f"hold_seconds, hold {i + 1}": ("hold_seconds",) for i in range(len(table.hold_seconds))
    }
    return problems.build((*location, "vary"), lambda: Family(**table.model_dump()), names=names)


def _check_names(table: JobTable, problems: Problems) -> None:
    """Note shapes with the name of another."""
    seen: set[str] = set()
    names = [(staged.name, ("stages", i)) for i, staged in enumerate(table.traffic.stages)]
    for i, recorded in enumerate(table.traffic.recorded):
        name = recorded.name or Path(recorded.file).name.split(".")[0]
        names.append((name, ("recorded", i)))
    for i, archive in enumerate(table.traffic.archive):
        names.append((archive.name or table.aws.load_balancer or "", ("archive", i)))
    for name, place in names:
        if name in seen:
            problems.add(
                ("traffic", *place, "name"),
                expected="a name that no other shape has",
                got=quoted(name),
                next_step="Rename one of the two.",
            )
        seen.add(name)
