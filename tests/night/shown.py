"""A night like that of a busy team: every outcome, hostile names, prices, a long next step."""

from __future__ import annotations

from tests.night.test_summary import figures, record, summary
from tuner.night.record import LastNight
from tuner.night.summary import Summary

RUN = "20261124T013000Z-shop-0000000a"
HOSTILE = "<script>alert(1)</script>"


def busy_night() -> Summary:
    """Give a night with services that need a person, want a change and are fine."""
    changed = record(
        "checkout",
        "changed",
        run=RUN,
        limit_percent=50.0,
        next_step=f"`cliffside plan --config shop.toml --run {RUN}` shows what would change.",
        today=figures(
            words="scale out by 1 above 25 % for 5 minutes",
            worst_peak_cpu_percent=100.0,
            host_minutes_per_day=3_223.4,
            minutes_over_cliff_per_day=117.2,
            usd_per_month=155.0,
            unseen_shapes_over=216,
        ),
        recommended=figures(
            words="scale out by 1 above 29 % for 1 minute, at least 2 instances",
            worst_peak_cpu_percent=47.84,
            host_minutes_per_day=4_011.2,
            usd_per_month=193.0,
            unseen_shapes_over=0,
        ),
        regret_host_minutes_per_day=-787.8,
        regret_usd_per_month=-38.0,
        last_night=LastNight(
            night="2026-11-23", outcome="changed", same_plan=True, host_minutes_per_day=4_000.0
        ),
    )
    fine = [
        record(
            name,
            "unchanged",
            run=RUN,
            limit_percent=limit,
            today=figures(worst_peak_cpu_percent=peak),
        )
        for name, peak, limit in (
            ("cart", 44.1, 55.0),
            ("auth-legacy", 43.9, 48.0),
            ("login", 48.9, 61.0),
            ("a-service-with-a-name-that-is-longer-than-most", 38.7, 50.0),
        )
    ]
    return summary(
        record(HOSTILE, "failed", why=f"shop.toml: expected cpu_percent, got {HOSTILE}."),
        record("price-api", "nothing feasible", run=RUN, limit_percent=42.0),
        record("webhooks", "no data", next_step="`cliffside shapes` says the same."),
        changed,
        record("fresh", "changed", run=RUN, recommended=figures(), limit_percent=40.0),
        *fine,
    )
