"""What `tf.keras` was called in 1.15."""

from __future__ import annotations

__all__ = ["VERSION"]

# Programs compare it, and 1.15 bundled this one.
VERSION = "2.2.4-tf"
