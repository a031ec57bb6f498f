"""contrib.learn, the estimators before `tf.estimator`."""

from __future__ import annotations

from graphkit.tf1._entries import Area

__all__ = ["AREAS"]

AREAS = {
    "contrib.learn": Area(),
    "contrib.learn.python": Area(),
    "contrib.learn.python.learn": Area({}, ("graphkit.tf1.contrib.learn",)),
}
