from . import errors as errors
from . import export as export
from . import graph as graph
from . import readers as readers
from . import records as records
from . import session as session
from . import summaries as summaries
from ._tf import tf as tf
from .errors import GraphkitError as GraphkitError
from .graph import GraphBuilder as GraphBuilder
from .session import SessionConfig as SessionConfig
from .session import SessionRunner as SessionRunner

__version__: str

__all__ = [
    "GraphBuilder",
    "GraphkitError",
    "SessionConfig",
    "SessionRunner",
    "errors",
    "export",
    "graph",
    "readers",
    "records",
    "session",
    "summaries",
    "tf",
]
