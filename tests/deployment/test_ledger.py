"""The ledger: a chain in which nothing changes unseen, and no half line counts."""

from __future__ import annotations

import json
import random
import stat
import subprocess
import sys

import pytest

from tuner.deployment.ledger import HEAD, LEDGER, LOCK, Ledger
from tuner.errors import ConfigurationError, ResultFileError, StoreError

SEED = 20261130
NOW = "2026-11-30T12:00:00.000Z"
FLIPS = [400, pytest.param(10_000, marks=pytest.mark.nightly)]
KILLS = [25, pytest.param(500, marks=pytest.mark.nightly)]


@pytest.fixture
def ledger(tmp_path):
    """A ledger of five entries."""
    made = Ledger(tmp_path / "state")
    for number in range(5):
        made.append("apply begun", NOW, {"deployment": f"d{number}", "sizes": [number, None, 2.5]})
    return made


def test_entries_come_back_as_they_were_written(ledger):
    entries = ledger.entries()

    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[-1].facts == {"deployment": "d4", "sizes": [4, None, 2.5]}
    assert {NOW} == {entry.at_utc for entry in entries}


def test_a_ledger_that_is_not_there_has_no_entry_and_nothing_is_made(tmp_path):
    assert Ledger(tmp_path / "state").entries() == ()
    assert list(tmp_path.iterdir()) == []


def test_each_line_holds_the_digest_of_the_one_before(ledger):
    import hashlib

    lines = ledger.path.read_bytes().splitlines()
    expected = ["0" * 64, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]

    assert expected == [json.loads(line)["previous"] for line in lines]


def test_the_files_are_for_their_owner_alone(ledger):
    assert stat.S_IMODE(ledger.state.stat().st_mode) == 0o700
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("flips", FLIPS)
def test_no_flipped_bit_is_silent(ledger, flips):
    draw = random.Random(SEED)
    known, silent = ledger.entries(), []
    for number in range(flips):
        path = ledger.state / (HEAD if number % 10 == 0 else LEDGER)
        content = path.read_bytes()
        bit = draw.randrange(8 * len(content))
        spoiled = bytearray(content)
        spoiled[bit // 8] ^= 1 << bit % 8
        path.write_bytes(spoiled)
        try:
            if ledger.entries() != known or path.name == LEDGER:
                silent.append((path.name, bit))
        except ResultFileError:
            pass
        path.write_bytes(content)
    print(f"{flips} flips, {len(silent)} silent, seed {SEED}")

    assert silent == []
    assert ledger.entries() == known


@pytest.mark.parametrize("number", range(5))
def test_a_line_that_somebody_rewrote_with_its_own_digest_breaks_the_chain(ledger, number):
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    other = Ledger(ledger.state.parent / "other")
    for k in range(5):
        name = "forged" if k == number else f"d{k}"
        other.append("apply begun", NOW, {"deployment": name, "sizes": [k, None, 2.5]})
    lines[number] = other.path.read_bytes().splitlines(keepends=True)[number]
    ledger.path.write_bytes(b"".join(lines))
    with pytest.raises(ResultFileError, match="The chain is broken"):
        ledger.entries()


@pytest.mark.parametrize("number", range(5))
def test_a_line_that_was_taken_out_is_noticed_also_at_the_end(ledger, number):
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    del lines[number]
    ledger.path.write_bytes(b"".join(lines))
    with pytest.raises(ResultFileError, match="The chain is broken"):
        ledger.entries()


def test_lines_that_change_places_are_noticed(ledger):
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    ledger.path.write_bytes(b"".join(lines))
    with pytest.raises(ResultFileError, match="line 2"):
        ledger.entries()


@pytest.mark.parametrize("content", ["", "5", "-1 x", "nothing here", "4 " + "0" * 64])
def test_a_head_that_says_otherwise_is_noticed(ledger, content):
    (ledger.state / HEAD).write_text(content)
    with pytest.raises(ResultFileError):
        ledger.entries()


def test_nothing_is_appended_to_a_broken_chain(ledger):
    content = ledger.path.read_bytes().replace(b"d2", b"d9")
    ledger.path.write_bytes(content)
    with pytest.raises(ResultFileError):
        ledger.append("apply done", NOW, {})

    assert content == ledger.path.read_bytes()


def test_what_a_killed_writer_left_is_no_entry_and_is_taken_away_by_the_next(ledger):
    whole = ledger.path.read_bytes()
    for half in (b"{", whole[:40], b"x" * 5_000):
        ledger.path.write_bytes(whole + half)

        assert len(ledger.entries()) == 5
    ledger.append("apply done", NOW, {"deployment": "next"})

    assert whole == ledger.path.read_bytes()[: len(whole)]
    assert b"x" * 100 not in ledger.path.read_bytes()
    assert [entry.number for entry in ledger.entries()] == [1, 2, 3, 4, 5, 6]


def test_a_writer_that_was_killed_before_the_head_is_one_line_ahead_of_it(ledger):
    head = (ledger.state / HEAD).read_bytes()
    ledger.append("apply done", NOW, {})
    (ledger.state / HEAD).write_bytes(head)

    assert len(ledger.entries()) == 6
    ledger.append("apply done", NOW, {})

    assert len(ledger.entries()) == 7


def in_a_process(*arguments: object) -> str:
    """Run writers in a process that has no other threads, and give what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.deployment.killed_ledger", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kills", KILLS)
def test_a_killed_writer_leaves_a_whole_chain_of_whole_entries(tmp_path, kills):
    seen, half = map(int, in_a_process(tmp_path, kills, SEED).split())
    print(f"{kills} kills, seed {SEED}: {seen} entries, {half} half lines that are none")

    assert seen > kills / 2


def test_writers_at_the_same_time_wait_for_each_other(tmp_path):
    in_a_process(tmp_path)


def test_one_apply_at_a_time(tmp_path):
    first, second = Ledger(tmp_path / "state"), Ledger(tmp_path / "state")
    with (
        first.held(),
        pytest.raises(StoreError, match="no other apply or undo"),
        second.held(),
    ):
        pass
    with second.held():
        pass


@pytest.mark.parametrize("name", [LEDGER, LOCK])
def test_a_symbolic_link_in_place_of_a_file_is_refused(tmp_path, name):
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_text("")
    (state / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises((ResultFileError, StoreError)):
        Ledger(state).append("apply begun", NOW, {})

    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_state_folder_that_others_may_enter_is_refused(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    (state / "something").touch()
    with pytest.raises(ConfigurationError, match="chmod 700"):
        Ledger(state).append("apply begun", NOW, {})
