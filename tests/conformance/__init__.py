"""Replays the known cases through the product: `python -m tests.conformance FILE…`."""
