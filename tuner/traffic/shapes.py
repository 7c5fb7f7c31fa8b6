"""Traffic shapes: the load of each run, ragged, with a name, a weight and a source.

Notation: S shape, T tick. ``rpm[s, t]`` is the mean number of requests per minute offered to the
whole group over tick t of shape s; shapes have their own lengths and are never padded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tuner.errors import Problem, TrafficError
from tuner.plotting import Plotted, Tabled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One traffic shape.

    Parameters
    ----------
    name : str
        Unique among the shapes of a job.
    rpm : float64 [T]
        Requests per minute in each tick, finite and not negative.
    weight : float
        Weight in the mean over shapes, above 0; a noise replicate of R has 1 / R.
    source : str
        Where it comes from, in words.
    """

    name: str
    rpm: FloatArray
    weight: float = 1.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class TrafficShapes(Plotted, Tabled):
    """All shapes of a job, as one flat array and offsets.

    Parameters
    ----------
    rpm : float64 [sum of T]
        Shape s holds ``rpm[offsets[s] : offsets[s + 1]]``.
    offsets : int64 [S + 1]
        Where each shape begins and ends.
    weight : float64 [S]
        Weights, above 0.
    names, sources : tuple of str [S]
        Name and source of each shape.
    tick_seconds : int
        Length of a tick in seconds.
    """

    rpm: FloatArray
    offsets: IntArray
    weight: FloatArray
    names: tuple[str, ...]
    sources: tuple[str, ...]
    tick_seconds: int

    @classmethod
    def of(cls, shapes: Iterable[Shape], *, tick_seconds: int = 60) -> TrafficShapes:
        """Join single shapes, checked.

        Raises
        ------
        TrafficError
            For no shape, an empty one, equal names, a weight that is not above 0, or load that is
            negative or not finite; each by the shape's name.
        """
        listed = list(shapes)
        problems = _shape_problems(listed)
        if problems:
            raise TrafficError(*problems)
        lengths = np.array([len(shape.rpm) for shape in listed], dtype=np.int64)
        return cls(
            rpm=frozen(np.concatenate([shape.rpm for shape in listed]).astype(np.float64)),
            offsets=frozen(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)),
            weight=frozen(np.array([shape.weight for shape in listed], dtype=np.float64)),
            names=tuple(shape.name for shape in listed),
            sources=tuple(shape.source for shape in listed),
            tick_seconds=tick_seconds,
        )

    def __len__(self) -> int:
        """Count the shapes, S."""
        return len(self.names)

    @property
    def n_ticks(self) -> IntArray:
        """Ticks of each shape, int64 [S]."""
        return np.diff(self.offsets)

    @property
    def n_minutes(self) -> float:
        """Minutes of all shapes together."""
        return float(self.rpm.size * self.tick_seconds / 60)

    def rpm_of(self, s: int) -> FloatArray:
        """Give the load of shape s, float64 [T], requests per minute."""
        return self.rpm[self.offsets[s] : self.offsets[s + 1]]

    def index(self, name: str) -> int:
        """Give the index of a shape by name.

        Raises
        ------
        TrafficError
            When there is no such shape; the message lists those there are.
        """
        if name not in self.names:
            raise TrafficError(
                Problem(
                    f"one of {', '.join(self.names)}",
                    repr(name),
                    "shape",
                    "Use a name from `cliffside shapes`.",
                )
            )
        return self.names.index(name)

    def only(self, name: str) -> TrafficShapes:
        """Give one shape alone.

        Raises
        ------
        TrafficError
            When there is no such shape; the message lists those there are.
        """
        s = self.index(name)
        shape = Shape(
            name=name,
            rpm=self.rpm_of(s),
            weight=float(self.weight[s]),
            source=self.sources[s],
        )
        return TrafficShapes.of([shape], tick_seconds=self.tick_seconds)


def frozen(array: NDArray[Number]) -> NDArray[Number]:
    """Make an array read-only and C-contiguous."""
    contiguous = np.ascontiguousarray(array)
    contiguous.setflags(write=False)
    return contiguous


def _shape_problems(shapes: Sequence[Shape]) -> list[Problem]:
    """List what is wrong with single shapes, by name."""
    if not shapes:
        return [Problem("at least one shape", "none", "traffic", "Add stages or a recording.")]
    problems: list[Problem] = []
    seen: set[str] = set()
    for shape in shapes:
        where = f"shape {shape.name!r}"
        if shape.name in seen:
            problems.append(Problem("unique names", "the same name twice", where, "Rename one."))
        seen.add(shape.name)
        if shape.rpm.ndim != 1 or shape.rpm.size == 0:
            problems.append(
                Problem("a row of ticks", f"shape {shape.rpm.shape}", where, "Give it a length.")
            )
            continue
        if not shape.weight > 0 or not np.isfinite(shape.weight):
            problems.append(
                Problem(
                    "a weight above 0", f"{shape.weight:g}", where, "Leave it out, or raise it."
                )
            )
        wrong = np.flatnonzero(~(np.isfinite(shape.rpm) & (shape.rpm >= 0)))
        if wrong.size:
            first = int(wrong[0])
            problems.append(
                Problem(
                    "finite load of at least 0 rpm",
                    f"{float(shape.rpm[first]):g} at tick {first} ({wrong.size} such ticks)",
                    where,
                    "Mend the recording or choose a policy for its gaps.",
                )
            )
    return problems
