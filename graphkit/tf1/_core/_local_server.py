"""A server of one process whose job has the name that programs place their ops by."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf

__all__ = ["Server"]


class Server(tf.train.Server):  # type: ignore[misc]
    """A `tf.train.Server` whose local one is the job "local"; TensorFlow 2 named it "localhost"."""

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """Makes a cluster of this process alone: `/job:local/task:0`.

        Args:
            config: A `tf.ConfigProto` for the sessions that run on it.
            start: Whether it is started.

        Returns:
            The server; a session connects to its `target`.
        """
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)
