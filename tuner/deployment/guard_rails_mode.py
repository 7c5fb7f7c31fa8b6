"""What the mode of the guard rails lets a command do, and what is to be added where there are none.

``observe`` -> ``propose`` (default) -> ``apply``: each allows what the one before it does.
"""

from __future__ import annotations

from tuner.deployment.guard_rails import GuardRails
from tuner.errors import GuardRailError, Problem

LINES = (
    'Add to the config: [guard_rails], mode = "apply", groups = ["{group}"],'
    " lowest_min_size = 1, highest_max_size = 20."
)
"""What a person adds who has none; the figures are theirs to choose."""


def check_rails(rails: GuardRails | None, *, group: str, config: str) -> GuardRails:
    """Give the rails of a config, which must have some.

    Parameters
    ----------
    rails : GuardRails or None
        Those of the config, where it has any.
    group, config : str
        Name of the group, and of the config's file.

    Raises
    ------
    GuardRailError
        When there are none.
    """
    if rails is None:
        raise GuardRailError(
            Problem(
                "guard rails: without them nothing may be applied",
                "none",
                f"{config}, table guard_rails",
                LINES.format(group=group),
            )
        )
    return rails


def rails_to_apply(rails: GuardRails | None, *, group: str, config: str) -> GuardRails:
    """Give the rails of a config that lets changes be applied.

    Parameters
    ----------
    rails, group, config
        As in `check_rails`.

    Raises
    ------
    GuardRailError
        When there are none, or their mode is another.
    """
    there = check_rails(rails, group=group, config=config)
    if there.mode != "apply":
        raise GuardRailError(
            Problem(
                'mode = "apply"',
                f'"{there.mode}"',
                f"{config}, key guard_rails.mode",
                "Write it there where changes may be applied; without --yes they are only shown.",
            )
        )
    return there


def check_may_write(rails: GuardRails | None, *, config: str) -> None:
    """Refuse to write a change as a file where the mode is to observe.

    Parameters
    ----------
    rails : GuardRails or None
        Those of the config; without any, changes may be proposed.
    config : str
        Name of the config's file.

    Raises
    ------
    GuardRailError
        When the mode is ``observe``.
    """
    if rails is not None and rails.mode == "observe":
        raise GuardRailError(
            Problem(
                'mode = "propose" or "apply"',
                '"observe"',
                f"{config}, key guard_rails.mode",
                "Leave --out away: the differences are shown.",
            )
        )
