"""What a fit from production puts into a job's file: lines to paste."""

from __future__ import annotations

from collections.abc import Iterator

from tuner.measure.production import ProductionFit


def toml_lines(fit: ProductionFit) -> tuple[str, ...]:
    """Give the tables `[host]`, `[group]`, `[group.launches]` and `[metric]`, as far as known.

    Parameters
    ----------
    fit : ProductionFit
        What a history said.

    Notes
    -----
    `[group]` holds times alone: its limits are for a person to say.
    """
    parts = (
        ("host", tuple(_host(fit))),
        ("group", tuple(_group(fit))),
        ("group.launches", tuple(_launches(fit))),
        ("metric", tuple(_metric(fit))),
    )
    lines: list[str] = []
    for name, keys in parts:
        if keys:
            lines += [*([""] if lines else []), f"[{name}]", *keys]
    return tuple(lines)


def _host(fit: ProductionFit) -> Iterator[str]:
    """Give the keys of `[host]`."""
    host = fit.host_fit.host
    if host is None:
        return
    if host.table is None:
        yield f"intercept_percent = {host.intercept_percent:.3f}"
        yield f"slope_percent_per_1000_rpm = {1000.0 * host.slope_percent_per_rpm:.4f}"
    else:
        knots = ", ".join(f"[{rpm:.1f}, {percent:.2f}]" for rpm, percent in host.table)
        yield f"table = [{knots}]"
    if host.cliff_percent is None:
        yield "#cliff_percent = 50.0  # not reached: from a load test"
    else:
        yield f"cliff_percent = {host.cliff_percent:.1f}"


def _group(fit: ProductionFit) -> Iterator[str]:
    """Give the keys of `[group]`."""
    seconds = {
        "launch_seconds": fit.times.launch_seconds,
        "ready_seconds": fit.boot.ready_seconds or None,
        "drain_seconds": fit.times.drain_seconds,
    }
    for name, value in seconds.items():
        if value is not None:
            yield f"{name} = {value}"
    if fit.boot.ready_seconds:
        yield f"boot_cpu_percent = {fit.boot.boot_cpu_percent:g}"


def _launches(fit: ProductionFit) -> Iterator[str]:
    """Give the keys of `[group.launches]`."""
    times = fit.times
    if times.launch_p95_seconds is not None:
        yield f"p95_seconds = {times.launch_p95_seconds}"
    if times.failed_percent:
        yield f"failed_percent = {min(times.failed_percent, 90.0):.1f}"
        if times.retry_seconds is not None:
            yield f"retry_seconds = {times.retry_seconds}"


def _metric(fit: ProductionFit) -> Iterator[str]:
    """Give the keys of `[metric]`."""
    if fit.delay.metric_delay_seconds is not None:
        yield f"metric_delay_seconds = {fit.delay.metric_delay_seconds}"
