"""The documentation is in step: what exists is documented, links resolve, code blocks run."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import tuner.errors
from tests import commands_page
from tests.conformance import markdown
from tests.conformance.__main__ import judge_file
from tuner.cli import deploy_verbs, main, tune_verbs
from tuner.config import load_job
from tuner.config.document import job_keys

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SCOPE.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
TEXTS = {page.name: page.read_text() for page in PAGES}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
TESTS_IN_TEXT = re.compile(r"`((?:tests|benchmarks|docs|configs|kernels|tuner)/[\w./-]*)`")
ERRORS = [
    value
    for value in vars(tuner.errors).values()
    if isinstance(value, type) and issubclass(value, tuner.errors.CliffsideError)
]
HOST = "[host]\nslope_percent_per_1000_rpm = 0.75\ncliff_percent = 50.0\n"
REST = {
    "traffic": '[[traffic.stages]]\nname = "level"\nstages = ["hold 1h at 30k"]\n',
    "space": "[space]\nscale_out_adjustment = 1\n",
}


def blocks(language: str) -> dict[str, list[str]]:
    """Give the code blocks of a language, by page."""
    found = {
        name: [code for kind, code in BLOCK.findall(text) if kind == language]
        for name, text in TEXTS.items()
    }
    return {name: codes for name, codes in found.items() if codes}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder as the pages describe it: shipped configs, and the job of docs/tune.md."""
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    job = next(code for code in blocks("toml")["tune.md"] if code.startswith("service"))
    (tmp_path / "job.toml").write_text(job)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> click.testing.Result:
    return CliRunner().invoke(main.cli, shlex.split(line)[1:], catch_exceptions=False)


def table_of(page: str, heading: str, number: int = 0) -> list[list[str]]:
    """Give the cells of a table below a heading, without its head."""
    section = TEXTS[page].split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = re.findall(r"(?:^\|.*\|\n)+", section, re.M)[number]
    return [
        [cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()[2:]
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_and_every_path_of_the_repository_resolves(name):
    page = next(page for page in PAGES if page.name == name)
    for target in LINK.findall(TEXTS[name]) + PICTURE.findall(TEXTS[name]):
        if not target.startswith(("https://", "http://", "#")):
            assert (page.parent / target.split("#")[0]).exists(), target
    for path in TESTS_IN_TEXT.findall(TEXTS[name]):
        assert (ROOT / path).exists(), path


def test_every_page_is_reached_from_the_readme():
    reached, queue = set(), ["README.md"]
    while queue:
        name = queue.pop()
        reached.add(name)
        linked = {Path(target.split("#")[0]).name for target in LINK.findall(TEXTS.get(name, ""))}
        queue += [page for page in linked if page in TEXTS and page not in reached]

    assert set(TEXTS) - reached == set()


def test_the_page_of_commands_is_what_the_commands_say():
    expected = commands_page.document()

    assert expected == TEXTS["commands.md"], "python -m tests.commands_page > docs/commands.md"


def test_every_command_and_option_has_a_help_text():
    for name, command in main.cli.commands.items():
        assert command.help, name
        for option in commands_page.options_of(command):
            assert option.help, (name, option.name)


def test_every_command_stands_in_the_readme():
    for name in main.cli.commands:
        assert f"`{name}`" in TEXTS["README.md"], name


def test_every_configuration_key_is_documented_with_help():
    for key in job_keys():
        assert key.help, key.name
        assert f"| `{key.name}` |" in TEXTS["configuration.md"], key.name


def test_the_page_of_conformance_is_what_the_cases_give():
    verdicts = [v for name in markdown.DEFAULT_FILES for v in judge_file(ROOT / name)]
    expected = markdown.document(verdicts)

    assert expected == TEXTS["conformance.md"], markdown.COMMAND


def test_every_error_class_is_documented_with_what_it_also_is():
    rows = {row[0].strip("`"): row for row in table_of("errors.md", "Classes")}

    assert set(rows) == {error.__name__ for error in ERRORS}
    for error in ERRORS:
        assert rows[error.__name__][1].strip("`") in {base.__name__ for base in error.__mro__[1:]}
        assert all(rows[error.__name__])


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_the_program_ends_with_the_documented_exit_code_of_each_error(error, monkeypatch):
    def fail(**_: object) -> None:
        raise error.of(expected="a", got="b", where="c", next_step="d")

    monkeypatch.setattr(main, "cli", fail)
    rows = {row[0].strip("`"): row for row in table_of("errors.md", "Classes")}
    with pytest.raises(SystemExit) as left:
        main.run()

    assert int(rows[error.__name__][-1]) == left.value.code


def test_every_exit_code_is_documented():
    numbers = {0, main.FAILED, main.WRONG_INPUT, main.INTERRUPTED, tune_verbs.EXIT_GATE}
    numbers.add(deploy_verbs.EXIT_DIFFERENT)
    for source in (ROOT / "tuner/cli").glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "sys.exit":
                numbers |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    expected = {str(number) for number in numbers}

    assert expected == {row[0] for row in table_of("errors.md", "Exit codes")}


@pytest.mark.parametrize("name", [name for name in blocks("python") if name != "README.md"])
def test_the_python_of_each_page_runs_from_top_to_bottom(name, desk, capsys):
    if name == "tune.md":
        assert run("cliffside tune --config job.toml --out runs/checkout").exit_code == 0
    names: dict[str, object] = {}
    for code in blocks("python")[name]:
        exec(compile(code, name, "exec"), names)


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, codes in blocks("toml").items() for n in range(len(codes))],
)
def test_each_toml_block_is_a_job_or_a_part_of_one(name, number, desk):
    code = blocks("toml")[name][number]
    given = tomllib.loads(code)
    missing = "" if {"host", "load_test"} & set(given) else HOST
    missing += "".join(text for key, text in REST.items() if key not in given)
    service = "" if "service" in given else 'service = "docs"'
    (desk / "part.toml").write_text(f"{service}\n{code}\n{missing}")
    load_job(desk / "part.toml")


def test_the_family_of_the_traffic_page_has_as_many_shapes_as_it_says(desk):
    from tuner.config import build_shapes

    code = next(code for code in blocks("toml")["traffic.md"] if "vary" in code)
    (desk / "part.toml").write_text(f'service = "docs"\n{code}\n{HOST}{REST["space"]}')
    shapes = build_shapes(load_job(desk / "part.toml"))

    assert "36 shapes of 18 units" in TEXTS["traffic.md"]
    assert len(shapes) == 36
    assert shapes.weight.sum() == pytest.approx(18.0)


@pytest.mark.parametrize("name", blocks("console"))
def test_each_console_line_runs_or_names_something_that_is_there(name, desk):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
    for line in "".join(blocks("console")[name]).splitlines():
        assert line.startswith("$ "), line
        words = shlex.split(line[2:], comments=True)
        program = words[0].removeprefix(".venv/bin/")
        if program == "make":
            assert words[1] in targets, line
        elif program == "cliffside":
            got = run(shlex.join(words))

            assert got.exit_code == 0, (line, got.output)
        elif program == "python":
            path = words[2].replace(".", "/") if words[2] != "pytest" else words[3].split("::")[0]

            assert any((ROOT / p).exists() for p in (path, f"{path}.py")), line
        else:
            assert program in ("git", "cd"), line


def test_the_columns_and_units_of_the_result_files_are_those_of_the_page(desk):
    import pyarrow.parquet as pq

    assert run("cliffside tune --config job.toml --out out").exit_code == 0
    expected = [(row[0].strip("`"), row[1]) for row in table_of("tune.md", "The files", 1)]
    for name in ("trials", "front"):
        schema = pq.read_schema(desk / "out" / f"{name}.parquet")
        got = [
            (re.sub(r"\[.*\]", "[NAME]", field.name), field.metadata[b"unit"].decode())
            for field in schema
        ]

        assert expected == got


def test_no_page_has_an_unfinished_place():
    for name, text in TEXTS.items():
        assert not re.search(r"\b(?:TODO|FIXME|XXX)\b", text), name
