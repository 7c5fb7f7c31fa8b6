"""Malformed configurations and plans raise documented exceptions only, and soon.

`tests.promises.malformed` tries many more of them (promise R11).
"""

import json
import random
import time
from contextlib import suppress

import pytest

from tests.config.good import GOOD, write_job
from tuner.config import load_job
from tuner.errors import CliffsideError, ConfigurationError
from tuner.plan_json import plan_from_json, plan_to_json

QUICK = 300
LONGEST_SECONDS = 1.0
NASTY = (
    *("", "true", "nan", "-inf", "-1", "0", "1e308", "9" * 400, "0x7fffffffffffffff", "1.5", '""'),
    *("[]", "{}", "[[]]", "[{}]", '["1/3"]', '"1/0"', '"-5m"', '"0s"', '"99999999h"', '"\\u0000"'),
    *("{from = 1, to = 1e9}", "{from = 3, to = 1}", "{from = 1, to = 2, step = 1e-9}", "'a'"),
    *("2026-11-24", "07:30:00", "2026-11-24T04:23:00Z", '"../../etc/passwd"', '"/"', '"a/"'),
    *("[" * 500 + "]" * 500, "{a = " * 300 + "1" + "}" * 300, "a.b.c", '"""x"""', "[1, 1]"),
    *(
        '"hold 9999999h"',
        '["hold 99999h"]',
        '["jump to 1e9"]',
        "[[0, 1], [1, 0]]",
        "{capped = nan}",
    ),
)
LINES = GOOD.splitlines()
CHARACTERS = "[]{}=\"'.,#\n\r\t\\ \0\x7f0aé€\U0001f600-+_:/"


def spoil(draws: random.Random) -> bytes:
    """Spoil the good configuration in one to four ways."""
    lines = list(LINES)
    for _ in range(draws.randint(1, 4)):
        way, at = draws.randrange(8), draws.randrange(len(lines))
        key = lines[at].split(" = ")[0]
        if way <= 2:
            lines[at] = f"{key} = {draws.choice(NASTY)}"
        elif way == 3:
            lines[at], other = lines[draws.randrange(len(lines))], draws.randrange(len(lines))
            lines[other] = lines[at]
        elif way == 4:
            del lines[at : at + draws.randint(1, 6)]
            lines = lines or [""]
        elif way == 5:
            place = draws.randint(0, len(lines[at]))
            lines[at] = lines[at][:place] + draws.choice(CHARACTERS) + lines[at][place:]
        elif way == 6:
            lines.insert(at, f"{draws.choice(LINES)}")
        else:
            lines[at] = lines[at][: draws.randint(0, len(lines[at]))]
    content = "\n".join(lines).encode()
    if draws.random() < 0.1:
        place = draws.randrange(max(len(content), 1))
        content = content[:place] + bytes([draws.randrange(256)]) + content[place + 1 :]
    return content


def run(seeds: range, folder) -> tuple[int, float]:
    """Load a spoiled configuration for each seed; give how many were refused, and the longest."""
    path, refused, longest = write_job(folder), 0, 0.0
    for seed in seeds:
        content = spoil(random.Random(seed))
        path.write_bytes(content)
        began = time.process_time()
        try:
            load_job(path)
        except CliffsideError as error:
            refused += 1

            assert error.problems, seed
            assert len(str(error)) < 100_000, seed
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
        longest = max(longest, time.process_time() - began)
    return refused, longest


def test_malformed_configurations_raise_documented_exceptions_soon(tmp_path):
    print("seeds", range(QUICK))
    refused, longest = run(range(QUICK), tmp_path)

    assert refused > QUICK / 2
    assert longest < LONGEST_SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("a." * 990 + f"k{i} = 1" for i in range(60)),
        "\n".join(f"[[traffic.stages]]\nname='{i}'\nstages=['hold 99999m']" for i in range(2000)),
        "[traffic]\nstages = [" + "{},\n" * 20_000 + "]",
        "[space]\nscale_out_threshold_percent = [\n" + "1.5,\n" * 20_000 + "]",
        "[space]\nscale_out_adjustment = [\n" + "true,\n" * 9_000 + "]",
        "\n".join(f"key_{i} = 1" for i in range(9_000)),
        "[host]\ntable = [\n" + "['x', 1],\n" * 990 + "]",
        "\n".join(["[[schedule]]\nat = 1\nmin_size = -1"] * 3_000),
        GOOD.replace('{from = "10m", to = "30m", step = "10m"}', "{from = 0, to = 9999}"),
        GOOD.replace("replicates = 2", "replicates = 3000\nheight_factors = {from = 1, to = 1000}"),
        GOOD.replace('"hold 30m"', '"hold 16000h"'),
    ],
)
def test_large_texts_are_answered_soon(text, tmp_path):
    path = write_job(tmp_path, text)
    longest = []
    for _ in range(3):
        began = time.process_time()
        with suppress(CliffsideError):
            load_job(path)
        longest.append(time.process_time() - began)

    assert min(longest) < LONGEST_SECONDS


def random_value(draws: random.Random, depth: int = 0) -> object:
    """Give a random value as a JSON reader gives it."""
    kinds = [
        None,
        True,
        0,
        -1,
        10**30,
        1.5,
        float("nan"),
        float("inf"),
        "",
        "SimpleScaling",
        "x" * 99,
    ]
    if depth < 3 and draws.random() < 0.3:
        return [random_value(draws, depth + 1) for _ in range(draws.randrange(4))]
    if depth < 3 and draws.random() < 0.3:
        return {draws.choice("abc"): random_value(draws, depth + 1) for _ in range(3)}
    return draws.choice(kinds)


def spoil_plan(value: object, draws: random.Random) -> object:
    """Replace some of a plan's values, drop some keys and add others."""
    if draws.random() < 0.08:
        return random_value(draws)
    if not isinstance(value, dict):
        return value
    spoiled = {key: spoil_plan(entry, draws) for key, entry in value.items()}
    if draws.random() < 0.15:
        spoiled[draws.choice(["extra", "scale_outs", "", "é"])] = random_value(draws)
    if spoiled and draws.random() < 0.1:
        del spoiled[draws.choice(list(spoiled))]
    return spoiled


def test_malformed_plans_raise_documented_exceptions_only(tmp_path):
    plan = plan_to_json(load_job(write_job(tmp_path)).baseline)
    refused = 0
    for seed in range(QUICK):
        spoiled = spoil_plan(json.loads(json.dumps(plan)), random.Random(seed))
        try:
            plan_from_json(spoiled)
        except ConfigurationError as error:
            refused += 1

            assert error.problems, seed

    assert refused > QUICK / 4
