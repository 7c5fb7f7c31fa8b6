"""The made-up day of tests/data/cloudwatch, fetched through a real client with stubbed answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.aws.recorded import AnsweringAccount, recorded
from tuner.aws.cloudwatch import MOST_TRIES, CloudWatchMetrics
from tuner.aws.coverage import coverage
from tuner.aws.fetch_plan import plan_fetch
from tuner.aws.fetching import fetch_metrics
from tuner.errors import AccountError
from tuner.metrics import MetricName
from tuner.store.archive import Archive

BEGIN = datetime(2026, 11, 17, tzinfo=UTC)
END = BEGIN + timedelta(days=1)
NOW = END + timedelta(days=2)
KEYS = [query["Id"] for query in recorded("get_metric_data_request")["MetricDataQueries"]]


def names() -> list[MetricName]:
    """Give the metrics of the recorded request, in its order."""
    found = []
    for query in recorded("get_metric_data_request")["MetricDataQueries"]:
        stat, of = query["MetricStat"], query["MetricStat"]["Metric"]
        found.append(
            MetricName(
                namespace=of["Namespace"],
                metric=of["MetricName"],
                dimensions=tuple((d["Name"], d["Value"]) for d in of["Dimensions"]),
                statistic=stat["Stat"],
            )
        )
    return found


def page(name: str) -> dict:
    """Give a recorded page, its Ids as the product names them."""
    answer = recorded(name)
    for result in answer["MetricDataResults"]:
        result["Id"] = f"m{KEYS.index(result['Id'])}"
        result["Timestamps"] = [datetime.fromisoformat(text) for text in result["Timestamps"]]
    return answer


def whole_day() -> AnsweringAccount:
    answers = AnsweringAccount()
    for name in ("get_metric_data_page1", "get_metric_data_page2"):
        answers.add("cloudwatch", "get_metric_data", page(name))
    return answers


def source(answers: AnsweringAccount, waits: list[float] | None = None) -> CloudWatchMetrics:
    wait = (waits if waits is not None else []).append
    return CloudWatchMetrics(answers.account.client("cloudwatch"), wait=wait)


def test_the_day_is_rebuilt_from_its_pages_in_the_right_order():
    answers = whole_day()

    fetched = dict(zip(KEYS, source(answers).fetch(names(), BEGIN, END), strict=True))

    answers.check()
    assert all(np.all(np.diff(series.begins) > 0) for series in fetched.values())
    assert [len(fetched[key].values) for key in ("cpu_avg", "requests", "latency_p95")] == [
        1428,
        1440,
        1440,
    ]
    assert fetched["requests"].values.sum() == 62_612_285
    assert fetched["requests"].values.max() == 225_138
    assert BEGIN + timedelta(hours=16, minutes=27) == datetime.fromtimestamp(
        fetched["requests"].begins[np.argmax(fetched["requests"].values)], UTC
    )
    assert round(fetched["cpu_avg"].values.max(), 1) == 34.1
    assert sum(len(series.values) for series in fetched.values()) == 11_134
    assert len(fetched["cpu_i1"].values) == 557


def test_the_gap_of_twelve_minutes_stays_a_gap_and_is_told():
    (cpu, *_) = source(whole_day()).fetch(names(), BEGIN, END)

    found = coverage(cpu, BEGIN, END, now=NOW)

    assert (found.n_missing, found.n_gaps, found.longest_gap_seconds) == (12, 1, 720)
    assert BEGIN + timedelta(hours=11, minutes=20) == found.longest_gap_begin
    gap = (cpu.begins >= (BEGIN + timedelta(hours=11, minutes=20)).timestamp()) & (
        cpu.begins <= (BEGIN + timedelta(hours=11, minutes=31)).timestamp()
    )
    assert not gap.any()


def test_a_partial_answer_without_a_token_is_refused_after_a_bounded_number_of_tries():
    answers, waits = AnsweringAccount(), []
    partial = recorded("get_metric_data_partial")
    (result,) = partial["MetricDataResults"]
    result["Id"] = "m0"
    result["Timestamps"] = [datetime.fromisoformat(text) for text in result["Timestamps"]]
    for _ in range(MOST_TRIES):
        answers.add("cloudwatch", "get_metric_data", partial)
    latency = names()[KEYS.index("latency_p95")]

    with pytest.raises(AccountError, match="status PartialData with 41 datapoints, after 4 tries"):
        source(answers, waits).fetch([latency], BEGIN + timedelta(hours=10), END)

    answers.check()
    assert waits == [1.0, 2.0, 4.0]


def test_a_partial_answer_that_a_later_try_completes_is_data():
    answers = AnsweringAccount()
    cut = page("get_metric_data_page1")
    del cut["NextToken"]
    for answer in (cut, page("get_metric_data_page1"), page("get_metric_data_page2")):
        answer["MetricDataResults"] = [r for r in answer["MetricDataResults"] if r["Id"] == "m0"]
        answers.add("cloudwatch", "get_metric_data", answer)

    (cpu,) = source(answers).fetch(names()[:1], BEGIN, END)

    answers.check()
    assert len(cpu.values) == 1428


def test_the_archive_gets_the_day_once_and_nothing_of_a_day_that_is_not_complete(tmp_path):
    archive = Archive(tmp_path / "state")
    plan = plan_fetch(archive, names(), BEGIN, END, now=NOW)
    broken = AnsweringAccount().add("cloudwatch", "get_metric_data", page("get_metric_data_page1"))
    broken.refuse("cloudwatch", "get_metric_data", "AccessDenied", "no")
    with pytest.raises(AccountError, match="permission for"):
        fetch_metrics(source(broken), archive, plan)
    assert not (tmp_path / "state").exists()

    fetched = fetch_metrics(source(whole_day()), archive, plan)

    assert fetched.n_written == 9
    assert sorted(names()) == list(archive.names())
    again = plan_fetch(archive, names(), BEGIN, END, now=NOW)
    assert again.asks == ()
    held = fetch_metrics(source(AnsweringAccount()), archive, again)
    assert (held.n_written, held.n_held) == (0, 9)
    by_name = {series.name: series for series in held.series}
    for series in fetched.series:
        assert np.array_equal(series.begins, by_name[series.name].begins)
        assert np.array_equal(series.values, by_name[series.name].values)
