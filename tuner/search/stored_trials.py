"""The trials of a search that may be interrupted, as parts of a run folder.

A part holds the trials that earlier parts do not: what is written grows with the search, not with
its square. Its schema's name carries a fingerprint of space, scenario and shapes, so that trials of
anything else are refused.

Notation
--------
C candidate, S shape.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path
from typing import Protocol

import numpy as np

from tuner.scenario import Scenario
from tuner.search.objectives import WEIGHTED, Weighted
from tuner.search.space import Space
from tuner.search.trials import TrialLog, Trials
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.simulation.run import Progress
from tuner.store.files import parquet_bytes, read_parquet
from tuner.traffic.shapes import TrafficShapes


class Parts(Protocol):
    """Keeps parts; `tuner.store.run_writer.RunWriter` does."""

    def parts(self, label: str) -> list[Path]:
        """List the parts of a label, each checked."""

    def save_part(self, label: str, content: bytes) -> None:
        """Save one more."""


class StoredTrials:
    """A `tuner.search.search.TrialStore` over parts.

    Parameters
    ----------
    parts : Parts
        Where they are.
    space, scenario, shapes : Space, Scenario, TrafficShapes [S]
        What is searched.
    label : str
        Tells these parts from those of another search of the same run.
    progress : callable or None
        Told the candidate-ticks of what is loaded, as they will not be simulated.
    """

    def __init__(
        self,
        parts: Parts,
        space: Space,
        scenario: Scenario,
        shapes: TrafficShapes,
        *,
        label: str = "search",
        progress: Progress | None = None,
    ) -> None:
        self._label = label
        self._parts, self._progress, self._n_ticks = parts, progress, shapes.rpm.size
        self._names = [f"peak_cpu_percent[{name}]" for name in shapes.names]
        self._schema = f"cliffside.part.{_fingerprint(space, scenario, shapes)}"

    def load(self) -> Trials | None:
        """Give the trials of all parts, None where there are none.

        Raises
        ------
        ResultFileError
            When a part is damaged, or of another search.
        """
        log = TrialLog(len(self._names))
        for path in self._parts.parts(self._label):
            log.add(self._read(path))
        if not len(log):
            return None
        trials = log.trials()
        if self._progress is not None:
            self._progress(len(trials) * self._n_ticks)
        return trials

    def save(self, trials: Trials) -> None:
        """Save trials ``[C]`` that ran since the last call, as one more part.

        Raises
        ------
        StoreError
            When they cannot be written.
        """
        if not len(trials):
            return
        columns = {
            "candidate": trials.candidate,
            **{name: getattr(trials.totals, name) for name in WEIGHTED},
            **{name: trials.peak_cpu_percent[:, s] for s, name in enumerate(self._names)},
        }
        units = {"candidate": "1", **WEIGHTED, **dict.fromkeys(self._names, "%")}
        self._parts.save_part(
            self._label,
            parquet_bytes(columns, units=units, schema=self._schema, model_version=MODEL_VERSION),
        )

    def _read(self, path: Path) -> Trials:
        """Read one part."""
        columns = read_parquet(path, schema=self._schema, model_version=MODEL_VERSION)
        totals = {field.name: columns[field.name] for field in fields(Weighted)}
        peaks = np.stack([columns[name] for name in self._names], axis=1)
        return Trials(columns["candidate"], peaks, Weighted(**totals))


def _fingerprint(space: Space, scenario: Scenario, shapes: TrafficShapes) -> str:
    """Give the first digits of a digest over all that a trial depends on."""
    digest = hashlib.sha256(repr((space, scenario, shapes.names, shapes.tick_seconds)).encode())
    for array in (shapes.rpm, shapes.offsets, shapes.weight):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
