"""Alarms tried on recordings: false ones, delays, the front, incidents, and the command."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.deployment.test_alarms_states import by_the_reference
from tests.doors.command import call
from tuner.deployment.alarms import backtest
from tuner.deployment.alarms_incidents import Incident, read_incidents
from tuner.deployment.alarms_lattice import ABOVE, BELOW, alarm_lattice, default_thresholds
from tuner.deployment.alarms_series import RecordedMetric, metric_of_recording, metric_of_series
from tuner.deployment.alarms_words import alarm_words, answers, delay_words
from tuner.errors import ConfigurationError, TrafficError
from tuner.metrics import FetchedSeries, MetricName
from tuner.report.alarms import alarms_figure, front_table, incidents_table, render_alarms
from tuner.simulation.alarm_states import ALARM, Watch
from tuner.store.archive import Archive
from tuner.traffic.recorded import read_recorded

SEED = 20_261_130
NAB = Path(__file__).parents[1] / "data" / "nab"
WINDOWS = NAB / "incident_windows.json"
STEP = 60


def metric(values: list[float | None], *, step_seconds: int = STEP, zone=UTC) -> RecordedMetric:
    """A metric that begins at 0, None where a datapoint is missing."""
    grid = np.array([np.nan if value is None else value for value in values], dtype=float)
    return RecordedMetric(
        name="cpu.csv",
        source="cpu.csv",
        begin=0,
        step_seconds=step_seconds,
        values=grid,
        zone=zone,
    )


def tried(values: list[float | None], *incidents: tuple[int, int], early: int = 0, **lattice):
    """Try alarms above 50 on minutes, with incidents in minutes."""
    recorded = metric(values)
    some = {"operators": (ABOVE,), "thresholds": [50.0], "windows": [(1, 1)]} | lattice
    alarms = alarm_lattice(recorded, metric_delay_seconds=0, **some)
    marked = [Incident(b * 60, e * 60, f"{b}") for b, e in incidents]
    return backtest(recorded, alarms, marked, early_seconds=early * 60)


def test_an_alarm_fires_when_it_goes_to_alarm_and_not_while_it_stands():
    got = tried([10, 60, 60, 10, 60, 10, 60, 60])

    assert got.firings.tolist() == [3]
    assert got.false_alarms.tolist() == [3]


def test_the_delay_counts_from_the_mark_to_the_end_of_the_datapoint():
    got = tried([10, 10, 10, 60, 60, 10], (2, 5))

    assert got.delay_seconds.tolist() == [[120.0]]
    assert got.false_alarms.tolist() == [0]


def test_the_metric_delay_comes_on_top():
    recorded = metric([10, 10, 10, 60, 60, 10])
    alarms = alarm_lattice(recorded, operators=(ABOVE,), thresholds=[50.0], windows=[(1, 1)])
    got = backtest(recorded, alarms, [Incident(120, 600, "i")])

    assert alarms.metric_delay_seconds == 60
    assert got.delay_seconds.tolist() == [[180.0]]


def test_a_firing_before_the_mark_counts_within_the_early_time_and_else_is_false():
    values = [10, 60, 60, 60, 60, 10]
    early, late = tried(values, (4, 6), early=2), tried(values, (4, 6), early=1)

    assert early.delay_seconds.tolist() == [[-120.0]]
    assert early.false_alarms.tolist() == [0]
    assert np.isnan(late.delay_seconds).all()
    assert late.false_alarms.tolist() == [1]


def test_an_alarm_that_always_stands_catches_nothing():
    got = tried([60] * 20, (10, 15), early=2)

    assert got.caught.tolist() == [0]
    assert got.false_alarms.tolist() == [1]
    assert got.mean_delay_seconds.tolist() == [300.0]


def test_a_missed_incident_counts_with_its_whole_length():
    got = tried([10, 60, 10, 10, 10, 10, 10, 10], (1, 3), (4, 7))

    assert got.caught.tolist() == [1]
    assert got.mean_delay_seconds.tolist() == [(60.0 + 180.0) / 2]


def test_time_in_alarm_outside_of_incidents_is_counted():
    got = tried([60, 60, 10, 10, 60, 60, 10], (4, 7))

    assert got.alarm_seconds_outside.tolist() == [120.0]


def test_an_alarm_below_its_threshold_is_found_too():
    got = tried([60, 60, 10, 10, 60], (2, 4), operators=(ABOVE, BELOW))

    assert got.operators == (ABOVE, BELOW)
    assert got.caught.tolist() == [0, 1]


def test_alarms_of_a_lattice_do_what_each_does_alone_by_the_reference():
    print(f"seed {SEED}")
    generator = np.random.default_rng(SEED)
    values = [float(v) if generator.random() < 0.9 else None for v in generator.integers(0, 9, 200)]
    values[0] = 4.0
    recorded = metric(values)
    for treatment in ("missing", "ignore", "breaching", "notBreaching"):
        lattice = alarm_lattice(
            recorded, thresholds=[2.0, 5.0], treat_missing_data=treatment, period_seconds=120
        )
        got = backtest(recorded, lattice, [Incident(3000, 6000, "i")], early_seconds=300)
        for a, alarm in enumerate(lattice.alarms()):
            watch = Watch(
                comparison_operator=alarm.comparison_operator,
                period_datapoints=2,
                evaluation_periods=alarm.evaluation_periods,
                datapoints_to_alarm=alarm.datapoints_to_alarm,
                treat_missing_data=treatment,
            )
            states = by_the_reference(values, alarm.threshold, watch)
            stands = [state == ALARM for state in states]
            starts = [t for t, now in enumerate(stands) if now and not (t and stands[t - 1])]
            times = [(t + 1) * STEP + 60 for t in starts]
            at = [time for time in times if 2700 <= time < 6000]

            assert len(times) == got.firings[a]
            assert len(times) - len(at) == got.false_alarms[a]
            assert (at[0] - 3000 if at else None) == (
                None if np.isnan(got.delay_seconds[a, 0]) else got.delay_seconds[a, 0]
            )


def test_the_front_has_no_alarm_that_another_beats_in_both():
    recorded = metric_of_recording(read_recorded(NAB / "ec2_request_latency_system_failure.csv"))
    incidents, _ = read_incidents(recorded, document=json.loads(WINDOWS.read_text()))
    got = backtest(recorded, alarm_lattice(recorded), incidents)
    front = got.front().tolist()
    delay, false = got.mean_delay_seconds, got.false_alarms

    assert len(front) >= 5
    assert sorted(false[front].tolist()) == false[front].tolist()
    for a in range(len(got)):
        assert any(delay[f] <= delay[a] and false[f] <= false[a] for f in front)
    for a in front:
        assert not ((delay < delay[a]) & (false <= false[a])).any()


def test_a_period_shorter_than_the_datapoints_is_refused():
    with pytest.raises(ConfigurationError, match="at least 5m, the step of the datapoints, got 1m"):
        alarm_lattice(metric([1.0, 2.0], step_seconds=300), period_seconds=60)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"period_seconds": 420}, "multiple of 5m"),
        ({"period_seconds": 600, "statistic": "p95"}, "Average, Sum"),
        ({"windows": [(3, 2)]}, "from 1 to evaluation_periods"),
        ({"windows": [(1, 289)]}, "at most 86400 s"),
        ({"windows": []}, "at least one window"),
        ({"thresholds": []}, "at least one window and threshold"),
        ({"thresholds": [float("nan")]}, "finite thresholds"),
        ({"thresholds": range(100_000)}, "at most 100,000 alarms"),
        ({"metric_delay_seconds": -1}, "at least 0 seconds"),
        ({"treat_missing_data": "zero"}, "treat_missing_data"),
    ],
)
def test_what_cloudwatch_would_refuse_is_refused_in_a_sentence(options, said):
    with pytest.raises(ConfigurationError, match=said):
        alarm_lattice(metric([1.0, 2.0], step_seconds=300), **options)


def test_a_step_that_no_period_has_takes_the_shortest_multiple_that_one_has():
    assert alarm_lattice(metric([1.0, 2.0], step_seconds=90)).period_seconds == 180


def test_thresholds_without_a_wish_lie_on_the_side_of_the_alarm():
    values = np.arange(101.0)

    assert default_thresholds(values, is_above=True)[0] == 50.0
    assert default_thresholds(values, is_above=True)[-1] == 100.0
    assert default_thresholds(values, is_above=False)[0] == 0.0
    assert default_thresholds(values, is_above=False)[-1] == 50.0


def test_the_grid_keeps_holes_and_the_first_row_of_a_stamp(tmp_path):
    path = tmp_path / "cpu.csv"
    rows = ["00:04,1", "00:09,2", "00:09,9", "00:19,4", "00:24,5"]
    path.write_text("timestamp,value\n" + "".join(f"2026-01-01 {row}\n" for row in rows))
    got = metric_of_recording(read_recorded(path))

    assert got.step_seconds == 300
    assert [None if np.isnan(v) else v for v in got.values] == [1.0, 2.0, None, 4.0, 5.0]
    assert got.zone is None
    assert any("1 rows repeat" in note for note in got.notes)
    assert any("1 of 5 datapoints are missing" in note for note in got.notes)


def test_a_series_without_a_datapoint_is_refused():
    name = MetricName(namespace="AWS/EC2", metric="CPU", dimensions=(), statistic="Average")
    series = FetchedSeries(name=name, begins=np.empty(0, np.int64), values=np.empty(0))
    with pytest.raises(TrafficError, match="at least one datapoint"):
        metric_of_series(series, source="archive")


def test_incidents_are_read_in_every_form_and_put_in_order():
    recorded = metric([1.0] * 600)
    document = [
        {"begin": "1970-01-01T02:00:00Z", "end": "1970-01-01T03:00:00Z", "name": "release"},
        ["1970-01-01T01:00:00+01:00", "1970-01-01T01:30:00+01:00"],
    ]
    got, notes = read_incidents(recorded, ["1970-01-01T05:00/1970-01-01T05:10"], document)

    assert [(i.begin, i.end) for i in got] == [(0, 1800), (7200, 10_800), (18_000, 18_600)]
    assert [i.name for i in got] == ["incident 2", "release", "incident 1"]
    assert notes == ()


def test_windows_by_file_name_are_those_of_the_file():
    recorded = metric_of_recording(read_recorded(NAB / "ec2_cpu_utilization_ac20cd.csv"))
    got, _ = read_incidents(recorded, document=json.loads(WINDOWS.read_text()))

    assert [recorded.at(i.begin) for i in got] == ["2014-04-14T07:49:00"]
    assert [recorded.at(i.end) for i in got] == ["2014-04-15T17:34:00"]


def test_times_without_a_zone_are_on_the_clock_of_the_series():
    from zoneinfo import ZoneInfo

    recorded = metric([1.0] * 600, zone=ZoneInfo("Europe/Prague"))
    got, _ = read_incidents(recorded, ["1970-01-01T01:00/1970-01-01T02:00"])

    assert [(i.begin, i.end) for i in got] == [(0, 3600)]


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("1970-01-01T01:00", UTC, "START/END"),
        ("1970-01-01T02:00/1970-01-01T01:00", UTC, "an end after the begin"),
        ("yesterday/1970-01-01T01:00", UTC, "a time stamp"),
        ("1970-01-01T01:00Z/1970-01-01T02:00Z", None, "the file's own clock"),
        ("1980-01-01T01:00/1980-01-01T02:00", UTC, "1 outside of that time"),
    ],
)
def test_an_incident_that_cannot_be_is_refused_in_a_sentence(text, zone, said):
    with pytest.raises(ConfigurationError, match=said):
        read_incidents(metric([1.0] * 600, zone=zone), [text])


@pytest.mark.parametrize(
    "document", [3, "text", [3], [["1970-01-01T01:00"]], [{"begin": "x"}], {"other.csv": []}]
)
def test_a_document_of_another_form_is_refused_in_a_sentence(document):
    with pytest.raises(ConfigurationError, match="expected"):
        read_incidents(metric([1.0] * 600), document=document)


ATOMS = ["1970-01-01T01:00", "1970-01-01T02:00Z", "x", "", None, True, 3, 1e999, -1, 10**30]
ATOMS += [float("nan"), "9999-12-31T23:59:59+00:00", "0001-01-01", "/", "\ud800", "12:30"]


def made_up(draw: random.Random, depth: int = 0) -> object:
    """Make up a document as JSON could hold it."""
    kind = draw.random()
    if depth > 3 or kind < 0.4:
        return draw.choice(ATOMS)
    if kind < 0.7:
        return [made_up(draw, depth + 1) for _ in range(draw.randint(0, 3))]
    keys = ("begin", "end", "name", "cpu.csv", "day/cpu.csv")
    return {draw.choice(keys): made_up(draw, depth + 1) for _ in range(draw.randint(0, 3))}


def test_no_document_ends_in_anything_but_incidents_or_a_sentence():
    print(f"seed {SEED + 2}")
    draw = random.Random(SEED + 2)
    series, refused = [metric([1.0] * 600), metric([1.0] * 600, zone=None)], 0
    for _ in range(3_000):
        texts = ["/".join(str(draw.choice(ATOMS)) for _ in range(draw.randint(1, 3)))]
        try:
            read_incidents(draw.choice(series), texts * draw.randint(0, 1), made_up(draw))
        except ConfigurationError as error:
            refused += 1
            assert all(problem.next_step for problem in error.problems)

    assert 1_000 < refused < 3_000


def test_incidents_outside_are_left_out_and_said():
    recorded = metric([1.0] * 600)
    texts = ["1970-01-01T01:00/1970-01-01T02:00", "1980-01-01T01:00/1980-01-01T02:00"]
    got, notes = read_incidents(recorded, texts)

    assert len(got) == 1
    assert "1 incidents lie outside" in notes[0]


def test_alarms_and_delays_are_said_in_words():
    lattice = alarm_lattice(metric([1.0, 2.0], step_seconds=300), thresholds=[92.5])

    assert alarm_words(lattice.alarms()[0], lattice) == "> 92.5 in 1 period of 5m"
    assert alarm_words(lattice.alarms()[2], lattice) == "> 92.5 in 2 of 2 periods of 5m"
    assert delay_words(-90.0) == "90s before"


def test_the_answers_name_the_earliest_alarm_without_a_false_one():
    values = [10.0] * 40
    values[5], values[20:30] = 60.0, [55.0, 55.0, *[80.0] * 8]
    got = tried(values, (20, 30), thresholds=[50.0, 70.0], windows=[(1, 1), (2, 2)])
    said = dict(answers(got))

    assert (
        "> 50 in 2 of 2 periods of 1m catches 1 of 1, on average 2m after the mark"
        in (said["no false alarm"])
    )
    assert said["no false alarm"].startswith("3 of 4 alarms")
    assert "with 1 false alarm." in said["the earliest"]


def test_without_an_incident_the_answers_are_what_never_fired():
    got = tried([10.0, 60.0, 55.0, 10.0], thresholds=[50.0, 58.0, 65.0], windows=[(1, 1), (2, 2)])
    said = dict(answers(got))

    assert got.front().size == 0
    assert "> 65 in 1 of 1; > 58 in 2 of 2" in said["never above"]


def test_the_figure_and_the_tables_show_the_front():
    recorded = metric_of_recording(read_recorded(NAB / "ec2_cpu_utilization_ac20cd.csv"))
    incidents, _ = read_incidents(recorded, document=json.loads(WINDOWS.read_text()))
    got = backtest(recorded, alarm_lattice(recorded), incidents)
    figure = alarms_figure(got)
    page = render_alarms(got)

    assert len(got) == len(figure.data[0].x) + len(figure.data[1].x)
    assert got.front().size == len(figure.data[2].x) == len(front_table(got).rows)
    assert "2014-04-14T07:49:00" in incidents_table(got).rows[0]
    assert page.startswith("<!DOCTYPE html>")
    assert "Alarms that no other beats" in page


SERIES = ("alarms", "--series", NAB / "ec2_cpu_utilization_ac20cd.csv", "--incidents", WINDOWS)


def test_the_command_answers_in_words_json_and_csv(capsys, tmp_path):
    page = tmp_path / "alarms.html"
    words = call(capsys, *SERIES, "--plot", page)
    answer = json.loads(call(capsys, *SERIES, "--output", "json").out)
    rows = call(capsys, *SERIES, "--output", "csv").out.splitlines()

    assert words.code == 0, words.err
    assert "no false alarm" in words.out
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert answer["schema"] == "cliffside.alarms/1"
    assert answer["n_missing"] == 5
    assert len(answer["alarms"]) == len(rows) - 1 >= 900
    assert any(alarm["on_front"] for alarm in answer["alarms"])


def test_the_command_takes_the_alarms_to_try(capsys):
    got = call(
        capsys,
        *(*SERIES, "--output", "json", "--thresholds", "90:99:3", "--windows", "2/3,3/3"),
        *("--direction", "above", "--or-equal", "--period", "15m", "--missing", "ignore"),
    )
    alarms = json.loads(got.out)["alarms"]

    assert got.code == 0, got.err
    assert sorted({alarm["threshold"] for alarm in alarms}) == [90.0, 93.0, 96.0, 99.0]
    assert {900} == {alarm["period_seconds"] for alarm in alarms}
    assert {"GreaterThanOrEqualToThreshold"} == {a["comparison_operator"] for a in alarms}


def test_the_command_reads_a_metric_of_the_archive(capsys, tmp_path):
    name = MetricName(
        namespace="AWS/EC2",
        metric="CPUUtilization",
        dimensions=(("AutoScalingGroupName", "web"),),
        statistic="Average",
    )
    begin = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
    values = np.full(1440, 10.0)
    values[600:660] = 90.0
    series = FetchedSeries(name=name, begins=begin + 60 * np.arange(1440), values=values)
    Archive(tmp_path).write_day(series, date(2026, 11, 1))
    options = ("alarms", "--state-dir", tmp_path, "--metric", "AWS/EC2:CPUUtilization")
    options = (*options, "--output", "json", "--incident", "2026-11-01T10:00/2026-11-01T11:00")
    got = call(capsys, *options, "--dimension", "AutoScalingGroupName=web", "--thresholds", "50")
    answer = json.loads(got.out)
    none = call(capsys, *options, "--dimension", "AutoScalingGroupName=shop")

    assert answer["n_datapoints"] == 1440
    assert answer["alarms"][0]["delay_minutes"] == [2.0]
    assert none.code == 2
    assert "AutoScalingGroupName=web" in none.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "either --series or --metric"),
        (["--metric", "CPU"], "NAMESPACE:NAME"),
        (["--metric", "A:B", "--dimension", "x"], "NAME=VALUE"),
        (["--metric", "A:B"], "It is empty"),
        (["--series", "nosuch.csv"], "nosuch.csv"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--plot", "a.png"], ".html"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--plot", "a.html"], "--incident"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--period", "1m"], "at least 5m"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--period", "soon"], "a duration"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--windows", "3"], "M/N"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--thresholds", "a"], "50:95:5"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--thresholds", "1:2:0"], "50:95:5"),
        (["--series", NAB / "grok_asg_anomaly.csv", "--incidents", NAB / "LICENSE.txt"], "JSON"),
    ],
)
def test_wrong_options_end_in_a_sentence(options, said, capsys, tmp_path):
    got = call(capsys, "alarms", "--state-dir", tmp_path, *options)

    assert got.code == 2
    assert said in got.err
