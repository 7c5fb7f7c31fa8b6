"""Good configurations become the records that they say, presets and defaults included."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.config.good import GOOD, write_job
from tuner.config import build_shapes, load_job, read_load_test, read_traffic, scenario
from tuner.config.build import stress_settings
from tuner.config.presets import PRESETS
from tuner.config.space_tables import LimitsTable
from tuner.config.stress_table import StressTable
from tuner.config.tables import GroupTable, MetricTable
from tuner.config.traffic_tables import VaryTable
from tuner.config.unseen_shapes import recorded_days
from tuner.decision.stress_settings import StressSettings
from tuner.errors import ConfigurationError, MissingFileError, TrafficError
from tuner.host import HostModel
from tuner.scenario import Group, Metric
from tuner.search.limits import Limits
from tuner.search.values import LowerThreshold
from tuner.traffic.family import Family
from tuner.traffic.ranges import DrawRanges

CONFIGS = Path(__file__).parents[2] / "configs"
HOST = "[host]\nslope_percent_per_1000_rpm = 0.75\n"
STAGES = '[[traffic.stages]]\nname = "surge"\nstages = ["hold 30m at 1000"]\n'
SMALL = f'service = "small"\n{HOST}{STAGES}'


def job_of(text, tmp_path):
    return load_job(write_job(tmp_path, text))


@pytest.mark.parametrize("name", ["conf42", "conf42-robust", "conf42-stress", "demo", "example"])
def test_the_shipped_configurations_load_without_a_warning(name):
    job = load_job(CONFIGS / f"{name}.toml")

    assert job.service == name
    assert job.warnings == ()


@pytest.mark.parametrize(
    ("name", "n_lattice", "n_shapes"),
    [("conf42", 250, 1), ("conf42-robust", 1_680, 41), ("demo", 23_760, 8)],
)
def test_the_shipped_configurations_are_of_the_stated_size(name, n_lattice, n_shapes):
    job = load_job(CONFIGS / f"{name}.toml")

    assert job.spaces["simple"].n_lattice == n_lattice
    assert len(build_shapes(job)) == n_shapes


def test_the_talk_is_the_scenario_of_the_model():
    job = load_job(CONFIGS / "conf42.toml")
    shapes = build_shapes(job)
    made = scenario(job, job.host)

    assert made.host == HostModel(0.0, 0.00075, cliff_percent=50.0)
    assert made.group == Group(min_size=1, max_size=1000, initial_capacity=1, launch_seconds=180)
    assert made.metric.metric_delay_seconds == 0
    assert shapes.n_ticks.tolist() == [98]
    assert shapes.rpm[0] == 1_500.0
    assert shapes.rpm[-1] == 150_000.0
    assert job.spaces["simple"].scale_in_threshold == (LowerThreshold.capped(15.0),)


def test_the_robust_talk_varies_the_first_hold_only():
    shapes = build_shapes(load_job(CONFIGS / "conf42-robust.toml"))

    assert shapes.n_ticks.tolist() == [78 + hold for hold in range(5, 46)]
    assert shapes.weight.tolist() == [1.0] * 41


def test_the_preset_of_the_talk_is_its_file(tmp_path):
    full = load_job(CONFIGS / "conf42.toml")
    short = job_of(
        'service = "conf42"\npreset = "conf42"\n[[traffic.stages]]\nname = "talk"\nstages = '
        '["ramp 10m to 30000", "hold 20m", "ramp 8m to 150000", "hold 60m"]\n[space]\n'
        "scale_out_threshold_percent = {from = 11, to = 35}\n"
        "scale_out_adjustment = {from = 1, to = 10}\n",
        tmp_path,
    )

    assert (full.host, full.group, full.metric, full.spaces) == (
        short.host,
        short.group,
        short.metric,
        short.spaces,
    )


def test_a_key_of_the_file_wins_over_its_preset(tmp_path):
    job = job_of(f'preset = "elastic-beanstalk"\n{SMALL}[group]\nready_seconds = 5\n', tmp_path)

    assert (job.group.launch_seconds, job.group.ready_seconds) == (60, 5)
    assert job.group.monitoring == "basic"
    assert job.spaces["simple"].period_seconds == (300,)


def test_a_preset_leaves_the_host_to_a_load_test(tmp_path):
    text = f'service = "a"\npreset = "conf42"\n[load_test]\ntable = "windows.csv"\n{STAGES}'
    job = job_of(text, tmp_path)

    assert job.host is None
    assert not job.wishes.has_line


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_loads(preset, tmp_path):
    assert job_of(f'preset = "{preset}"\n{SMALL}', tmp_path)


def test_defaults_are_those_of_the_records():
    assert Group() == Group(**GroupTable().model_dump(exclude={"launches"}))
    assert Group().launches == GroupTable().launches.launch_times()
    assert Metric() == Metric(**MetricTable().model_dump())
    assert Limits() == Limits(**LimitsTable().model_dump())
    assert stress_settings(StressTable()) == StressSettings()
    assert Family() == Family(**VaryTable().model_dump())


def test_the_good_file_becomes_its_records(tmp_path):
    job = job_of(GOOD, tmp_path)

    assert job.load_test.locust == tmp_path / "history.csv"
    assert (job.load_test.cpu_column, job.load_test.window_seconds) == ("server", 10)
    assert [action.tick for action in job.schedule] == [450, 1200]
    assert job.group.launch_seconds == 180
    space = job.spaces["simple"]
    assert space.scale_out_threshold_percent == tuple(float(x) for x in range(16, 51, 2))
    assert job.spaces["simple"].cooldown_seconds == (60, 180)
    assert [str(lower) for lower in job.spaces["simple"].scale_in_threshold] == [
        "1/2 of the upper one, rounded down",
        "15 % at most the upper one",
        "10 %",
    ]
    assert job.traffic[0].family.hold_seconds == ((600, 1200, 1800), ())
    assert job.traffic[1].file == tmp_path / "traffic.csv"
    assert job.baseline.scale_in.alarm.datapoints_to_alarm == 5
    assert job.limits == Limits(max_activities_per_day=100.0)
    assert (job.settings.engine, job.settings.budget) == ("exact", 10_000)
    assert job.output_directory == Path("runs")


def test_actions_are_in_order_of_time_and_rounded_up_to_ticks(tmp_path):
    text = f"{SMALL}[[schedule]]\nat = 61\nmin_size = 2\n[[schedule]]\nat = 0\nmin_size = 3\n"

    assert [action.tick for action in job_of(text, tmp_path).schedule] == [0, 2]


def test_a_host_given_in_part_wins_over_the_fitted_one(tmp_path):
    fitted = HostModel(1.0, 0.001, cliff_percent=70.0, saturation_rpm=90_000.0)
    job = job_of(GOOD.replace("slope_percent_per_1000_rpm = 0.75\n", ""), tmp_path)

    assert job.host is None
    assert job.wishes.host(fitted) == HostModel(2.0, 0.001, cliff_percent=60.0)
    only_cliff = replace(job.wishes, intercept_percent=None)

    assert only_cliff.host(fitted) == replace(fitted, cliff_percent=60.0)
    with pytest.raises(ConfigurationError, match="fitted"):
        only_cliff.host()


def test_the_host_of_a_file_that_says_it_all_is_there(tmp_path):
    assert job_of(GOOD, tmp_path).host == HostModel(2.0, 0.00075, cliff_percent=60.0)


def test_the_demo_reads_its_load_test():
    assert len(read_load_test(load_job(CONFIGS / "demo.toml").load_test)) > 10


def test_recordings_bring_notes():
    shapes, notes = read_traffic(load_job(CONFIGS / "demo.toml"))

    assert shapes.names[3] == "World Cup 1998-06-28"
    assert any("UTC" in note for note in notes)
    assert np.isfinite(shapes.rpm).all()


def test_traffic_that_cannot_be_read_names_its_table(tmp_path):
    job = job_of(GOOD, tmp_path)
    with pytest.raises(TrafficError) as raised:
        build_shapes(job)

    assert "job.toml, line 50, key traffic.recorded[0]" in raised.value.problems[0].where


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "{from = 16, to = 50, step = 2}",
            "[0.25, 30]",
            "space.scale_out_threshold_percent is",
        ),
        ("{capped = 15}", "{capped = 0.5}", "space.scale_in_threshold_percent is 0.5 percent"),
        ("threshold_percent = 25.0", "threshold_percent = 0.25", "baseline.scale_out"),
        ("intercept_percent = 2.0", "intercept_percent = 0.0", None),
    ],
)
def test_fractions_for_percentages_get_a_warning(old, new, words, tmp_path):
    warnings = job_of(GOOD.replace(old, new), tmp_path).warnings

    assert (words is None) == (warnings == ())
    if words is not None:
        assert words in warnings[0]
        assert "percent, 0 to 100" in warnings[0]


def test_a_host_without_a_cliff_gets_a_warning(tmp_path):
    assert "cliff_percent is not given" in job_of(SMALL, tmp_path).warnings[0]


def test_problems_of_several_tables_and_missing_files_come_together(tmp_path):
    text = GOOD.replace('"cpu.csv"', '"gone.csv"').replace("seed = 1", 'seed = "x"')
    with pytest.raises(ConfigurationError) as raised:
        job_of(text.replace("max_size = 100", "max_sise = 100"), tmp_path)

    assert {"seed", "load_test.cpu", "group.max_sise"} == {
        problem.where.rsplit("key ", 1)[1] for problem in raised.value.problems
    }


@pytest.mark.parametrize("name", ["missing.toml", ".", "a\0b", "x" * 5_000])
def test_a_config_that_cannot_be_opened_is_named(name, tmp_path):
    with pytest.raises(MissingFileError):
        load_job(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'service = "\xff"', "line 1: expected text in UTF-8"),
        (b"#" * 200_000, "at most 131,072 bytes"),
        (b"\n" + b"a." * 2_000 + b"a = 1", "line 2: expected lines of at most 2,000"),
        (b"a = [" + b"[\n" * 60_000, "too deep"),
        (b"a = " + b"9" * 1_900, "unknown key"),
        (b"", "service"),
    ],
)
def test_a_text_beyond_the_limits_is_refused(content, words, tmp_path):
    path = tmp_path / "job.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        load_job(path)

    assert words in str(raised.value)


def test_importing_the_configuration_brings_no_heavy_package():
    heavy = "pandas, pyarrow, numba, optuna, plotly, scipy, boto3"
    code = (
        f"import sys, tuner.config; print([n for n in '{heavy}'.split(', ') if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )

    assert done.stdout.strip() == "[]"


def test_the_stress_checks_ranges_are_read_in_seconds_and_factors(tmp_path):
    stress = job_of(
        f"{SMALL}[stress]\nruns = 500\nallowed_percent = 2.0\nnoise_percent = 5\n"
        'hold_seconds = [[], {from = "5m", to = 600}]\nramp_factors = 1.5\n'
        'start_offset_seconds = {from = "-5m", to = 60}\n',
        tmp_path,
    ).stress

    assert (stress.runs, stress.allowed_percent, stress.most_tried) == (500, 2.0, 1_024)
    assert stress.ranges == DrawRanges(
        hold_seconds=(None, (300.0, 600.0)),
        ramp_factors=(1.5, 1.5),
        start_offset_seconds=(-300.0, 60.0),
        noise_percent=5.0,
    )


def test_the_talks_configurations_are_not_stress_tested_and_the_demo_is():
    runs = {
        name: load_job(CONFIGS / f"{name}.toml").stress.runs
        for name in ("conf42", "conf42-robust", "conf42-stress", "demo")
    }

    assert runs == {"conf42": 0, "conf42-robust": 0, "conf42-stress": 400, "demo": 400}


def test_days_that_are_held_out_are_kept_from_the_search(tmp_path):
    text = (CONFIGS / "demo.toml").read_text(encoding="utf-8")
    text = text.replace('"data/', f'"{(CONFIGS / "data").as_posix()}/')
    job = job_of(text.replace('cut = "day"', 'cut = "day"\nheld_out_days = 2'), tmp_path)
    shapes, notes = read_traffic(job)

    assert [name for name in shapes.names if "Cup" in name] == [
        "World Cup 1998-06-28",
        "World Cup 1998-06-29",
        "World Cup 1998-06-30",
    ]
    assert any("Kept from the search" in note and "1998-07-02" in note for note in notes)
    assert [day.name[-5:] for day in recorded_days(job)] == [
        "06-28",
        "06-29",
        "06-30",
        "07-01",
        "07-02",
    ]


def test_at_least_one_day_is_left_to_the_search(tmp_path):
    text = (CONFIGS / "demo.toml").read_text(encoding="utf-8")
    text = text.replace('"data/', f'"{(CONFIGS / "data").as_posix()}/')
    job = job_of(text.replace('cut = "day"', 'cut = "day"\nheld_out_days = 5'), tmp_path)

    with pytest.raises(TrafficError, match="expected held_out_days of at most 4, got 5"):
        read_traffic(job)
