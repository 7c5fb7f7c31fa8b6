"""Complaints about a configuration or a plan, put into the four parts of our messages.

Pydantic checks the shape of what a person wrote; this module says what it found as
`tuner.errors.Problem`: what was expected, what came, where (through a *locator*, which knows file
and line), and what to do next. A *location* is the path to a value: keys and indices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from tuner.config_words import BARE_KEY, describe, quoted, suggest_key, words_of
from tuner.errors import CliffsideError, ConfigurationError, Problem

Location = tuple[str | int, ...]
Locator = Callable[[Location], str]
Names = Mapping[str, Location]

MOST_PROBLEMS = 100
"""Problems that one error shows; the rest are counted."""
Made = TypeVar("Made")
TableModel = TypeVar("TableModel", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing wrong with a value, found by a reader that does not know where it stands.

    Parameters
    ----------
    expected, next_step : str
        Two of the four parts of a message.
    path : tuple
        What is to blame within the value.
    got : str or None
        What came, where the value at the path does not say it.
    """

    expected: str
    next_step: str
    path: Location = ()
    got: str | None = None

    def within(self, part: str | int) -> Slip:
        """Give the slip as one of the value that holds this one under a key or an index."""
        return replace(self, path=(part, *self.path))


class SlipError(ValueError):
    """Carries slips through Pydantic to the border, which adds the place."""

    def __init__(self, *slips: Slip) -> None:
        super().__init__("; ".join(slip.expected for slip in slips))
        self.slips = slips


class Table(BaseModel):
    """Base of every table that a person writes: strict types, unknown keys refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Problems:
    """Problems found so far, each with its place; raised together at the end.

    Parameters
    ----------
    locate : callable
        Gives file, line and dotted path of a location in words.
    """

    def __init__(self, locate: Locator) -> None:
        self.locate = locate
        self.found: dict[Problem, Location] = {}
        self.unsaid = 0

    def add(self, location: Location, *, expected: str, got: str, next_step: str) -> None:
        """Note one problem at a location.

        Parameters
        ----------
        location : tuple of str or int
            Path of the value within the file.
        expected, got, next_step : str
            The other parts of the message.
        """
        if len(self.found) >= MOST_PROBLEMS:
            self.unsaid += 1
            return
        self.found[Problem(expected, got, self.locate(location), next_step)] = location

    def check(
        self, data: object, model: type[TableModel], *, inside: Location = ()
    ) -> TableModel | None:
        """Give the table as a model, or note all that is wrong with it and give None.

        Parameters
        ----------
        data : object
            What a reader of TOML or JSON gave.
        model : type
            What it should be.
        inside : tuple of str or int
            Path of the data within the file.

        Returns
        -------
        TableModel or None
            The model; None where something is wrong.
        """
        try:
            return model.model_validate(data)
        except ValidationError as error:
            listed = error.errors(include_url=False)
            for details in listed[:MOST_PROBLEMS]:
                self._add_details(details, data, model, inside)
            self.unsaid += len(listed[MOST_PROBLEMS:])
            return None

    def build(
        self,
        location: Location,
        make: Callable[[], Made],
        *,
        names: Names | None = None,
    ) -> Made | None:
        """Give what `make` makes, or note its complaints under a location and give None.

        Parameters
        ----------
        location : tuple
            Where the values stand that `make` reads.
        make : callable
            Makes a record; may raise a `CliffsideError` whose places are field names.
        names : mapping or None
            Where a field stands for the person, where its name is another.

        Returns
        -------
        record or None
            None where there were complaints.
        """
        try:
            return make()
        except CliffsideError as error:
            for problem in error.problems:
                said = problem.where
                field: Location = (said,) if BARE_KEY.fullmatch(said) else ()
                field = (names or {}).get(said, field)
                self.add(
                    (*location, *field),
                    expected=problem.expected if field else f"{said}: {problem.expected}",
                    got=problem.got,
                    next_step=problem.next_step,
                )
            return None

    def raise_any(self) -> None:
        """Raise all problems as one ConfigurationError, if there are any.

        Raises
        ------
        ConfigurationError
            Carrying every problem found so far.
        """
        if self.unsaid:
            rest = Problem(
                f"at most {MOST_PROBLEMS} problems at once",
                f"{self.unsaid:,} more",
                self.locate(()),
                "Mend those above first.",
            )
            raise ConfigurationError(*self.found, rest)
        if self.found:
            raise ConfigurationError(*self.found)

    def _add_details(
        self, details: ErrorDetails, data: object, model: type[BaseModel], inside: Location
    ) -> None:
        """Note one of Pydantic's errors in our words."""
        location = (*inside, *_followed(details["loc"], data))
        kind, value = details["type"], details["input"]
        if kind in ("extra_forbidden", "invalid_key"):
            key = details["loc"][-1]
            known = known_keys(model, details["loc"][:-1])
            self.add(
                (*inside, *details["loc"]),
                expected="a key that is known here",
                got=f"unknown key {quoted(str(key))}",
                next_step=suggest_key(str(key), known),
            )
            return
        context = details.get("ctx", {})
        error = context.get("error")
        if isinstance(error, SlipError):
            for slip in error.slips:
                self.add(
                    (*location, *slip.path),
                    expected=slip.expected,
                    got=_at(value, slip.path) if slip.got is None else slip.got,
                    next_step=slip.next_step,
                )
            return
        expected, next_step = words_of(kind, context, value)
        got = "nothing" if kind == "missing" else describe(value)
        self.add(location, expected=expected, got=got, next_step=next_step)


def complaint(
    expected: str, next_step: str, *, path: Location = (), got: str | None = None
) -> SlipError:
    """Make an error to raise within a validator, in our parts.

    Parameters
    ----------
    expected, next_step : str
        Two of the four parts; place and value are added by the border.
    path : tuple
        What is to blame within the validated value.
    got : str or None
        What came, where the value at the path does not say it.
    """
    return SlipError(Slip(expected, next_step, path, got))


def known_keys(model: type[BaseModel], location: Location) -> tuple[str, ...]:
    """Give the keys that a table may have, found by its location."""
    here = model_at(model, location)
    return () if here is None else tuple(here.model_fields)


def model_at(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """Give the model of the table at a location, or None where there is none."""
    here: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int):
            continue
        if here is None or part not in here.model_fields:
            return None
        here = model_within(here.model_fields[part].annotation)
    return here


def model_within(annotation: Any) -> type[BaseModel] | None:
    """Give the model that an annotation such as ``tuple[Table, ...] | None`` is about."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, list, tuple):
        for inner in get_args(annotation):
            found = model_within(inner)
            if found is not None:
                return found
    return None


def _followed(location: Location, data: object) -> Location:
    """Keep the part of a location that stands in what the person wrote (and a missing key)."""
    kept: list[str | int] = []
    here = data
    for part in location:
        if isinstance(part, int):
            if not isinstance(here, (list, tuple)) or part >= len(here):
                break
            here = here[part]
        else:
            if not isinstance(here, Mapping):
                break
            here = here.get(part)
        kept.append(part)
    return tuple(kept)


def _at(value: Any, path: Location) -> str:
    """Describe what stands at a path within a value."""
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return "nothing"
    return describe(value)
