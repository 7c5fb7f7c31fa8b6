"""What becomes of an alarm's call to its policy: an answer, and the capacity that it wishes.

Source: docs/model.md, step 5.
"""

from __future__ import annotations

from typing import NamedTuple

NOT_CALLED = 0
WISHES = 1
REFUSED_IN_PROGRESS = 2
REFUSED_IN_COOLDOWN = 3
REFUSED_WARMING = 4
NO_STEP = 5
NO_DATA = 6


class Call(NamedTuple):
    """An answer, and the capacity wished."""

    answer: int
    wish: int
