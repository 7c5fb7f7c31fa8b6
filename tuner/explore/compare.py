"""One plan beside the recommended one: its card, and why it is not the one to take."""

from __future__ import annotations

from typing import Any

from tuner.decision.card import card_rows
from tuner.decision.standing import Setting, Standing, why_not
from tuner.decision.words import counted, halves_up, number
from tuner.explore.answers import CLIFFS, Answers, find_answers
from tuner.explore.explorer import Explorer, Filters, Named
from tuner.explore.plan_knobs import headline, in_short, plan_knobs
from tuner.explore.reach import NOBODY

NO_RECOMMENDED = "No policy is recommended under this limit, so that there is nothing to compare."


def compare_json(
    explorer: Explorer, name: str, *, margin_percent: float, filters: Filters = ()
) -> dict[str, Any]:
    """Give what the page says of one plan.

    Parameters
    ----------
    explorer : Explorer
        The job.
    name : str
        Of the plan, as `Explorer.named` takes it.
    margin_percent : float
        Points that are kept free below each cliff.
    filters : tuple
        From `Explorer.checked`; the recommended plan follows them.

    Raises
    ------
    ConfigurationError
        For a name of no plan.
    SimulationError
        When the plan cannot run.
    """
    named = explorer.named(name)
    found = find_answers(explorer, margin_percent=margin_percent, filters=filters)
    own = found.settings[-1]
    standing = explorer.standing(named, own)
    minutes, peak = number(standing.minutes, digits=0), number(standing.peak_percent)
    mean = number(standing.mean_cpu_percent)
    rows = card_rows([(named.plan, standing)], own)
    return {
        "id": name,
        "words": headline(named.plan),
        "short": in_short(named.plan, own),
        "host_minutes": int(standing.minutes),
        "peak_tenths": round(10 * standing.peak_percent),
        "mean_tenths": round(10 * halves_up(standing.mean_cpu_percent, digits=1)),
        "figures_words": f"{minutes} {own.host_minutes}, worst peak {peak} %, mean CPU {mean} %",
        "card": [row.cells[0] for row in rows],
        "card_tone": [row.tones[0] for row in rows],
        "why": _by_cliff(explorer, found, named),
        "why_measured": _at(explorer, found, named, len(CLIFFS)),
        "knobs": explorer.knob_places(named),
        "what_if": plan_knobs(named.plan, explorer.tuning.scenario),
        "totals_words": _totals_words(standing, own),
    }


def _by_cliff(explorer: Explorer, found: Answers, named: Named) -> list[dict[str, Any]]:
    """Give the reason at every whole percent of the cliff, equal neighbours as one."""
    runs: list[dict[str, Any]] = []
    for i, cliff in enumerate(CLIFFS.astype(int).tolist()):
        told = _at(explorer, found, named, i)
        if runs and all(runs[-1][key] == told[key] for key in told):
            runs[-1]["to"] = cliff
        else:
            runs.append({"from": cliff, "to": cliff, **told})
    return runs


def _at(explorer: Explorer, found: Answers, named: Named, i: int) -> dict[str, str]:
    """Give the reason at one limit."""
    setting = found.settings[i]
    best = int(found.best[i])
    if i == len(CLIFFS) and not found.filters and explorer.recommended_place is not None:
        best = explorer.recommended_place
    if best == NOBODY:
        return {"kind": "none", "words": NO_RECOMMENDED}
    ours = explorer.pool.standing(best, limit_percent=setting.limit_percent)
    reason = why_not(ours, explorer.standing(named, setting), setting)
    return {"kind": reason.kind, "words": reason.words}


def _totals_words(standing: Standing, setting: Setting) -> str:
    """Say what a plan yields over all shapes."""
    shapes = "1 shape" if setting.n_shapes == 1 else f"all {setting.n_shapes:,} shapes"
    words = (
        f"Over {shapes}: {number(standing.minutes, digits=0)} {setting.host_minutes},"
        f" worst peak {number(standing.peak_percent)} %"
    )
    if standing.minutes_over_cliff is None:
        return f"{words}."
    if standing.minutes_over_cliff == 0.0:
        return f"{words}, never over the cliff."
    minutes = counted(standing.minutes_over_cliff, "minute")
    return f"{words}, {minutes} over the cliff."
