"""Measure a host: read a load test, fit its CPU line, find the cliff of its latency."""

from tuner.measure.cliff import Cliff, find_cliff
from tuner.measure.cloudwatch_export import read_cloudwatch_cpu
from tuner.measure.cloudwatch_table import read_cloudwatch
from tuner.measure.cpu_line import fit_cpu_line
from tuner.measure.fit_report import FitReport
from tuner.measure.host_fit import HostFit, measure_host
from tuner.measure.loadtest import Dropped, LoadTest
from tuner.measure.locust import read_locust
from tuner.measure.table import read_table

__all__ = [
    "Cliff",
    "Dropped",
    "FitReport",
    "HostFit",
    "LoadTest",
    "find_cliff",
    "fit_cpu_line",
    "measure_host",
    "read_cloudwatch",
    "read_cloudwatch_cpu",
    "read_locust",
    "read_table",
]
