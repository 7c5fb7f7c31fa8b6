"""Work spread over processes and machines with Dask, for the same result as at home."""
