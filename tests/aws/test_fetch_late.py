"""R10: late and missing metrics: however it was fetched, the archive equals one late pull."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.aws.made_metrics import DAY, DAY_ONE, Memory, metric
from tuner.aws.fetch_plan import SETTLE, is_closed, plan_fetch, span_of
from tuner.aws.fetching import fetch_metrics
from tuner.errors import AccountError, Problem
from tuner.metrics import FetchedSeries
from tuner.store.archive import Archive

SEED = 20261124
SCHEDULES = [40, pytest.param(500, marks=pytest.mark.nightly)]
NAMES = [metric(statistic=kind, period_seconds=300) for kind in ("Average", "SampleCount")]
DAYS = 3
LAST = DAY_ONE + DAYS * DAY


class LateSource:
    """Metrics that come late, change after they came, or never come.

    Parameters
    ----------
    draw : numpy Generator
        Draws when each datapoint comes, and when it no longer changes.
    """

    def __init__(self, draw: np.random.Generator) -> None:
        self.now = DAY_ONE
        self.breaks_at: int | None = None
        first = int(DAY_ONE.timestamp())
        self.stamps = np.arange(first, first + DAYS * 86_400, 300)
        day_end = (self.stamps - first) // 86_400 * 86_400 + first + 86_400
        latest = day_end + int(SETTLE.total_seconds())
        self.values, self.comes, self.stays = {}, {}, {}
        for name in NAMES:
            n = len(self.stamps)
            late = draw.exponential(120, n) * np.where(draw.random(n) < 0.05, 60, 1)
            changes = draw.exponential(60, n) * np.where(draw.random(n) < 0.05, 60, 1)
            never = draw.random(n) < 0.03
            comes = np.minimum(self.stamps + 300 + late, latest)
            self.comes[name] = np.where(never, np.inf, comes)
            self.stays[name] = np.minimum(comes + changes, latest)
            self.values[name] = draw.random(n) * 100

    def fetch(self, names, begin, end, progress=None):
        if self.breaks_at is not None:
            self.breaks_at -= 1
            if self.breaks_at < 0:
                raise AccountError(Problem("an answer", "none", "a test", "Try again."))
        return tuple(self._series(name, begin.timestamp(), end.timestamp()) for name in names)

    def _series(self, name, begin: float, end: float) -> FetchedSeries:
        now = self.now.timestamp()
        there = (self.comes[name] <= now) & (self.stamps >= begin) & (self.stamps < end)
        values = np.where(self.stays[name] <= now, self.values[name], self.values[name] / 2)
        return FetchedSeries(name=name, begins=self.stamps[there], values=values[there])


def files_of(state: Path) -> dict[str, bytes]:
    """Give what stands in an archive, by its place."""
    archive = state / "archive"
    return {
        str(path.relative_to(archive)): path.read_bytes()
        for path in archive.rglob("*")
        if path.is_file()
    }


def pull(source: LateSource, archive: Archive, begin: datetime, end: datetime, now: datetime):
    source.now = now
    return fetch_metrics(source, archive, plan_fetch(archive, NAMES, begin, end, now=now))


def run_schedule(source: LateSource, archive: Archive, draw: random.Random) -> int:
    """Fetch ranges at drawn times, some of which break off; give how many did."""
    times = sorted(DAY_ONE + draw.random() * (DAYS + 1) * DAY for _ in range(draw.randint(3, 12)))
    n_broken = 0
    for now in times:
        begin = max(DAY_ONE, now - draw.random() * 5 * DAY)
        end = now if draw.random() < 0.7 else begin + draw.random() * (now - begin)
        source.breaks_at = draw.randint(0, 2) if draw.random() < 0.3 else None
        try:
            pull(source, archive, begin, end, now)
        except AccountError:
            n_broken += 1
    source.breaks_at = None
    return n_broken


@pytest.mark.parametrize("schedules", SCHEDULES)
def test_the_archive_of_any_schedule_equals_one_late_pull(tmp_path, monkeypatch, schedules):
    monkeypatch.setattr("tuner.aws.fetch_plan.MOST_POINTS", 2 * 288)  # a call a day
    monkeypatch.setattr("os.fsync", lambda handle: None)
    n_early = n_broken = 0
    for number in range(schedules):
        seed = SEED + number
        source = LateSource(np.random.default_rng(seed))
        state, once = tmp_path / f"state-{number}", tmp_path / f"once-{number}"
        archive = Archive(state)
        n_broken += run_schedule(source, archive, random.Random(seed))
        early = files_of(state)
        n_early += sum(place.endswith(".parquet") for place in early)
        pull(source, archive, DAY_ONE, LAST, LAST + SETTLE)

        pull(source, Archive(once), DAY_ONE, LAST, LAST + 10 * DAY)

        assert files_of(once) == files_of(state), f"seed {seed}"
        assert early.items() <= files_of(state).items(), f"seed {seed}"
    print(f"{schedules} schedules from seed {SEED}: {n_early} days early, {n_broken} broke off")

    assert n_early > schedules
    assert n_broken > schedules // 4


def test_a_day_is_kept_three_hours_after_its_end_and_not_before(tmp_path):
    source = LateSource(np.random.default_rng(SEED))
    archive = Archive(tmp_path / "state")
    end = DAY_ONE + DAY

    pull(source, archive, DAY_ONE, end, end + SETTLE - timedelta(seconds=1))
    assert archive.days(NAMES[0]) == ()
    pull(source, archive, DAY_ONE, end, end + SETTLE)

    assert archive.days(NAMES[0]) == (DAY_ONE.date(),)


def test_a_day_that_is_asked_for_in_part_is_kept_whole():
    source = Memory({})
    now = DAY_ONE + 3 * DAY
    noon = DAY_ONE + DAY / 2

    plan = plan_fetch(Archive(Path("nowhere")), NAMES, noon, noon + DAY, now=now)
    fetched = source.fetch(plan.asks[0].names, plan.asks[0].begin, plan.asks[0].end)

    assert (plan.asks[0].begin, plan.asks[-1].end) == (DAY_ONE, DAY_ONE + 2 * DAY)
    assert len(fetched) == 2


def test_a_range_that_is_asked_for_is_what_comes_back(tmp_path):
    source = LateSource(np.random.default_rng(SEED))
    noon = DAY_ONE + DAY / 2
    archive = Archive(tmp_path / "state")

    for _ in range(2):
        fetched = pull(source, archive, noon, noon + DAY, DAY_ONE + 5 * DAY)
        for series in fetched.series:
            assert series.begins[0] >= noon.timestamp()
            assert series.begins[-1] < (noon + DAY).timestamp()
            assert len(series.begins) > 250

    assert archive.days(NAMES[0]) == (DAY_ONE.date(), (DAY_ONE + DAY).date())


def test_what_aws_still_has_decides_the_period_and_what_is_held_finer_stays(tmp_path):
    minute = metric()
    archive = Archive(tmp_path / "state")
    now = LAST + 100 * DAY
    begins = [now - timedelta(days=days) for days in (90, 40, 3)]
    plans = [plan_fetch(archive, [minute], begin, begin + DAY / 2, now=now) for begin in begins]
    assert [plan.asks[0].names[0].period_seconds for plan in plans] == [3600, 300, 60]

    old = begins[1].date()
    begin, end = span_of(old)
    assert is_closed(old, now)
    fetch_metrics(Memory({}), archive, plan_fetch(archive, [minute], begin, end, now=end + SETTLE))
    again = plan_fetch(archive, [minute], begin, end, now=now)

    assert again.asks == ()
    assert again.held == ((minute, old),)


def test_a_day_that_aws_no_longer_has_whole_is_shown_and_not_kept(tmp_path):
    archive = Archive(tmp_path / "state")
    now = DAY_ONE + 455 * DAY + DAY / 2
    hourly = metric(period_seconds=3600)
    source = Memory({hourly: {int((DAY_ONE + DAY / 2).timestamp()) + 3600: 5.0}})

    plan = plan_fetch(archive, [metric()], DAY_ONE + DAY / 2, DAY_ONE + 2 * DAY, now=now)
    fetched = fetch_metrics(source, archive, plan)

    assert fetched.series[0].values.tolist() == [5.0]
    assert archive.days(hourly) == ((DAY_ONE + DAY).date(),)
