"""The tables of a job's TOML file, checked by Pydantic: every key with its default and its help.

docs/configuration.md and the JSON Schema are generated from these classes; configs/example.toml
holds every key of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from tuner.config.archive_fit_table import ArchiveFitTable
from tuner.config.aws_table import AwsTable
from tuner.config.beanstalk_table import OptionSettings
from tuner.config.gate_table import GateTable
from tuner.config.guard_table import GuardTable
from tuner.config.launch_table import LaunchesTable
from tuner.config.presets import PresetName
from tuner.config.schedule_table import ScheduleTable
from tuner.config.space_tables import LimitsTable, SearchTable, SpaceTable
from tuner.config.stress_table import StressTable
from tuner.config.traffic_tables import TrafficTable
from tuner.config.values import Duration, FilePath, Kind, Percent, Text
from tuner.config.verify_table import VerifyTable
from tuner.config_plan import Count, PlanModel
from tuner.config_problems import Slip, SlipError, Table, complaint

LARGEST_SEED = 2**31 - 1
LARGEST_RPM = 1e12
LARGEST_PRICE = 1e6
LONGEST_TABLE = 1_000
LONGEST_SCHEDULE = 10_000


def read_knots(value: object) -> tuple[tuple[float, float], ...]:
    """Give the knots of a host's table: pairs ``[rpm_per_instance, cpu_percent]``."""
    pairs = value if isinstance(value, list) else []
    if not 2 <= len(pairs) <= LONGEST_TABLE:
        raise complaint(
            f"a list of 2 to {LONGEST_TABLE} knots [rpm_per_instance, cpu_percent]",
            "Write table = [[0, 2.0], [20000, 17.5]].",
        )
    slips: list[Slip] = []
    for i, pair in enumerate(pairs):
        numbers = isinstance(pair, list) and len(pair) == 2
        if not numbers or any(not _is_number(entry) for entry in pair):
            error = complaint(
                "a knot [rpm_per_instance, cpu_percent]", "Write two numbers.", path=(i,)
            )
            slips.extend(error.slips)
    if slips:
        raise SlipError(*slips)
    return tuple((float(rpm), float(percent)) for rpm, percent in pairs)


def _is_number(value: object) -> bool:
    """Tell whether a value is a number that a host's table may hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST_RPM


Knots = Annotated[
    tuple[tuple[float, float], ...],
    PlainValidator(read_knots),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
            },
        }
    ),
    Kind("list of [rpm, percent]"),
]


class LoadTestTable(Table):
    """A load test of one host, from which line and cliff are fitted."""

    locust: FilePath | None = Field(
        default=None, description="Locust's history, `*_stats_history.csv`; goes with cpu."
    )
    cpu: FilePath | None = Field(
        default=None,
        description="CPU of the host during the test: CSV, or a saved CloudWatch answer.",
    )
    cpu_column: Text | None = Field(
        default=None, description="Its column or metric; left out, the only one there is."
    )
    window_seconds: Duration = Field(
        default=10, description="Length of a window of the Locust test, at least 10 s."
    )
    table: FilePath | None = Field(
        default=None, description="A plain table of measured windows, instead of locust and cpu."
    )


class HostTable(Table):
    """The host model; what is given here wins over what the load test says."""

    intercept_percent: Annotated[float, Field(ge=-100, le=100)] | None = Field(
        default=None, description="CPU percent at no load; 0 where no load test is fitted."
    )
    slope_percent_per_1000_rpm: Annotated[float, Field(ge=0, le=1e6)] | None = Field(
        default=None,
        description="CPU percent for each 1,000 requests per minute on one instance.",
    )
    cliff_percent: Annotated[float, Kind("percent, 0 to 100")] | None = Field(
        default=None, description="CPU percent above which latency breaks."
    )
    saturation_rpm: Annotated[float, Field(le=LARGEST_RPM)] | None = Field(
        default=None,
        description="Requests per minute that one instance carries at 100 %; else derived.",
    )
    table: Knots | None = Field(
        default=None,
        description="Knots [rpm_per_instance, cpu_percent] that replace the line where it bends.",
    )


class GroupTable(Table):
    """The Auto Scaling group: its limits, and how long its instances take."""

    min_size: Count = Field(default=1, description="Least desired capacity.")
    max_size: Count = Field(default=1000, description="Largest desired capacity.")
    initial_capacity: Count | None = Field(
        default=None,
        description="Instances at the start; left out, the fewest that keep CPU under the cliff "
        "less the margin over a shape's first 15 minutes.",
    )
    launch_seconds: Duration = Field(default=60, description="Decision to InService.")
    ready_seconds: Duration = Field(default=0, description="InService to serving.")
    boot_cpu_percent: Percent = Field(
        default=0.0, description="CPU of an instance that is InService and not ready."
    )
    drain_seconds: Duration = Field(default=0, description="Termination decided to gone.")
    default_instance_warmup_seconds: Duration | None = Field(
        default=None,
        description="Warm-up of step and target tracking policies that have none of their own; "
        "left out, default_cooldown_seconds.",
    )
    default_cooldown_seconds: Duration = Field(
        default=300, description="Stands in where there is no default warm-up."
    )
    monitoring: Literal["detailed", "basic"] = Field(
        default="detailed",
        description="detailed: a datapoint each tick; basic: one each five minutes.",
    )
    basic_phase_ticks: Count = Field(
        default=0, description="Phase of basic monitoring, 0 to 300 / tick_seconds - 1."
    )
    host_usd_per_hour: Annotated[float, Field(gt=0, le=LARGEST_PRICE)] | None = Field(
        default=None,
        description="Price of one instance for an hour, USD; left out, nothing is said of money.",
    )
    launches: LaunchesTable = Field(
        default_factory=LaunchesTable, description="Launches that come late or fail."
    )


class MetricTable(Table):
    """How the group's CPU metric reaches the alarms."""

    metric_delay_seconds: Duration = Field(
        default=60, description="End of a datapoint's minute until alarms see it: 60 for EC2 CPU."
    )
    warming_in_metric: bool = Field(
        default=False, description="Whether warming instances count; simple policies know none."
    )


class OutputTable(Table):
    """Where results go."""

    directory: FilePath | None = Field(
        default=None,
        description="Folder that gets a copy of the results, relative to where the command runs; "
        "left out, they are in the run's folder alone.",
    )


class JobTable(Table):
    """The whole file."""

    service: Text = Field(description="Name of the service, for reports.")
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = Field(
        default=0, description="Seed of everything that is drawn: noise, intervals of fits."
    )
    tick_seconds: Duration = Field(
        default=60, description="Length of a simulated tick; must divide every alarm's period."
    )
    margin_percent: Percent = Field(
        default=0.0, description="Room kept below the cliff, in points of CPU."
    )
    preset: PresetName | None = Field(
        default=None,
        description="Values that stand wherever a key is left out; docs/configuration.md has them.",
    )
    beanstalk: OptionSettings | None = Field(
        default=None,
        description="Option settings of an Elastic Beanstalk environment, which give group and "
        "baseline where these leave a key out; docs/tune.md has the options.",
    )
    aws: AwsTable = Field(default_factory=AwsTable, description="The service in its AWS account.")
    guard_rails: GuardTable | None = Field(
        default=None, description="What may be changed in an account."
    )
    load_test: LoadTestTable | None = Field(default=None, description="Measured load test.")
    archive_fit: ArchiveFitTable | None = Field(
        default=None, description="A host fitted from the archive."
    )
    host: HostTable | None = Field(default=None, description="The host model.")
    group: GroupTable = Field(default_factory=GroupTable, description="The Auto Scaling group.")
    metric: MetricTable = Field(default_factory=MetricTable, description="Delay of the metric.")
    schedule: list[ScheduleTable] = Field(
        default=[], max_length=LONGEST_SCHEDULE, description="Scheduled actions of every run."
    )
    traffic: TrafficTable = Field(default_factory=TrafficTable, description="The traffic shapes.")
    baseline: PlanModel | None = Field(
        default=None, description="Today's plan: the JSON object of --plan, as TOML."
    )
    space: SpaceTable = Field(default_factory=SpaceTable, description="The knobs of the search.")
    limits: LimitsTable = Field(
        default_factory=LimitsTable, description="Limits of a feasible plan."
    )
    search: SearchTable = Field(
        default_factory=SearchTable, description="How the space is searched."
    )
    stress: StressTable = Field(
        default_factory=StressTable, description="The check on shapes that the search never saw."
    )
    verify: VerifyTable = Field(
        default_factory=VerifyTable, description="How far a prediction may be off."
    )
    gate: GateTable = Field(
        default_factory=GateTable, description="What a plan must keep to, for `cliffside gate`."
    )
    output: OutputTable = Field(default_factory=OutputTable, description="Where results go.")
