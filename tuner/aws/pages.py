"""Answers that come in pages, joined, and an answer whose pages do not end, refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tuner.errors import AccountError, Problem


def pages(
    ask: Callable[..., Mapping[str, Any]], key: str, **request: Any
) -> Iterator[Mapping[str, Any]]:
    """Give the entries of an answer, page after page.

    Parameters
    ----------
    ask : callable
        Operation of a client that takes and gives ``NextToken``.
    key : str
        Where the entries stand in the answer.
    request : object
        Parameters of the request.

    Raises
    ------
    AccountError
        Where a page points to one that was there already, so that the answer has no end.
    """
    seen: set[str] = set()
    while True:
        answer = ask(**request)
        yield from answer.get(key) or ()
        token = answer.get("NextToken")
        if not token:
            return
        if token in seen:
            raise AccountError(
                Problem(
                    "pages that follow each other",
                    "one that points back to an earlier one",
                    f"the answer of AWS, {key}",
                    "Run the same command again.",
                )
            )
        seen.add(token)
        request["NextToken"] = token
