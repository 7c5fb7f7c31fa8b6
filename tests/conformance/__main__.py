"""`python -m tests.conformance FILE…`: 0 none differs, 1 some differ, 2 a file cannot be read.

`--markdown` prints the page docs/conformance.md instead, of the shipped files unless others follow.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.conformance import (
    aws_alarms,
    aws_beanstalk,
    aws_billing,
    aws_metric,
    aws_scaling,
    aws_step,
    aws_tracking,
    left_out,
    markdown,
    runs,
)
from tests.conformance.tally import (
    SOFT_BASES,
    SUPERSEDED,
    Case,
    NotSupportedError,
    Verdict,
    WrongFormatError,
    lines,
)

AREAS: dict[str, Callable[[Case, Case], Case]] = {
    "asg.adjustment": aws_scaling.adjustment,
    "asg.clamp": aws_scaling.clamp,
    "asg.metric-aggregation": aws_metric.aggregation,
    "asg.multi-policy": aws_scaling.several_policies,
    "asg.rounding": aws_scaling.rounding,
    "asg.simple-cooldown": aws_scaling.simple_cooldown,
    "asg.step-selection": aws_step.selection,
    "asg.step-sequence": aws_step.sequence,
    "asg.step-validity": aws_step.validity,
    "asg.step-warmup": aws_step.warm_up,
    "asg.target-tracking": aws_tracking.wishes,
    "asg.target-tracking-alarms": aws_tracking.hidden_alarms,
    "asg.warmup-fallback": aws_scaling.warmup_fallback,
    "cloudwatch.alarm-actions": aws_metric.actions,
    "cloudwatch.alarm-config-validity": aws_alarms.config_validity,
    "cloudwatch.alarm-evaluation": aws_alarms.evaluation,
    "cloudwatch.alarm-missing-data": aws_alarms.missing_data,
    "cloudwatch.alarm-missing-data-history": aws_alarms.missing_data,
    "cloudwatch.alarm-premature": aws_alarms.premature,
    "cloudwatch.metric-shape": aws_metric.shape,
    "eb.defaults": aws_beanstalk.defaults,
    "eb.trigger": aws_beanstalk.trigger,
    "ec2.billing": aws_billing.billing,
}
AWS_FIELDS = {"id", "area", "given", "expect", "basis"}
RUN_FIELDS = {"id", "family", "scenario", "plan", "rpm", "expect"}
GZIP_MAGIC = b"\x1f\x8b"


def judge_aws(case: Case) -> Verdict:
    """Ask the product, and compare under the names that the case expects."""
    area, name, expect = case["area"], case["id"], case["expect"]
    soft = case["basis"] in SOFT_BASES
    if area not in AREAS:
        reason = left_out.REASONS.get(area, "an unknown area")
        return Verdict(area, name, "not supported", reason, soft)
    try:
        answer = AREAS[area](case["given"], expect)
    except NotSupportedError as error:
        return Verdict(area, name, "not supported", str(error), soft)
    except AssertionError as error:
        return Verdict(area, name, "differs", str(error), soft)
    got = {key: answer[key] for key in expect}
    satisfied = got == expect
    if case["basis"] == SUPERSEDED:
        reason = f"superseded, yet the product gives {got}" if satisfied else ""
        return Verdict(area, name, "differs" if satisfied else "agrees", reason, soft)
    reason = "" if satisfied else f"expected {expect}, got {got}"
    return Verdict(area, name, "agrees" if satisfied else "differs", reason, soft)


def judge_file(path: Path) -> list[Verdict]:
    """Judge all cases of a file of either format.

    Raises
    ------
    WrongFormatError
        Where the file cannot be read or is of neither format.
    """
    try:
        data = path.read_bytes()
        document = json.loads(gzip.decompress(data) if data.startswith(GZIP_MAGIC) else data)
    except (OSError, EOFError, ValueError) as error:
        raise WrongFormatError(f"{path}: cannot be read as JSON ({error}).") from error
    if isinstance(document, list):
        cases, fields, judge = document, AWS_FIELDS, judge_aws
    elif (
        isinstance(document, dict)
        and (document.get("format"), document.get("version")) == (runs.FORMAT, runs.VERSION)
        and isinstance(document.get("cases"), list)
    ):
        cases, fields, judge = document["cases"], RUN_FIELDS, runs.judge
    else:
        raise WrongFormatError(
            f"{path}: neither a list of AWS cases nor {runs.FORMAT} of version {runs.VERSION}."
        )
    if not cases:
        raise WrongFormatError(f"{path}: holds no cases.")
    verdicts = []
    for number, case in enumerate(cases):
        if not isinstance(case, dict) or not fields <= case.keys():
            raise WrongFormatError(f"{path}: case {number} lacks some of {sorted(fields)}.")
        try:
            verdicts.append(judge(case))
        except (KeyError, TypeError, AttributeError, WrongFormatError) as error:
            raise WrongFormatError(
                f"{path}: case {case['id']} is not of the format ({error!r})."
            ) from error
    return verdicts


def main(arguments: Sequence[str]) -> int:
    """Replay the files, print the report, give the exit code."""
    as_page = arguments[:1] == ["--markdown"]
    if as_page:
        arguments = arguments[1:] or markdown.DEFAULT_FILES
    if not arguments:
        print("Give one or more files of cases.", file=sys.stderr)
        return 2
    verdicts: list[Verdict] = []
    for argument in arguments:
        try:
            verdicts += judge_file(Path(argument))
        except WrongFormatError as error:
            print(error, file=sys.stderr)
            return 2
    if as_page:
        print(markdown.document(verdicts), end="")
    else:
        print("\n".join(lines(verdicts)))
    return 1 if any(verdict.fails for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
