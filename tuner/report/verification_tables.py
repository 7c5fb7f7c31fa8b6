"""Tables of a verification, and of the fidelity ledger."""

from __future__ import annotations

from collections.abc import Sequence

from tuner.decision.words import number
from tuner.deployment.fidelity import LedgerEntry
from tuner.deployment.verify_record import Verification
from tuner.report.tables import Bad, Column, Table

MOST_CHANGES = 80
MOST_ENTRIES = 10
ARROWS = {"scale_out": "▲ out", "scale_in": "▼ in"}


def verification_table(verification: Verification) -> Table:
    """Give the figures of both sides with their errors; those outside of the band are marked."""
    errors, answers, band = verification.errors, verification.answers, verification.settings

    def marked(text: str, *, bad: bool) -> str:
        return Bad(text) if bad else text

    lag = errors.lag_minutes
    lines = [
        (
            "Host-minutes",
            number(errors.host_minutes_observed, digits=0),
            number(errors.host_minutes_predicted, digits=0),
            marked(
                f"{errors.host_minutes_percent:+.1f} %",
                bad=abs(errors.host_minutes_percent) > band.host_minutes_percent,
            ),
        ),
        (
            "Instances, mean absolute error",
            "",
            "",
            marked(
                f"{errors.instances_mean_error:.3f}",
                bad=errors.instances_mean_error > band.instances,
            ),
        ),
        ("CPU, mean absolute error", "", "", f"{errors.cpu_mean_error_percent:.2f} points"),
        (
            "Peak CPU, %",
            number(errors.peak_observed_percent),
            number(errors.peak_predicted_percent),
            marked(
                f"{errors.peak_percent:+.1f} points",
                bad=abs(errors.peak_percent) > band.peak_percent,
            ),
        ),
        ("Scale-outs", f"{errors.scale_outs_observed}", f"{errors.scale_outs_predicted}", ""),
        ("Scale-ins", f"{errors.scale_ins_observed}", f"{errors.scale_ins_predicted}", ""),
        (
            "Activities that match",
            "",
            "",
            marked(
                f"{errors.matched_percent:.0f} %", bad=errors.matched_percent < band.matched_percent
            ),
        ),
        (
            "Their mean absolute lag",
            "",
            "",
            marked(
                "" if lag is None else f"{lag:.1f} minutes",
                bad=lag is not None and lag > band.lag_minutes,
            ),
        ),
    ]
    if answers.latency_p95_ms is not None:
        over = answers.latency_over_base
        factor = band.latency_factor
        lines.append(
            (
                "Latency p95, ms (median; load test's base)",
                number(answers.latency_p95_ms),
                "" if answers.base_latency_ms is None else number(answers.base_latency_ms),
                ""
                if over is None
                else marked(f"× {over:.2f}", bad=factor is not None and over > factor),
            )
        )
    if answers.error_percent is not None:
        share = f"{answers.error_percent:.2f}"
        lines.append(
            (
                "Requests that failed, %",
                marked(share, bad=answers.error_percent > band.error_percent),
                "",
                "",
            )
        )
    return Table(
        caption="Observed and predicted",
        head=(
            Column("Figure", is_number=False),
            Column("Observed"),
            Column("Predicted"),
            Column("Error"),
        ),
        rows=tuple(lines),
    )


def changes_table(verification: Verification) -> Table:
    """Give the activities of both sides in order of time."""

    def minute(value: float | None) -> str:
        return "" if value is None else f"{value:.1f}"

    def lag(value: float | None) -> str:
        return "" if value is None else f"{round(value, 1) + 0.0:+.1f}"

    shown = verification.changes[:MOST_CHANGES]
    more = len(verification.changes) - len(shown)
    return Table(
        caption="Activities" + (f", {more:,} more left out" if more else ""),
        head=(
            Column("Activity", is_number=False),
            Column("Instances"),
            Column("Observed, minute"),
            Column("Predicted, minute"),
            Column("Lag, minutes"),
            Column("Lag when done, minutes"),
        ),
        rows=tuple(
            (
                ARROWS[change.direction],
                f"{change.size}",
                minute(change.observed_minute) or Bad("none"),
                minute(change.predicted_minute) or Bad("none"),
                lag(change.lag_minutes),
                lag(change.done_lag_minutes),
            )
            for change in shown
        ),
    )


def fidelity_table(entries: Sequence[LedgerEntry]) -> Table:
    """Give past verifications, the newest first, as the report shows them.

    Parameters
    ----------
    entries : sequence of LedgerEntry
        In order of time.
    """
    return Table(
        caption=f"The newest {min(len(entries), MOST_ENTRIES)} of {len(entries)} verifications",
        head=(
            Column("From", is_number=False),
            Column("Host-minutes, %"),
            Column("Instances"),
            Column("Peak CPU, points"),
            Column("Activities that match, %"),
            Column("Verdict", is_number=False),
        ),
        rows=tuple(
            (
                entry.begin,
                f"{float(entry.errors['host_minutes_percent']):+.1f}",
                f"{float(entry.errors['instances_mean_error']):.2f}",
                f"{float(entry.errors['peak_percent']):+.1f}",
                f"{float(entry.errors['matched_percent']):.0f}",
                Bad(entry.verdict) if entry.verdict == "outside" else entry.verdict,
            )
            for entry in list(reversed(entries))[:MOST_ENTRIES]
        ),
    )
