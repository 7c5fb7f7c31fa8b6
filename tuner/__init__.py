"""Tune autoscaling policies on AWS: measure a host, simulate candidates, recommend one.

The names below are the library's front door. Each is imported when it is first asked for, so that
``import tuner`` costs nothing; everything else is reached by its module.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuner.config.load import load_job
    from tuner.config.shapes import build_shapes
    from tuner.decision.recommend import recommend
    from tuner.errors import CliffsideError
    from tuner.host import HostModel
    from tuner.measure.host_fit import measure_host
    from tuner.measure.locust import read_locust
    from tuner.measure.table import read_table
    from tuner.policy import ScalingPlan
    from tuner.scenario import Group, Scenario
    from tuner.search.search import search_exact
    from tuner.simulation.run import simulate_plans, trace
    from tuner.traffic.shapes import TrafficShapes
    from tuner.tune import tune as tune_job
else:
    _PLACES = {
        "CliffsideError": "tuner.errors",
        "Group": "tuner.scenario",
        "HostModel": "tuner.host",
        "ScalingPlan": "tuner.policy",
        "Scenario": "tuner.scenario",
        "TrafficShapes": "tuner.traffic.shapes",
        "build_shapes": "tuner.config.shapes",
        "load_job": "tuner.config.load",
        "measure_host": "tuner.measure.host_fit",
        "read_locust": "tuner.measure.locust",
        "read_table": "tuner.measure.table",
        "recommend": "tuner.decision.recommend",
        "search_exact": "tuner.search.search",
        "simulate_plans": "tuner.simulation.run",
        "trace": "tuner.simulation.run",
        "tune_job": "tuner.tune:tune",  # `tuner.tune` is the module
    }

    def __getattr__(name):
        """Import a public name on its first use (PEP 562)."""
        if name not in _PLACES:
            raise AttributeError(f"module 'tuner' has no attribute {name!r}")
        from importlib import import_module

        module, _, attribute = _PLACES[name].partition(":")
        value = getattr(import_module(module), attribute or name)
        globals()[name] = value
        return value

    def __dir__():
        """List the public names beside what is loaded."""
        return sorted({*globals(), *_PLACES})


__all__ = [
    "CliffsideError",
    "Group",
    "HostModel",
    "ScalingPlan",
    "Scenario",
    "TrafficShapes",
    "build_shapes",
    "load_job",
    "measure_host",
    "read_locust",
    "read_table",
    "recommend",
    "search_exact",
    "simulate_plans",
    "trace",
    "tune_job",
]
