"""Small stored runs and what they give: `python -m tests.golden` regenerates the results."""
