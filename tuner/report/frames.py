"""Records that are tables, for pandas: the columns and units that files have.

Notation: A alarm, C candidate, S shape, T tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.words import counted
from tuner.deployment.alarms import Backtest
from tuner.errors import ConfigurationError, Problem
from tuner.search.result import SearchResult
from tuner.simulation.outcomes import TOTALS, Outcomes
from tuner.simulation.trace import Trace
from tuner.simulation.trace_table import TRACE_UNITS, trace_table
from tuner.traffic.shapes import TrafficShapes
from tuner.units import tick_minutes

if TYPE_CHECKING:
    import pandas as pd

IntArray = NDArray[np.int64]

SHAPE_UNITS = {"shape": "", "minute": "min", "rpm": "1/min"}
TOTAL_UNITS = {"plan": "1", "shape": "", **TOTALS}
ALARM_UNITS = {"period_seconds": "s", "mean_delay_minutes": "min", "alarm_minutes_outside": "min"}
"""Units of the columns that have one; a threshold has the metric's own."""


@singledispatch
def frame_of(record: object, **options: Any) -> pd.DataFrame:
    """Give a record as a table by the function that is registered for its kind.

    Parameters
    ----------
    record : object
        One of the records that have `to_pandas`.
    **options : object
        What the function for its kind takes.

    Raises
    ------
    TypeError
        For a record that is no table.
    """
    raise TypeError(f"a {type(record).__name__} is no table")


def result_frame(record: SearchResult, *, rows: IntArray | None = None) -> pd.DataFrame:
    """Give the candidates of a search, as ``trials.parquet`` has them.

    Parameters
    ----------
    record : SearchResult [C]
        Every candidate.
    rows : int64 or None
        Which, in this order, such as those of `SearchResult.cost_front`; None: all.
    """
    columns = record.columns() if rows is None else record.columns(rows)
    return _frame(columns, record.units())


def trace_frame(record: Trace) -> pd.DataFrame:
    """Give a run tick by tick, as ``simulate --trace`` writes it.

    Parameters
    ----------
    record : Trace [T]
        The run.
    """
    return _frame(trace_table([record]), TRACE_UNITS)


def shapes_frame(record: TrafficShapes) -> pd.DataFrame:
    """Give the load of every shape tick by tick, the shapes below each other.

    Parameters
    ----------
    record : TrafficShapes [S]
        The load.
    """
    minutes = tick_minutes(record.tick_seconds)
    columns = {
        "shape": np.repeat(np.array(record.names, dtype=object), record.n_ticks),
        "minute": np.concatenate([np.arange(n) * minutes for n in record.n_ticks.tolist()]),
        "rpm": record.rpm,
    }
    return _frame(columns, SHAPE_UNITS)


def outcomes_frame(record: Outcomes, *, shapes: TrafficShapes | None = None) -> pd.DataFrame:
    """Give the totals of each plan on each shape, one row for a run.

    Parameters
    ----------
    record : Outcomes [C, S]
        The totals.
    shapes : TrafficShapes [S] or None
        Gives the names of the shapes; None: they are numbered.

    Raises
    ------
    ConfigurationError
        For shapes that are not as many as the totals have.
    """
    n_plans, n_shapes = record.status.shape
    if shapes is not None and len(shapes) != n_shapes:
        raise ConfigurationError(
            Problem(
                f"{counted(n_shapes, 'shape')}, as simulated",
                counted(len(shapes), "shape"),
                "shapes",
                "Hand over those that the totals were simulated on.",
            )
        )
    names = np.arange(n_shapes) if shapes is None else np.array(shapes.names, dtype=object)
    columns = {
        "plan": np.repeat(np.arange(n_plans), n_shapes),
        "shape": np.tile(names, n_plans),
        **{name: getattr(record, name).ravel() for name in TOTALS},
    }
    return _frame(columns, TOTAL_UNITS)


def alarms_frame(record: Backtest, *, rows: IntArray | None = None) -> pd.DataFrame:
    """Give the alarms that were tried, as ``alarms --output csv`` has them.

    Parameters
    ----------
    record : Backtest [A]
        Every alarm.
    rows : int64 or None
        Which, in this order, such as those of `Backtest.front`; None: all.
    """
    import pandas as pd

    frame = pd.DataFrame(record.rows(rows))
    frame.attrs["units"] = {name: ALARM_UNITS.get(str(name), "") for name in frame.columns}
    return frame


def _frame(columns: Mapping[str, NDArray[Any]], units: Mapping[str, str]) -> pd.DataFrame:
    """Make a table of columns, with the units beside it."""
    import pandas as pd

    frame = pd.DataFrame(dict(columns))
    frame.attrs["units"] = dict(units)
    return frame


frame_of.register(SearchResult, result_frame)
frame_of.register(Trace, trace_frame)
frame_of.register(TrafficShapes, shapes_frame)
frame_of.register(Outcomes, outcomes_frame)
frame_of.register(Backtest, alarms_frame)
