"""Docstrings are in step with the code: parameters, sources, examples. Read from syntax trees."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "tuner").rglob("*.py"), *(ROOT / "kernels").glob("*.py")])
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
NOT_RULES = {
    "__init__.py",
    "_jit.py",
    "batch.py",
    "layout.py",
    "plans.py",
    "record.py",
    "status.py",
}
MOST_UNSAID = 2
"""So many parameters may go without a section where the first line says all."""

MOST_UNSAID_IN_RULES = 6
"""In kernels more: a rule takes records and scalars that are documented where they are defined, and
a short rule is read at one glance."""
LOWER_FLOORS = ("tuner.errors", "tuner.units", "tuner.host", "tuner.policy", "tuner.scenario")
LOWER_FLOORS += ("tuner.measure", "tuner.traffic", "tuner.store")
SECTION = re.compile(r"^Parameters\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", re.S | re.M)


def definitions(
    tree: ast.AST, prefix: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Give every public function, method and class with its dotted name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from definitions(node, f"{prefix}{node.name}.")


def documented(text: str) -> list[str] | None:
    """Give the names of a docstring's section Parameters, None where it has none."""
    section = SECTION.search(text)
    if section is None:
        return None
    heads = [line for line in section[1].splitlines() if line and not line.startswith(" ")]
    return [name.strip(" *") for head in heads for name in head.split(" : ")[0].split(",")]


def taken(node: ast.FunctionDef) -> list[str]:
    """Give the names of a function's parameters in order, without self."""
    given = node.args
    named = [*given.posonlyargs, *given.args]
    rest = [given.vararg, *given.kwonlyargs, given.kwarg]
    names = [argument.arg for argument in [*named, *rest] if argument is not None]
    return [name for name in names if name not in ("self", "cls")]


def fields(node: ast.ClassDef) -> list[str]:
    """Give what a class is made of: its annotated fields, else what its __init__ takes."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return taken(item)
    return [
        item.target.id
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]


def is_command(node: ast.FunctionDef) -> bool:
    """Tell a command of the command line: its options have their own help."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


@pytest.mark.parametrize("name", NAMES)
def test_every_module_and_everything_public_says_what_it_is(name):
    tree = ast.parse((ROOT / name).read_text())
    bare = [where for where, node in definitions(tree) if not ast.get_docstring(node)]

    assert ast.get_docstring(tree)
    assert bare == []


@pytest.mark.parametrize("name", NAMES)
def test_documented_parameters_are_those_of_the_signature(name):
    differing = {}
    for where, node in definitions(ast.parse((ROOT / name).read_text())):
        expected = taken(node) if isinstance(node, ast.FunctionDef) else fields(node)
        got = documented(ast.get_docstring(node) or "")
        if got is not None and sorted(expected) != sorted(got):  # those of one kind stand together
            differing[where] = (expected, got)

    assert differing == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_kernel_and_every_function_of_many_parameters_documents_each(name):
    most = MOST_UNSAID_IN_RULES if name.startswith("kernels/") else MOST_UNSAID
    silent = [
        where
        for where, node in definitions(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.FunctionDef)
        and not is_command(node)
        and len(taken(node)) > most
        and documented(ast.get_docstring(node) or "") is None
    ]

    assert silent == []


@pytest.mark.parametrize(
    "name", [p.name for p in sorted((ROOT / "kernels").glob("*.py")) if p.name not in NOT_RULES]
)
def test_every_file_of_rules_names_its_source(name):
    text = ast.get_docstring(ast.parse((ROOT / "kernels" / name).read_text())) or ""

    assert "docs/model.md" in text


def modules_with_examples() -> list[str]:
    """Name the modules of `tuner` that have an example."""
    paths = [path for path in FILES if path.is_relative_to(ROOT / "tuner")]
    with_examples = [path for path in paths if ">>> " in path.read_text()]
    dotted = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in with_examples]
    return [name.removesuffix(".__init__") for name in dotted]


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_a_module_run(name):
    got = doctest.testmod(importlib.import_module(name))

    assert got.attempted > 0
    assert got.failed == 0


def test_the_lower_floors_have_many_examples():
    names = [name for name in modules_with_examples() if name.startswith(LOWER_FLOORS)]
    finder = doctest.DocTestFinder(exclude_empty=True)
    examples = [
        test
        for name in names
        for test in finder.find(importlib.import_module(name))
        if test.examples
    ]

    assert len(examples) >= 25
