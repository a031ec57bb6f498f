"""Foreign source code: running TensorFlow 1 programs of 2016 to 2020 as they are.

`run_program` is what `graphkit run` does. The program's own modules get `graphkit.tf1` for
`tensorflow`, their Python 2 is translated in memory, and what their old neighbours lost (NumPy,
SciPy, Keras, scikit-learn, pandas, Python itself) is there again; installed libraries keep what
they were written for. It changes the process it runs in, for good: call it from a process of its
own.
"""

from graphkit.port._child import continue_in_child
from graphkit.port._program import run_program
from graphkit.port._world import MODES, RunOptions

__all__ = ["MODES", "RunOptions", "continue_in_child", "run_program"]
