"""Values of a knob: a range with a step, and how a scale-in threshold follows from scale-out's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from tuner.errors import ConfigurationError, Problem

LowerKind = Literal["given", "capped", "share"]

LARGEST_DIMENSION = 100_000
"""Values that one knob may take."""


def value_range(first: float, *, last: float, step: float = 1.0) -> tuple[float, ...]:
    """Give the values of a range with a step, the last included where the steps reach it.

    Parameters
    ----------
    first, last : float
        Ends of the range, in the knob's unit; ``last`` at least ``first``.
    step : float
        Distance of two values, above 0.

    Returns
    -------
    tuple of float
        ``first + k * step``, each the float nearest to the decimal sum.

    Raises
    ------
    ConfigurationError
        For a step that is not above 0, a range that runs backwards, or more than 100,000 values.

    Examples
    --------
    >>> value_range(8, last=10)
    (8.0, 9.0, 10.0)
    >>> value_range(0.1, last=0.3, step=0.1)
    (0.1, 0.2, 0.3)
    """
    finite = all(math.isfinite(value) for value in (first, last, step))
    if not finite or step <= 0 or last < first:
        raise ConfigurationError(
            Problem(
                "a range that rises, with a step above 0",
                f"from {first:g} to {last:g} by {step:g}",
                "range",
                "Swap its ends, or give a step above 0.",
            )
        )
    start, end, stride = (Fraction(str(value)) for value in (first, last, step))
    n_values = (end - start) // stride + 1
    if n_values > LARGEST_DIMENSION:
        raise ConfigurationError(
            Problem(
                f"at most {LARGEST_DIMENSION:,} values in a range",
                f"{n_values:,}, from {first:g} to {last:g} by {step:g}",
                "range",
                "Take a larger step.",
            )
        )
    return tuple(float(start + k * stride) for k in range(n_values))


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerThreshold:
    """How the scale-in threshold follows from the scale-out threshold.

    Parameters
    ----------
    kind : str
        ``given``: `value` percent. ``capped``: `value` percent, but never above the upper one.
        ``share``: `numerator` / `denominator` of the upper one, rounded down to a whole percent.
    value : float
        Percent of CPU; not read for a share.
    numerator, denominator : int
        The share, above 0 and at most 1; read for a share only.

    Raises
    ------
    ConfigurationError
        Naming every field that cannot be.

    Examples
    --------
    >>> LowerThreshold.share(1, over=3).below(23.0), LowerThreshold.capped(15.0).below(11.0)
    (7.0, 11.0)
    """

    kind: LowerKind
    value: float = 0.0
    numerator: int = 1
    denominator: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no threshold."""
        problems = tuple(_lower_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    @classmethod
    def given(cls, value: float) -> LowerThreshold:
        """Make a threshold of so many percent."""
        return cls(kind="given", value=value)

    @classmethod
    def capped(cls, value: float) -> LowerThreshold:
        """Make a threshold of so many percent, but never above the upper one."""
        return cls(kind="capped", value=value)

    @classmethod
    def share(cls, numerator: int, *, over: int) -> LowerThreshold:
        """Make a threshold of a share of the upper one, rounded down to a whole percent."""
        return cls(kind="share", numerator=numerator, denominator=over)

    def below(self, upper_percent: float) -> float:
        """Give the scale-in threshold in percent for a scale-out threshold in percent.

        Notes
        -----
        Assumption: a share is rounded down in exact decimal arithmetic, so that a third of 21 % is
        7 % whatever binary fractions say.
        """
        if self.kind == "given":
            return float(self.value)
        if self.kind == "capped":
            return float(min(self.value, upper_percent))
        exact = Fraction(str(float(upper_percent))) * self.numerator / self.denominator
        return float(math.floor(exact))

    def __str__(self) -> str:
        """Say the rule in words, as a person writes it."""
        if self.kind == "share":
            return f"{self.numerator}/{self.denominator} of the upper one, rounded down"
        return f"{self.value:g} %" + (" at most the upper one" if self.kind == "capped" else "")


def _lower_problems(lower: LowerThreshold) -> Iterator[Problem]:
    """Yield what cannot be in a rule for the scale-in threshold."""
    if lower.kind not in get_args(LowerKind):
        yield Problem("given, capped or share", repr(lower.kind), "kind", "Choose one.")
    if not math.isfinite(lower.value):
        yield Problem("a finite percentage", repr(lower.value), "value", "Give a number.")
    if lower.kind == "share" and not 0 < lower.numerator <= lower.denominator:
        yield Problem(
            "a share above 0 and at most 1",
            f"{lower.numerator}/{lower.denominator}",
            "scale_in_threshold",
            'Write it as "1/2" or "1/3".',
        )
