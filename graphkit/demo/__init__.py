"""The whole way on real data: pickles, images, records, readers, graph, session, frozen graph.

`run_demo` is what `graphkit demo` runs. Its parts are written as a user of graphkit would write
them, through each room's public door.
"""

from graphkit.demo._run import DemoReport, run_demo

__all__ = ["DemoReport", "run_demo"]
