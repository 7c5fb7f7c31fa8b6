"""A job on the archive: which days it reads, how they weigh, which fit stands, what is refused."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import numpy as np
import pytest

from tests.config.archived import LAST, SLOPE_PERCENT_PER_RPM, config_of, write_days, write_job
from tuner.config import load_job, read_traffic
from tuner.config.archived import fit_range
from tuner.config.digest import inputs_digest
from tuner.config.host import measure
from tuner.config.unseen_shapes import recorded_days, unseen_shapes
from tuner.errors import ConfigurationError, TrafficError

FIT = '[archive_fit]\nstate = "state"\n'


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Give a folder whose archive holds five weeks."""
    folder = tmp_path_factory.mktemp("kept")
    write_days(folder / "state", 35)
    return folder


def job_of(folder, **more):
    return load_job(write_job(folder, config_of(**more)))


def test_each_closed_day_is_a_shape_and_the_newest_28_are_taken(kept):
    shapes, notes = read_traffic(job_of(kept))

    assert len(shapes) == 28
    assert shapes.names[0] == "web 2026-11-03"
    assert shapes.names[-1] == "web 2026-11-30"
    assert shapes.n_ticks.tolist() == [1440] * 28
    assert shapes.rpm_of(27).max() == pytest.approx(100_000.0)
    assert "28 days of the archive, to 2026-11-30." in notes


def test_half_of_the_weight_is_on_the_weekday_that_comes_next(kept):
    shapes = read_traffic(job_of(kept))[0]
    is_tuesday = np.array([date.fromisoformat(name[-10:]).weekday() == 1 for name in shapes.names])

    assert LAST.weekday() == 0
    assert is_tuesday.sum() == 4
    assert shapes.weight[is_tuesday].sum() == pytest.approx(14.0)
    assert shapes.weight[~is_tuesday].sum() == pytest.approx(14.0)


def test_days_weigh_alike_where_that_is_said(kept):
    shapes = read_traffic(job_of(kept, traffic='weight_by = "same"\nweight = 2.0'))[0]

    assert shapes.weight.tolist() == [2.0] * 28


def test_growth_and_surge_vary_each_day(kept):
    vary = "days = 2\n[traffic.archive.vary]\nheight_factors = [1.0, 1.5]"
    shapes = read_traffic(job_of(kept, traffic=vary))[0]

    assert len(shapes) == 4
    assert shapes.rpm_of(3).max() == pytest.approx(1.5 * shapes.rpm_of(2).max())


def test_held_out_days_are_kept_from_the_search_and_judged(kept):
    job = job_of(kept, traffic="days = 7\nheld_out_days = 2")
    shapes = read_traffic(job)[0]

    assert len(shapes) == 5
    assert len(recorded_days(job)) == 7
    assert unseen_shapes(job, shapes) is None


def test_a_day_that_is_not_there_is_said(tmp_path):
    write_days(tmp_path / "state", 5, skip=(LAST - timedelta(days=2),))
    shapes, notes = read_traffic(job_of(tmp_path))

    assert len(shapes) == 4
    assert "Not in the archive: 1 day between them." in notes


def test_a_day_that_comes_after_the_file_was_read_changes_nothing_of_the_job(tmp_path):
    write_days(tmp_path / "state", 3, last=LAST - timedelta(days=1))
    job = job_of(tmp_path)
    digest = inputs_digest(job)
    write_days(tmp_path / "state", 1)
    shapes = read_traffic(job)[0]

    assert inputs_digest(job) == digest
    assert shapes.names[-1] == "web 2026-11-29"
    assert inputs_digest(job_of(tmp_path)) != digest


def test_the_digest_follows_the_content_and_not_the_place(kept, tmp_path):
    shutil.copytree(kept, tmp_path / "copy")

    assert inputs_digest(job_of(kept)) == inputs_digest(job_of(tmp_path / "copy"))


def test_a_damaged_day_is_told_with_its_place(tmp_path):
    write_days(tmp_path / "state", 2)
    for path in (tmp_path / "state").rglob("day=2026-11-30/*.parquet"):
        path.write_bytes(b"x")

    with pytest.raises(TrafficError, match="day=2026-11-30") as raised:
        read_traffic(job_of(tmp_path))
    assert "traffic.archive" in str(raised.value)


def test_the_host_is_fitted_from_days_that_stand_until_the_next_fit(kept):
    job = job_of(kept, host="", more=FIT)
    fit, host = measure(job)

    assert fit is not None
    assert host.slope_percent_per_rpm == pytest.approx(SLOPE_PERCENT_PER_RPM, rel=0.01)
    assert host.cliff_percent == 60.0
    assert job.load_test.words == (
        "fitted from the archive of 2026-11-15 to 2026-11-28, due again on 2026-12-06"
    )


def test_a_fit_stands_for_seven_days_and_moves_by_seven():
    held = [LAST - timedelta(days=i) for i in range(100)][::-1]
    ranges = {fit_range(tuple(held[:n]), days=14, refit_days=7) for n in range(40, 61)}

    assert len(ranges) in (3, 4)
    assert {(end - begin).days for begin, end in ranges} == {14}
    assert all(end.toordinal() % 7 == 0 for _, end in ranges)


def test_a_young_archive_gives_all_that_it_has():
    held = (date(2026, 11, 30), date(2026, 12, 1))

    assert fit_range(held, days=14, refit_days=7) == (held[0], date(2026, 12, 2))


def test_the_digest_of_a_job_with_a_fit_follows_the_days_of_the_fit(kept):
    plain, fitted = (job_of(kept, host="", more=FIT + days) for days in ("", "days = 7\n"))
    paths = [source.load_test.days for source in (plain, fitted)]

    assert [len(days) for days in paths] == [14, 7]
    assert inputs_digest(plain) != inputs_digest(fitted)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("state = ", "#state = "), "key traffic.archive[0].state: expected a value"),
        (('state = "state"', 'state = "nowhere"'), "expected a day of the archive"),
        (("days = 28", "days = 0"), "at least 1"),
        (("days = 28", 'weight_by = "month"'), "weekday"),
        (("days = 28", "period_seconds = 300"), "expected a day of the archive"),
        (("days = 28", "period_seconds = 90"), "1m, 5m or 1h"),
        (('load_balancer = "app/web/50dc6c495c0c9188"\n', ""), "expected load_balancer in [aws]"),
        (("app/web/50dc6c495c0c9188", "web"), "the ARN of an application load balancer"),
        (("days = 28", "[traffic.archive.vary]\nramp_factors = [1, 2]"), "a family"),
        (("[stress]", '[archive_fit]\nstate = "nowhere"\n[stress]'), "a day of the archive"),
        (
            ('group = "web"\n', ""),
            "expected group in [aws] beside [archive_fit]",
        ),
        (
            ("[stress]", '[load_test]\ntable = "shop.toml"\n[stress]'),
            "either [load_test] or [archive_fit]",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(kept, edit, expected):
    text = config_of(traffic="days = 28", more="" if "archive_fit" in edit[1] else FIT)

    assert edit[0] in text
    with pytest.raises(ConfigurationError) as raised:
        load_job(write_job(kept, text.replace(*edit)))
    assert expected in str(raised.value)
