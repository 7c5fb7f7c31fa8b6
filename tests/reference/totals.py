"""Step 8, Totals: what a run yields, added up tick by tick."""

from __future__ import annotations


class Totals:
    """The running totals of one run."""

    def __init__(self, *, tick_seconds: int, cliff_percent: float) -> None:
        self.tick_minutes = tick_seconds / 60
        self.cliff_percent = cliff_percent
        self.peak_cpu_percent = 0.0
        self.cpu_sum = 0.0
        self.cpu_ticks = 0
        self.host_cpu_sum = 0.0
        self.host_ticks = 0
        self.billed_ticks = 0
        self.cliff_ticks = 0
        self.overload_rpm_sum = 0.0
        self.peak_instances = 0

    def add(
        self,
        *,
        cpu_percent: float | None,
        overload_rpm: float,
        serving: int,
        in_service: int,
        billed: int,
    ) -> None:
        """Add one tick, "the state after step 1"; a tick without a CPU is left out of the mean."""
        self.billed_ticks += billed
        self.peak_instances = max(self.peak_instances, in_service)
        self.overload_rpm_sum += overload_rpm
        if cpu_percent is None:
            return
        self.peak_cpu_percent = max(self.peak_cpu_percent, cpu_percent)
        self.cpu_sum += cpu_percent
        self.cpu_ticks += 1
        self.host_cpu_sum += serving * cpu_percent
        self.host_ticks += serving
        if cpu_percent > self.cliff_percent:
            self.cliff_ticks += 1

    def as_dict(self, *, scale_outs: int, scale_ins: int) -> dict[str, float]:
        """Return the totals by name; means of nothing "are 0"."""
        return {
            "peak_cpu_percent": self.peak_cpu_percent,
            "mean_cpu_percent": self.cpu_sum / self.cpu_ticks if self.cpu_ticks else 0.0,
            "mean_cpu_per_host_percent": (
                self.host_cpu_sum / self.host_ticks if self.host_ticks else 0.0
            ),
            "host_minutes": self.billed_ticks * self.tick_minutes,
            "minutes_over_cliff": self.cliff_ticks * self.tick_minutes,
            "overload_requests": self.overload_rpm_sum * self.tick_minutes,
            "scale_outs": scale_outs,
            "scale_ins": scale_ins,
            "peak_instances": self.peak_instances,
        }
