"""The card of a choice: what plans set and yield, side by side."""

from __future__ import annotations

from tests.decision.plans import plan_of
from tests.decision.test_standing import SETTING, TODAY, R
from tuner.decision.card import card_rows
from tuner.policy import ScalingPlan, TargetTracking

TODAYS, CHOSEN = plan_of(25, 1), plan_of(29, 1, min_size=(2,))


def test_knobs_come_first_and_what_differs_is_known():
    rows = {row.name: row for row in card_rows([(TODAYS, TODAY), (CHOSEN, R)], SETTING)}

    assert rows["Scale out above"].cells == ("25 %", "29 %")
    assert rows["Scale out above"].is_changed(1)
    assert not rows["Instances added"].is_changed(1)
    assert rows["Minimum size"].cells[1] == "2"
    assert rows["Host-min a day"].cells == ("3,223", "4,011")
    assert rows["Room to the cliff"].cells == ("−50.0", "2.2")


def test_what_breaks_a_limit_is_bad_and_what_keeps_to_it_good():
    rows = {row.name: row for row in card_rows([(TODAYS, TODAY), (CHOSEN, R)], SETTING)}

    for name in ("Worst peak CPU", "Room to the cliff", "Minutes over the cliff"):
        assert rows[name].tones == ("bad", "good")
    assert set(rows["Kind"].tones) == {""}


def test_cards_of_any_plans_line_up():
    tracking = ScalingPlan(target_tracking=TargetTracking(target_value=40.0))
    names = [[row.name for row in card_rows([(p, R)], SETTING)] for p in (CHOSEN, tracking)]
    rows = {row.name: row.cells[0] for row in card_rows([(tracking, R)], SETTING)}

    assert names[0] == names[1]
    assert (rows["Kind"], rows["Scale out above"]) == ("tracking", "hold 40 %")
    assert rows["Instances added"] == "–"
