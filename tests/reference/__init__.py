"""The slow reference simulator: plain Python, one rule a file, written from the law alone.

`tests.reference.simulate.simulate` runs one candidate over one load;
`tests.reference.random_runs.random_case` makes up a run for it.
"""
