"""The figures of what was measured, as the page draws them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from tuner.errors import MissingFileError, Problem
from tuner.measure.host_fit import HostFit
from tuner.report.measured import cliff_figure, fit_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go


def figure_json(fit: HostFit | None, name: str) -> dict[str, Any]:
    """Give a figure with data and layout.

    Parameters
    ----------
    fit : HostFit or None
        What was measured.
    name : str
        ``fit``: CPU against load; ``cliff``: latency against CPU.

    Raises
    ------
    MissingFileError
        Where there is no such figure.
    """
    figure = _figure(fit, name)
    if figure is None:
        raise MissingFileError(
            Problem("a figure of this run: fit or cliff", repr(name), "name", "See its page.")
        )
    found: dict[str, Any] = json.loads(figure.to_json(engine="json"))
    found.get("layout", {}).pop("template", None)
    return found


def _figure(fit: HostFit | None, name: str) -> go.Figure | None:
    """Draw what was measured, where it was."""
    if fit is None:
        return None
    if name == "fit" and fit.line is not None:
        return fit_figure(fit.line)
    if name == "cliff" and np.isfinite(fit.cliff.cpu_percent).any():
        return cliff_figure(fit.cliff)
    return None
