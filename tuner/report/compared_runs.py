"""Two runs side by side: what changed in verdict, plan, figures, inputs and versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tuner.plan_json import plan_from_json
from tuner.search.objectives import WEIGHTED
from tuner.store.manifest import Manifest

UNITS = {**WEIGHTED, "usd": "USD"}


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is not the same in both.

    Parameters
    ----------
    name : str
        What it is.
    before, after : object
        In the first run and in the second; None where it is not there.
    """

    name: str
    before: Any
    after: Any

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {"name": self.name, "from": self.before, "to": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRuns:
    """What changed from one run to another.

    Parameters
    ----------
    runs : tuple of str
        Ids of both.
    verdicts, plans : tuple of str
        Verdict, and the plan that is recommended, in words; the least bad where none is.
    plan, inputs, versions : tuple of Changed
        What is another in the plan, in what was read and asked, and in what it was made with.
    figures : tuple of Changed
        Every figure of both plans, changed or not.
    notes : tuple of str
        What a reader should know before figures are compared.
    """

    runs: tuple[str, str]
    verdicts: tuple[str, str]
    plans: tuple[str, str]
    plan: tuple[Changed, ...]
    figures: tuple[Changed, ...]
    inputs: tuple[Changed, ...]
    versions: tuple[Changed, ...]
    notes: tuple[str, ...]

    @property
    def same_result(self) -> bool:
        """Whether both recommend the same plan with the same figures."""
        return (
            not self.plan
            and self.verdicts[0] == self.verdicts[1]
            and all(each.before == each.after for each in self.figures)
        )

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "runs": list(self.runs),
            "same_result": self.same_result,
            "verdicts": list(self.verdicts),
            "plans": list(self.plans),
            "plan": [each.to_json() for each in self.plan],
            "figures": [
                {**each.to_json(), "unit": UNITS[each.name], "difference": difference(each)}
                for each in self.figures
            ],
            "inputs": [each.to_json() for each in self.inputs],
            "versions": [each.to_json() for each in self.versions],
            "notes": list(self.notes),
        }


def compare_runs(
    first: tuple[Manifest, Mapping[str, Any]], second: tuple[Manifest, Mapping[str, Any]]
) -> ComparedRuns:
    """Compare two finished runs.

    Parameters
    ----------
    first, second : tuple of Manifest and mapping
        Manifest and recommendation.json of each, both checked.

    Returns
    -------
    ComparedRuns
        Runs of other model versions are compared as well; a note says so.
    """
    (a, answer_a), (b, answer_b) = first, second
    shown_a, shown_b = _shown(answer_a), _shown(answer_b)
    plan_a, plan_b = (shown.get("plan") or {} for shown in (shown_a, shown_b))
    figures = [name for name in UNITS if name in shown_a or name in shown_b]
    return ComparedRuns(
        runs=(a.run, b.run),
        verdicts=(a.verdict, b.verdict),
        plans=(_words(plan_a), _words(plan_b)),
        plan=tuple(_differences(dict(_flat(plan_a)), dict(_flat(plan_b)))),
        figures=tuple(Changed(name, shown_a.get(name), shown_b.get(name)) for name in figures),
        inputs=tuple(_differences(_inputs(a, answer_a), _inputs(b, answer_b))),
        versions=tuple(
            _differences(
                {**a.versions, "model": a.origin.model_version},
                {**b.versions, "model": b.origin.model_version},
            )
        ),
        notes=tuple(_notes(a, b)),
    )


def difference(changed: Changed) -> float | None:
    """Give the difference of a figure; None where one of the two is not there."""
    if changed.before is None or changed.after is None:
        return None
    return float(changed.after) - float(changed.before)


def _shown(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the plan that an answer shows."""
    found = answer.get("recommended") or answer.get("least_bad")
    return found if isinstance(found, Mapping) else {}


def _words(plan: Mapping[str, Any]) -> str:
    """Write a plan in words."""
    return plan_from_json(dict(plan)).describe() if plan else ""


def _inputs(manifest: Manifest, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a run was asked, and what it read."""
    origin = manifest.origin
    return {
        "service": origin.service,
        "config": origin.config,
        "contents of config and inputs (SHA-256)": origin.inputs_sha256[:12],
        "seed": origin.seed,
        **origin.search,
        "limit_percent": answer.get("limit_percent"),
        "shapes": answer.get("n_shapes"),
        "minutes of the shapes": answer.get("n_minutes"),
        "unseen shapes": (answer.get("stress") or {}).get("runs"),
        "candidates": answer.get("candidate_count"),
    }


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give every value of nested tables and lists with its dotted name."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from _flat(each, f"{name}[{i}]")
    else:
        yield name, value


def _differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[Changed]:
    """Give what is not the same, in the order of the first, then what only the second has."""
    for name in [*first, *(name for name in second if name not in first)]:
        if first.get(name) != second.get(name):
            yield Changed(name, first.get(name), second.get(name))


def _notes(a: Manifest, b: Manifest) -> Iterator[str]:
    """Say why figures may not compare."""
    if a.origin.service != b.origin.service:
        yield "These are runs of two services."
    if a.origin.model_version != b.origin.model_version:
        yield (
            f"Model versions {a.origin.model_version} and {b.origin.model_version}: figures of the"
            " two do not compare; run tune again on the older one."
        )
    elif a.origin.inputs_sha256 != b.origin.inputs_sha256:
        yield "Config or inputs differ: figures are of other traffic, limits or hosts."
