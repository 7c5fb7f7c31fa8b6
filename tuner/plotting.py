"""How a record comes to its figure: the one look up the floors, at the time of the call.

Figures are drawn in `tuner.report`, which alone imports plotly and stands above the records. So the
name of that module is looked up when a record is asked to plot, and nothing is imported before.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Plotted:
    """Gives a record `plot`."""

    __slots__ = ()

    def plot(self, **options: Any) -> Any:
        """Draw the record as the report does.

        Parameters
        ----------
        **options : object
            What the function of `tuner.report` that draws this kind of record takes beside it.

        Returns
        -------
        plotly.graph_objects.Figure
            A notebook shows it.
        """
        return import_module("tuner.report.figures").figure_of(self, **options)
