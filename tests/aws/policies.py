"""The shipped IAM policies, and what the source of the product asks of AWS."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name

ROOT = Path(__file__).parents[2]
NEEDS_NO_PERMISSION = frozenset({"sts:GetCallerIdentity"})
"""What AWS always allows."""


def policy(name: str) -> dict[str, Any]:
    """Read a shipped policy."""
    return json.loads((ROOT / "iam" / f"{name}.json").read_text())


def actions(name: str) -> list[str]:
    """Give the actions of a shipped policy, in its order."""
    return [action for each in policy(name)["Statement"] for action in each["Action"]]


def allowed_actions() -> set[str]:
    """Give all actions that the product may ask for."""
    return {*actions("read"), *actions("apply"), *NEEDS_NO_PERMISSION}


def actions_in_source() -> set[str]:
    """Find the actions that the source asks for: names of operations of the services it opens.

    An operation is called as a method of a client, or named in a text for a paginator.
    """
    names, texts = set[str](), set[str]()
    for path in (ROOT / "tuner" / "aws").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    session = botocore.session.get_session()
    opened = texts & set(session.get_available_services())
    return {
        f"{service}:{operation}"
        for service in opened
        for operation in session.get_service_model(service).operation_names
        if xform_name(operation) in names | texts
    }
