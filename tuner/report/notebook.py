"""How a notebook shows records: a few words and small tables, as HTML without a script.

Colours are those of the notebook around it, so that it is read on a light page and on a dark one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from tuner.decision.families import FamilyAnswer
from tuner.decision.price_of_safety import PriceOfSafety
from tuner.decision.recommend import Recommendation
from tuner.decision.sensitivity import Sensitivity
from tuner.deployment.alarms import Backtest
from tuner.deployment.verify_record import Verification
from tuner.measure.cliff import Cliff
from tuner.measure.fit_report import FitReport
from tuner.measure.host_fit import HostFit
from tuner.policy import ScalingPlan
from tuner.report.notebook_cards import (
    Card,
    alarms_card,
    cliff_card,
    host_card,
    line_card,
    price_card,
    sensitivity_card,
    shapes_card,
    trace_card,
    verification_card,
)
from tuner.report.notebook_decisions import advice_card, job_card, plan_card, result_card
from tuner.report.page import fill_template
from tuner.search.result import SearchResult
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes


def html_of(record: object) -> str:
    """Show a record in the words of the report.

    Parameters
    ----------
    record : object
        One of the records that a notebook shows.

    Returns
    -------
    str
        A part of a page; every text is escaped.

    Raises
    ------
    TypeError
        For a record that has no words.
    """
    return render_card(card_of(record))


def job_html(
    service: str,
    *,
    host_fit: HostFit | None,
    shapes: TrafficShapes,
    answers: Sequence[FamilyAnswer],
    notes: Sequence[str],
) -> str:
    """Show a finished job.

    Parameters
    ----------
    service : str
        Its name.
    host_fit : HostFit or None
        The load test's fit, where there is one.
    shapes : TrafficShapes
        The load.
    answers : sequence of FamilyAnswer
        What each family gave.
    notes : sequence of str
        What a reader should know.
    """
    card = job_card(service, host_fit=host_fit, shapes=shapes, answers=answers)
    return render_card(replace(card, notes=(*card.notes, *notes)))


def render_card(card: Card) -> str:
    """Write a card as a part of a page.

    Parameters
    ----------
    card : Card
        What it says.
    """
    return fill_template("notebook.html.j2", card=card)


@singledispatch
def card_of(record: object) -> Card:
    """Say a record by the function that is registered for its kind.

    Parameters
    ----------
    record : object
        One of the records that a notebook shows.

    Raises
    ------
    TypeError
        For a record that has no words.
    """
    raise TypeError(f"no words show a {type(record).__name__}")


card_of.register(HostFit, host_card)
card_of.register(FitReport, line_card)
card_of.register(Cliff, cliff_card)
card_of.register(TrafficShapes, shapes_card)
card_of.register(Trace, trace_card)
card_of.register(SearchResult, result_card)
card_of.register(Recommendation, advice_card)
card_of.register(ScalingPlan, plan_card)
card_of.register(Sensitivity, sensitivity_card)
card_of.register(PriceOfSafety, price_card)
card_of.register(Verification, verification_card)
card_of.register(Backtest, alarms_card)
