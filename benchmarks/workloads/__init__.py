"""One file per workload, holding its sides.

These files run under Python 3.7 with TensorFlow 1.15.5 as well, so their syntax is 3.7's and
graphkit is imported only inside the functions of its own sides.
"""
