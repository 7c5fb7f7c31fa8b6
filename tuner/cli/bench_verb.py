"""The verb that measures this machine by the project's benchmark, and compares two saves."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json
from tuner.cli.options import file_option, output_option, settings, talk_settings
from tuner.cli.tune_verbs import EXIT_GATE

if TYPE_CHECKING:
    from tuner.cli.show import Block


@click.command()
@click.option(
    "--size",
    type=click.Choice(["small", "full"]),
    default="small",
    help="Size of the bodies: seconds, or minutes.",
)
@file_option("--save", help="Keep what was measured in this file.")
@file_option("--compare", nargs=2, help="Measure nothing: compare two saves, the older first.")
@output_option("json")
@talk_settings
def bench(size: str, save: Path | None, compare: tuple[Path, Path] | None, output: str) -> int:
    """Measure the kernel, its yardsticks and the search, or compare two saves.

    Needs a source checkout, whose `benchmarks` folder it runs. With --compare exit code 3 where a
    body is slower or gives another answer.
    """
    if compare is not None:
        if save is not None:
            raise click.UsageError("--compare measures nothing: leave --save out.")
        return _compare(*compare, output)
    measure = _module("measure")
    measured = measure.run(size, say=lambda name: settings().say(f"benchmark: {name}"))
    if save is not None:
        measure.write(save, measured)
    if output == "json":
        emit_json({"schema": measure.SCHEMA, **asdict(measured)})
        return 0
    from tuner.cli.show import show

    show(_measured_words(measured, measure.ratios_of(measured.bodies)))
    return 0


def _compare(before: Path, after: Path, output: str) -> int:
    """Compare two saves; exit code 3 where the second is worse."""
    read = _module("measure").read
    found = _module("compare").compare(read(before), read(after))
    if output == "json":
        emit_json({"schema": "cliffside.bench-compare/1", **asdict(found)})
    else:
        from tuner.cli.show import show

        show(_compared_words(found))
    return EXIT_GATE if found.is_worse else 0


def _module(name: str) -> Any:
    """Import a module of the checkout's `benchmarks` folder.

    Raises
    ------
    MissingFileError
        Where there is no such folder, as in an installation from a wheel.
    """
    if importlib.util.find_spec("benchmarks") is None or not _is_ours():
        from tuner.errors import MissingFileError

        raise MissingFileError.of(
            expected="the folders benchmarks/ and tests/ of a source checkout",
            got="an installation without them",
            where="bench",
            next_step="Run `make bench` in a checkout of the source, or `cliffside bench` with "
            "cliffside installed from there (`pip install --editable .`).",
        )
    return importlib.import_module(f"benchmarks.{name}")


def _is_ours() -> bool:
    """Tell whether the package called benchmarks is this project's, with its tests beside it."""
    spec, tests = importlib.util.find_spec("benchmarks"), importlib.util.find_spec("tests")
    places = (spec and spec.submodule_search_locations) or ()
    return tests is not None and any((Path(place) / "bodies.py").exists() for place in places)


def _measured_words(measured: Any, ratios: dict[str, float]) -> Iterator[Block]:
    """Say what every body took, and the ratios between them."""
    from tuner.cli.show import Facts

    yield f"Size {measured.size}, best of the calls:"
    yield Facts(
        tuple(
            (name, f"{body.best_rate:,.0f} {body.unit} a second, {min(body.seconds):.3g} s a call")
            for name, body in measured.bodies.items()
        )
    )
    yield "Times faster:"
    yield Facts(tuple((name, f"{ratio:,.3g}") for name, ratio in ratios.items()))


def _compared_words(found: Any) -> Iterator[Block]:
    """Say each body's verdict with its interval, and the sum."""
    from tuner.cli.show import Facts

    yield from found.notes
    yield Facts(tuple((row.name, _row_words(row)) for row in found.rows))
    worse = "Something is slower or gives another answer." if found.is_worse else ""
    yield worse or "Nothing is slower."


def _row_words(row: Any) -> str:
    """Say one body's verdict."""
    if row.ratio is None:
        return str(row.verdict)
    words = f"{row.verdict}: {row.ratio:.3f} times the time (95 % {row.low:.3f} to {row.high:.3f})"
    return f"{words}; {row.detail}" if row.detail else words
