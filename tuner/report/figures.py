"""Which function draws which record."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from tuner.decision.price_of_safety import PriceOfSafety
from tuner.decision.recommend import Recommendation
from tuner.decision.sensitivity import Sensitivity
from tuner.deployment.alarms import Backtest
from tuner.deployment.verify_record import Verification
from tuner.measure.cliff import Cliff
from tuner.measure.fit_report import FitReport
from tuner.measure.host_fit import HostFit
from tuner.report.alarms import alarms_figure
from tuner.report.insight import price_figure, sensitivity_figure
from tuner.report.measured import cliff_figure, fit_figure, host_figure
from tuner.report.searched import front_figure, peaks_figure
from tuner.report.timeline import trace_figure
from tuner.report.traffic import shapes_figure
from tuner.report.verification import verification_figure
from tuner.search.result import SearchResult
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes

if TYPE_CHECKING:
    import plotly.graph_objects as go


@singledispatch
def figure_of(record: object, **options: Any) -> go.Figure:
    """Draw a record by the function that is registered for its kind.

    Parameters
    ----------
    record : object
        One of the records that have `plot`.
    **options : object
        What the function for its kind takes.

    Raises
    ------
    TypeError
        For a record that no figure shows.
    """
    raise TypeError(f"no figure shows a {type(record).__name__}")


figure_of.register(HostFit, host_figure)
figure_of.register(FitReport, fit_figure)
figure_of.register(Cliff, cliff_figure)
figure_of.register(TrafficShapes, shapes_figure)
figure_of.register(SearchResult, front_figure)
figure_of.register(Recommendation, peaks_figure)
figure_of.register(Trace, trace_figure)
figure_of.register(Sensitivity, sensitivity_figure)
figure_of.register(PriceOfSafety, price_figure)
figure_of.register(Verification, verification_figure)
figure_of.register(Backtest, alarms_figure)
