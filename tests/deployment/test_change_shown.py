"""A change as a person reads it: lines for what is new or goes, rows for what moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.deployment.states import foreign, simple, state_of, step
from tests.doors.command import CONF42, call
from tuner.cli.deploy_change import difference_blocks
from tuner.cli.show import plain_lines
from tuner.deployment.change import ChangeSet, propose


def said(change: ChangeSet) -> list[str]:
    return [line for block in difference_blocks(change) for line in plain_lines(block)]


def test_what_is_new_and_what_goes_is_a_sentence_and_no_row():
    before, after = foreign(), state_of(simple(42.0, 2))
    names = tuple(policy.name for policy in before.policies)
    change = propose(before, after, replace=names)
    lines = said(change)
    new, gone = lines.index("New"), lines.index("Goes")

    assert any("web-cliffside-scale-out" in line and "above 42" in line for line in lines[new:gone])
    for policy in before.policies:
        assert any(line.startswith(f"policy {policy.name} ") for line in lines[gone:]), policy.name
    assert not any("AlarmName" in line for line in lines)


def test_a_field_that_moves_has_its_old_and_its_new_value_in_a_row():
    before, after = state_of(simple(25.0, 1)), state_of(simple(42.0, 1))
    lines = said(propose(before, after))
    (row,) = (line.split() for line in lines if " Threshold " in line and "scale-out" in line)

    assert row == ["alarm", "web-cliffside-scale-out", "Threshold", "25", "42"]
    assert "New" not in lines
    assert "Goes" not in lines


def test_every_resource_that_differs_is_said():
    for before, after in ((foreign(), state_of(step())), (state_of(step()), foreign())):
        change = ChangeSet(before=before, after=replace(after, limits=before.limits))
        text = "\n".join(said(change))

        assert [row.resource for row in change.rows if row.resource not in text] == []
        assert "123456789012" not in text


def test_nothing_to_change_is_said():
    state = state_of(simple(25.0, 1))

    assert said(ChangeSet(before=state, after=state)) == [
        "Nothing to change: the group is as the plan says."
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--config", "job.toml", "--plan", "plan.json", "--group", "web", "--out"),
        ("show", "web", "--save"),
        ("verify", "--config", "job.toml", "--plot"),
        ("alarms", "--metric", "AWS/EC2:CPUUtilization", "--plot"),
    ],
    ids=lambda words: words[0],
)
def test_no_answer_takes_the_place_of_a_config_or_a_folder(
    arguments, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    job = tmp_path / "job.toml"
    job.write_text(CONF42.read_text())
    ending = ".html" if arguments[-1] == "--plot" else ".json"
    (tmp_path / f"folder{ending}").mkdir()
    for name in ("job.toml", f"folder{ending}"):
        got = call(capsys, *arguments, name)

        assert (got.code, got.out) == (2, "")
        assert f"a file that ends in {ending}" in got.err
    assert CONF42.read_text() == job.read_text()
