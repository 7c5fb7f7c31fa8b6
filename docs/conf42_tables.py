"""The tables of docs/conf42.md, and its paragraphs set to width; docs/conf42.py writes the page."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator

from conf42_runs import (
    HOLDS,
    RAMPS,
    SEEN_RPM,
    SETTINGS,
    SIMULATION,
    STARTS,
    Seen,
    Setting,
    Traffic,
    unsaid,
)

WORDS = {
    "first earlier": "first scale-out of the run 1 minute earlier or more",
    "first 4–6 earlier": "the same, 4 to 6 minutes",
    "surge earlier": "first scale-out on the surge 1 minute earlier or more",
    "surge 4–6 earlier": "the same, 4 to 6 minutes",
    "smaller step": "an activity of fewer instances",
    "slower growth": "fewer instances asked for within 15 minutes of the surge",
    "peak 26–27": "highest minute at 26–27 %",
    "mean 26–27": "highest five-minute mean at 26–27 %",
    "all three": "4 to 6 minutes, slower growth and highest minute at 26–27 %",
    "all three, mean": "4 to 6 minutes, slower growth and highest mean at 26–27 %",
}
"""The observations of `conf42_runs.observations`, in words."""

Tally = dict[tuple[Setting, Traffic], dict[str, bool]]


def every_setting(seen: dict[Setting, Seen], talk: dict[Setting, Seen]) -> Iterator[str]:
    """Give the table of all settings."""
    yield f"""## Every setting

First scale-out of the run and on the surge, in minutes; steps of desired capacity over the run;
most instances asked for within 15 minutes of the surge; highest CPU of a minute and of a
five-minute mean of the group metric, %; CPU that 120,000 rpm give the hosts that serve when the
load reaches it. The first row is five of five minutes. Left, traffic to 120,000 rpm; after
"to 150,000", the same for that traffic.

| monitoring | delay, s | launch, s | cooldown, s | {" | ".join(COLUMNS)} | to 150,000: {
        " | ".join(COLUMNS[1:])
    } |
| --- | {" | ".join(["---:"] * (2 * len(COLUMNS) + 2))} |"""
    for setting in (SIMULATION, *SETTINGS):
        launch = "60 + 150" if setting.boots else "180"
        name = setting.monitoring if setting.beanstalk else "**five of five**"
        cells = [name, str(setting.delay_seconds), launch, str(setting.cooldown_seconds)]
        cells += [*columns(seen[setting]), *columns(talk[setting])[1:]]
        yield f"| {' | '.join(cells)} |"
    yield ""


TIE = "\N{NO-BREAK SPACE}"
COLUMNS = ("first", "on surge", "steps", "in 15 min", "peak", "mean", "at 120,000")


def columns(seen: Seen) -> list[str]:
    """Give the cells of `COLUMNS`."""
    counts = sorted(Counter(seen.steps).items(), reverse=True)
    cpu = float(SIMULATION.scenario(1).host.cpu_percent(SEEN_RPM / seen.hosts))
    return [
        str(seen.first),
        str(seen.on_surge),
        ", ".join(f"{count} × {signed(step)}" for step, count in counts),
        str(seen.added),
        f"{seen.peak_percent:.1f}",
        f"{seen.peak_mean_percent:.1f}",
        f"{cpu:.1f} % on {seen.hosts}",
    ]


def varied(counted: Tally) -> Iterator[str]:
    """Give how often each observation appears when what is unsaid varies."""
    ramps = ", ".join(f"{first} and {surge}" for first, surge in RAMPS)
    yield f"""## What the talk leaves unsaid

Traffic to 120,000 rpm with each hold from {HOLDS[0]} to {HOLDS[-1]} minutes, {STARTS[0]},
{STARTS[1]} or {STARTS[2]} instances at the start, and ramps of {ramps} minutes:
{len(unsaid())} shapes. Share of the runs that show each observation, by setting, phases
together. The columns are the rows of the first table of counts, in its order; the first row here is
five of five minutes itself.
"""
    yield from shares(counted, "setting", lambda s, _: group_words(s))
    yield "By start and ramps, all settings of Elastic Beanstalk and all holds together:\n"
    yield from shares(
        {key: found for key, found in counted.items() if key[0].beanstalk},
        "start, ramps",
        lambda _, t: f"{t.start} at the start, {t.first_ramp} and {t.surge} min",
    )


def group_words(setting: Setting) -> str:
    """Name a setting without its phase."""
    if not setting.beanstalk:
        return "five of five minutes"
    kind = "detailed" if setting.phase is None else "basic"
    launch = "60 + 150 s" if setting.boots else "180 s"
    words = (
        f"delay {setting.delay_seconds} s, launch {launch}, cooldown {setting.cooldown_seconds} s"
    )
    return f"{kind}, {words}"


def shares(counted: Tally, name: str, group: Callable[[Setting, Traffic], str]) -> Iterator[str]:
    """Give a table of shares, a row for each group of runs."""
    sizes: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for (setting, traffic), found in counted.items():
        row = group(setting, traffic)
        sizes[row] += 1
        hits.update((row, key) for key, shown in found.items() if shown)
    yield f"| {name} | runs | {' | '.join(WORDS)} |"
    yield f"| --- | {' | '.join(['---:'] * (len(WORDS) + 1))} |"
    for row, size in sizes.items():
        yield f"| {row} | {size} | {' | '.join(share(hits[row, key], size) for key in WORDS)} |"
    yield ""


def share(count: int, total: int) -> str:
    """Give a count as percent of a total; a count that is not 0 never reads as 0."""
    percent = 100 * count / total
    return "0" if count == 0 else f"{percent:.1f} %" if percent >= 0.05 else "< 0.1 %"


def signed(change: int) -> str:
    """Give a change with its sign."""
    return f"+{change}" if change > 0 else f"−{-change}"


def wrapped(page: str) -> str:
    """Set each paragraph and each point of a list to the width of the other pages."""
    blocks = []
    for block in page.split("\n\n"):
        if block.startswith("- "):
            points = block[2:].split("\n- ")
            blocks.append("\n".join(fill(f"- {point}", "  ") for point in points))
        else:
            is_text = not block.lstrip().startswith(("|", "#", "!", "<"))
            blocks.append(fill(block, "") if is_text else block)
    return "\n\n".join(blocks)


def fill(text: str, indent: str) -> str:
    """Set a paragraph to 100 characters."""
    return textwrap.fill(
        " ".join(text.split()).replace(" %", f"{TIE}%"),
        width=100,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ).replace(TIE, " ")
