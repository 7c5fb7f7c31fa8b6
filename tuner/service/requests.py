"""What a client may ask for: bodies of POST /api/v1/jobs, one model a kind of job."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

MOST_SEED = 2**32 - 1
MOST_THREADS = 256
LONGEST_NAME = 200
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""Names of services: what a config's file is called, without its ending."""

ServiceName: TypeAlias = Annotated[str, Field(pattern=NAME, description="A name of /services.")]
Seed: TypeAlias = Annotated[
    int | None, Field(ge=0, le=MOST_SEED, description="In place of the config's seed.")
]
Threads: TypeAlias = Annotated[
    int | None, Field(ge=1, le=MOST_THREADS, description="Threads of the simulator; default all.")
]
Minutes: TypeAlias = Annotated[
    int | None, Field(ge=1, description="Minutes after which the job is killed.")
]


class Request(BaseModel):
    """What requests of all kinds have in common: nothing that is not named is taken."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    service: ServiceName
    seed: Seed = None
    threads: Threads = None
    minutes: Minutes = None


class TuneRequest(Request):
    """Search the plans of a service and recommend one: `cliffside tune`."""

    kind: Literal["tune"]
    families: Annotated[
        list[Literal["simple", "step", "target", "mixed"]] | None,
        Field(min_length=1, max_length=4, description="Families instead of the config's."),
    ] = None
    best_only: Annotated[
        bool, Field(description="Leave a candidate at the first shape that takes it over.")
    ] = False


class PlanRequest(Request):
    """What requests about one plan have in common."""

    plan: Annotated[
        dict[str, Any] | None, Field(description="A plan's JSON; left out, the baseline.")
    ] = None


class GateRequest(PlanRequest):
    """Judge a plan on all shapes and on unseen ones: `cliffside gate`. Exit code 3: it says no."""

    kind: Literal["gate"]


class SimulateRequest(PlanRequest):
    """Run one plan on every shape of a service: `cliffside simulate`."""

    kind: Literal["simulate"]
    shape: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST_NAME,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="Name of one shape; left out, all.",
        ),
    ] = None
    trace: Annotated[bool, Field(description="Keep every tick, for /jobs/{job}/timeline.")] = False


JobRequest: TypeAlias = Annotated[
    TuneRequest | SimulateRequest | GateRequest, Field(discriminator="kind")
]
