"""What a job takes from the archive: days that are fixed when its file is read.

A day of the archive is written once and never changed. So a job that names its days gives the same
result whenever it runs, and a fetch in between changes nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from tuner.metrics import MetricName
from tuner.traffic.cuts import Cut
from tuner.traffic.family import Family
from tuner.traffic.gaps import GapPolicy

WeightBy = Literal["weekday", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedTraffic:
    """Days of requests in the archive, and what is to be made of them.

    Parameters
    ----------
    name : str
        Name of its shapes, to which the day is added.
    metric : MetricName
        The requests.
    state : Path
        State folder of the archive.
    days : tuple of date
        Days in UTC, in order; each is a shape.
    missing_days : int
        Days between the first and the last that the archive does not hold.
    weight_by : str
        ``weekday``: half of the weight is on days of the weekday that comes next; ``same``: all
        days weigh alike.
    gaps : str
        Policy for gaps.
    scale, full_day_fraction, weight : float
        As `tuner.traffic.cuts.cut_recording` takes them.
    held_out_days : int
        The last so many days are not searched: they are for judging.
    family : Family or None
        None: the shapes alone.
    where : str
        File, line and key, for messages.
    """

    name: str
    metric: MetricName
    state: Path
    days: tuple[date, ...]
    missing_days: int
    weight_by: WeightBy
    gaps: GapPolicy
    scale: float
    full_day_fraction: float
    held_out_days: int
    weight: float
    family: Family | None
    where: str

    @property
    def cut(self) -> Cut:
        """How it is cut, as of a recording in a file."""
        return "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFit:
    """Days of the archive from which a host is fitted.

    Parameters
    ----------
    state : Path
        State folder of the archive.
    group, load_balancer : str
        Whose days they are.
    begin, end : date
        First day, and the day after the last.
    refit_days : int
        Days between one fit and the next.
    """

    state: Path
    group: str
    load_balancer: str
    begin: date
    end: date
    refit_days: int

    @property
    def days(self) -> tuple[date, ...]:
        """The days, whether the archive holds them or not."""
        count = (self.end - self.begin).days
        return tuple(self.begin + timedelta(days=i) for i in range(count))

    @property
    def words(self) -> str:
        """Say what the fit is made of, and until when it stands.

        Examples
        --------
        >>> ArchivedFit(state=Path("x"), group="web", load_balancer="app/web/5", refit_days=7,
        ...             begin=date(2026, 11, 8), end=date(2026, 11, 22)).words
        'fitted from the archive of 2026-11-08 to 2026-11-21, due again on 2026-11-29'
        """
        last = self.end - timedelta(days=1)
        due = self.end + timedelta(days=self.refit_days - self.end.toordinal() % self.refit_days)
        return f"fitted from the archive of {self.begin} to {last}, due again on {due}"


def fit_range(held: tuple[date, ...], *, days: int, refit_days: int) -> tuple[date, date]:
    """Give first day and end of the fit that stands, from the days that are held alone.

    Parameters
    ----------
    held : tuple of date
        Days of the group's CPU in order, at least one.
    days : int
        Days of a fit.
    refit_days : int
        Fits end on days that are so far apart, so that nothing need be remembered.

    Returns
    -------
    begin, end : date
        The end is the day after the last. An archive that is too young for it gives all it has.

    Examples
    --------
    >>> held = tuple(date(2026, 11, day) for day in range(1, 31))
    >>> [str(day) for day in fit_range(held, days=14, refit_days=7)]
    ['2026-11-15', '2026-11-29']
    """
    newest = held[-1] + timedelta(days=1)
    end = newest - timedelta(days=newest.toordinal() % refit_days)
    if end <= held[0]:
        end = newest
    return max(held[0], end - timedelta(days=days)), end
