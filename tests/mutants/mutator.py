"""Small mistakes in functions: where one could be made, and the code with one of them.

A mistake is made in a function's body only, so that the code of that one function can be exchanged
in a process that has loaded everything (`tests.mutants.exchange`).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
CHOICES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Site:
    """One mistake that could be made.

    Parameters
    ----------
    function : str
        Qualified name of the function.
    node, choice : int
        Which node of the tree, in the order of `ast.walk`, and which of its alternatives.
    words : str
        Line, and what becomes of it.
    """

    function: str
    node: int
    choice: int
    words: str


def sites_of(source: str) -> list[Site]:
    """Give every mistake that could be made in the functions of a module."""
    tree = ast.parse(source)
    number = {id(node): n for n, node in enumerate(ast.walk(tree))}
    found = []
    for function, body in _functions(tree):
        assigned = _assigned(body)
        for statement in body:
            for node in ast.walk(statement):
                for choice, new in enumerate(_alternatives(node, assigned)):
                    old = ast.unparse(node).splitlines()[0]
                    words = f"line {node.lineno}: {old} -> {ast.unparse(new)}"
                    found.append(Site(function, number[id(node)], choice, words))
    return found


def code_with(source: str, site: Site, filename: str) -> CodeType:
    """Give the code of the function with a mistake.

    Parameters
    ----------
    source, filename : str
        Of the module.
    site : Site
        From `sites_of` of that source.
    """
    tree = ast.parse(source)
    target = list(ast.walk(tree))[site.node]
    bodies = dict(_functions(tree))
    new = list(_alternatives(target, _assigned(bodies[site.function])))[site.choice]
    _Exchange(target, new).visit(tree)
    codes = dict(_codes(compile(ast.fix_missing_locations(tree), filename, "exec")))
    return codes[site.function]


def _functions(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield qualified name and body of the functions and methods of a module."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name, statement.body
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{statement.name}.{inner.name}", inner.body


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    """Yield qualified name and code of everything within."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner.co_qualname, inner
            yield from _codes(inner)


def _assigned(body: list[ast.stmt]) -> list[str]:
    """List the names that a body assigns, each as often as it does."""
    return [
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]


def _alternatives(node: ast.AST, assigned: list[str]) -> Iterator[ast.AST]:
    """Yield what could stand in a node's place by mistake."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            yield _changed(
                node, ops=[*node.ops[:at], COMPARISONS[type(operator)](), *node.ops[at + 1 :]]
            )
    elif isinstance(node, ast.BoolOp):
        yield _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield _changed(node, op=ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield _changed(node, value=node.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield _changed(node, value=not node.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CHOICES:
        yield _changed(node, func=ast.Name(CHOICES[node.func.id], ast.Load()))
    elif _may_be_forgotten(node, assigned):
        yield ast.Pass()


def _may_be_forgotten(node: ast.AST, assigned: list[str]) -> bool:
    """Tell whether the function still makes sense, as code, without a statement."""
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
        stored = [each.id for each in names if isinstance(each.ctx, ast.Store)]
        return all(assigned.count(name) > 1 for name in stored)
    return isinstance(node, (ast.AugAssign, ast.Raise, ast.Break, ast.Continue))


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    """Give a copy of a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


class _Exchange(ast.NodeTransformer):
    """Puts one node into the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)
