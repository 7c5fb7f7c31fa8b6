"""Problem details (RFC 9457) for every error, and which status each error of ours has."""

from __future__ import annotations

import json
import sqlite3
import traceback
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from tuner.errors import (
    AccountError,
    CliffsideError,
    MissingFileError,
    Problem,
    ResultFileError,
    StoreError,
)

MEDIA_TYPE = "application/problem+json"
LONGEST_GOT = 100
MOST_ERRORS = 50
RETRY_SECONDS = 5

STATUS_CODES: tuple[tuple[type[CliffsideError], int], ...] = (
    (ResultFileError, 500),
    (StoreError, 503),
    (AccountError, 503),
    (MissingFileError, 404),
    (CliffsideError, 422),
)
"""Status of each error; the first class that fits."""


class ProblemPart(BaseModel):
    """One thing that is wrong, in four parts."""

    expected: str
    got: str
    where: str
    next_step: str


class ProblemDetails(BaseModel):
    """An error as RFC 9457 has it, with its problems in four parts each."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[ProblemPart] = []


class HttpProblemError(Exception):
    """An error with its status.

    Parameters
    ----------
    status : int
        HTTP status.
    problem : Problem
        In four parts.
    retry_seconds : int or None
        After which to try again.
    """

    def __init__(self, status: int, problem: Problem, *, retry_seconds: int | None = None) -> None:
        super().__init__(str(problem))
        self.status, self.problem, self.retry_seconds = status, problem, retry_seconds


def problem_body(status: int, problems: Sequence[Problem], *, detail: str = "") -> bytes:
    """Give the body of an error.

    Parameters
    ----------
    status : int
        HTTP status.
    problems : sequence of Problem
        What is wrong.
    detail : str
        In place of the problems as one text.
    """
    shown = problems[:MOST_ERRORS]
    details = ProblemDetails(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail or "\n".join(str(problem) for problem in shown),
        errors=[
            ProblemPart(
                expected=each.expected, got=each.got, where=each.where, next_step=each.next_step
            )
            for each in shown
        ],
    )
    text = json.dumps(details.model_dump(), allow_nan=False, ensure_ascii=True)
    return text.encode("ascii")


def problem_response(
    status: int,
    *problems: Problem,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
    retry_seconds: int | None = None,
) -> Response:
    """Make the answer of an error.

    Parameters
    ----------
    status : int
        HTTP status.
    problems : Problem
        What is wrong.
    detail : str
        In place of the problems as one text.
    headers : mapping of str to str or None
        More headers.
    retry_seconds : int or None
        Of the header Retry-After.
    """
    more = dict(headers or {})
    if retry_seconds is not None:
        more["Retry-After"] = str(retry_seconds)
    body = problem_body(status, problems, detail=detail)
    return Response(body, status_code=status, headers=more, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI, complain: Callable[[str], None]) -> None:
    """Let every error of an application become problem details.

    Parameters
    ----------
    app : FastAPI
        The application.
    complain : callable
        Hears of errors of ours, with their traceback.
    """

    def of_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem_response(error.status_code, detail=error.detail, headers=error.headers)

    def of_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, HttpProblemError)
        return problem_response(error.status, error.problem, retry_seconds=error.retry_seconds)

    def of_validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(422, *(_part(each) for each in error.errors()[:MOST_ERRORS]))

    def of_ours(_: Request, error: Exception) -> Response:
        assert isinstance(error, CliffsideError)
        status = status_of(error)
        retry = RETRY_SECONDS if status == 503 else None
        return problem_response(status, *error.problems, retry_seconds=retry)

    def of_table(_: Request, error: Exception) -> Response:
        complain(f"The table of jobs: {error}")
        words = "The table of jobs cannot be used now."
        return problem_response(503, detail=words, retry_seconds=RETRY_SECONDS)

    def of_anything(_: Request, error: Exception) -> Response:
        complain("".join(traceback.format_exception(error)))
        return problem_response(500, detail="An error of the service; its log has more.")

    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(HttpProblemError, of_problem)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(CliffsideError, of_ours)
    app.add_exception_handler(sqlite3.Error, of_table)
    app.add_exception_handler(Exception, of_anything)


def status_of(error: CliffsideError) -> int:
    """Give the status of an error of ours."""
    return next(code for kind, code in STATUS_CODES if isinstance(error, kind))


def _part(error: Mapping[str, Any]) -> Problem:
    """Say in four parts what validation found; the value is cut, and need not be JSON."""
    where = ".".join(str(part)[:LONGEST_GOT] for part in error["loc"])
    got = repr(error.get("input"))
    got = got if len(got) <= LONGEST_GOT else f"{got[:LONGEST_GOT]}…"
    message = str(error["msg"])
    for start in ("Input should be ", "Value should be ", "String should "):
        message = message.removeprefix(start)
    missing = error["type"] == "missing"
    return Problem(
        "a value" if missing else message,
        "none" if missing else got,
        where,
        "See /api/v1/openapi.json.",
    )
