"""From a TOML file to a job: every problem is found and reported at once, with file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tuner.config.aws_table import AwsNames, AwsTable
from tuner.config.build import build_job
from tuner.config.files import check_file
from tuner.config.guard_table import GuardTable
from tuner.config.job import Job
from tuner.config.lines import key_lines, line_of
from tuner.config.presets import with_preset
from tuner.config.tables import JobTable
from tuner.config_problems import Location, Locator, Problems, Table
from tuner.config_words import dotted
from tuner.deployment.guard_rails import GuardRails
from tuner.errors import ConfigurationError, MissingFileError, Problem
from tuner.search.settings import FamilyName

LARGEST_FILE_BYTES = 131_072
LONGEST_LINE = 2_000
"""Limits of a config file: a key of 100,000 dots costs tomllib all memory."""

TableModel = TypeVar("TableModel", bound=Table)
Made = TypeVar("Made")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")
_TUPLE = re.compile(r"\('([^']*)',\)")
_ASSIGNED = re.compile(r"\s*([A-Za-z0-9_.-]{1,60})\s*=\s*(.?)")


def load_job(path: Path, *, families: Sequence[FamilyName] | None = None) -> Job:
    """Read a job from its TOML file.

    Parameters
    ----------
    path : Path
        The file; paths in it are relative to its folder.
    families : sequence of str or None
        Families to search instead of those of the file.

    Returns
    -------
    Job
        All that the file says, checked.

    Raises
    ------
    MissingFileError
        When the file itself cannot be opened.
    ConfigurationError
        With every problem of the file at once, each with file, line and dotted key.
    """
    path = Path(path)
    name = str(path)
    text = _read_text(path, name)
    data = _parse(text, name)
    problems = Problems(_locator(text, name))
    whole = with_preset(data)
    table = problems.check(whole, JobTable)
    job = None
    if table is not None:
        if families is not None:
            search = table.search.model_copy(update={"families": tuple(families)})
            table = table.model_copy(update={"search": search})
        job = build_job(table, path=path, problems=problems)
    else:
        _check_files_anyway(data, path.parent, problems)
        _check_the_rest(whole, path, problems)
    problems.raise_any()
    if job is None:
        raise AssertionError("a job without a problem is there")
    return job


def load_aws(path: Path) -> AwsNames:
    """Read the table `aws` of a job's file alone: its data files need not be there yet.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    AwsNames
        What the service is called in its AWS account.

    Raises
    ------
    MissingFileError
        When the file cannot be opened.
    ConfigurationError
        With every problem of the table at once.
    """
    return _load_table(path, "aws", AwsTable, lambda table: (table or AwsTable()).names())


def load_guard_rails(path: Path) -> GuardRails | None:
    """Read the table `guard_rails` of a job's file alone; None where it has none.

    Parameters
    ----------
    path : Path
        The file; its data files need not be there.

    Raises
    ------
    MissingFileError, ConfigurationError
        As `load_aws`.
    """
    return _load_table(
        path, "guard_rails", GuardTable, lambda table: None if table is None else table.rails()
    )


def _load_table(
    path: Path,
    key: str,
    model: type[TableModel],
    make: Callable[[TableModel | None], Made],
) -> Made:
    """Read one table of a file, and make a record of it."""
    path = Path(path)
    text = _read_text(path, str(path))
    data = _parse(text, str(path))
    problems = Problems(_locator(text, str(path)))
    table = problems.check(data[key], model, inside=(key,)) if key in data else None
    problems.raise_any()
    made: list[Made] = []
    problems.build((key,), lambda: made.append(make(table)))
    problems.raise_any()
    return made[0]


def _locator(text: str, name: str) -> Locator:
    """Give what says file, line and key of a location of a file."""
    lines: dict[Location, int] = {}

    def locate(location: Location) -> str:
        """Give file, line and key of a location."""
        if not lines:
            lines.update(key_lines(text))
        key = f", key {dotted(location)}" if location else ""
        return f"{name}, line {line_of(location, lines)}{key}"

    return locate


def _read_text(path: Path, name: str) -> str:
    """Read a config file as text, within limits."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MissingFileError(
            Problem("a config file that can be read", reason, name, "Check the path.")
        ) from error
    if len(content) > LARGEST_FILE_BYTES:
        raise ConfigurationError(
            Problem(
                f"a config file of at most {LARGEST_FILE_BYTES:,} bytes",
                "a larger one",
                name,
                "Name data files by their paths instead of writing data here.",
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            Problem(
                "text in UTF-8",
                f"the byte 0x{content[error.start]:02x}",
                f"{name}, line {line}",
                "Save the file as UTF-8.",
            )
        ) from error
    for number, line_text in enumerate(text.split("\n"), start=1):
        if len(line_text) > LONGEST_LINE:
            raise ConfigurationError(
                Problem(
                    f"lines of at most {LONGEST_LINE:,} characters",
                    f"{len(line_text):,}",
                    f"{name}, line {number}",
                    "Break the list over several lines.",
                )
            )
    return text


def _parse(text: str, name: str) -> dict[str, Any]:
    """Parse TOML, saying a syntax error in our parts."""
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigurationError(
            Problem("TOML", "lists or tables too deep", name, "Take brackets out.")
        ) from error
    except ValueError as error:
        match = _PLACE.search(str(error))
        last = text.count("\n") + 1
        place = f", line {match[1] or last}" if match else ""
        said = _TUPLE.sub(lambda found: f"[{found[1]}]", _PLACE.sub("", str(error)))
        place += _key_near(text, int(match[1] or last), said) if match else ""
        raise ConfigurationError(
            Problem(
                "TOML",
                said[:1].lower() + said[1:],
                f"{name}{place}",
                'Texts need quotes, lists brackets, and each key stands once: name = "value".',
            )
        ) from error


def _key_near(text: str, line: int, said: str) -> str:
    """Name the key that a syntax error is probably about, from the lines up to it."""
    rows = text.split("\n")
    unclosed = said.lower().startswith("unclosed")
    for number in range(line, 0, -1) if unclosed else (line,):
        found = _ASSIGNED.match(rows[number - 1])
        if found and (not unclosed or found[2] in "[{"):
            return f", key {found[1]}"
    return ""


def _check_the_rest(data: Mapping[str, Any], path: Path, problems: Problems) -> None:
    """Note what is wrong with the tables that can be read, where others cannot."""
    failed = {place[0] for place in problems.found.values() if place}
    rest = {key: value for key, value in data.items() if key not in failed}
    apart = Problems(problems.locate)
    table = apart.check({"service": "service", **rest}, JobTable)
    if table is None:
        return
    build_job(table, path=path, problems=apart, across=False)
    for problem, place in apart.found.items():
        lost = place == ("host",) and "load_test" in failed
        if place and place[0] not in failed and not lost:
            problems.found.setdefault(problem, place)


def _check_files_anyway(data: Mapping[str, Any], folder: Path, problems: Problems) -> None:
    """Note data files that are not there, even where the rest of the file cannot be built."""
    load_test = data.get("load_test")
    if isinstance(load_test, Mapping):
        for key in ("locust", "cpu", "table"):
            check_file(load_test.get(key), folder, problems, ("load_test", key))
    traffic = data.get("traffic")
    recorded = traffic.get("recorded") if isinstance(traffic, Mapping) else None
    for i, entry in enumerate(recorded if isinstance(recorded, list) else ()):
        if isinstance(entry, Mapping):
            place = ("traffic", "recorded", i, "file")
            check_file(entry.get("file"), folder, problems, place)
