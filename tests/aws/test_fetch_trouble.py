"""R9: AWS trouble does not change data: equal to the result without trouble, or a named error."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.aws.cloud import TRANSIENT, Cloud
from tests.aws.made_metrics import DAY, DAY_ONE, as_dict, made, metric
from tuner.aws.cloudwatch import MOST_PAGES, MOST_TRIES, CloudWatchMetrics, requests_of
from tuner.aws.fetch_plan import plan_fetch
from tuner.aws.fetching import fetch_metrics
from tuner.errors import AccountError
from tuner.store.archive import Archive

SEED = 20261124
PLANS = [50, pytest.param(2_000, marks=pytest.mark.nightly)]
NAMES = [
    metric(statistic=kind, period_seconds=3600) for kind in ("Average", "SampleCount", "Maximum")
]
NOW = DAY_ONE + 5 * DAY
END = DAY_ONE + 2 * DAY


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Let boto3 retry at once, and the disk take its time."""
    monkeypatch.setattr("os.fsync", lambda handle: None)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)


def small_cloud(**more) -> Cloud:
    draw = random.Random(SEED)
    return Cloud({name: made(name, DAY_ONE, 2880, draw=draw) for name in NAMES}, **more)


def source(cloud: Cloud) -> CloudWatchMetrics:
    return CloudWatchMetrics(cloud.client(), wait=lambda seconds: None)


def held(archive: Archive) -> dict:
    """Give all that an archive holds."""
    return {name: as_dict(archive.read(name, DAY_ONE - DAY, NOW + DAY)) for name in archive.names()}


def troubles(draw: random.Random) -> list[str | None]:
    """Draw what each request meets: mostly nothing, or mostly trouble."""
    share = draw.choice((0.1, 0.3, 0.6, 0.95))
    kinds = draw.sample(TRANSIENT, draw.randint(1, 4))
    return [draw.choice(kinds) if draw.random() < share else None for _ in range(200)]


@pytest.mark.parametrize("plans", PLANS)
def test_trouble_never_changes_data(tmp_path, plans):
    cloud = small_cloud(page_points=40)
    ended: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for number in range(plans):
        draw = random.Random(SEED + number)
        plan = troubles(draw)
        kinds.update(kind for kind in plan[:8] if kind)
        cloud.troubles = iter(plan)
        archive = Archive(tmp_path / f"state-{number}")
        days = plan_fetch(archive, NAMES, DAY_ONE, END, now=NOW)
        try:
            fetched = fetch_metrics(source(cloud), archive, days)
        except AccountError:
            ended["a named error"] += 1
            assert held(archive) == {}, f"seed {SEED + number}"
        else:
            ended["equal"] += 1
            for series in fetched.series:
                assert as_dict(series) == cloud.data[series.name], f"seed {SEED + number}"
            assert held(archive) == cloud.data, f"seed {SEED + number}"
    print(f"{plans} plans from seed {SEED}: {dict(ended)}; {dict(kinds)}")

    assert sum(ended.values()) == plans
    assert min(ended.values()) >= plans // 10, "plans of one kind alone test nothing"
    assert set(kinds) == set(TRANSIENT)


@pytest.mark.parametrize("kind", TRANSIENT)
def test_each_trouble_alone_passes_and_without_end_it_is_a_named_error(kind):
    cloud = small_cloud()
    cloud.troubles = iter([kind])
    (cpu, *_) = source(cloud).fetch(NAMES, DAY_ONE, END)
    assert as_dict(cpu) == cloud.data[NAMES[0]]
    assert cloud.n_requests == 2

    cloud = small_cloud()
    cloud.troubles = iter([kind] * 5_000)
    with pytest.raises(AccountError) as said:
        source(cloud).fetch(NAMES, DAY_ONE, END)
    assert 1 < cloud.n_requests <= MOST_PAGES * MOST_TRIES
    (problem,) = said.value.problems
    assert problem.where.startswith("metrics from 2026-11-17T00:00Z")
    assert problem.next_step.startswith(("Run ", "Look at "))


def test_denied_access_is_not_tried_again():
    cloud = small_cloud()
    cloud.troubles = iter(["denied"])

    with pytest.raises(AccountError, match="permission for GetMetricData, got access denied"):
        source(cloud).fetch(NAMES, DAY_ONE, END)

    assert cloud.n_requests == 1


def test_a_fetch_that_broke_off_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("tuner.aws.fetch_plan.MOST_POINTS", 3 * 24)
    cloud = small_cloud()
    archive = Archive(tmp_path / "state")
    plan = plan_fetch(archive, NAMES, DAY_ONE, END, now=NOW)
    assert len(plan.asks) == 2
    cloud.troubles = iter([None, "denied"])
    with pytest.raises(AccountError):
        fetch_metrics(source(cloud), archive, plan)
    assert archive.days(NAMES[0]) == (DAY_ONE.date(),)

    (ask,) = plan_fetch(archive, NAMES, DAY_ONE, END, now=NOW).asks

    assert (ask.begin, ask.end) == (DAY_ONE + DAY, END)


def test_no_call_is_above_the_limits_of_aws():
    many = [metric(f"m{i}") for i in range(1_100)]

    calls = list(requests_of(many, DAY_ONE + timedelta(minutes=7), END))

    assert max(len(call.names) for call in calls) == 500
    assert max(call.n_points() for call in calls) <= 100_800
    for name in (many[0], many[700], many[-1]):
        of_name = [call for call in calls if name in call.names]
        assert of_name[0].begin == DAY_ONE + timedelta(minutes=7)
        assert of_name[-1].end == END
        assert all(a.end == b.begin for a, b in pairwise(of_name))


def test_every_call_of_the_client_is_within_the_limits_and_asks_what_was_meant():
    cloud = small_cloud()

    source(cloud).fetch(NAMES, DAY_ONE, END)

    (asked,) = cloud.asked
    assert [query["MetricStat"]["Stat"] for query in asked["MetricDataQueries"]] == [
        "Average",
        "SampleCount",
        "Maximum",
    ]
    assert "MaxDatapoints" not in asked
    assert asked["EndTime"] - asked["StartTime"] == 2 * 86_400


def test_a_metric_that_may_not_be_read_is_denied_access_and_not_tried_again():
    cloud = small_cloud()
    cloud.troubles = iter(["forbidden"])

    with pytest.raises(AccountError, match="permission for cloudwatch:GetMetricData"):
        source(cloud).fetch(NAMES, DAY_ONE, END)

    assert cloud.n_requests == 1
