"""Options of the verb on alarms, turned into the metric, the incidents and the alarms to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.options import settings

if TYPE_CHECKING:
    from tuner.deployment.alarms_incidents import Incident
    from tuner.deployment.alarms_lattice import AlarmLattice
    from tuner.deployment.alarms_series import RecordedMetric
    from tuner.metrics import MetricName

MOST_THRESHOLDS = 10_000


def read_metric(given: Mapping[str, Any]) -> RecordedMetric:
    """Read the series from its file, or the metric from the archive."""
    if (given["series"] is None) == (given["metric"] is None):
        raise click.UsageError("Give what was recorded: either --series or --metric.")
    if given["metric"] is not None:
        return _archived(given)
    from tuner.deployment.alarms_series import metric_of_recording
    from tuner.traffic.recorded import read_recorded

    recording = read_recorded(
        given["series"],
        column=given["column"],
        time_column=given["time_column"],
        time_zone=given["time_zone"],
    )
    return metric_of_recording(recording)


def _archived(given: Mapping[str, Any]) -> RecordedMetric:
    """Read a metric from the archive below the state folder."""
    from tuner.deployment.alarms_series import metric_of_series
    from tuner.metrics import MetricName
    from tuner.store.archive import Archive

    namespace, colon, name = given["metric"].partition(":")
    if not colon:
        raise click.BadParameter(
            f"expected NAMESPACE:NAME, such as AWS/EC2:CPUUtilization, got {given['metric']!r}.",
            param_hint="'--metric'",
        )
    wanted = MetricName(
        namespace=namespace,
        metric=name,
        dimensions=tuple(sorted(_dimension(text) for text in given["dimensions"])),
        statistic=given["statistic"],
        period_seconds=given["data_period"],
    )
    archive = Archive(settings().state_dir)
    days = archive.days(wanted)
    if not days:
        held = [_name_words(each) for each in archive.names()]
        raise click.UsageError(
            f"The archive below {settings().state_dir} does not hold {_name_words(wanted)}. "
            + (f"It holds: {'; '.join(held[:12])}." if held else "It is empty.")
        )
    midnight = datetime.min.time()
    first = datetime.combine(days[0], midnight, tzinfo=UTC)
    last = datetime.combine(days[-1], midnight, tzinfo=UTC) + timedelta(days=1)
    begin, end = _time(given["begin"], "--from", first), _time(given["end"], "--to", last)
    return metric_of_series(archive.read(wanted, begin, end), source=_name_words(wanted))


def _dimension(text: str) -> tuple[str, str]:
    """Split NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"expected NAME=VALUE, got {text!r}.", param_hint="'--dimension'")
    return name, value


def _name_words(name: MetricName) -> str:
    """Say the name of a metric in words."""
    dimensions = ", ".join(f"{key}={value}" for key, value in name.dimensions)
    return (
        f"{name.namespace}:{name.metric}{f' of {dimensions}' if dimensions else ''}"
        f" ({name.statistic}, {name.period_seconds} s)"
    )


def _time(text: str | None, option: str, otherwise: datetime) -> datetime:
    """Read a time of the archive, which is in UTC where it names no zone."""
    if text is None:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"expected a time such as 2026-11-24T04:23:00Z, got {text!r}.",
            param_hint=f"'{option}'",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_marked(
    metric: RecordedMetric, marked: Sequence[str], file: Path | None
) -> tuple[tuple[Incident, ...], tuple[str, ...]]:
    """Read the incidents of the options and of the file, and what was left out of them.

    Parameters
    ----------
    metric : RecordedMetric
        Whose clock they are on.
    marked : sequence of str
        Each ``START/END``.
    file : Path or None
        JSON.
    """
    import json

    from tuner.deployment.alarms_incidents import read_incidents
    from tuner.measure.delimited import read_text

    document = None
    if file is not None:
        try:
            document = json.loads(read_text(file))
        except (json.JSONDecodeError, RecursionError) as error:
            raise click.BadParameter(
                f"expected JSON in {str(file)!r}, got: {error}.", param_hint="'--incidents'"
            ) from error
    return read_incidents(metric, marked, document)


def read_lattice(metric: RecordedMetric, given: Mapping[str, Any]) -> AlarmLattice:
    """Make the alarms to try."""
    from tuner.deployment.alarms_lattice import ABOVE, BELOW, OR_EQUAL, alarm_lattice

    wished = {"both": (ABOVE, BELOW), "above": (ABOVE,), "below": (BELOW,)}[given["direction"]]
    period = given["period"]
    return alarm_lattice(
        metric,
        operators=[OR_EQUAL[each] if given["or_equal"] else each for each in wished],
        thresholds=_numbers(given["thresholds"]),
        windows=_windows(given["windows"]),
        period_seconds=None if period is None else duration_seconds(period, "--period"),
        statistic=given["statistic"],
        treat_missing_data=given["missing"],
        metric_delay_seconds=duration_seconds(given["metric_delay"], "--metric-delay"),
    )


def _numbers(text: str | None) -> list[float] | None:
    """Read thresholds: a list, or FROM:TO:STEP."""
    if text is None:
        return None
    try:
        if ":" not in text:
            return [float(part) for part in text.split(",")]
        begin, end, step = (float(part) for part in text.split(":"))
        count = int((end - begin) / step + 1e-9) + 1
        if not 1 <= count <= MOST_THRESHOLDS or step <= 0:
            raise ValueError(text)
        return [begin + i * step for i in range(count)]
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise click.BadParameter(
            f"expected numbers such as 50,60,75, or FROM:TO:STEP such as 50:95:5, got {text!r}.",
            param_hint="'--thresholds'",
        ) from error


def _windows(text: str | None) -> list[tuple[int, int]] | None:
    """Read windows as M/N."""
    if text is None:
        return None
    try:
        pairs = [part.split("/") for part in text.split(",")]
        return [(int(m), int(n)) for m, n in pairs]
    except ValueError as error:
        raise click.BadParameter(
            f"expected M/N such as 1/1,2/3,5/5, got {text!r}.", param_hint="'--windows'"
        ) from error


def duration_seconds(text: str, option: str) -> int:
    """Read a duration."""
    from tuner.units import parse_duration_seconds

    try:
        return int(text) if text.isdecimal() else parse_duration_seconds(text)
    except ValueError as error:
        raise click.BadParameter(
            f"expected a duration such as 90s, 5m or 1h30m, got {text!r}.",
            param_hint=f"'{option}'",
        ) from error
