"""The gate fails for a body that became slower, and for one that gives another answer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from benchmarks.bodies import BODIES, GATED, RATIOS, Work
from benchmarks.gate import (
    ROUNDS,
    TRIES,
    Baseline,
    Kind,
    gated_works,
    judge,
    read_baseline,
    write_baseline,
)
from benchmarks.machine import machine
from benchmarks.measure import measure, ratios_of
from benchmarks.sizes import SMALL

RATES = {"numpy": 10.0, "one-run": 50.0}
FAMILY_RATE = 200.0
AMOUNT = 1_000


class Desk:
    """A made-up clock, and bodies that move it instead of working."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls = 0

    def clock(self) -> float:
        return self.now

    def works(self, *, slower=None, noise=None) -> dict[str, Work]:
        """Give bodies, one of them slower by a factor; ``noise`` gives a factor of each call."""
        slower = slower or {}

        def call_of(name: str):
            rate = RATES.get(name, FAMILY_RATE)

            def call() -> str:
                self.calls += 1
                factor = 1.0 if noise is None else noise(self.calls)
                self.now += AMOUNT / rate * slower.get(name, 1.0) * factor
                return name

            return call

        names = {body for ratio in GATED for body in RATIOS[ratio]}
        return {n: Work(call_of(n), lambda got: {"name": got}, AMOUNT) for n in sorted(names)}

    def baseline(self) -> Baseline:
        measured = measure(self.works(), rounds=1, clock=self.clock)
        answers = {name: each.answer for name, each in measured.items()}
        return Baseline((Kind(machine(), ratios_of(measured)),), {SMALL.name: answers})


def verdict(desk: Desk, works) -> list[str]:
    return judge(works, desk.baseline(), clock=desk.clock, pause=no_pause)


def no_pause(_: float) -> None:
    """Wait for nothing."""


def test_the_gate_passes_what_is_as_before():
    desk = Desk()

    assert verdict(desk, desk.works()) == []


@pytest.mark.parametrize("name", ["one-run", "simple", "mixed"])
def test_a_slow_down_of_20_percent_fails_and_names_the_ratio(name):
    desk = Desk()

    got = verdict(desk, desk.works(slower={name: 1.2}))

    assert [line.split(":")[0] for line in got] == [f"{name} / numpy"]


def test_a_slow_down_within_the_noise_passes():
    desk = Desk()

    assert verdict(desk, desk.works(slower={"simple": 1.1, "mixed": 1.1})) == []


def test_calls_that_are_mostly_disturbed_pass_where_a_few_are_not():
    desk = Desk()
    works = desk.works(noise=lambda call: 1.0 if call % 29 == 0 else 1.9)

    assert verdict(desk, works) == []


def test_a_ratio_that_stays_low_is_timed_again_before_it_fails():
    desk = Desk()
    baseline, works = desk.baseline(), desk.works(slower={"step": 1.5})
    desk.calls = 0

    pauses: list[float] = []
    got = judge(works, baseline, clock=desk.clock, pause=pauses.append)

    expected = len(works) * (1 + ROUNDS) + 2 * ROUNDS * (TRIES - 1)
    assert (expected, TRIES - 1, 1) == (desk.calls, len(pauses), len(got))


def test_a_changed_answer_fails_whatever_the_time():
    desk = Desk()
    works = desk.works()
    works["step"] = replace(works["step"], answer=lambda _: {"name": "another"})

    got = verdict(desk, works)

    assert got == ["step gives another answer: name: expected step, got another"]


def test_a_real_body_that_does_its_work_twice_fails():
    names = ("one-run", "numpy")
    size = replace(SMALL, n_candidates=256, n_shapes=4)
    works = {name: BODIES[name](size) for name in names}
    measured = measure(works, rounds=ROUNDS, clock=time.process_time)
    answers = {name: each.answer for name, each in measured.items()}
    baseline = Baseline((Kind(machine(), ratios_of(measured)),), {SMALL.name: answers})
    once = works["one-run"].call

    def twice():
        once()
        return once()

    slowed = works | {"one-run": replace(works["one-run"], call=twice)}
    got = judge(slowed, baseline, pause=no_pause)

    assert [line.split(":")[0] for line in got] == ["one-run / numpy"]


def test_the_gated_bodies_are_those_of_the_committed_baseline():
    assert all(set(GATED) <= set(kind.ratios) for kind in read_baseline().kinds)
    assert {body for name in GATED for body in RATIOS[name]} == set(gated_works())


def test_a_baseline_is_read_as_it_was_written(tmp_path):
    kind = Kind({"cpu": "some"}, {"a / b": 2.5})
    expected = Baseline((kind,), {"small": {"a": {"host_minutes": 3}}})
    path = tmp_path / "baseline.json"
    write_baseline(expected, path)

    assert expected == read_baseline(path)


def elsewhere(baseline: Baseline) -> Baseline:
    """Give the baseline as another kind of machine had measured it."""
    kind = baseline.kinds[0]
    return replace(baseline, kinds=(replace(kind, machine=kind.machine | {"cpu": "another"}),))


def test_on_a_machine_of_no_known_kind_only_a_coarse_loss_fails():
    desk = Desk()
    baseline = elsewhere(desk.baseline())

    for factor, expected in ((2.0, 0), (4.0, 1)):
        works = desk.works(slower={"simple": factor})
        assert expected == len(judge(works, baseline, clock=desk.clock, pause=no_pause))


def test_each_kind_of_machine_is_held_against_its_own_ratios():
    desk = Desk()
    slow_kind = elsewhere(desk.baseline())
    both = slow_kind.with_ratios(dict(desk.baseline().kinds[0].ratios))
    twice = {name: 2 * ratio for name, ratio in slow_kind.kinds[0].ratios.items()}
    another = both.with_ratios(twice)

    assert judge(desk.works(), both, clock=desk.clock, pause=no_pause) == []
    assert len(another.kinds) == 2
    assert len(judge(desk.works(), another, clock=desk.clock, pause=no_pause)) == len(GATED)
