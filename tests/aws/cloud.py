"""A small CloudWatch in memory, behind a real client of boto3: pages, and trouble on the way.

The client's requests are answered where they would go out to the network, so that boto3 retries,
parses and gives up as it does elsewhere.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tests.aws.recorded import REGION
from tuner.aws.session import client_config
from tuner.metrics import MetricName

Data = Mapping[MetricName, Mapping[int, float]]
Trouble = Callable[[dict[str, Any], dict[str, Any]], "AWSResponse | dict[str, Any]"]


class Cloud:
    """Answers GetMetricData out of memory, newest first, page by page.

    `troubles` are met one a request, in turn; None is an answer as it should be.
    """

    def __init__(self, data: Data, *, page_points: int = 100_800) -> None:
        self.data = data
        self.page_points = page_points
        self.troubles: Iterator[str | None] = iter(())
        self.n_requests = 0
        self.asked: list[dict[str, Any]] = []

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Give the page that a request asks for."""
        begin, end = request["StartTime"], request["EndTime"]
        skip = int(request.get("NextToken", "page-0").removeprefix("page-"))
        points = sorted(
            (
                (stamp, query["Id"], value)
                for query in request["MetricDataQueries"]
                for stamp, value in self._series(query).items()
                if begin <= stamp < end
            ),
            key=lambda point: (-point[0], point[1]),
        )
        page = points[skip : skip + self.page_points]
        last = skip + self.page_points >= len(points)
        results = {
            query["Id"]: {
                "Id": query["Id"],
                "Label": query["Id"],
                "Timestamps": [],
                "Values": [],
                "StatusCode": "Complete" if last else "PartialData",
            }
            for query in request["MetricDataQueries"]
        }
        for stamp, key, value in page:
            results[key]["Timestamps"].append(stamp)
            results[key]["Values"].append(value)
        more = {} if last else {"NextToken": f"page-{skip + self.page_points}"}
        return {"MetricDataResults": list(results.values()), "Messages": [], **more}

    def _series(self, query: dict[str, Any]) -> Mapping[int, float]:
        """Find the series of a query."""
        stat = query["MetricStat"]
        metric = stat["Metric"]
        name = MetricName(
            namespace=metric["Namespace"],
            metric=metric["MetricName"],
            dimensions=tuple((d["Name"], d["Value"]) for d in metric["Dimensions"]),
            statistic=stat["Stat"],
            period_seconds=stat["Period"],
        )
        return self.data.get(name, {})

    def client(self) -> Any:
        """Give a client of boto3 whose requests end here."""
        client = SESSION.client("cloudwatch", config=client_config())
        client.meta.events.register("before-send.cloudwatch.*", self._send)
        return client

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        """Answer a request of HTTP."""
        self.n_requests += 1
        asked = json.loads(request.body)
        self.asked.append(asked)
        trouble = next(self.troubles, None)
        if trouble is None:
            return reply(request.url, 200, self.answer(asked))
        return TROUBLES[trouble](self, request, asked)


SESSION = boto3.Session(
    aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", region_name=REGION
)


class _Raw:
    """A body that is read at once."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content


def reply(url: str, status: int, body: object, *, kind: str | None = None) -> AWSResponse:
    """Give an answer of HTTP; an error has its code in a header."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/x-amz-json-1.0", "date": date_header()}
    if kind is not None:
        headers["x-amzn-errortype"] = kind
    return AWSResponse(url, status, headers, _Raw(content))


def date_header(moment: datetime | None = None) -> str:
    """Give the Date of an answer."""
    return (moment or datetime.now(UTC)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def _refusal(status: int, code: str) -> Callable[[Cloud, Any, dict[str, Any]], AWSResponse]:
    """Make a trouble that is an error of AWS."""
    return lambda cloud, request, asked: reply(
        request.url, status, {"__type": code, "message": "no"}, kind=code
    )


def _raise(error: Callable[[str], Exception]) -> Callable[[Cloud, Any, dict[str, Any]], Any]:
    """Make a trouble of the network."""

    def trouble(cloud: Cloud, request: Any, asked: dict[str, Any]) -> Any:
        raise error(request.url)

    return trouble


def _changed(
    change: Callable[[dict[str, Any]], None],
) -> Callable[[Cloud, Any, dict[str, Any]], AWSResponse]:
    """Make a trouble that is an answer which is not what it should be."""

    def trouble(cloud: Cloud, request: Any, asked: dict[str, Any]) -> AWSResponse:
        answer = cloud.answer(asked)
        change(answer)
        return reply(request.url, 200, answer)

    return trouble


def _partial(answer: dict[str, Any], status: str = "PartialData") -> None:
    """Drop half of each series, without a token for the rest."""
    answer.pop("NextToken", None)
    for result in answer["MetricDataResults"]:
        half = len(result["Values"]) // 2
        result.update(
            Values=result["Values"][:half],
            Timestamps=result["Timestamps"][:half],
            StatusCode=status,
        )


def _empty_page(cloud: Cloud, request: Any, asked: dict[str, Any]) -> AWSResponse:
    """Give a page with nothing in it that points to the one that was asked for."""
    skip = asked.get("NextToken", "page-0").removeprefix("page-")
    zeros = "0" * (cloud.n_requests % 50 + 1)  # the same number, another token
    return reply(request.url, 200, {"MetricDataResults": [], "NextToken": f"page-{zeros}{skip}"})


def _lose_series(answer: dict[str, Any]) -> None:
    """Leave a series out, and end the answer."""
    answer.pop("NextToken", None)
    answer["MetricDataResults"] = answer["MetricDataResults"][1:]


def _no_number(answer: dict[str, Any]) -> None:
    """Make a value one that is none."""
    for result in answer["MetricDataResults"]:
        result["Values"] = [math.nan for _ in result["Values"]]


TROUBLES: dict[str, Callable[[Cloud, Any, dict[str, Any]], AWSResponse]] = {
    "throttled": _refusal(400, "ThrottlingException"),
    "internal": _refusal(500, "InternalServiceFault"),
    "unavailable": _refusal(503, "ServiceUnavailable"),
    "too many": _refusal(429, ""),
    "reset": _raise(lambda url: ConnectionClosedError(endpoint_url=url)),
    "unreachable": _raise(lambda url: EndpointConnectionError(endpoint_url=url, error="refused")),
    "timeout": _raise(lambda url: ReadTimeoutError(endpoint_url=url)),
    "partial": _changed(_partial),
    "internal status": _changed(lambda answer: _partial(answer, "InternalError")),
    "repeated token": _changed(lambda answer: answer.update(NextToken="page-0")),
    "empty page": _empty_page,
    "lost series": _changed(_lose_series),
    "forbidden": _changed(lambda answer: _partial(answer, "Forbidden")),
    "no number": _changed(_no_number),
    "half a body": lambda cloud, request, asked: reply(
        request.url, 200, json.dumps(cloud.answer(asked)).encode()[:-40]
    ),
    "denied": _refusal(403, "AccessDeniedException"),
}
TRANSIENT = tuple(name for name in TROUBLES if name not in ("denied", "forbidden"))
