"""Writes docs/conf42.md, and draws docs/pictures/conf42.svg, from fresh simulations.

    python docs/conf42.py > docs/conf42.md

docs/conf42_runs.py has the settings, the traffic and what counts as seen, docs/conf42_tables.py the
tables; docs/pictures/conf42.py draws.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Iterator

import numpy as np
from conf42_runs import (
    BEANSTALK,
    PICTURES,
    SEEN_RPM,
    SETTINGS,
    SIMULATION,
    Seen,
    Setting,
    Traffic,
    is_seen,
    look,
    observations,
    run,
    unsaid,
)
from conf42_tables import WORDS, Tally, every_setting, share, signed, varied, wrapped

PICTURE = PICTURES / "conf42.svg"
DRAWN = {"simulation": SIMULATION, "detailed": Setting(), "basic": Setting(phase=3)}
SEEN_TRAFFIC, TALK_TRAFFIC = Traffic(), Traffic(top_rpm=150_000.0)


def looks(traffic: Traffic) -> dict[Setting, Seen]:
    """Run the simulation and every setting on one traffic."""
    return {setting: look(setting, traffic) for setting in (SIMULATION, *SETTINGS)}


def tally() -> Tally:
    """Tell what the simulation and every setting show on every traffic of `unsaid`."""
    found: Tally = {}
    for traffic in unsaid():
        seen = looks(traffic)
        for setting in (SIMULATION, *SETTINGS):
            found[setting, traffic] = observations(seen[setting], seen[SIMULATION])
    return found


def document(counted: Tally) -> str:
    """Give the whole page."""
    seen, talk = looks(SEEN_TRAFFIC), looks(TALK_TRAFFIC)
    parts = [
        *head(seen),
        *timelines(),
        *observed(seen, talk, counted),
        *reasons(seen, talk, counted),
        *every_setting(seen, talk),
        *varied(counted),
    ]
    return wrapped("\n".join(parts)).rstrip("\n") + "\n"


def head(seen: dict[Setting, Seen]) -> Iterator[str]:
    """Say what is asked, what is compared, and in short what came out."""
    gain = seen[SIMULATION].first - min(seen[setting].first for setting in SETTINGS)
    yield f"""# The talk's production, simulated

<!-- Generated: python docs/conf42.py > docs/conf42.md -->

The talk that this project grew from ([model.md](model.md), "Reproducing the talk") compared its
simulation with production. Production started to scale out about five minutes earlier, grew in
smaller steps, and peaked at 26–27 % CPU at 120,000 rpm. This page runs two constructions on that
traffic and says which of them shows what. In short: Elastic Beanstalk's mean of five minutes
explains at most {gain} of the five minutes, its cooldown a slower growth but no smaller step, and a
chart of five-minute means a peak of 26–27 % where no minute peaks there. On this traffic no setting
shows all three.

- **Five of five minutes**, as the talk simulated it: alarm period 60 s, 5 of 5, cooldown 180 s,
  launch 180 s, detailed monitoring, no metric delay.
- **Elastic Beanstalk**, as it is built: alarm period 300 s, one evaluation, looked at each minute
  ([aws-semantics.md](aws-semantics.md) 8.2). What the talk does not say is varied: detailed or
  basic monitoring with each of its five phases; metric delay 0 or 60 s; launch 180 s, or
  {BEANSTALK["group"]["launch_seconds"]} s and {BEANSTALK["group"]["ready_seconds"]} s until ready
  with a boot CPU of {BEANSTALK["group"]["boot_cpu_percent"]:g} %; cooldown 180 or
  {BEANSTALK["space"]["cooldown_seconds"]} s. That makes {len(SETTINGS)} settings.

Both add two above 15 % and take one below 15 %, on the talk's host, from one instance. Traffic
ramps from 0 to 30,000 rpm in {SEEN_TRAFFIC.first_ramp} minutes, holds {SEEN_TRAFFIC.hold}, and
surges in {SEEN_TRAFFIC.surge} minutes to 120,000 rpm (what production saw) or 150,000 (what the
talk simulated). Minutes count from the start; the surge begins at {SEEN_TRAFFIC.surge_minute}.
"""


def timelines() -> Iterator[str]:
    """Show the runs that the picture draws, and list their scale-outs."""
    yield f"""## Both timelines

![{title()}](pictures/conf42.svg)

All three have delay 0, launch 180 s and cooldown 180 s. Of Elastic Beanstalk's settings, detailed
monitoring starts earliest, and basic monitoring in phase 3 comes nearest to a peak of 26–27 %.
Changes of desired capacity, by minute:

| construction | until the surge | from the surge on |
| --- | --- | --- |"""
    names = ("five of five minutes", "Elastic Beanstalk, detailed", "Elastic Beanstalk, basic 3")
    for name, setting in zip(names, DRAWN.values(), strict=True):
        change = np.diff(run(setting, SEEN_TRAFFIC).desired_capacity, prepend=SEEN_TRAFFIC.start)
        acts = [(int(t), f"{t}: {signed(int(change[t]))}") for t in np.flatnonzero(change)]
        before = ", ".join(words for t, words in acts if t < SEEN_TRAFFIC.surge_minute)
        after = ", ".join(words for t, words in acts if t >= SEEN_TRAFFIC.surge_minute)
        yield f"| {name} | {before} | {after} |"
    yield ""


def title() -> str:
    """Say what the picture shows."""
    peaks = [look(setting, SEEN_TRAFFIC).peak_percent for setting in DRAWN.values()]
    return (
        "Load, CPU and instances by minute on the traffic to 120,000 rpm: CPU peaks at "
        f"{peaks[0]:.1f} % with five of five minutes, {peaks[1]:.1f} % with Elastic Beanstalk and "
        f"detailed monitoring, {peaks[2]:.1f} % with basic monitoring in phase 3."
    )


def observed(seen: dict[Setting, Seen], talk: dict[Setting, Seen], counted: Tally) -> Iterator[str]:
    """Count, for each observation, the settings that show it."""
    ours = list(only_beanstalk(counted).values())
    runs = len(ours)
    yield f"""## What was seen, and what shows it

Of the {len(SETTINGS)} settings on the talk's traffic, and of {runs:,} runs in which the hold, the
start and the ramps vary too. "Earlier", "fewer" and "slower" are against five of five minutes on
the same traffic. A peak counts as 26–27 % from 25.5 to below 27.5.

| seen | to 120,000 rpm | to 150,000 rpm | of all {runs:,} runs |
| --- | ---: | ---: | ---: |"""
    for key, words in WORDS.items():
        at = [sum(observations(s[x], s[SIMULATION])[key] for x in SETTINGS) for s in (seen, talk)]
        everywhere = sum(found[key] for found in ours)
        yield f"| {words} | {at[0]} | {at[1]} | {share(everywhere, runs)} |"
    yield ""


def reasons(seen: dict[Setting, Seen], talk: dict[Setting, Seen], counted: Tally) -> Iterator[str]:
    """Say which settings show which part, and which part none does."""
    yield from about_start(seen, counted)
    yield from about_steps(seen, talk)
    yield from about_peak(seen, counted)
    ours = only_beanstalk(counted).values()
    together = sum(found["all three"] for found in ours)
    with_mean = sum(found["all three, mean"] for found in ours)
    yield f"""**What none shows.** No setting shows all three on the talk's traffic. Where the hold,
the start and the ramps vary, {together or "no"} run does with the highest minute, and {with_mean}
of {len(ours):,} do with the highest five-minute mean. No run has smaller activities. None that
starts from one instance has its first scale-out 4 to 6 minutes before the simulation's. What would
explain these (instances of one activity that come up one by one, another increment, other traffic
or another host line in production) is not in the talk, and this page does not guess it.
"""


def only_beanstalk(counted: Tally) -> Tally:
    """Leave out the simulation's own runs."""
    return {key: found for key, found in counted.items() if key[0].beanstalk}


def about_start(seen: dict[Setting, Seen], counted: Tally) -> Iterator[str]:
    """Say what starts earlier, and why."""
    sim, plain = seen[SIMULATION], Setting()
    first = {s: seen[s].first for s in SETTINGS}
    basic = [first[s] for s in SETTINGS if s.phase is not None and s.delay_seconds == 0]
    cpu = run(SIMULATION, SEEN_TRAFFIC).cpu_percent
    surge = [s for s in SETTINGS if observations(seen[s], sim)["surge 4–6 earlier"]]
    ours = only_beanstalk(counted)
    alone = [found["first 4–6 earlier"] for (_, t), found in ours.items() if t.start == 1]
    five = sim.first - 5
    yield f"""**Earlier: in part.** The mean of five minutes passes 15 % before five minutes in a
row have. With detailed monitoring the first scale-out comes at minute {first[plain]} against
{sim.first}; a metric delay of 60 s makes it {first[Setting(delay_seconds=60)]}. With basic
monitoring it comes at minute {min(basic)} to {max(basic)}, by the phase.
{sum(x < sim.first for x in first.values())} of {len(SETTINGS)} settings are earlier, by at most
{sim.first - min(first.values())} minutes. A mean above 15 % needs a minute above it, and five of
five is complete four minutes after that one: where CPU stays above, the alarm alone gives at most
four. Five minutes earlier is minute {five}, where CPU is {cpu[five]:.1f} %, and no alarm above 15 %
acts.

With one instance at the start, {sum(alone) or "none"} of {len(alone):,} runs scales out 4 to 6
minutes earlier. With two or four some do, but not by a quicker sight of the ramp: the five-minute
mean judges its first, partial block at once and takes the idle instances away before five minutes
are over. A group that has run for an hour has no such block.

On the surge, {len(surge)} settings scale out 4 to 6 minutes before the simulation.
{sum(s.boots for s in surge)} of them answer the boot CPU of their own last launches: their serving
hosts stay below 8 %.
The others meet the surge at another place of the flapping between one and three hosts; another
hold changes who is first.
"""


def about_steps(seen: dict[Setting, Seen], talk: dict[Setting, Seen]) -> Iterator[str]:
    """Say what grows in smaller steps."""
    slow = [s for s in SETTINGS if talk[s].added < talk[SIMULATION].added]
    cooled = [s for s in SETTINGS if s.cooldown_seconds == 360]
    costs = [talk[s].peak_percent for s in cooled if not s.boots]
    sizes = sorted({step for x in (*seen.values(), *talk.values()) for step in x.steps if step > 0})
    yield f"""**Smaller steps: not as such, but slower.** Every scale-out of every setting adds
{" or ".join(map(str, sizes))}, as the policy says. What shrinks is the growth: on the way to
150,000 rpm five of five minutes asks for {talk[SIMULATION].added} instances within 15 minutes, and
{len(slow)} settings for {" or ".join(str(n) for n in sorted({talk[s].added for s in slow}))}. These
are {"exactly" if slow == cooled else "not only"} the settings with Elastic Beanstalk's own cooldown
of 360 s. With a launch of 180 s such a group is too slow: it peaks at {min(costs):.1f} % or more.
On the way to 120,000 rpm the simulation itself asks for {seen[SIMULATION].added}, and
{sum(seen[s].added < seen[SIMULATION].added for s in SETTINGS) or "no"} setting for fewer.
"""


def about_peak(seen: dict[Setting, Seen], counted: Tally) -> Iterator[str]:
    """Say what peaks at 26–27 %."""
    host = SIMULATION.scenario(1).host
    near = min(SETTINGS, key=lambda s: abs(seen[s].peak_percent - 26.5))
    means = [s for s in SETTINGS if is_seen(seen[s].peak_mean_percent)]
    named = [f"{s.monitoring}, delay {s.delay_seconds}: {mean_of(seen[s])}" for s in means]
    boot_means = [seen[s].peak_mean_percent for s in SETTINGS if s.boots]
    own = [found["mean 26–27"] for (s, _), found in counted.items() if not s.beanstalk]
    yield f"""**A peak of 26–27 % at 120,000 rpm: not as a minute.** There three hosts run at
{host.cpu_percent(SEEN_RPM / 3):.1f} % and four at {host.cpu_percent(SEEN_RPM / 4):.1f} %: no whole
number of equal hosts runs at 26 or 27. The nearest peak of a minute is
{seen[near].peak_percent:.1f} % ({near.monitoring}, delay {near.delay_seconds}, cooldown
{near.cooldown_seconds}), with {seen[near].hosts} hosts when the load reaches 120,000 rpm. A chart
of five-minute means can show what no minute has: {len(means)} of {len(SETTINGS)} settings peaks
there ({"; ".join(named)}), on the very edge of what counts. Five of five minutes does so itself in
{sum(own)} of the {len(own)} shapes below, so such a peak needs no other construction, only another
hold or ramp. With the preset's boot CPU the chart peaks at {min(boot_means):.1f} to
{max(boot_means):.1f} %, far above what the talk saw: no such boot was in its figures.
"""


def mean_of(seen: Seen) -> str:
    """Give the peak of five-minute means in words."""
    return f"{seen.peak_mean_percent:.1f} %"


def picture() -> str:
    """Draw the timelines."""
    draw: Callable[..., str] = runpy.run_path(str(PICTURES / "conf42.py"))["draw"]
    traces = {name: run(setting, SEEN_TRAFFIC) for name, setting in DRAWN.items()}
    return draw(traces, title())


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.stdout.write(document(tally()))
