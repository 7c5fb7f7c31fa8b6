"""The alarm rule of `aws-semantics.md` 2.4, by hand and from AWS's examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reference.alarm import judge
from tests.reference.records import ALARM, INSUFFICIENT_DATA, OK

CASES_FILE = Path(__file__).parents[1] / "cases" / "aws-cases.json"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
SLOT = {"X": True, "0": False, "-": None}
LETTER = {"OK": OK, "ALARM": ALARM, "INSUFFICIENT_DATA": INSUFFICIENT_DATA}
KEEP = "K"

# Datapoints oldest first, then what missing, ignore, breaching and notBreaching make of them.
TABLE_1 = (
    ("0-X-X", "OOOO"),
    ("0----", "OOOO"),
    ("-----", "IKAO"),
    ("0XX-X", "AAAA"),
    ("--X--", "AKAO"),
)
TABLE_2 = (
    ("0-X-X", "AAAA"),
    ("00X0X", "AAAA"),
    ("0-X--", "OOAO"),
    ("----0", "OOAO"),
    ("---X-", "AKAO"),
)
# By hand, from the rule itself: too few slots, one slot, an oldest breach out of the window.
BY_HAND = (
    ("-X", 1, 1, "AAAA"),
    ("X-", 1, 1, "AAAA"),
    ("--", 1, 1, "IKAO"),
    ("-0X", 2, 1, "AAAA"),
    ("0XX", 2, 2, "AAAA"),
    ("X--0", 3, 1, "AAAA"),
    ("XX-0", 3, 3, "OOOO"),
    ("XX--", 3, 3, "AKAO"),
    ("--XX", 3, 3, "IKAO"),
)


def state_of(slots: str, n: int, m: int, treatment: str, *, previous: str) -> str:
    return judge(
        [SLOT[slot] for slot in reversed(slots)],
        evaluation_periods=n,
        datapoints_to_alarm=m,
        treat_missing_data=treatment,
        previous=previous,
    )


ROWS = (
    *[(slots, 3, 3, states) for slots, states in TABLE_1],
    *[(slots, 3, 2, states) for slots, states in TABLE_2],
    *BY_HAND,
)


@pytest.mark.parametrize("previous", [OK, ALARM, INSUFFICIENT_DATA])
@pytest.mark.parametrize(("slots", "n", "m", "states"), ROWS)
def test_every_row_gives_its_state(slots: str, n: int, m: int, states: str, previous: str) -> None:
    for treatment, letter in zip(TREATMENTS, states, strict=True):
        expected = previous if letter == KEEP else letter

        assert expected == state_of(slots, n, m, treatment, previous=previous), treatment


def test_few_breaching_points_alarm_only_when_the_oldest_is_m_points_old() -> None:
    assert state_of("----X", 3, 3, "missing", previous=OK) != ALARM
    assert state_of("---X-", 3, 3, "missing", previous=OK) != ALARM
    assert state_of("--X--", 3, 3, "missing", previous=OK) == ALARM


def test_a_lone_0_that_leaves_the_range_lets_breaching_alarm() -> None:
    assert state_of("0----", 3, 3, "breaching", previous=OK) == OK
    assert state_of("-----", 3, 3, "breaching", previous=OK) == ALARM


def _aws_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(CASES_FILE.read_text(encoding="utf-8"))
    return [case for case in cases if case["area"].startswith("cloudwatch.alarm-missing-data")]


@pytest.mark.parametrize("case", _aws_cases(), ids=lambda case: case["id"])
def test_aws_examples_hold_except_superseded_ones(case: dict[str, Any]) -> None:
    given = case["given"]
    previous = INSUFFICIENT_DATA if case["expect"]["state"] != "INSUFFICIENT_DATA" else OK
    expected = LETTER.get(case["expect"]["state"], previous)

    got = state_of(
        "".join(given["datapoints_oldest_first"]),
        given["evaluation_periods"],
        given["datapoints_to_alarm"],
        given["treat_missing_data"],
        previous=previous,
    )

    assert (expected == got) is (case["basis"] != "doc-superseded")
