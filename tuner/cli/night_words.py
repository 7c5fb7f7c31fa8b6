"""A night on a terminal, block by block: what needs a person first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuner.cli.show import Block, Facts, Heading

if TYPE_CHECKING:
    from tuner.night.summary import Summary


def night_blocks(summary: Summary) -> Iterator[Block]:
    """Say a night; one line where there is nothing to do for anybody.

    Parameters
    ----------
    summary : Summary
        The night.
    """
    from tuner.night.words import change_table, fit_lines, night_date

    yield f"Night of {night_date(summary.night)}: {summary.headline}"
    if summary.is_quiet:
        return
    if summary.regret_sentence:
        yield summary.regret_sentence
    if summary.for_a_person:
        yield Heading("Needs a person")
        yield Facts(
            tuple(
                (each.service, f"{each.outcome}: {each.why} {each.next_step}".rstrip())
                for each in summary.for_a_person
            )
        )
    changed = summary.of("changed")
    if changed:
        yield ""
        yield change_table(summary)
        yield Facts(tuple((each.service, each.next_step) for each in changed))
    fine = summary.of("unchanged")
    if fine:
        yield Heading("Unchanged")
        yield ", ".join(each.service for each in fine)
    lines = fit_lines(summary)
    if lines:
        yield ""
        yield from lines
