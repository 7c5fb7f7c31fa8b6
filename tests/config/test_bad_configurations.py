"""Each of a hundred spoiled configurations is refused with file, line, key, and what to do."""

import re

import pytest

from tests.config.bad_configurations import EDITS, block, problems_of, snapshot, spoiled

OF_THE_TEXT = ("the same table twice",)
WHERE = re.compile(r"job\.toml, line [1-9]\d*(, key \S.*)?")


def test_there_are_at_least_a_hundred():
    assert len(EDITS) >= 100


@pytest.mark.parametrize("name", EDITS)
def test_each_message_names_place_expected_got_and_next_step(name, tmp_path):
    problems = problems_of(spoiled(name), tmp_path)

    assert problems
    for problem in problems:
        match = WHERE.fullmatch(problem.where)

        assert match, problem.where
        assert match[1] or name in OF_THE_TEXT
        assert problem.expected
        assert problem.got
        assert problem.next_step[-1] in ".?"
        assert "\n" not in str(problem)
        assert len(str(problem)) < 600


def test_the_messages_are_those_of_the_snapshot(tmp_path):
    written = snapshot()
    made = {name: block(name, problems_of(spoiled(name), tmp_path)) for name in EDITS}

    assert list(written) == list(made)
    for name, expected in written.items():
        assert expected == made[name], "python -m tests.config.bad_configurations writes it anew"


def test_no_message_shows_a_folder_of_this_machine(tmp_path):
    for name in EDITS:
        for problem in problems_of(spoiled(name), tmp_path):
            assert str(tmp_path) not in str(problem)
