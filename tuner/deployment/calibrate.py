"""Better delays and a margin out of the days of the fidelity ledger.

The recorded days are simulated again over a small grid of launch, ready and metric delay, and the
setting with the least error is proposed, where the days decide. Notation: G setting, T minute,
B block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.calibrate_record import (
    NAMES,
    Calibration,
    Delays,
    Margin,
    Proposal,
    RecordedDay,
)
from tuner.deployment.observed import observed_instances
from tuner.deployment.verify_predict import predict
from tuner.errors import LoadTestError
from tuner.scenario import Scenario

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Progress = Callable[[int], None]

LAUNCH_MINUTES = tuple(range(16))
READY_MINUTES = (0, 1, 2, 3, 5)
DELAY_MINUTES = (0, 1, 2, 3)
BLOCK_MINUTES = 60
BOOTSTRAP_SETS = 1000
CHANCE = 0.05
SAME = 1e-9
MARGIN_QUANTILE = 0.95


def grid_of(scenario: Scenario) -> tuple[Delays, ...]:
    """Give the settings that are tried: whole minutes, and the present one."""
    present = delays_of(scenario)
    tried = {
        Delays(*(60 * k for k in ks))
        for ks in product(LAUNCH_MINUTES, READY_MINUTES, DELAY_MINUTES)
    }
    return tuple(sorted({*tried, present}))


def delays_of(scenario: Scenario) -> Delays:
    """Give the delays of a scenario."""
    return Delays(
        scenario.group.launch_seconds,
        scenario.group.ready_seconds,
        scenario.metric.metric_delay_seconds,
    )


def calibrate(
    days: Sequence[RecordedDay],
    scenario: Scenario,
    *,
    grid: Sequence[Delays] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Calibration:
    """Simulate recorded days over a grid of delays and choose the least error.

    Parameters
    ----------
    days : sequence of RecordedDay
        At least one.
    scenario : Scenario
        The present one; its host and limits stay.
    grid : sequence of Delays or None
        What is tried; None: `grid_of`. The present setting is tried as well.
    seed : int
        Of the bootstrap.
    progress : callable or None
        Told of simulated minutes as they are done.

    Raises
    ------
    LoadTestError
        Without a day that can be compared.
    SimulationError
        When a plan cannot run.

    Notes
    -----
    Assumption: the error of a minute is the mean of two shares: instances that are wrong over the
    mean instances, and points of CPU over the mean CPU. A setting counts as worse than the best
    where, of 1,000 draws of whole hours, fewer than 5 % say otherwise (Künsch, 1989). Delays that
    change nothing keep their present value.
    """
    present = delays_of(scenario)
    settings = tuple(dict.fromkeys([present, *(grid or grid_of(scenario))]))
    if not days:
        raise LoadTestError.of(
            expected="at least one verification with enough data",
            got="none",
            where="fidelity ledger",
            next_step="Run `cliffside verify` after a day in production.",
        )
    blocks = []
    for day in days:
        truth = observed_instances(day.history, day.changes)
        errors = []
        for setting in settings:
            errors.append(_error(day, truth, setting.scenario(scenario)))
            if progress is not None:
                progress(len(day.history))
        blocks.append(_blocks(np.array(errors)))
    joined = np.concatenate(blocks, axis=2)
    minutes = joined[1].sum(axis=1)
    mean = joined[0].sum(axis=1) / np.maximum(minutes, 1.0)
    same_as_best = _indistinct(joined, mean, seed=seed)
    decides = not same_as_best[0]
    chosen = _choose(settings, mean, present) if decides else present
    kept = [setting for setting, same in zip(settings, same_as_best) if same]
    return Calibration(
        days=len(days),
        minutes=sum(len(day.history) for day in days),
        present=present,
        best=chosen,
        present_error_percent=float(mean[0]),
        best_error_percent=float(mean[settings.index(chosen)]),
        decides=decides,
        proposals=tuple(_proposal(name, present, chosen, kept, settings) for name in NAMES),
    )


def margin_of(days: Sequence[RecordedDay], scenario: Scenario) -> Margin | None:
    """Give the margin that past peaks ask for; None without a day that can be compared.

    Parameters
    ----------
    days : sequence of RecordedDay
        All that the ledger has.
    scenario : Scenario
        What a search would be run with, its delays as they are proposed.

    Raises
    ------
    SimulationError
        When a plan cannot run.

    Notes
    -----
    A peak that is predicted too high counts as 0. The quantile is one of the errors, the larger
    where it falls between two.
    """
    errors = [error for day in days if (error := _peak_error(day, scenario)) is not None]
    if not errors:
        return None
    under = np.maximum(errors, 0.0)
    quantile = float(np.quantile(under, MARGIN_QUANTILE, method="higher"))
    margin = max(float(np.ceil(10 * quantile - SAME)), 0.0) / 10
    return Margin(margin, len(under), float(under.max()))


def _peak_error(day: RecordedDay, scenario: Scenario) -> float | None:
    """Give how far a day's observed peak CPU was above the predicted one, points."""
    said, cpu = predict(day.history, day.plan, scenario).group_cpu_percent, day.history.cpu_percent
    both = np.isfinite(said) & np.isfinite(cpu) & np.isfinite(day.history.requests)
    return float(cpu[both].max() - said[both].max()) if both.any() else None


def _error(day: RecordedDay, truth: FloatArray, scenario: Scenario) -> FloatArray:
    """Give the error of each minute in percent, NaN where it cannot be compared; float64 [T]."""
    prediction = predict(day.history, day.plan, scenario)
    cpu = day.history.cpu_percent
    both = np.isfinite(truth) & np.isfinite(cpu) & np.isfinite(day.history.requests)
    if not both.any():
        return np.full(len(truth), np.nan)
    wrong = np.abs(prediction.in_service - truth) / max(float(truth[both].mean()), SAME)
    off = np.abs(prediction.group_cpu_percent - cpu) / max(float(cpu[both].mean()), SAME)
    return np.where(both, 50.0 * (wrong + np.nan_to_num(off)), np.nan)


def _blocks(errors: FloatArray) -> FloatArray:
    """Sum errors [G, T] over hours: sums and counts of minutes, float64 [2, G, B]."""
    count = -(-errors.shape[1] // BLOCK_MINUTES)
    wide = np.full((len(errors), count * BLOCK_MINUTES), np.nan)
    wide[:, : errors.shape[1]] = errors
    hours = wide.reshape(len(errors), count, BLOCK_MINUTES)
    return np.stack([np.nansum(hours, axis=2), np.isfinite(hours).sum(axis=2)])


def _indistinct(joined: FloatArray, mean: FloatArray, *, seed: int) -> BoolArray:
    """Say which settings the hours do not tell from the best, bool [G]."""
    best = int(np.argmin(mean))
    worse = joined[0] - joined[0][best]
    generator = np.random.default_rng(seed)
    n_blocks = worse.shape[1]
    drawn = generator.integers(0, n_blocks, size=(BOOTSTRAP_SETS, n_blocks))
    weight = np.stack([np.bincount(row, minlength=n_blocks) for row in drawn]).astype(np.float64)
    not_worse = (worse @ weight.T <= SAME).mean(axis=1)
    return np.asarray(not_worse > CHANCE)


def _choose(settings: Sequence[Delays], mean: FloatArray, present: Delays) -> Delays:
    """Give the setting of least error; among equals, the one that changes least."""
    least = float(mean.min())
    ties = [setting for setting, error in zip(settings, mean.tolist()) if error <= least + SAME]

    def moved(setting: Delays) -> tuple[int, int]:
        steps = [abs(getattr(setting, name) - getattr(present, name)) for name in NAMES]
        return sum(step > 0 for step in steps), sum(steps)

    return min(ties, key=moved)


def _proposal(
    name: str,
    present: Delays,
    chosen: Delays,
    kept: Sequence[Delays],
    settings: Sequence[Delays],
) -> Proposal:
    """Say what the days tell of one delay."""
    values = [getattr(setting, name) for setting in kept]
    return Proposal(
        name=name,
        present=getattr(present, name),
        proposed=getattr(chosen, name),
        least=min(values),
        most=max(values),
        tried=tuple(sorted({getattr(setting, name) for setting in settings})),
    )
