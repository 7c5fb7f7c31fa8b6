"""Traffic: stages in words, recorded files, and families of shapes made from either.

`stages` reads ``ramp 10m to 30000``; `recorded` reads CSV and Parquet; `cuts` turns a recording
into shapes under a stated policy for gaps; `families` varies a shape; `describe` says what each
shape holds. Importing this package costs nothing: every module is imported by its own name.
"""
