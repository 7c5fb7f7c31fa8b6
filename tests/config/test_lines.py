"""The line of every key, in all the ways that TOML has of writing one."""

import tomllib

import pytest

from tests.config.good import GOOD
from tuner.config.lines import key_lines, line_of

TEXT = '''\
a = 1
"b c".d = {x = 1, y = [1,
2, {z = 3}]}
[[t.s]]
n = """a
b = 1
"""
  [t.s.vary] # [no.table]
  k = 2024-01-01 00:00:00
  l = 'x # y'
[[t.s]]
m = [ # c ]
 "a]",
 \'\'\'b
 \'\'\',
 'c',
]
[[t.s.q]]
a = 1
[u]
v . "w" = 1.5e3
"esc\\u0061ped" = true
'''


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ((), 1),
        (("a",), 1),
        (("b c", "d", "x"), 2),
        (("b c", "d", "y", 1), 3),
        (("b c", "d", "y", 2, "z"), 3),
        (("t", "s"), 4),
        (("t", "s", 0), 4),
        (("t", "s", 0, "n"), 5),
        (("t", "s", 0, "vary"), 8),
        (("t", "s", 0, "vary", "k"), 9),
        (("t", "s", 0, "vary", "l"), 10),
        (("t", "s", 1), 11),
        (("t", "s", 1, "m", 0), 13),
        (("t", "s", 1, "m", 1), 14),
        (("t", "s", 1, "m", 2), 16),
        (("t", "s", 1, "q", 0, "a"), 19),
        (("u", "v", "w"), 21),
        (("u", "escaped"), 22),
    ],
)
def test_every_way_of_writing_a_key_has_its_line(location, line):
    tomllib.loads(TEXT)

    assert key_lines(TEXT)[location] == line


def test_a_key_that_is_not_there_has_the_line_of_its_table():
    lines = key_lines(TEXT)

    assert line_of(("t", "s", 1, "missing", 3), lines) == 11
    assert line_of(("nowhere",), lines) == 1


def locations(value, at=()):
    """Give every location of a parsed text."""
    yield at
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        if isinstance(inner, dict | list):
            yield from locations(inner, (*at, key))
        else:
            yield (*at, key)


@pytest.mark.parametrize("text", [TEXT, GOOD, GOOD.replace("\n", "\r\n"), "\n\n" + GOOD])
def test_no_location_of_a_text_lacks_a_line_and_each_holds_its_key(text):
    lines = key_lines(text)
    rows = text.split("\n")
    for location in locations(tomllib.loads(text)):
        assert location in lines
        last = location[-1] if location else ""
        if isinstance(last, str) and last != "escaped":
            assert last in rows[lines[location] - 1]
