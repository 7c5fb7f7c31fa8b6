"""CPU and load from a saved CloudWatch answer: GetMetricData or get-metric-statistics JSON, or CSV.

CloudWatch stamps a datapoint with the start of its period. Answers may come newest first and in
pages; pages are merged by Id and sorted.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tuner.errors import LoadTestError, Problem
from tuner.measure.clock import read_stamps
from tuner.measure.cpu_series import CpuSeries, make_cpu_series
from tuner.measure.delimited import parse_number, parse_text_table, read_text

GOOD_STATUS = "Complete"
STATISTICS = ("Average", "Maximum", "Sum", "Minimum", "SampleCount")


@dataclass(slots=True)
class Metric:
    """Datapoints of one metric, as they stand in the answer.

    Parameters
    ----------
    label : str
        CloudWatch's label.
    status : str
        The last status seen; the last one counts.
    stamps : list of str
        Starts of the periods, as text.
    values : list of float
        One for each stamp.
    """

    label: str
    status: str = GOOD_STATUS
    stamps: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


def is_cloudwatch(text: str) -> bool:
    """Say whether a text is a CloudWatch answer or a console export, and not a plain CSV."""
    start = text.lstrip()[:40].lower()
    return start.startswith(("{", "[", "full label", '"full label', "label,", '"label"'))


def read_cloudwatch_cpu(path: Path, *, cpu_column: str | None = None) -> CpuSeries:
    """Read one CPU metric from a saved CloudWatch answer.

    Parameters
    ----------
    path : Path
        JSON of GetMetricData or get-metric-statistics, or the console's CSV.
    cpu_column : str or None
        Id, label or statistic; may be left out where only one could be meant.

    Returns
    -------
    CpuSeries
        Its stamps moved to the end of each period.

    Raises
    ------
    MissingFileError
        When the file is not there.
    LoadTestError
        When it is not such an answer, the metric is not complete, or several could be meant.

    Notes
    -----
    Source: Amazon CloudWatch API Reference, "GetMetricData" and "MetricDataResult" (StatusCode).
    """
    text = read_text(path)
    is_json = text.lstrip().startswith(("{", "["))
    metrics = metrics_of_json(text, name=path.name) if is_json else _csv_metrics(text, path.name)
    chosen = choose_metric(metrics, wanted=cpu_column, word="cpu", where=path.name)
    return _cpu_series(metrics[chosen], name=chosen, source=path.name)


def metrics_of_json(text: str, *, name: str) -> dict[str, Metric]:
    """Take a JSON answer apart into metrics by Id (or statistic).

    Raises
    ------
    LoadTestError
        When it is not JSON or has another form.
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LoadTestError.of(
            expected="JSON of a CloudWatch answer",
            got=f"text that is not JSON ({str(error)[:60]})",
            where=name,
            next_step="Save the answer of `aws cloudwatch get-metric-data` unchanged.",
        ) from error
    metrics: dict[str, Metric] = {}
    for page in answer if isinstance(answer, list) else [answer]:
        if not isinstance(page, Mapping):
            raise _wrong_form(name)
        results, datapoints = page.get("MetricDataResults"), page.get("Datapoints")
        if isinstance(results, list):
            _merge_results(metrics, results, name=name)
        elif isinstance(datapoints, list):
            _merge_datapoints(metrics, datapoints, label=str(page.get("Label", "")), name=name)
        else:
            raise _wrong_form(name)
    return metrics


def choose_metric(
    metrics: Mapping[str, Metric], *, wanted: str | None, word: str, where: str
) -> str:
    """Give the key of the metric that is meant: by Id, by label, or the only one with the word.

    Parameters
    ----------
    metrics : mapping of str to Metric
        By Id.
    wanted : str or None
        Id or label that was asked for.
    word : str
        What the label of the right one holds, in any case, such as ``cpu``.
    where : str
        Name of the file, for messages.

    Returns
    -------
    str
        The key.

    Raises
    ------
    LoadTestError
        When none or several could be meant; the message lists them.
    """
    keys = list(metrics)
    if wanted is not None:
        matches = [key for key in keys if wanted in (key, metrics[key].label)]
    else:
        matches = [key for key in keys if word in f"{key} {metrics[key].label}".lower()] or keys
    if len(matches) == 1:
        return matches[0]
    listed = ", ".join(f"{key} ({metrics[key].label})" for key in keys[:12]) or "no metric"
    raise LoadTestError.of(
        expected=f"one metric {wanted!r}" if wanted else f"one metric of {word}, or its name",
        got=listed,
        where=where,
        next_step="Name the Id of the metric with --cpu-column.",
    )


def complete_or_refuse(metric: Metric, *, name: str, where: str) -> None:
    """Refuse a metric whose last status is not Complete, or that has no datapoints.

    Parameters
    ----------
    metric : Metric
        As it was read.
    name, where : str
        Its Id, and the name of the file, for messages.

    Raises
    ------
    LoadTestError
        With the status and the number of points.
    """
    if metric.status != GOOD_STATUS or not metric.values:
        raise LoadTestError.of(
            expected=f"all datapoints of {name!r} (status Complete)",
            got=f"{len(metric.values)} datapoints, status {metric.status!r}",
            where=where,
            next_step="Fetch the remaining pages and give the merged answer.",
        )


def _cpu_series(metric: Metric, *, name: str, source: str) -> CpuSeries:
    """Turn a metric into CPU over time."""
    complete_or_refuse(metric, name=name, where=source)
    problems: list[Problem] = []
    lines = range(1, len(metric.stamps) + 1)
    where = f"{source}, {name}, datapoint"
    stamps = read_stamps(metric.stamps, lines=lines, where=where, problems=problems)
    if problems:
        raise LoadTestError(*problems)
    return make_cpu_series(
        stamps.seconds,
        cpu_percent=np.array(metric.values, dtype=np.float64),
        name=name,
        source=source,
        relative=stamps.relative,
        stamped_at_start=True,
        warnings=(f"{source}: CloudWatch stamps name the start of a period; taken so.",),
    )


def _merge_results(metrics: dict[str, Metric], results: Sequence[Any], *, name: str) -> None:
    """Add the metrics of one GetMetricData page."""
    for result in results:
        if not isinstance(result, Mapping):
            raise _wrong_form(name)
        stamps, values = result.get("Timestamps", []), result.get("Values", [])
        if not isinstance(stamps, list) or not isinstance(values, list):
            raise _wrong_form(name)
        if len(stamps) != len(values):
            raise _wrong_form(name)
        key = str(result.get("Id", result.get("Label", "")))
        metric = metrics.setdefault(key, Metric(label=str(result.get("Label", ""))))
        metric.status = str(result.get("StatusCode", GOOD_STATUS))
        metric.stamps += [str(stamp) for stamp in stamps]
        metric.values += [_json_number(value, name) for value in values]


def _merge_datapoints(
    metrics: dict[str, Metric], datapoints: Sequence[Any], *, label: str, name: str
) -> None:
    """Add the statistics of one get-metric-statistics answer."""
    for point in datapoints:
        if not isinstance(point, Mapping) or "Timestamp" not in point:
            raise _wrong_form(name)
        for statistic in STATISTICS:
            if statistic in point:
                metric = metrics.setdefault(statistic, Metric(label=f"{label} {statistic}"))
                metric.stamps.append(str(point["Timestamp"]))
                metric.values.append(_json_number(point[statistic], name))


def _csv_metrics(text: str, name: str) -> dict[str, Metric]:
    """Take the console's CSV apart: lines of labels, then a stamp and the values on each line."""
    lines = text.splitlines()
    labels: list[str] = []
    preface = 0
    for line in lines:
        cells = next(csv.reader(io.StringIO(line)), [])
        if cells and cells[0].strip()[:4].isdigit():
            break
        if cells and cells[0].strip().lower() == "label":
            labels = [cell.strip() for cell in cells[1:]]
        preface += 1
    if preface == len(lines) or not labels:
        raise _wrong_form(name)
    header = ",".join(["timestamp", *(f'"{label}"' for label in labels)])
    table = parse_text_table("\n".join([header, *lines[preface:]]), name=name, first_line=preface)
    problems: list[Problem] = []
    columns = {label: table.numbers(label, problems=problems) for label in table.header[1:]}
    if problems:
        raise LoadTestError(*problems)
    stamps = list(table.texts("timestamp"))
    return {
        label: Metric(label=label, stamps=list(stamps), values=values.tolist())
        for label, values in columns.items()
    }


def _json_number(value: object, name: str) -> float:
    """Give a JSON value as a finite number."""
    number = parse_number(str(value)) if isinstance(value, int | float) else None
    if number is None or not np.isfinite(number):
        raise LoadTestError.of(
            expected="numbers as values",
            got=repr(value)[:40],
            where=name,
            next_step="Save the answer of `aws cloudwatch get-metric-data` unchanged.",
        )
    return number


def _wrong_form(name: str) -> LoadTestError:
    """Say that JSON has another form than CloudWatch's."""
    return LoadTestError(
        Problem(
            "MetricDataResults with Timestamps and Values, or Datapoints",
            "another form",
            name,
            "Save the answer of `aws cloudwatch get-metric-data` unchanged.",
        )
    )
