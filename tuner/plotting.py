"""How a record comes to its figure, its words and its table: the one look up the floors.

Figures are drawn in `tuner.report`, which alone imports plotly and stands above the records; words
for a notebook are put together there too, and tables handed to pandas. So the name of that module
is looked up when a record is asked, and nothing is imported before.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Shown:
    """Lets a notebook show a record in the words of the report."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Give the record as HTML: words and small tables, every text escaped, no script."""
        html: str = import_module("tuner.report.notebook").html_of(self)
        return html


class Plotted(Shown):
    """Gives a record `plot`, beside its words in a notebook."""

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


class Tabled:
    """Gives a record that is a table `to_pandas`."""

    __slots__ = ()

    def to_pandas(self, **options: Any) -> pd.DataFrame:
        """Give the record as a table of pandas, with the names and units that files have.

        Parameters
        ----------
        **options : object
            What the function of `tuner.report.frames` for this kind of record takes beside it.

        Returns
        -------
        pandas.DataFrame
            Its ``attrs["units"]`` has the unit of each column.
        """
        frame: pd.DataFrame = import_module("tuner.report.frames").frame_of(self, **options)
        return frame
