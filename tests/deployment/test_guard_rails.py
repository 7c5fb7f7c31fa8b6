"""R15: never outside the guard rails, whatever the plan and whatever is deployed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.deployment.memory_target import MemoryTarget
from tests.deployment.rails_judge import outside
from tests.deployment.random_states import random_plan, random_state
from tests.deployment.states import (
    LIMITS,
    STATES,
    WIDE,
    FixedClock,
    MemoryLedger,
    fence_of,
    foreign,
    simple,
    state_of,
    target,
)
from tuner.deployment.apply import carry_out, prepare
from tuner.deployment.apply_steps import steps_of
from tuner.deployment.change import ChangeSet, propose
from tuner.deployment.deployment import deployments_of
from tuner.deployment.guard_rails import GuardRails
from tuner.deployment.guard_rails_mode import check_may_write, rails_to_apply
from tuner.deployment.undo import prepare_undo
from tuner.errors import ConfigurationError, GuardRailError, UnsupportedPlanError
from tuner.resources.records import ActionResource, GroupResources

SEED = 20261130
PLANS = [10_000, pytest.param(1_000_000, marks=pytest.mark.nightly)]
GROUPS = [("web",), ("we?",), ("w*", "shop"), ("web", "shop"), ("shop",), ("web-*", "WEB")]


def random_rails(draw: random.Random) -> GuardRails:
    low = draw.choice([0, 0, 0, 1, 3])
    return GuardRails(
        mode="apply",
        groups=draw.choice(GROUPS),
        lowest_min_size=low,
        highest_max_size=low + draw.choice([8, 20, 60, 100]),
        most_size_change=draw.choice([0, 1, 20, 50, 100]),
        most_threshold_change_percent=draw.choice([0.0, 50.0, 400.0, 10_000.0, 10_000.0]),
        most_adjustment_change_percent=draw.choice([0.0, 200.0, 2_000.0, 10_000.0]),
    )


@pytest.mark.parametrize("n_plans", PLANS)
def test_no_write_of_any_random_plan_is_outside_of_the_guard_rails(n_plans):
    draw = random.Random(SEED)
    applied = refused = no_plan = 0
    kinds: dict[str, int] = {}
    for number in range(n_plans):
        before, rails = random_state(draw), random_rails(draw)
        there = MemoryTarget(before)
        try:
            low, room = draw.randrange(0, 12), draw.randrange(2, 50)
            proposed = state_of(random_plan(draw), MinSize=low, MaxSize=low + room)
            change = propose(before, proposed, replace=random_names(before, draw))
            work = prepare(change, there)
        except (UnsupportedPlanError, ConfigurationError):
            no_plan += 1
            continue
        wanted = MemoryTarget(before)
        arns = {name: policy.arn for name, policy in wanted.policies.items()}
        for step in work.steps:
            step.act(wanted, "web", arns)
        judged = outside(wanted.writes, before, rails)
        try:
            act(work, there, rails)
            applied += 1
        except GuardRailError:
            refused += 1

            assert judged, (number, "refused, and nothing is outside")
            assert there.writes == [], number
        for each in judged:
            kinds[each.split()[0]] = kinds.get(each.split()[0], 0) + 1

        assert outside(there.writes, before, rails) == [], (number, SEED)
    print(f"{n_plans} plans, seed {SEED}: {applied} applied, {refused} refused, {no_plan} none")
    print(f"outside, if they were not refused: {kinds}")

    assert applied > n_plans / 20
    assert refused > n_plans / 3
    assert {"group:", "bounds:", "move:", "threshold", "adjustment"} == set(kinds)


def random_names(before: GroupResources, draw: random.Random) -> list[str]:
    if draw.random() < 0.5:
        return []
    return [p.name for p in before.policies if "cliffside" not in p.name and draw.random() < 0.7]


def act(work, there, rails, *, ledger=None):
    fence = fence_of(work.change, rails, is_return=work.verb == "undo")
    return carry_out(
        work, there, fence=fence, ledger=ledger or MemoryLedger(), clock=FixedClock(), by="kim"
    )


def problems_of(change: ChangeSet, rails: GuardRails, **more) -> list[str]:
    steps = steps_of(change.before, change.after)
    return [problem.next_step for problem in fence_of(change, rails, **more).problems(*steps)]


def narrow(**more) -> GuardRails:
    return replace(WIDE, **more)


@pytest.mark.parametrize(
    ("key", "inside", "outside_it"),
    [
        ("highest_max_size", 12, 11),
        ("lowest_min_size", 3, 4),
        ("most_size_change", 2, 1),
        ("most_threshold_change_percent", 25.0, 24.9),
        ("most_adjustment_change_percent", 50.0, 49.0),
        ("groups", ("we[ab]",), ("we",)),
    ],
)
def test_each_rail_holds_exactly_at_its_value(key, inside, outside_it):
    before = state_of(simple(40.0, 2), MinSize=2, MaxSize=10)
    after = state_of(simple(50.0, 3), MinSize=3, MaxSize=12)
    change = propose(before, after)

    assert problems_of(change, narrow(**{key: inside})) == []
    refused = problems_of(change, narrow(**{key: outside_it}))

    assert refused
    assert all(f"guard_rails.{key}" in said or key == "groups" for said in refused)


def test_the_lower_end_of_a_threshold_is_held_to_the_budget_as_the_upper_one():
    change = propose(state_of(simple(40.0)), state_of(simple(30.0)))

    assert problems_of(change, narrow(most_threshold_change_percent=25.0)) == []
    assert len(problems_of(change, narrow(most_threshold_change_percent=24.0))) == 2


def test_a_target_is_held_to_the_budget_of_thresholds():
    change = propose(state_of(target(40.0)), state_of(target(60.0)))

    assert problems_of(change, narrow(most_threshold_change_percent=50.0)) == []
    assert len(problems_of(change, narrow(most_threshold_change_percent=49.0))) == 1


def test_a_new_name_does_not_get_around_the_budget():
    before = foreign()
    names = [each.name for each in before.policies]
    change = propose(before, state_of(simple(90.0, 3)), replace=names)
    keys = problems_of(change, narrow(most_threshold_change_percent=49.0))

    assert len(keys) == 2
    assert problems_of(change, narrow(most_threshold_change_percent=50.0)) == []


@pytest.mark.parametrize(("size", "n_problems"), [(40, 0), (41, 1)])
def test_the_sizes_of_a_scheduled_action_are_held_to_the_bounds(size, n_problems):
    action = ActionResource(
        name="surge", fields={"Recurrence": "0 7 * * *", "DesiredCapacity": size}
    )
    change = ChangeSet(before=foreign(), after=replace(foreign(), actions=(action,)))

    assert n_problems == len(problems_of(change, narrow(highest_max_size=40)))


def test_a_way_back_is_held_to_groups_and_bounds_and_not_to_the_budget():
    change = propose(state_of(simple(10.0)), state_of(simple(90.0), MaxSize=60))
    rails = narrow(most_threshold_change_percent=1.0, most_size_change=1)

    assert problems_of(change, rails)
    assert problems_of(change, rails, is_return=True) == []
    assert problems_of(change, replace(rails, highest_max_size=59), is_return=True)
    assert problems_of(change, replace(rails, groups=("shop",)), is_return=True)


def test_an_undo_of_what_the_rails_allowed_is_allowed_by_them():
    before = state_of(simple(40.0, 1))
    rails = narrow(most_threshold_change_percent=26.0, most_adjustment_change_percent=100.0)
    there, ledger = MemoryTarget(before), MemoryLedger()
    change = propose(before, state_of(simple(30.0, 2)))
    act(prepare(change, there), there, rails, ledger=ledger)
    done = deployments_of(ledger.entries())
    act(prepare_undo(done[0], there, done), there, rails, ledger=ledger)

    assert there.holds(before)


def test_a_refused_change_writes_nothing_and_names_everything_that_is_outside():
    before = state_of(simple(40.0, 2))
    there, ledger = MemoryTarget(before), MemoryLedger()
    change = propose(before, state_of(simple(90.0, 9), MaxSize=500))
    rails = narrow(
        highest_max_size=20, most_threshold_change_percent=10.0, most_adjustment_change_percent=10.0
    )
    with pytest.raises(GuardRailError) as refused:
        act(prepare(change, there), there, rails, ledger=ledger)

    assert there.writes == []
    assert ledger.entries() == ()
    assert {
        "group web, MaxSize",
        "alarm web-cliffside-scale-out, Threshold",
        "alarm web-cliffside-scale-in, Threshold",
        "policy web-cliffside-scale-out, ScalingAdjustment",
    } == {problem.where for problem in refused.value.problems}


def test_without_guard_rails_nothing_may_be_applied_and_the_message_says_which_lines_to_add():
    with pytest.raises(GuardRailError, match=r"\[guard_rails\].*groups = \[\"web\"\]"):
        rails_to_apply(None, group="web", config="job.toml")


@pytest.mark.parametrize("mode", ["observe", "propose"])
def test_another_mode_than_apply_refuses(mode):
    with pytest.raises(GuardRailError, match=r'expected mode = "apply"'):
        rails_to_apply(narrow(mode=mode), group="web", config="job.toml")


@pytest.mark.parametrize("rails", [None, narrow(mode="propose"), narrow(mode="apply")])
def test_a_change_may_be_written_as_a_file_unless_the_mode_is_to_observe(rails):
    check_may_write(rails, config="job.toml")
    with pytest.raises(GuardRailError, match='got "observe"'):
        check_may_write(narrow(mode="observe"), config="job.toml")


def test_bounds_that_exclude_each_other_are_refused():
    with pytest.raises(ConfigurationError, match="lowest_min_size"):
        GuardRails(groups=("web",), lowest_min_size=5, highest_max_size=4)


def test_bounds_may_be_the_same():
    assert GuardRails(groups=("web",), lowest_min_size=4, highest_max_size=4).allows("web")


def test_the_states_of_the_tests_have_limits_to_move():
    assert all(state.limits["MaxSize"] >= LIMITS["MinSize"] for state in STATES.values())
