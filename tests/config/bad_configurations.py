"""A hundred ways to spoil a good configuration, each a small edit of `good.GOOD`.

`python -m tests.config.bad_configurations` writes the snapshot of their messages.
"""

import os
import tempfile
from pathlib import Path

from tests.config.good import GOOD, write_job
from tuner.config import load_job
from tuner.errors import ConfigurationError, Problem

SNAPSHOT = Path(__file__).with_name("bad_configurations.txt")

AWS = '[aws]\ngroup = "web"\nload_balancer = "app/web/50dc6c495c0c9188"\n'
ARCHIVE = '[[traffic.archive]]\nstate = "state"\n'

EDITS: dict[str, tuple[str, str]] = {
    # the text itself
    "a key without a value": ("seed = 1", "seed ="),
    "a text without quotes": ('service = "shop"', "service = shop"),
    "an open text": ('service = "shop"', 'service = "shop'),
    "an open list": ("scale_out_adjustment = [1, 2, 4]", "scale_out_adjustment = [1, 2, 4"),
    "the same key twice": ("seed = 1", "seed = 1\nseed = 2"),
    "the same table twice": ("[limits]", "[group]"),
    "a clock time for a duration": ('at = "7h30m"', "at = 07:30:00"),
    # keys
    "no service": ('service = "shop"\n', ""),
    "a misspelled key at the top": ("margin_percent", "margin_precent"),
    "a misspelled table": ("[limits]", "[limit]"),
    "a misspelled key of the group": ("launch_seconds", "lauch_seconds"),
    "a misspelled key of a shape": ("start_rpm", "strat_rpm"),
    "a misspelled key of a family": ("noise_percent", "noise_pct"),
    "a misspelled key of a recording": ('unit = "requests"', 'units = "requests"'),
    "a misspelled key of the space": ("scale_out_threshold_percent", "threshold_percent"),
    "a misspelled key of the baseline": ("datapoints_to_alarm", "datapoint_to_alarm"),
    "the seed's word for the adjustment": ("scale_out_adjustment", "increment"),
    "a bare cooldown": ('cooldown_seconds = ["1m", 180]', "cooldown = 180"),
    "a bare min": ("max_size = 100", "max = 100"),
    "a slope per single rpm": ("slope_percent_per_1000_rpm = 0.75", "slope_percent_per_rpm = 0.1"),
    "a key that is like none": ("seed = 1", "zzz = 1"),
    "a key of another table": ("[metric]", "[metric]\nmax_size = 3"),
    "a secret": ("seed = 1", 'aws_secret_access_key = "x"'),
    # types
    "a number for the service": ('service = "shop"', "service = 7"),
    "an empty service": ('service = "shop"', 'service = ""'),
    "a text for the seed": ("seed = 1", 'seed = "1"'),
    "a fraction for the seed": ("seed = 1", "seed = 1.5"),
    "a negative seed": ("seed = 1", "seed = -1"),
    "a boolean for the seed": ("seed = 1", "seed = true"),
    "a boolean for a duration": ('launch_seconds = "3m"', "launch_seconds = true"),
    "a boolean for a percentage": ("cliff_percent = 60.0", "cliff_percent = true"),
    "a number for a boolean": ("warming_in_metric = false", "warming_in_metric = 0"),
    "a text for a boolean": ("warming_in_metric = false", 'warming_in_metric = "no"'),
    "a list for the group": ("[group]\nmin_size = 2\nmax_size = 100", "[[group]]\nmin_size = 2"),
    "a table for the shapes": ("[[traffic.recorded]]", "[traffic.recorded]"),
    "a text for a list of stages": (
        'stages = [\n  "hold 30m",\n  "ramp 8m to 60000",\n  "hold 60m",\n]',
        'stages = "hold 30m"',
    ),
    "a number among the stages": ('"hold 30m",', "30,"),
    "a date for a number": ("min_size = 3", "min_size = 2026-11-24"),
    "not a number": ("cliff_percent = 60.0", "cliff_percent = nan"),
    "infinity": ("start_rpm = 20_000", "start_rpm = inf"),
    "a percent sign": ("threshold_percent = 25.0", 'threshold_percent = "25 %"'),
    # durations
    "a duration in words": ('launch_seconds = "3m"', 'launch_seconds = "three minutes"'),
    "a duration in fractions": ('launch_seconds = "3m"', 'launch_seconds = "1.5m"'),
    "a negative duration": ('launch_seconds = "3m"', "launch_seconds = -180"),
    "a duration without end": ('launch_seconds = "3m"', "launch_seconds = 99_999_999_999"),
    "an empty duration": ('at = "20h"', 'at = ""'),
    "a tick of nothing": ("tick_seconds = 60", "tick_seconds = 0"),
    "windows that are too short": ('window_seconds = "10s"', "window_seconds = 5"),
    # host and load test
    "neither load test nor host": (
        GOOD[GOOD.index("[load_test]") : GOOD.index("[group]")],
        "",
    ),
    "a cliff below the intercept": ("cliff_percent = 60.0", "cliff_percent = 1.5"),
    "a cliff above 100": ("cliff_percent = 60.0", "cliff_percent = 160"),
    "a negative slope": ("_1000_rpm = 0.75", "_1000_rpm = -0.75"),
    "a saturation of nothing": ("cliff_percent = 60.0", "saturation_rpm = 0"),
    "a table of one knot": ("cliff_percent = 60.0", "table = [[0, 2]]"),
    "a table that falls": ("cliff_percent = 60.0", "table = [[0, 9], [10, 5]]"),
    "a knot of three": ("cliff_percent = 60.0", "table = [[0, 1, 2], [10, 5]]"),
    "a margin that leaves nothing": ("margin_percent = 2.0", "margin_percent = 59.0"),
    "a margin above 100": ("margin_percent = 2.0", "margin_percent = 200"),
    "Locust without CPU": ('cpu = "cpu.csv"\n', ""),
    "Locust beside a table": ('cpu = "cpu.csv"', 'cpu = "cpu.csv"\ntable = "windows.csv"'),
    "a history that is not there": ('"history.csv"', '"histories.csv"'),
    "a folder for a file": ('"cpu.csv"', '"."'),
    "a path that cannot be": ('"cpu.csv"', '"a\\u0000b"'),
    "a path without end": ('"cpu.csv"', '"' + "a" * 900 + '"'),
    # group, metric, schedule
    "a minimum above the maximum": ("min_size = 2\nmax_size = 100", "min_size = 9\nmax_size = 5"),
    "a negative minimum": ("min_size = 2\nmax", "min_size = -2\nmax"),
    "a size of millions": ("max_size = 100", "max_size = 9_000_000"),
    "monitoring in other words": ('monitoring = "detailed"', 'monitoring = "fine"'),
    "a period that basic monitoring cannot feed": ('"detailed"', '"basic"'),
    "a phase beyond the five minutes": (
        'monitoring = "detailed"',
        'monitoring = "detailed"\nbasic_phase_ticks = -1',
    ),
    "a negative delay": ("metric_delay_seconds = 60", "metric_delay_seconds = -60"),
    "an action without a time": ('at = "20h"\n', ""),
    "an action above the maximum": ("min_size = 4", "min_size = 400"),
    "an action with min above max": ("min_size = 4", "min_size = 4\nmax_size = 3"),
    # traffic
    "no traffic": (GOOD[GOOD.index("[[traffic.st") : GOOD.index("[baseline]")], ""),
    "no stages": ("surge", 'surge"\nstages = []\n[[traffic.stages]]\nname = "two'),
    "a stage that is no stage": ('"hold 30m"', '"climb 30m"'),
    "a stage without a load": ('"ramp 8m to 60000"', '"ramp 8m"'),
    "two bad stages": (
        '"hold 30m",\n  "ramp 8m to 60000"',
        '"hodl 30m",\n  "ramp 8x to 60000"',
    ),
    "a negative start": ("start_rpm = 20_000", "start_rpm = -5"),
    "a weight of nothing": ("weight = 1.0", "weight = 0"),
    "two shapes of one name": ('name = "day"', 'name = "surge"'),
    "lengths for too many holds": ('"30m", step = "10m"}, []]', '"30m", step = "10m"}, [], []]'),
    "replicates without noise": ("noise_percent = 5.0\n", ""),
    "noise below nothing": ("noise_percent = 5.0", "noise_percent = -5"),
    "too many shapes": ("replicates = 2", "replicates = 9999"),
    "a recording that is not there": ('"traffic.csv"', '"missing.csv"'),
    "a unit in other words": ('unit = "requests"', 'unit = "rps"'),
    "a cut in other words": ('cut = "day"', 'cut = "week"'),
    "a series of ordinary rows": ('cut = "day"', 'series = "sum"'),
    "holds of a recording": ('cut = "day"', 'cut = "day"\nvary = {hold_seconds = "5m"}'),
    # baseline
    "a step policy": ('policy_type = "SimpleScaling"', 'policy_type = "StepScaling"'),
    "a step policy with a simple one's keys": (
        'policy_type = "SimpleScaling"',
        'policy_type = "StepScaling"\nstep_adjustments = [{scaling_adjustment = 1}]',
    ),
    "a target of nothing": ("[baseline]", "[baseline]\ntarget_tracking = {target_value = 0}"),
    "an alarm without a threshold": ("threshold_percent = 15.0\n", ""),
    "a side without a policy": ("[baseline.scale_in.policy]\nscaling_adjustment = -1\n", ""),
    "an operator in other words": ('"LessThanThreshold"', '"<"'),
    "M above N": ("datapoints_to_alarm = 5", "datapoints_to_alarm = 6"),
    "a window longer than a day": (
        "evaluation_periods = 5\ndatapoints",
        "evaluation_periods = 1441\ndatapoints",
    ),
    "a baseline above the maximum": ("[baseline]\nmin_size = 3", "[baseline]\nmin_size = 300"),
    "a baseline's period that the tick does not divide": (
        "period_seconds = 60\nevaluation_periods = 5\ndata",
        "period_seconds = 30\nevaluation_periods = 5\ndata",
    ),
    # space, limits, search
    "a range that runs backwards": ("{from = 16, to = 50", "{from = 50, to = 16"),
    "a range without an end": ("from = 16, to = 50, ", "from = 16, "),
    "a step of nothing": ("step = 2}", "step = 0}"),
    "a step backwards": ("step = 2}", "step = -2}"),
    "an unknown key of a range": ("step = 2}", "stepp = 2}"),
    "an empty list": ("[1, 2, 4]", "[]"),
    "the same value twice": ("[1, 2, 4]", "[1, 2, 2]"),
    "a text among numbers": ("[1, 2, 4]", '[1, "2", 4]'),
    "an increment that takes away": ("[1, 2, 4]", "[1, -2, 4]"),
    "a decrement that adds": ("scale_in_adjustment = -1", "scale_in_adjustment = 1"),
    "a threshold above 100": ("to = 50", "to = 500"),
    "a share above 1": ('"1/2"', '"3/2"'),
    "a share of nothing": ('"1/2"', '"1/0"'),
    "a share in words": ('"1/2"', '"half"'),
    "a cap in other words": ("{capped = 15}", "{cap = 15}"),
    "a lower threshold above all upper ones": ("15}, 10]", "15}, 90]"),
    "a period that CloudWatch does not have": (
        "period_seconds = 60\nevaluation_periods = [",
        "period_seconds = 90\nevaluation_periods = [",
    ),
    "a tick that divides no period": ("tick_seconds = 60", "tick_seconds = 45"),
    "a high-resolution period under a minute's tick": (
        "period_seconds = 60\nevaluation_periods = [",
        "period_seconds = [30, 60]\nevaluation_periods = [",
    ),
    "a search window longer than a day": ("[1, 5]", "[1, 2000]"),
    "a search M above every N": ("[1, 5]", "[1, 5]\ndatapoints_to_alarm = [2, 7]"),
    "a search minimum above the maximum": ("min_size = [2, 4]", "min_size = [2, 400]"),
    "a lattice over the budget": ("budget = 10_000", "budget = 100"),
    "a budget of nothing": ("budget = 10_000", "budget = 0"),
    "another engine": ('engine = "exact"', 'engine = "magic"'),
    "a negative limit": ("max_activities_per_day = 100.0", "max_activities_per_day = -1"),
    "an empty directory": ('directory = "runs"', 'directory = ""'),
    "an unknown preset": ("seed = 1", 'preset = "conf43"'),
    # several at once
    "a misspelled key beside a cliff that cannot be": (
        "cliff_percent = 60.0\n\n[group]\nmin_size = 2",
        "cliff_percent = 1.0\n\n[group]\nmin_sise = 2",
    ),
    "three tables at once": (
        'monitoring = "detailed"\n\n[metric]\nmetric_delay_seconds = 60',
        'monitoring = "none"\n\n[metric]\nmetric_delay_second = 60',
    ),
    # the stress check
    "runs that prove nothing": ("runs = 400", "runs = 100"),
    "a fraction of a run": ("runs = 400", "runs = 399.5"),
    "a range of holds that runs backwards": (
        'hold_seconds = [{from = "5m", to = "1h"}, []]',
        'hold_seconds = [{from = "2h", to = "1h"}, []]',
    ),
    "a range of factors without an end": ("{from = 0.9, to = 1.1}", "{from = 0.9}"),
    "a range with a step": ("{from = 0.9, to = 1.1}", "{from = 0.9, to = 1.1, step = 0.1}"),
    "a height of nothing": ("{from = 0.9, to = 1.1}", "{from = 0.0, to = 1.1}"),
    "a list for a range of factors": ("{from = 0.9, to = 1.1}", "[0.9, 1.1]"),
    "an allowed share of nothing": ("runs = 400", "runs = 400\nallowed_percent = 0.0"),
    "days held out of an uncut recording": ('cut = "day"', "held_out_days = 1"),
    "an archive without a load balancer": ("[metric]", f"{ARCHIVE}[metric]"),
    "an archive that is not there": ("[metric]", f"{AWS}{ARCHIVE}[metric]"),
    "a period that is not fetched": ("[metric]", f"{AWS}{ARCHIVE}period_seconds = 90\n[metric]"),
    "ramps of an archive": ("[metric]", f"{AWS}{ARCHIVE}vary = {{ramp_factors = 2.0}}\n[metric]"),
    "a fit beside a load test": ("[metric]", f'{AWS}[archive_fit]\nstate = "state"\n[metric]'),
}


def spoiled(name: str) -> str:
    """Give the good configuration with one edit, every occurrence of it replaced."""
    old, new = EDITS[name]
    if old not in GOOD:
        raise ValueError(f"{name}: the edit {old!r} is not in the good configuration")
    return GOOD.replace(old, new)


def problems_of(text: str, folder: Path) -> tuple[Problem, ...]:
    """Give the problems of a configuration, read from a file ``job.toml``."""
    write_job(folder, text)
    before = Path.cwd()
    os.chdir(folder)
    try:
        load_job(Path("job.toml"))
    except ConfigurationError as error:
        return tuple(error.problems)
    finally:
        os.chdir(before)
    return ()


def block(name: str, problems: tuple[Problem, ...]) -> str:
    """Write the messages of one edit as the snapshot has them."""
    lines = [f"== {name}"]
    for problem in problems:
        lines += [
            problem.where,
            f"  expected {problem.expected}",
            f"  got      {problem.got}",
            f"  next     {problem.next_step}",
        ]
    return "\n".join(lines) + "\n"


def snapshot() -> dict[str, str]:
    """Read the blocks of the snapshot by name."""
    text = SNAPSHOT.read_text(encoding="utf-8")
    return {part.split("\n", 1)[0]: f"== {part}".rstrip() + "\n" for part in text.split("== ")[1:]}


def main() -> None:
    """Write the snapshot anew."""
    with tempfile.TemporaryDirectory() as folder:
        blocks = [block(name, problems_of(spoiled(name), Path(folder))) for name in EDITS]
    SNAPSHOT.write_text("\n".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    main()
