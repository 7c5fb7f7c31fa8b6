"""Capacity: how many hosts a steady load needs, and what the present maximum carries."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tuner.decision.words import counted, number
from tuner.decision.yardsticks import fixed_instances
from tuner.errors import ConfigurationError, Problem
from tuner.host import HostModel
from tuner.scenario import Group, Scenario
from tuner.simulation.arrays import fewest_hosts
from tuner.traffic.shapes import Shape, TrafficShapes

MOST_HOSTS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many hosts a load needs, and what the present maximum carries.

    Parameters
    ----------
    rpm : float
        Load of the whole group, requests per minute.
    cliff_percent : float or None
        CPU above which latency breaks; None where no break is known.
    limit_percent : float
        Cliff less margin, or 100 less margin.
    hosts : int
        The fewest that stay at or below the limit.
    cpu_percent : float
        CPU of each of them.
    target_percent : float or None
        CPU that hosts are wished to have.
    hosts_at_target : int or None
        The fewest that stay at or below it.
    hosts_if_one_lost : int
        The fewest that stay at or below the limit when any one of them is gone.
    zones : int or None
        Zones that hosts are spread over evenly.
    hosts_if_zone_lost : int or None
        The fewest that stay at or below the limit when the zone with most of them is gone.
    min_size, max_size : int
        Limits of the group.
    max_size_rpm : float
        Load that `max_size` hosts carry at the limit; infinite where CPU never reaches it.
    fixed_instances : int or None
        The smallest group without policies that carries the load, within the group's limits; None
        where `max_size` hosts are too few.
    """

    rpm: float
    cliff_percent: float | None
    limit_percent: float
    hosts: int
    cpu_percent: float
    target_percent: float | None
    hosts_at_target: int | None
    hosts_if_one_lost: int
    zones: int | None
    hosts_if_zone_lost: int | None
    min_size: int
    max_size: int
    max_size_rpm: float
    fixed_instances: int | None

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON; a load without bound is null."""
        bounded = math.isfinite(self.max_size_rpm)
        return {
            "rpm": self.rpm,
            "cliff_percent": self.cliff_percent,
            "limit_percent": self.limit_percent,
            "hosts": self.hosts,
            "cpu_percent": self.cpu_percent,
            "target_percent": self.target_percent,
            "hosts_at_target": self.hosts_at_target,
            "hosts_if_one_lost": self.hosts_if_one_lost,
            "zones": self.zones,
            "hosts_if_zone_lost": self.hosts_if_zone_lost,
            "min_size": self.min_size,
            "max_size": self.max_size,
            "max_size_rpm": self.max_size_rpm if bounded else None,
            "fixed_instances": self.fixed_instances,
        }

    def lines(self) -> list[str]:
        """Say the answers, one a line."""
        limit = f"{number(self.limit_percent)} %"
        lines = [
            f"{number(self.rpm, digits=0)} rpm need {counted(self.hosts, 'host')} to stay at or"
            f" below {limit} CPU: {number(self.cpu_percent)} % each.",
        ]
        if self.hosts_at_target is not None and self.target_percent is not None:
            target = number(self.target_percent)
            lines.append(f"At {target} % CPU: {counted(self.hosts_at_target, 'host')}.")
        lines.append(f"With one host lost: {counted(self.hosts_if_one_lost, 'host')}.")
        if self.hosts_if_zone_lost is not None:
            hosts = counted(self.hosts_if_zone_lost, "host")
            lines.append(f"With one of {self.zones} zones lost: {hosts}.")
        carried = "any load"
        if math.isfinite(self.max_size_rpm):
            carried = f"{number(self.max_size_rpm, digits=0)} rpm"
        lines.append(f"The maximum of {counted(self.max_size, 'host')} carries {carried}.")
        fixed = f"none: the maximum of {self.max_size:,} is too small"
        if self.fixed_instances is not None:
            fixed = counted(self.fixed_instances, "host")
        return [*lines, f"The smallest fixed group: {fixed}."]


def capacity(
    host: HostModel,
    rpm: float,
    *,
    margin_percent: float = 0.0,
    target_percent: float | None = None,
    zones: int | None = None,
    group: Group | None = None,
) -> Capacity:
    """Give the hosts that a steady load needs, and what the present maximum carries.

    Parameters
    ----------
    host : HostModel
        The line, and the cliff.
    rpm : float
        Load of the whole group, finite and at least 0.
    margin_percent : float
        Room below the cliff, in points of CPU.
    target_percent : float or None
        CPU that hosts are wished to have, above that of an idle one, at most 100.
    zones : int or None
        Zones that hosts are spread over evenly, at least 2.
    group : Group or None
        Gives `min_size` and `max_size`; None: the defaults of a group.

    Raises
    ------
    ConfigurationError
        For a load, target or number of zones that cannot be, and a limit that no number of hosts
        keeps to.

    Examples
    --------
    >>> host = HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0)
    >>> answer = capacity(host, 120_000, target_percent=30, zones=3)
    >>> answer.hosts, answer.hosts_at_target, answer.hosts_if_one_lost, answer.hosts_if_zone_lost
    (3, 4, 4, 5)
    """
    _check_question(host, rpm, target_percent, zones)
    group = group or Group()
    scenario = Scenario(host=host, group=group, margin_percent=margin_percent)
    limit = scenario.limit_percent
    hosts = _hosts(rpm, scenario, limit)
    load = TrafficShapes.of([Shape(name="load", rpm=np.array([float(rpm)]))])
    return Capacity(
        rpm=float(rpm),
        cliff_percent=host.cliff_percent,
        limit_percent=limit,
        hosts=hosts,
        cpu_percent=float(host.cpu_percent(rpm, instances=hosts)) if hosts else 0.0,
        target_percent=target_percent,
        hosts_at_target=None if target_percent is None else _hosts(rpm, scenario, target_percent),
        hosts_if_one_lost=hosts + 1 if hosts else 0,
        zones=zones,
        hosts_if_zone_lost=None if zones is None else _with_zone_lost(hosts, zones),
        min_size=group.min_size,
        max_size=group.max_size,
        max_size_rpm=group.max_size * host.rpm_at(limit) if group.max_size else 0.0,
        fixed_instances=fixed_instances(scenario, load),
    )


def _hosts(rpm: float, scenario: Scenario, limit_percent: float) -> int:
    """Give the fewest hosts at or below a CPU percent."""
    load = np.array([float(rpm)])
    found = fewest_hosts(load, scenario, max_size=MOST_HOSTS, limit_percent=limit_percent)
    hosts = int(found[0])
    if hosts and float(scenario.host.cpu_percent(rpm, instances=hosts)) > limit_percent:
        raise ConfigurationError(
            Problem(
                f"a CPU percent that {MOST_HOSTS:,} hosts keep to",
                f"{limit_percent:g} % at {rpm:g} rpm",
                "capacity",
                "Lower the load, raise the target, or lower the margin.",
            )
        )
    return hosts


def _with_zone_lost(hosts: int, zones: int) -> int:
    """Give the fewest hosts of which enough are left when the largest zone is gone."""
    if not hosts:
        return 0
    total = hosts + 1
    while total - -(-total // zones) < hosts:
        total += 1
    return total


def _check_question(
    host: HostModel, rpm: float, target_percent: float | None, zones: int | None
) -> None:
    """Refuse a load, a target and zones that cannot be, all at once."""
    problems = []
    if not (math.isfinite(rpm) and rpm >= 0.0):
        problems.append(Problem("a load of at least 0 rpm", f"{rpm:g}", "rpm", "Use 0 or more."))
    idle = float(host.cpu_percent(0.0))
    if target_percent is not None and not idle < target_percent <= 100.0:
        problems.append(
            Problem(
                f"a target above the idle CPU of {idle:g} % and at most 100 %",
                f"{target_percent:g}",
                "target_percent",
                "Give a CPU percent.",
            )
        )
    if zones is not None and zones < 2:
        problems.append(
            Problem("at least 2 zones", f"{zones}", "zones", "Leave it out for one zone.")
        )
    if problems:
        raise ConfigurationError(*problems)
