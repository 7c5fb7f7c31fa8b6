"""Strict texts of files: JSON and YAML without equal keys, aliases, or words that become numbers.

CloudFormation takes neither aliases nor merges in YAML, and its short tags (``!Ref web``) are read
as their long forms (``{"Ref": "web"}``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

import yaml

from tuner.errors import ConfigurationError, Problem

LARGEST_TEXT = 1_048_576
"""Characters; CloudFormation takes no larger template."""

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 /:_.,-]*[A-Za-z0-9_.,-])?")


def write_json(value: object) -> str:
    """Write a value as JSON, tuples as lists."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(text: str, *, where: str) -> Any:
    """Read JSON, refusing equal keys, NaN and infinities.

    Parameters
    ----------
    text, where : str
        The text, and its name for messages.

    Raises
    ------
    ConfigurationError
        Where it is not such a text.
    """
    _check_size(text, where)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _not_read("JSON", error, where) from error


def write_yaml(value: object) -> str:
    """Write a value as YAML, tuples as lists, keys in their order, without aliases."""
    text: str = yaml.dump(
        json.loads(json.dumps(value, allow_nan=False)),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=4096,
    )
    return text


def read_yaml(text: str, *, where: str) -> Any:
    """Read YAML as CloudFormation does, refusing equal keys, aliases and merges.

    Parameters
    ----------
    text, where : str
        The text, and its name for messages.

    Raises
    ------
    ConfigurationError
        Where it is not such a text.

    Examples
    --------
    >>> read_yaml("Group: !Ref web", where="template.yaml")
    {'Group': {'Ref': 'web'}}
    """
    _check_size(text, where)
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_read("YAML", error, where) from error


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Writes each value where it stands."""

    def ignore_aliases(self, data: object) -> bool:
        """Say that nothing is written as an alias."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists under their keys."""
        super().increase_indent(flow, False)


def _represent_text(dumper: _Dumper, text: str) -> Any:
    """Quote a text that any reader of YAML, old or new, might take for something else."""
    if _PLAIN.fullmatch(text) and text.lower() not in ("y", "n"):
        style = None
    else:
        style = "'" if text.isascii() and text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads plain values and CloudFormation's tags; a date stays a text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [pair for pair in pairs if not pair[0].endswith((":timestamp", ":merge"))]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def get_single_node(self) -> Any:
        """Read the document as nodes, refusing aliases: nodes that stand in two places."""
        root = super().get_single_node()
        seen: set[int] = set()
        waiting = [] if root is None else [root]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                raise yaml.YAMLError(f"an alias of line {node.start_mark.line + 1}")
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                waiting.extend(each for pair in node.value for each in pair)
            elif isinstance(node, yaml.SequenceNode):
                waiting.extend(node.value)
        return root


def _construct_mapping(loader: _Loader, node: Any) -> dict[Hashable, Any]:
    """Read a mapping, refusing equal keys."""
    made: dict[Hashable, Any] = {}
    for key_node, entry in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int | float | bool):
            raise yaml.YAMLError("a key that is not a text")
        if key in made:
            raise yaml.YAMLError(f"the key {key!r} twice in line {key_node.start_mark.line + 1}")
        made[key] = loader.construct_object(entry, deep=True)
    return made


def _construct_short(loader: _Loader, suffix: str, node: Any) -> dict[str, Any]:
    """Read a short tag as its long form."""
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = _construct_mapping(loader, node)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
_Loader.add_multi_constructor("!", _construct_short)


def _check_size(text: str, where: str) -> None:
    """Refuse a text that is longer than any that AWS takes."""
    if len(text) > LARGEST_TEXT:
        raise ConfigurationError(
            Problem(
                f"at most {LARGEST_TEXT:,} characters",
                f"{len(text):,}",
                where,
                "Give the scaling of one group.",
            )
        )


def _not_read(kind: str, error: Exception, where: str) -> ConfigurationError:
    """Say that a text is not what it should be."""
    reason = "lists too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
    return ConfigurationError(
        Problem(f"{kind} as cliffside writes it", reason, where, "Mend the file.")
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs, refusing equal keys."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"the key {key!r} twice in one object")
        table[key] = value
    return table


def _refuse_constant(name: str) -> float:
    """Refuse NaN and the infinities, which are not JSON."""
    raise ValueError(f"{name}, which is not JSON")


def as_mapping(value: object, *, where: str) -> Mapping[str, Any]:
    """Give a value that must be a table of names.

    Parameters
    ----------
    value : object
        What a file says.
    where : str
        Its place for messages.

    Raises
    ------
    ConfigurationError
        Where it is something else.
    """
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    raise ConfigurationError(
        Problem("a table of names", _short(value), where, "Give what cliffside writes.")
    )


def as_text(value: object, *, where: str) -> str:
    """Give a value that must be a text.

    Parameters
    ----------
    value : object
        What a file says.
    where : str
        Its place for messages.

    Raises
    ------
    ConfigurationError
        Where it is something else, such as a reference.
    """
    if isinstance(value, str):
        return value
    raise ConfigurationError(
        Problem("a text", _short(value), where, "Give the value itself, no reference.")
    )


def as_list(value: object, *, where: str) -> list[Any]:
    """Give a value that must be a list; what is absent is an empty one.

    Parameters
    ----------
    value : object
        What a file says.
    where : str
        Its place for messages.

    Raises
    ------
    ConfigurationError
        Where it is something else.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise ConfigurationError(Problem("a list", _short(value), where, "Give a list."))


def _short(value: object) -> str:
    """Write a value for a message."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
