"""The verdicts as `docs/conformance.md`, which a test keeps in step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.conformance.tally import Verdict, counts

DEFAULT_FILES = ("tests/cases/aws-cases.json", "tests/cases/simulated-runs.json.gz")
COMMAND = "python -m tests.conformance --markdown > docs/conformance.md"
HEAD = f"""# Conformance

<!-- Generated: {COMMAND} -->

Two files of cases with known answers are replayed through the product. `aws-cases.json` says what
AWS does, one rule at a time, with its source; `simulated-runs.json.gz` says what the simulated
minute of [model.md](model.md) gives, over whole runs. The check replays both and fails on any
difference. A case on soft evidence (`observed`, `practitioner`) is told where it differs and does
not fail. One that AWS has since contradicted (`doc-superseded`) agrees where the product does not
give its answer, and fails where it does. What this version does not model counts as not supported,
by name and with the reason.

```console
$ python -m tests.conformance {" ".join(DEFAULT_FILES)}
```
"""


def document(verdicts: Sequence[Verdict]) -> str:
    """Give the whole page."""
    return "\n".join([HEAD, *_areas(verdicts), *_differences(verdicts), *_left_out(verdicts), ""])


def _areas(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Give the table by area: those that have an answer first, and the sums last."""
    by_area = counts(verdicts)
    yield "## By area\n"
    yield "| area | agree | differ | not supported |"
    yield "| --- | ---: | ---: | ---: |"
    modelled = [area for area, (agree, differ, _) in by_area.items() if agree + differ]
    for area in [*modelled, *(area for area in by_area if area not in modelled)]:
        agree, differ, unsupported = by_area[area]
        yield f"| `{area}` | {agree} | {differ} | {unsupported} |"
    sums = [sum(column) for column in zip(*by_area.values())]
    yield f"| **all** | **{sums[0]}** | **{sums[1]}** | **{sums[2]}** |\n"


def _differences(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """List what differs."""
    differing = [verdict for verdict in verdicts if verdict.outcome == "differs"]
    yield "## What differs\n"
    if not differing:
        yield "Nothing.\n"
        return
    for verdict in differing:
        soft = " (soft evidence)" if verdict.soft else ""
        yield f"- `{verdict.name}`{soft}: {verdict.reason}"
    yield ""


def _left_out(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """List what is not supported, by reason and area."""
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for verdict in verdicts:
        if verdict.outcome == "not supported":
            names[verdict.reason][verdict.area].append(verdict.name)
    yield "## What is not supported, and why"
    for reason, areas in sorted(names.items()):
        count = sum(len(found) for found in areas.values())
        yield f"\n### {reason[0].upper()}{reason[1:]} ({count})\n"
        for area, found in sorted(areas.items()):
            yield f"- `{area}`: {', '.join(f'`{name}`' for name in found)}"
