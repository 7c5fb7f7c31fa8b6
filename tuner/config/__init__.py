"""A job's configuration: one TOML file becomes frozen records, every problem reported at once.

`load_job` reads a file; `scenario`, `build_shapes` and `read_load_test` turn its records into what
a search takes; `job_schema` is the JSON Schema of the file.
"""

from tuner.config.document import job_schema
from tuner.config.job import (
    HostWishes,
    Job,
    LoadTestSource,
    RecordedTraffic,
    StagesTraffic,
    scenario,
)
from tuner.config.load import load_aws, load_job
from tuner.config.shapes import build_shapes, read_load_test, read_traffic

__all__ = [
    "HostWishes",
    "Job",
    "LoadTestSource",
    "RecordedTraffic",
    "StagesTraffic",
    "build_shapes",
    "job_schema",
    "load_aws",
    "load_job",
    "read_load_test",
    "read_traffic",
    "scenario",
]
