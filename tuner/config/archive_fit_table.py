"""The table `archive_fit`: a host fitted from the archive, made anew every so many days."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tuner.config.values import FilePath
from tuner.config_problems import Table

MOST_DAYS = 455
"""CloudWatch keeps nothing longer."""


class ArchiveFitTable(Table):
    """A host fitted from what `cliffside fetch` kept of the group and load balancer of `[aws]`."""

    state: FilePath = Field(description="State folder that holds the archive.")
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = Field(
        default=14, description="The fit is made of so many days."
    )
    refit_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = Field(
        default=7, description="A fit stands for so many days, then one of newer days is made."
    )
