"""Step 3, Datapoint: what the group's instances publish, and the blocks that alarms pool."""

from __future__ import annotations

from tests.reference.records import Settings


class Metric:
    """Sums and counts of every tick, and of these what was published when."""

    def __init__(self, settings: Settings) -> None:
        self.is_basic = settings.is_basic
        self.basic_ticks = 300 // settings.tick_seconds
        self.phase_ticks = settings.basic_phase_ticks
        self.delay_ticks = settings.ticks(settings.metric_delay_seconds)
        self.sums: list[float] = []
        self.counts: list[int] = []
        self.published_sums: list[float] = []
        self.published_counts: list[int] = []
        self.first_tick: int | None = None

    def record(
        self, *, serving: int, cpu_percent: float | None, unready: int, boot_cpu_percent: float
    ) -> None:
        """Add the next tick: `serving * cpu + unready * boot_cpu` over `serving + unready`."""
        cpu = 0.0 if cpu_percent is None else cpu_percent
        self.sums.append(serving * cpu + unready * boot_cpu_percent)
        self.counts.append(serving + unready)
        t = len(self.sums) - 1
        total, count = 0.0, 0
        if self.publishes(t):
            if self.first_tick is None:
                self.first_tick = t
            oldest = max(t - self.basic_ticks + 1, 0) if self.is_basic else t
            for tick in range(oldest, t + 1):
                total += self.sums[tick]
                count += self.counts[tick]
        self.published_sums.append(total)
        self.published_counts.append(count)

    def publishes(self, t: int) -> bool:
        """Answer whether tick t publishes: with `basic` when (t + 1) mod 5 = phase."""
        return not self.is_basic or (t + 1) % self.basic_ticks == self.phase_ticks

    def block_end(self, t: int, k: int, period_ticks: int) -> int:
        """Return the last tick of block k: "the P ticks ending at t - d - kP"."""
        return t - self.delay_ticks - k * period_ticks

    def block_value(self, t: int, k: int, period_ticks: int) -> float | None:
        """Return the mean of block k at tick t; None without any instance in it.

        "A block's sum starts at 0.0 with its oldest tick", "its value is `sum / count`";
        "a block partly before the run pools what there is".
        """
        end = self.block_end(t, k, period_ticks)
        total, count = 0.0, 0
        for tick in range(max(end - period_ticks + 1, 0), end + 1):
            total += self.published_sums[tick]
            count += self.published_counts[tick]
        return None if count == 0 else total / count

    def is_before_the_run(self, t: int, k: int, period_ticks: int) -> bool:
        """Answer whether block k ends "before the run's first datapoint"."""
        return self.first_tick is None or self.block_end(t, k, period_ticks) < self.first_tick
