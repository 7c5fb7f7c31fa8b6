"""Records that are tables, in pandas: the columns, values and units of the files."""

from __future__ import annotations

import numpy as np
import pytest

from tests.decision.plans import ONE, plan_of
from tests.report.jobs import HOSTILE, SHAPES, small_job
from tests.report.notebook_records import alarms_tried
from tests.search.talk import SCENARIO, holds
from tuner.errors import ConfigurationError
from tuner.report.frames import ALARM_UNITS
from tuner.simulation.outcomes import TOTALS
from tuner.simulation.run import simulate_plans, trace
from tuner.simulation.trace_table import TRACE_UNITS, trace_table


@pytest.fixture(scope="module")
def result():
    return small_job().result


def test_trials_are_the_columns_of_their_file(result):
    frame = result.to_pandas()

    assert list(frame.columns) == list(result.units())
    assert frame.attrs["units"] == result.units()
    assert len(frame) == result.n_candidates
    for name, column in result.columns().items():
        assert frame[name].tolist() == column.tolist(), name


def test_a_front_is_its_rows_in_its_order(result):
    front = result.cost_front()
    frame = result.to_pandas(rows=front)

    assert frame["host_minutes"].tolist() == result.host_minutes[front].tolist()
    assert frame["host_minutes"].is_monotonic_increasing
    assert list(result.to_pandas(rows=result.front()[:0]).columns) == list(result.units())


def test_a_run_is_a_row_for_each_tick():
    run = trace(plan_of(15, 2), SCENARIO, ONE, 0)
    frame, columns = run.to_pandas(), trace_table([run])

    assert list(frame.columns) == list(TRACE_UNITS)
    assert frame.attrs["units"] == TRACE_UNITS
    assert len(frame) == len(run.rpm)
    assert frame["cpu_percent"].max() == 39.375
    assert frame["scale_out_state"].tolist() == columns["scale_out_state"].tolist()


def test_shapes_stand_below_each_other_with_their_minutes():
    frame = SHAPES.to_pandas()
    by_name = dict(list(frame.groupby("shape", sort=False)))

    assert list(by_name) == list(SHAPES.names)
    assert HOSTILE in by_name
    for s, part in enumerate(by_name.values()):
        assert part["rpm"].tolist() == SHAPES.rpm_of(s).tolist()
        assert part["minute"].tolist() == list(range(len(part)))
    assert frame.attrs["units"] == {"shape": "", "minute": "min", "rpm": "1/min"}


def test_minutes_of_shorter_ticks_are_parts_of_a_minute():
    from tuner.traffic.shapes import Shape, TrafficShapes

    shapes = TrafficShapes.of([Shape(name="a", rpm=np.ones(3))], tick_seconds=30)

    assert shapes.to_pandas()["minute"].tolist() == [0.0, 0.5, 1.0]


def test_totals_have_a_row_for_each_plan_and_shape():
    many = holds(5, 20)
    outcomes = simulate_plans([plan_of(15, 2), plan_of(25, 1)], SCENARIO, many)
    frame = outcomes.to_pandas(shapes=many)

    assert list(frame.columns) == ["plan", "shape", *TOTALS]
    assert frame["plan"].tolist() == [0, 0, 1, 1]
    assert frame["shape"].tolist() == [*many.names, *many.names]
    assert outcomes.to_pandas()["shape"].tolist() == [0, 1, 0, 1]
    for c in range(2):
        for s, name in enumerate(many.names):
            (row,) = frame[(frame["plan"] == c) & (frame["shape"] == name)].to_dict("records")
            assert {key: row[key] for key in TOTALS} == outcomes.of(c, s)


def test_totals_of_other_shapes_are_refused():
    outcomes = simulate_plans([plan_of(15, 2)], SCENARIO, ONE)

    with pytest.raises(ConfigurationError, match="1 shape, as simulated"):
        outcomes.to_pandas(shapes=holds(5, 20))


def test_alarms_are_their_rows():
    tried = alarms_tried()
    frame = tried.to_pandas()
    front = tried.to_pandas(rows=tried.front())

    assert frame.to_dict("records") == tried.rows()
    assert front["false_alarms"].tolist() == tried.false_alarms[tried.front()].tolist()
    assert set(ALARM_UNITS) < set(frame.attrs["units"])
    assert set(frame.attrs["units"]) == set(frame.columns)
