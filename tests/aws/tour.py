"""The page docs/tour-aws.md as commands with what they answer, run one after the other."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.doors.command import Call

PAGE = Path(__file__).parents[2] / "docs" / "tour-aws.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
CUT = "…"
MOVES = (
    (re.compile(r"\d{8}T\d{6}Z-([a-z-]+)-[0-9a-f]{8}"), r"ID-\1"),
    (re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z?)?"), "DATE"),
    (re.compile(r"\b\d\d-\d\d \d\d:\d\d\b"), "DATE"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r" +"), " "),
)
"""What is another in each run, and how wide a column is because of it."""


@dataclass(frozen=True)
class Shown:
    """A command of the page, and the lines that it answers there."""

    command: str
    answer: tuple[str, ...]


def shown() -> list[Shown]:
    """Give the commands of the page, in order."""
    found = []
    for kind, code in BLOCK.findall(PAGE.read_text()):
        if kind not in ("text", "console"):
            continue
        for part in re.split(r"^\$ ", code, flags=re.M)[1:]:
            command, _, answer = part.partition("\n")
            while command.endswith("\\"):
                more, _, answer = answer.partition("\n")
                command = command[:-1] + more.strip()
            found.append(Shown(command, tuple(answer.splitlines())))
    return found


def job_file() -> str:
    """Give the job's file of the page."""
    codes = (code for _, code in BLOCK.findall(PAGE.read_text()))
    return next(code for code in codes if code.startswith("service = "))


def plain(line: str) -> str:
    """Give a line without what is another in each run."""
    for pattern, word in MOVES:
        line = pattern.sub(word, line)
    return line.strip()


def missing(shown: Shown, call: Call) -> list[str]:
    """Give the lines of the page that a call did not answer, each stream in its order."""
    streams = [[plain(line) for line in stream.splitlines()] for stream in (call.out, call.err)]
    lost = []
    for line in map(plain, shown.answer):
        cut = line.removesuffix(CUT).rstrip()
        for stream in streams:
            found = [
                i
                for i, got in enumerate(stream)
                if got == line or (line.endswith(CUT) and got.startswith(cut))
            ]
            if found:
                del stream[: found[0] + 1]
                break
        else:
            lost.append(line)
    return [line for line in lost if line not in ("", CUT)]


class Shell:
    """Runs the commands of the page: cliffside within this process, all else in a shell.

    Parameters
    ----------
    call : callable
        Enters cliffside with arguments.
    setenv : callable
        Sets a variable of the environment.
    """

    def __init__(
        self, call: Callable[..., Call], setenv: Callable[[str, str], None], folder: Path
    ) -> None:
        self._call = call
        self._setenv = setenv
        self._folder = folder
        self._variables: dict[str, str] = {}

    def run(self, command: str) -> Call:
        """Run one command."""
        words = list(self._words(command))
        if words[0] == "cliffside":
            return self._call(*words[1:])
        if words[0] == "export":
            for word in words[1:]:
                self._setenv(*word.split("=", 1))
            return Call(0, "", "")
        if match := re.fullmatch(r"([A-Z]+)=\$\((.*)\)", command):
            self._variables[match[1]] = self._shell(match[2]).out.strip()
            return Call(0, "", "")
        return self._shell(command)

    def _words(self, command: str) -> Iterator[str]:
        """Split a command, and put variables in."""
        for word in shlex.split(command, comments=True):
            yield re.sub(r"\$\{?([A-Z]+)\}?", lambda name: self._variables.get(name[1], ""), word)

    def _shell(self, command: str) -> Call:
        """Run a command as a shell does."""
        got = subprocess.run(
            ["bash", "-c", command], cwd=self._folder, capture_output=True, text=True, check=False
        )
        return Call(got.returncode, got.stdout, got.stderr)
