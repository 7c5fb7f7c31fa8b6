"""The runs of docs/conf42.md: the talk's construction and Elastic Beanstalk's on one traffic.

`Traffic` is what the talk says and leaves unsaid, `Setting` a way to build the group, and `look`
tells what a run shows of what was seen in production. `docs/conf42.py` writes the page.
"""

from __future__ import annotations

import itertools
import runpy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuner.config import load_job
from tuner.config.job import scenario
from tuner.config.presets import PRESETS
from tuner.policy import AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Metric, Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes
from tuner.traffic.stages import read_stages

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
JOB = load_job(ROOT / "configs" / "conf42.toml")
TALK_PLAN: ScalingPlan = runpy.run_path(str(PICTURES / "talk.py"))["PLANS"][0]
BEANSTALK = PRESETS["elastic-beanstalk"]
SEEN_RPM = 120_000.0
HOLDS, STARTS, RAMPS = range(5, 46), (1, 2, 4), ((5, 4), (10, 8), (20, 16))


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The talk's traffic: two ramps with a hold between them, in minutes, and the first capacity.

    Parameters
    ----------
    top_rpm : float
        Where the surge ends.
    hold, first_ramp, surge, start : int
        Minutes at 30,000 rpm, minutes of both ramps, instances at minute 0.
    """

    top_rpm: float = SEEN_RPM
    hold: int = 20
    first_ramp: int = 10
    surge: int = 8
    start: int = 1

    @property
    def surge_minute(self) -> int:
        """The minute at which the surge begins."""
        return self.first_ramp + self.hold

    def shapes(self) -> TrafficShapes:
        """Give the traffic as the only shape."""
        stages = [
            f"ramp {self.first_ramp}m to 30000",
            f"hold {self.hold}m",
            f"ramp {self.surge}m to {self.top_rpm:.0f}",
            "hold 60m",
        ]
        return TrafficShapes.of([Shape(name="talk", rpm=read_stages(stages))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One way to build the group: the talk's, or Elastic Beanstalk's with its unknowns filled in.

    Parameters
    ----------
    phase : int or None
        Phase of basic monitoring, in minutes; None stands for detailed monitoring.
    delay_seconds, cooldown_seconds : int
        Delay of the metric; cooldown of both policies.
    boots : bool
        Launch, readiness and boot CPU of the preset ``elastic-beanstalk``, not launch 180 s.
    beanstalk : bool
        Period 300 s and one evaluation, not five of five minutes.
    """

    phase: int | None = None
    delay_seconds: int = 0
    cooldown_seconds: int = 180
    boots: bool = False
    beanstalk: bool = True

    @property
    def monitoring(self) -> str:
        """Monitoring in words, with the phase."""
        return "detailed" if self.phase is None else f"basic, phase {self.phase}"

    def plan(self) -> ScalingPlan:
        """Give the policy: two out above 15 %, one in below 15 %."""
        return ScalingPlan(
            scale_out=self._side(TALK_PLAN.scale_out), scale_in=self._side(TALK_PLAN.scale_in)
        )

    def _side(self, side: AlarmedPolicy | None) -> AlarmedPolicy:
        """Give a side of the plan with this setting's alarm and cooldown."""
        if side is None or not isinstance(side.policy, SimpleScaling):
            raise TypeError("the talk's plan has a simple policy on each side")
        alarm = side.alarm
        if self.beanstalk:
            alarm = replace(alarm, period_seconds=300, evaluation_periods=1, datapoints_to_alarm=1)
        return AlarmedPolicy(alarm, replace(side.policy, cooldown_seconds=self.cooldown_seconds))

    def scenario(self, start: int) -> Scenario:
        """Give the talk's host and group, with this setting's metric and launches."""
        if JOB.host is None:
            raise ValueError("configs/conf42.toml states its host")
        base = scenario(JOB, JOB.host)
        group = replace(base.group, initial_capacity=start)
        if self.boots:
            names = ("launch_seconds", "ready_seconds", "boot_cpu_percent")
            group = replace(group, **{name: BEANSTALK["group"][name] for name in names})
        if self.phase is not None:
            group = replace(group, monitoring="basic", basic_phase_ticks=self.phase)
        return replace(base, group=group, metric=Metric(metric_delay_seconds=self.delay_seconds))


SIMULATION = Setting(beanstalk=False)
SETTINGS = tuple(
    Setting(phase=phase, delay_seconds=delay, cooldown_seconds=cooldown, boots=boots)
    for boots, cooldown, delay, phase in itertools.product(
        (False, True), (180, 360), (0, 60), (None, 0, 1, 2, 3, 4)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one run shows of what was seen in production.

    Parameters
    ----------
    first : int
        Minute of the first scale-out.
    on_surge : int or None
        Minute of the first one once the surge has begun; None where none is needed.
    steps : tuple of int
        Change of desired capacity in each activity.
    added : int
        Most instances asked for within 15 minutes of the surge.
    peak_percent, peak_mean_percent : float
        Highest CPU of a minute, and highest five-minute mean of the group metric.
    hosts : int
        Instances that serve in the first minute at 120,000 rpm or more.
    """

    first: int
    on_surge: int | None
    steps: tuple[int, ...]
    added: int
    peak_percent: float
    peak_mean_percent: float
    hosts: int


def run(setting: Setting, traffic: Traffic) -> Trace:
    """Run a setting on the traffic, minute by minute."""
    return trace(setting.plan(), setting.scenario(traffic.start), traffic.shapes(), 0)


def look(setting: Setting, traffic: Traffic) -> Seen:
    """Run a setting on the traffic and tell what was seen."""
    got = run(setting, traffic)
    change = np.diff(got.desired_capacity, prepend=traffic.start)
    outs = np.flatnonzero(change > 0)
    late = outs[outs >= traffic.surge_minute]
    return Seen(
        first=int(outs[0]),
        on_surge=int(late[0]) if late.size else None,
        steps=tuple(change[change != 0].tolist()),
        added=max(
            (int(change[late[(late >= t) & (late < t + 15)]].sum()) for t in late), default=0
        ),
        peak_percent=float(np.nanmax(got.cpu_percent)),
        peak_mean_percent=peak_of_means(got, setting, traffic),
        hosts=int(got.serving[np.argmax(got.rpm >= SEEN_RPM - 1e-6)]),
    )


def peak_of_means(got: Trace, setting: Setting, traffic: Traffic) -> float:
    """Give the highest five-minute mean of the group metric, as a chart of it shows, in percent."""
    group = setting.scenario(traffic.start).group
    unready = got.in_service - got.serving
    total = got.serving * np.nan_to_num(got.cpu_percent) + unready * group.boot_cpu_percent
    five = np.ones(5)
    means: NDArray[np.float64] = np.convolve(total, five, "valid") / np.convolve(
        got.in_service, five, "valid"
    )
    ends = np.arange(5, len(total) + 1)
    if setting.phase is not None:
        means = means[ends % 5 == setting.phase]
    return float(means.max())


def unsaid() -> list[Traffic]:
    """Give the traffic of every hold, first capacity and length of the ramps."""
    return [
        Traffic(hold=hold, start=start, first_ramp=first, surge=surge)
        for hold, start, (first, surge) in itertools.product(HOLDS, STARTS, RAMPS)
    ]


def is_seen(percent: float) -> bool:
    """Tell whether a CPU percent reads as 26 or 27."""
    return 25.5 <= percent < 27.5


def earlier(ours: int | None, theirs: int | None) -> int | None:
    """Give by how many minutes ours comes before theirs; None where one of them is missing."""
    return None if ours is None or theirs is None else theirs - ours


def observations(seen: Seen, simulated: Seen) -> dict[str, bool]:
    """Tell which of the observations a run shows, against the simulation of the same traffic."""
    first = earlier(seen.first, simulated.first) or 0
    surge = earlier(seen.on_surge, simulated.on_surge) or 0
    minute, mean = is_seen(seen.peak_percent), is_seen(seen.peak_mean_percent)
    return {
        "first earlier": first >= 1,
        "first 4–6 earlier": 4 <= first <= 6,
        "surge earlier": surge >= 1,
        "surge 4–6 earlier": 4 <= surge <= 6,
        "smaller step": max(seen.steps) < max(simulated.steps),
        "slower growth": seen.added < simulated.added,
        "peak 26–27": minute,
        "mean 26–27": mean,
        "all three": 4 <= max(first, surge) <= 6 and seen.added < simulated.added and minute,
        "all three, mean": 4 <= max(first, surge) <= 6 and seen.added < simulated.added and mean,
    }
