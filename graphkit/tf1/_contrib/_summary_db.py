"""contrib.summary's writer into an SQLite data base."""

from __future__ import annotations

import functools
import getpass
import re
import time
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["create_db_writer"]

_summaries: Any = load("tensorflow.python.ops.summary_ops_v2")
# Private, but the class of every writer that contrib.summary makes.
_Writer: Any = getattr(_summaries, "_LegacyResourceSummaryWriter")  # noqa: B009

# What names are made of.
_FORMS = {
    "experiment_name": re.compile(r"^[^\x00-\x1F<>]{0,256}$"),
    "run_name": re.compile(r"^[^\x00-\x1F<>]{0,512}$"),
    "user_name": re.compile(r"^[a-z]([-a-z0-9]{0,29}[a-z0-9])?$", re.IGNORECASE),
}


def create_db_writer(
    db_uri: Any,
    experiment_name: str | None = None,
    run_name: str | None = None,
    user_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Makes a writer of summaries into a data base.

    Args:
        db_uri: The data base's file.
        experiment_name: What several runs belong to; today's date unless given. An empty one is
            that of no experiment.
        run_name: The run; the time unless given.
        user_name: Who runs it; who is logged in unless given.
        name: What the writer is shared by.

    Returns:
        The writer.

    Raises:
        ValueError: A name has characters that none has.
    """
    with tf.device("cpu:0"):
        given = {
            "experiment_name": _or_now(experiment_name, "%Y-%m-%d"),
            "run_name": _or_now(run_name, "%H:%M:%S"),
            "user_name": getpass.getuser() if user_name is None else user_name,
        }
        for kind, text in given.items():
            if isinstance(text, str) and not _FORMS[kind].search(text):
                raise ValueError(f"{kind} ({text}) must match {_FORMS[kind].pattern}")
        start = functools.partial(tf.raw_ops.CreateSummaryDbWriter, db_uri=db_uri, **given)
        resource = tf.raw_ops.SummaryWriter(shared_name=name)
        return _Writer(resource, lambda writer: start(writer=writer))


def _or_now(text: str | None, form: str) -> str:
    return time.strftime(form) if text is None else text
