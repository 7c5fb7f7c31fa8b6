"""Which candidates share a block: lanes run blocks with one alarm period and one warm-up.

Blocks are cut from candidates as they stand. Where blocks hold several periods or warm-ups, the
candidates of those blocks, and only those, change places with each other while they run.

Notation: C candidate, R candidate that changes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kernels
from kernels import layout
from tuner.simulation.arrays import PolicyArrays

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

WORD_TICKS = 64
"""Ticks of an alarm's window that a lane can remember: `WORD` of `kernels.lane_fit`."""

ALONE = 0
"""Key of a candidate that no block of lanes takes, whatever else is in it."""


NO_WARMUP = -1
"""Warm-up of a candidate none of whose launches warm up."""


@dataclass(frozen=True, slots=True)
class Places:
    """Candidates that change places.

    Parameters
    ----------
    place : int64 [R]
        Rows, rising: the places that are dealt anew.
    candidate : int64 [R]
        Which candidate stands at each of them while they run.
    """

    place: IntArray
    candidate: IntArray

    def seated(self, policies: PolicyArrays) -> PolicyArrays:
        """Give candidates ``[C]`` with those at the places exchanged."""
        order = np.arange(len(policies))
        order[self.place] = self.candidate

        def moved(columns: Any) -> Any:
            return type(columns)(*(np.take(each, order, axis=0) for each in columns))

        warming = None if policies.warming is None else moved(policies.warming)
        return replace(policies, policies=moved(policies.policies), warming=warming)

    def put_back(self, totals: layout.Totals) -> None:
        """Give the totals ``[C, S]`` of the places to the candidates that stood there."""
        order = np.arange(len(totals.status))
        order[self.candidate] = self.place
        for column in totals:
            column[:] = np.take(column, order, axis=0)


def block_keys(policies: PolicyArrays, setting: layout.Setting) -> tuple[IntArray, ...]:
    """Give what all candidates of a block of lanes must share, a column ``[C]`` for each.

    Parameters
    ----------
    policies : PolicyArrays [C]
        Candidates.
    setting : layout.Setting
        The scenario in ticks.

    Returns
    -------
    tuple of int64 [C]
        The period of their alarms, in ticks; where any has step or target tracking policies, also
        the kinds of both sides, and the warm-up of launches. `ALONE` for a candidate that runs in
        no lanes. They mirror what `kernels.lane_fit` asks of each candidate; a key that is wrong
        costs time and changes no result.
    """
    own, warming = policies.policies, policies.warming
    present = own.present != 0
    period = np.where(present, own.period_ticks, own.period_ticks[:, ::-1])
    period[~present.any(axis=1)] = 1
    reach = (own.evaluation_periods - 1) * own.period_ticks + 1
    if warming is None:
        reach += setting.delay_ticks
    fits = (period[:, 0] == period[:, 1]) & ~(present & (reach > WORD_TICKS)).any(axis=1)
    fits &= (own.schedule_begin == own.schedule_end) & (own.min_size >= 1)
    keys = [period[:, 0]]
    if warming is not None:
        steps, tracks = present & (warming.is_step != 0), warming.has_tracking != 0
        by_step = np.where(steps[:, 0], warming.warmup_ticks[:, 0], NO_WARMUP)
        by_tracking = np.where(tracks, warming.tracking_warmup_ticks, NO_WARMUP)
        fits &= (by_step == by_tracking) | (np.minimum(by_step, by_tracking) == NO_WARMUP)
        fits &= ~tracks | (setting.minute_ticks == 1)
        kinds = present.astype(np.int64) + steps
        keys += [3 * kinds[:, 0] + kinds[:, 1], np.maximum(by_step, by_tracking)]
    return tuple(np.where(fits, key, ALONE) for key in keys)


def may_use_lanes(setting: layout.Setting, load: layout.Load) -> bool:
    """Tell whether a scenario is one for lanes at all; as `kernels.lane_fit.setting_fits`."""
    is_line, is_drawn = not len(load.knots), len(load.launch_ticks) > 0
    is_detailed = setting.basic_ticks == 0 and setting.delay_ticks < WORD_TICKS
    return is_line and is_detailed and not is_drawn


def places_for(keys: tuple[IntArray, ...]) -> Places | None:
    """Deal the places of mixed blocks anew, so that fewer blocks are mixed.

    Parameters
    ----------
    keys : tuple of int64 [C]
        From `block_keys`.

    Returns
    -------
    Places or None
        Candidates of equal keys next to each other, in the order they had; None where that would
        leave as many blocks mixed.

    Examples
    --------
    >>> keys = np.arange(4 * kernels.BLOCK) % 2
    >>> places_for((keys,)).candidate[:4].tolist()
    [0, 2, 4, 6]
    >>> places_for((np.sort(keys),)) is None
    True
    """
    mixed = _mixed_blocks(keys)
    n_mixed = int(np.count_nonzero(mixed))
    if n_mixed < 2:
        return None
    place = np.flatnonzero(np.repeat(mixed, kernels.BLOCK)[: len(keys[0])])
    candidate = place[np.lexsort([key[place] for key in keys])]
    dealt = [key.copy() for key in keys]
    for key, old in zip(dealt, keys, strict=True):
        key[place] = old[candidate]
    if int(np.count_nonzero(_mixed_blocks(tuple(dealt)))) >= n_mixed:
        return None
    return Places(place, candidate)


def _mixed_blocks(keys: tuple[IntArray, ...]) -> BoolArray:
    """Tell which blocks hold candidates of several keys, bool [blocks]."""
    begins = np.arange(0, len(keys[0]), kernels.BLOCK)
    mixed = np.zeros(len(begins), dtype=np.bool_)
    for key in keys:
        mixed |= np.maximum.reduceat(key, begins) != np.minimum.reduceat(key, begins)
    return mixed
