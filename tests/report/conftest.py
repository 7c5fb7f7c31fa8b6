"""One report for all tests of this folder."""

from __future__ import annotations

import pytest

from tests.report.jobs import measured_host, small_job
from tuner.report.html import ReportInput, render_report


@pytest.fixture(scope="session")
def report() -> ReportInput:
    return small_job(host_fit=measured_host())


@pytest.fixture(scope="session")
def page(report: ReportInput) -> str:
    return render_report(report)
