"""A verification and a calibration in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tuner.cli.show import Block, Facts, Heading

if TYPE_CHECKING:
    from tuner.deployment.calibrate_record import Calibration, Margin, Proposal
    from tuner.deployment.verify_record import Verification

VERDICTS = {
    "within": "Within its band: the prediction holds.",
    "outside": "Outside of its band:",
    "not enough data": "Not enough data for a verdict:",
}


def verification_words(verification: Verification) -> Iterator[Block]:
    """Say a verification: verdict, figures of both sides, activities."""
    from tuner.deployment.verify_json import stamp
    from tuner.report.verification_tables import changes_table, verification_table

    history = verification.history
    yield (
        f"{verification.service}, {stamp(history.begin)} to {stamp(history.end)},"
        f" {int(verification.compared.sum()):,} of {len(history):,} minutes compared"
    )
    yield verification.plan.describe()
    yield from history.notes
    yield VERDICTS[verification.verdict]
    yield from (f"  {reason}" for reason in verification.reasons)
    yield Heading("Side by side")
    yield verification_table(verification)
    if verification.changes:
        yield changes_table(verification)


def calibration_words(calibration: Calibration, margin: Margin | None) -> Iterator[Block]:
    """Say a calibration: what the days decide, and the lines to paste."""
    days = "1 range" if calibration.days == 1 else f"{calibration.days} ranges"
    yield f"{days} of the fidelity ledger, {calibration.minutes:,} minutes, simulated again"
    present, best = calibration.present_error_percent, calibration.best_error_percent
    if calibration.decides:
        yield (
            f"Other delays are better: the mean error falls from {present:.2f} to {best:.2f} %"
            f" ({100 * (1 - best / present):.0f} % less)."
        )
    else:
        yield (
            f"The days do not decide against the present delays (mean error {present:.2f} %):"
            " keep them."
        )
    yield Facts(tuple((each.name, _proposal(each)) for each in calibration.proposals))
    yield Heading("For the job's file")
    yield from calibration_lines(calibration, margin)


def calibration_lines(calibration: Calibration, margin: Margin | None) -> Iterator[str]:
    """Give the lines to paste: a margin, and the delays that the days ask to change."""
    if margin is not None:
        times = "1 day" if margin.count == 1 else f"{margin.count} days"
        which = "most" if margin.is_thin else "95 % quantile"
        yield (
            f"margin_percent = {margin.margin_percent:.1f}"
            f"  # {which} that a peak was above its prediction, {times}"
        )
    tables = {"launch_seconds": "group", "ready_seconds": "group", "metric_delay_seconds": "metric"}
    said = ""
    for each in calibration.proposals:
        if each.proposed == each.present:
            continue
        if tables[each.name] != said:
            said = tables[each.name]
            yield f"[{said}]"
        yield f"{each.name} = {each.proposed}"


def calibration_object(calibration: Calibration, margin: Margin | None) -> dict[str, Any]:
    """Give a calibration with stable keys."""
    return {
        "schema": "cliffside.calibration/1",
        "days": calibration.days,
        "minutes": calibration.minutes,
        "decides": calibration.decides,
        "present": asdict(calibration.present),
        "proposed": asdict(calibration.best),
        "present_error_percent": calibration.present_error_percent,
        "proposed_error_percent": calibration.best_error_percent,
        "delays": [{**asdict(each), "is_open": each.is_open} for each in calibration.proposals],
        "margin": None if margin is None else asdict(margin),
        "toml": list(calibration_lines(calibration, margin)),
    }


def _proposal(proposal: Proposal) -> str:
    """Say what the days tell of one delay."""
    if proposal.is_open:
        return f"{proposal.present} s; the days do not tell it ({_range(proposal)} fit alike)"
    change = (
        f"{proposal.present} s stays"
        if proposal.proposed == proposal.present
        else f"{proposal.present} → {proposal.proposed} s"
    )
    return f"{change} ({_range(proposal)} fit alike)"


def _range(proposal: Proposal) -> str:
    """Say which values the days do not tell from the best."""
    if proposal.least == proposal.most:
        return f"{proposal.least} s alone does"
    return f"{proposal.least} to {proposal.most} s"
