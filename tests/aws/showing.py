"""`show` called on an account that answers from a list."""

from __future__ import annotations

from tests.doors.command import Call, call
from tuner.aws import session

PLAN = (
    "scale out by 1 above 25 % for 5 minutes (cooldown 6m), scale in by 1 below 15 % for 5 minutes"
    " (cooldown 6m), at least 2 instances"
)
"""What the recorded group is, in words."""


def meet(monkeypatch, account) -> dict:
    """Let the program meet this account; give what it asks for when it opens one."""
    asked = {}

    def open_account(**given):
        asked.update(given)
        return account

    monkeypatch.setattr(session, "open_account", open_account)
    return asked


def show(capsys, *arguments) -> Call:
    """Call `show`, which must end well."""
    got = call(capsys, "show", *arguments)

    assert got.code == 0, got.err
    return got
