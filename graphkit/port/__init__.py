"""Foreign source code: running TensorFlow 1 programs of 2016 to 2020 as they are.

`run_program` is what `graphkit run` does. The program's own modules get `graphkit.tf1` for
`tensorflow`, their Python 2 is translated in memory, and what their old neighbours lost (NumPy,
SciPy, Keras, scikit-learn, pandas, Python itself) is there again; installed libraries keep what
they were written for. `build_graph` does the same for a program whose graph alone is wanted. Both
change the process they run in, for good: call them from a process of its own.
"""

from graphkit.port._built import build_graph
from graphkit.port._child import continue_in_child
from graphkit.port._program import run_program
from graphkit.port._world import MODES, RunOptions

__all__ = ["MODES", "RunOptions", "build_graph", "continue_in_child", "run_program"]
