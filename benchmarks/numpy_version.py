"""Simple scaling in NumPy, vectorised over candidates: what one would write first.

The time loop is Python, every line within it works on all candidates of one shape. It knows what
the `simple` families need: a pair of simple policies that add or take instances, alarms of
one-tick periods with M of N, metric delay, launch, boot and drain, cooldowns; no schedule, no basic
monitoring. Written from docs/model.md; the kernel gives the same totals, bit for bit.

Notation: C candidate, S shape, T tick.
"""

from __future__ import annotations

import numpy as np

from kernels import layout
from tuner.scenario import Scenario
from tuner.simulation.arrays import PolicyArrays, initial_capacity, pack_setting
from tuner.simulation.outcomes import Outcomes, empty_totals, outcomes_of
from tuner.traffic.shapes import TrafficShapes


def simulate_with_numpy(
    policies: PolicyArrays, scenario: Scenario, shapes: TrafficShapes
) -> Outcomes:
    """Run every candidate on every shape; totals ``[C, S]`` as `tuner.simulation.run.simulate`."""
    totals = empty_totals(len(policies), len(shapes))
    for s in range(len(shapes)):
        rpm = shapes.rpm_of(s)
        run = simulate_shape(
            policies.policies, pack_setting(scenario), rpm, initial_capacity(rpm, scenario)
        )
        for name, values in run.items():
            getattr(totals, name)[:, s] = values
    return outcomes_of(totals)


class BreachWindow:
    """The last breaches of one alarm of every candidate, and how many of its newest N breach."""

    def __init__(self, policies: layout.Policies, side: int, breaches) -> None:
        self.n = policies.evaluation_periods[:, side]
        self.m = policies.datapoints_to_alarm[:, side]
        self.threshold = policies.threshold_percent[:, side]
        self.breaches = breaches
        self.rows = np.arange(len(self.n))
        self.history = np.zeros((int(self.n.max()) + 1, len(self.n)), dtype=np.int64)
        self.breaching = np.zeros(len(self.n), dtype=np.int64)
        self.seen = 0

    def observe(self, cpu: np.ndarray) -> np.ndarray:
        """Take in a datapoint; tell whose alarm is in ALARM.

        Before N datapoints there are, those missing breach nothing.
        """
        length = len(self.history)
        newest = self.breaches(cpu, self.threshold)
        leaves = self.history[(self.seen - self.n) % length, self.rows]
        self.history[self.seen % length] = newest
        self.breaching += newest - leaves
        self.seen += 1
        return self.breaching >= self.m


def simulate_shape(
    policies: layout.Policies, setting: layout.Setting, rpm: np.ndarray, initial: int
) -> dict[str, np.ndarray]:
    """Run all candidates on one shape; give the totals by name, each ``[C]``."""
    n_candidates = len(policies.min_size)
    out, inward = layout.SCALE_OUT, layout.SCALE_IN
    high = BreachWindow(policies, out, np.greater)
    low = BreachWindow(policies, inward, np.less)
    adjustment, cooldown = policies.scaling_adjustment, policies.cooldown_ticks

    def zeros() -> np.ndarray:
        return np.zeros(n_candidates, dtype=np.int64)

    desired = np.clip(np.full(n_candidates, initial), policies.min_size, setting.max_size)
    serving = desired.copy()
    launched = np.zeros((setting.launch_ticks + 1, n_candidates), dtype=np.int64)
    booted = np.zeros((setting.ready_ticks + 1, n_candidates), dtype=np.int64)
    drained = np.zeros((setting.drain_ticks + 1, n_candidates), dtype=np.int64)
    pending, unready, draining = zeros(), zeros(), zeros()
    over_tick, opens, cooldown_end = zeros() - 1, zeros(), zeros()
    seen = np.zeros((setting.delay_ticks + 1, n_candidates))

    peak, cpu_sum, host_cpu, overload = (np.zeros(n_candidates) for _ in range(4))
    cpu_ticks, host_ticks, billed, over_cliff = zeros(), zeros(), zeros(), zeros()
    scale_outs, scale_ins, peak_instances = zeros(), zeros(), zeros()

    for t, load in enumerate(rpm.tolist()):
        # 1. Lifecycle: a slot of a ring is read when it is due, and filled anew in step 7.
        arrives, leaves = launched[t % len(launched)], drained[t % len(drained)]
        pending -= arrives
        draining -= leaves
        boots = booted[t % len(booted)]
        boots[:] = arrives
        unready += boots
        ready = booted[(t - setting.ready_ticks) % len(booted)]
        unready -= ready
        serving += ready
        ready[:] = 0
        launched[t % len(launched)] = 0
        drained[t % len(drained)] = 0
        cooldown_end = np.where(over_tick == t, t + opens, cooldown_end)

        # 2. Load
        busy = serving > 0
        hosts = np.maximum(serving, 1)
        line = setting.intercept_percent + setting.slope_percent_per_rpm * load / hosts
        cpu = np.where(busy, np.clip(line, 0.0, 100.0), 100.0 if load > 0 else 0.0)

        # 3. Datapoint
        in_service = serving + unready
        datapoint = (serving * cpu + unready * setting.boot_cpu_percent) / in_service
        seen[t % len(seen)] = datapoint

        # 8. Totals, by the state after step 1
        peak = np.maximum(peak, cpu)
        cpu_sum += cpu
        cpu_ticks += busy | (load > 0)
        host_cpu += cpu * serving
        host_ticks += serving
        billed += pending + in_service + draining
        over_cliff += cpu > setting.cliff_percent
        overload += np.maximum(load - serving * setting.saturation_rpm, 0.0)
        peak_instances = np.maximum(peak_instances, in_service)

        # 4. Alarms
        if t < setting.delay_ticks:
            continue
        visible = seen[(t - setting.delay_ticks) % len(seen)]
        above, below = high.observe(visible), low.observe(visible)

        # 5. and 6. Policies, conflict and clamp: scale-out beats scale-in
        may_act = (pending + draining == 0) & (t >= cooldown_end)
        wish = desired + np.where(above, adjustment[:, out], adjustment[:, inward])
        wish = np.clip(wish, policies.min_size, setting.max_size)
        change = np.where(may_act & (above | below), wish - desired, 0)
        desired += change

        # 7. Reconcile: ready instances leave first, then those that boot, the oldest first
        more, fewer = np.maximum(change, 0), np.maximum(-change, 0)
        launched[(t + 1 + setting.launch_ticks) % len(launched)] += more
        pending += more
        drained[(t + 1 + setting.drain_ticks) % len(drained)] += fewer
        draining += fewer
        from_serving = np.minimum(fewer, serving)
        serving -= from_serving
        left = fewer - from_serving
        for age in range(setting.ready_ticks - 1, -1, -1):
            cohort = booted[(t - age) % len(booted)]
            taken = np.minimum(left, cohort)
            cohort -= taken
            unready -= taken
            left -= taken
        acted = change != 0
        takes = setting.drain_ticks + np.zeros_like(change)
        over_tick = np.where(
            acted, t + 1 + np.where(change > 0, setting.launch_ticks, takes), over_tick
        )
        opens = np.where(acted, np.where(above, cooldown[:, out], cooldown[:, inward]), opens)
        scale_outs += change > 0
        scale_ins += change < 0

    minutes = setting.tick_minutes
    return {
        "peak_cpu_percent": peak,
        "mean_cpu_percent": cpu_sum / np.maximum(cpu_ticks, 1),
        "mean_cpu_per_host_percent": host_cpu / np.maximum(host_ticks, 1),
        "host_minutes": billed * minutes,
        "minutes_over_cliff": over_cliff * minutes,
        "overload_requests": overload * minutes,
        "scale_outs": scale_outs,
        "scale_ins": scale_ins,
        "peak_instances": peak_instances,
    }
