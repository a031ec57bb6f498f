"""The same work on TensorFlow 1.15.5, on plain compat.v1 and on graphkit, side by side.

`python -m benchmarks` runs it; docs/benchmarks.md says what each workload is.
"""
