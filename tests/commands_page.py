"""`python -m tests.commands_page > docs/commands.md`: every command and option, by its own help."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tuner.cli.main import cli

HEAD = """# Commands

<!-- Generated: python -m tests.commands_page > docs/commands.md -->

Data go to standard output, everything else to standard error. [errors.md](errors.md) has the exit
codes, [tune.md](tune.md) the files that `tune` writes. Options of the program itself may stand
before the command or after it.
"""


def options_of(command: click.Command) -> list[click.Option]:
    """List the options of a command, without `--help`."""
    return [option for option in command.params if isinstance(option, click.Option)]


def usage_of(command: click.Command, name: str) -> str:
    """Give the name of a command with its arguments."""
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    return " ".join(
        [name, *(argument.make_metavar(click.Context(command)) for argument in arguments)]
    )


def values_of(option: click.Option) -> str:
    """Say what an option takes."""
    if option.is_flag:
        return "nothing"
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    if isinstance(option.type, click.IntRange):
        return f"whole number, at least {option.type.min}"
    numbers = {"integer": "whole number", "float": "number", "float range": "number"}
    return numbers.get(option.type.name, option.type.name)


def sections(command: click.Command, name: str) -> Iterator[str]:
    """Give the section of a command, and of those below it."""
    yield f"## `{usage_of(command, name)}`\n"
    yield f"{(command.help or '').strip()}\n"
    options = options_of(command)
    if options:
        yield "| option | takes | help |"
        yield "| --- | --- | --- |"
        for option in options:
            words = [f"`{'`, `'.join(option.opts)}`", values_of(option), option.help or ""]
            words[2] += " Required." if option.required else ""
            yield f"| {' | '.join(words)} |"
        yield ""
    for below, sub in getattr(command, "commands", {}).items():
        yield from sections(sub, f"{name} {below}")


def document() -> str:
    """Give the whole page."""
    return "\n".join([HEAD, *sections(cli, "cliffside")])


if __name__ == "__main__":
    print(document(), end="")
