"""Layers of networks written out in NumPy, slowly and plainly, to compare with."""

from __future__ import annotations

import itertools

import numpy as np


def padded(images, window, strides, dilation, padding, fill):
    """The images with what TensorFlow's "same" puts around them; more after than before."""
    spatial = images.shape[1:-1]
    if padding == "valid":
        return images
    before_after = [(0, 0)]
    for size, reach, step, spread in zip(spatial, window, strides, dilation, strict=True):
        covered = (reach - 1) * spread + 1
        total = max(0, (-(-size // step) - 1) * step + covered - size)
        before_after.append((total // 2, total - total // 2))
    return np.pad(images, [*before_after, (0, 0)], constant_values=fill)


def windows(images, window, strides, dilation):
    """Each place of the output with the patch of every image it looks at."""
    spatial = images.shape[1:-1]
    counts = [
        (size - (reach - 1) * spread - 1) // step + 1
        for size, reach, step, spread in zip(spatial, window, strides, dilation, strict=True)
    ]
    for place in itertools.product(*map(range, counts)):
        cut = tuple(
            slice(at * step, at * step + (reach - 1) * spread + 1, spread)
            for at, step, reach, spread in zip(place, strides, window, dilation, strict=True)
        )
        yield place, images[(slice(None), *cut)]


def _gathered(images, window, strides, dilation, made):
    results = {place: made(patch) for place, patch in windows(images, window, strides, dilation)}
    counts = [last + 1 for last in max(results)]
    flat = np.stack([results[place] for place in sorted(results)], axis=1)
    return flat.reshape(flat.shape[0], *counts, flat.shape[-1])


def convolution(images, kernel, bias, strides, padding, dilation):
    """`[B, …, C]` with a kernel `[…, C, F]`."""
    window = kernel.shape[:-2]
    around = padded(images, window, strides, dilation, padding, 0.0)
    axes = list(range(1, images.ndim))

    def made(patch):
        return np.tensordot(patch, kernel, (axes, list(range(len(axes))))) + bias

    return _gathered(around, window, strides, dilation, made)


def pooling(images, window, strides, padding, reduce):
    """The `reduce` (NaN counts for nothing) of each window."""
    ones = [1] * len(window)
    around = padded(images, window, strides, ones, padding, np.nan)
    axes = tuple(range(1, images.ndim - 1))
    return _gathered(around, window, strides, ones, lambda patch: reduce(patch, axis=axes))


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def lstm(words, kernel, bias, units, forget_bias=1.0):
    """TensorFlow 1's BasicLSTMCell over `[B, T, D]`: gates i, j, f, o in this order."""
    c = h = np.zeros([len(words), units])
    outputs = []
    for step in np.moveaxis(words, 1, 0):
        i, j, f, o = np.split(np.concatenate([step, h], 1) @ kernel + bias, 4, axis=1)
        c = c * sigmoid(f + forget_bias) + sigmoid(i) * np.tanh(j)
        h = np.tanh(c) * sigmoid(o)
        outputs.append(h)
    return np.stack(outputs, 1), c, h


def gru(words, gates, gates_bias, candidate, candidate_bias, units):
    """TensorFlow 1's GRUCell over `[B, T, D]`: gates r, u in this order."""
    h = np.zeros([len(words), units])
    outputs = []
    for step in np.moveaxis(words, 1, 0):
        r, u = np.split(sigmoid(np.concatenate([step, h], 1) @ gates + gates_bias), 2, axis=1)
        c = np.tanh(np.concatenate([step, r * h], 1) @ candidate + candidate_bias)
        h = u * h + (1 - u) * c
        outputs.append(h)
    return np.stack(outputs, 1), h


def rnn(words, kernel, bias, units):
    """TensorFlow 1's BasicRNNCell over `[B, T, D]`."""
    h = np.zeros([len(words), units])
    outputs = []
    for step in np.moveaxis(words, 1, 0):
        h = np.tanh(np.concatenate([step, h], 1) @ kernel + bias)
        outputs.append(h)
    return np.stack(outputs, 1), h
