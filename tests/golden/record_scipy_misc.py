"""Records what the image functions of SciPy 1.1 computed.

    python3.7 -m venv scipy11
    scipy11/bin/pip install "scipy==1.1.0" "numpy<1.17" "pillow<7"
    scipy11/bin/python tests/golden/record_scipy_misc.py

Every case is a function, the name of a picture of PICTURES, and its arguments; scipy_misc.json gets
the same with the result, or the error's class. The pictures are recorded as well.
"""

import json
import os
import warnings

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))

PICTURES = {
    "bytes": (np.arange(24) * 11 % 256).reshape(4, 6).astype(np.uint8),
    "floats": np.round(np.sin(np.arange(20.0)).reshape(4, 5), 3),
    "whole": (np.arange(12).reshape(3, 4) - 5) * 100,
    "flat": np.full((2, 3), 7),
    "colours": (np.arange(60) * 37 % 256).reshape(4, 5, 3).astype(np.uint8),
    "bright": np.round(np.cos(np.arange(36.0)).reshape(3, 4, 3), 3),
    "first": (np.arange(42) * 5).reshape(3, 2, 7).astype(np.uint8),
    "masked": (np.arange(48) * 5 % 256).reshape(4, 3, 4).astype(np.uint8),
    "pair": np.zeros((4, 5, 2), np.uint8),
    "line": np.arange(5),
    "truth": np.array([[True, False], [False, True]]),
}

CASES = [
    ("bytescale", name, options)
    for name in ("bytes", "floats", "whole", "flat", "bright")
    for options in (
        {},
        {"cmin": 0},
        {"cmin": -1, "cmax": 2},
        {"low": 10, "high": 200},
        {"cmax": 3, "high": 100},
        {"low": 200, "high": 100},
        {"high": 300},
        {"cmin": 5, "cmax": 1},
    )
]
CASES += [
    ("toimage", name, options)
    for name in ("bytes", "floats", "whole", "colours", "bright", "first", "masked", "pair", "line")
    for options in ({}, {"cmin": 0, "cmax": 100}, {"mode": "L"}, {"mode": "RGB"}, {"mode": "F"})
]
CASES += [
    ("imresize", name, {"size": size, "interp": interp})
    for name in ("bytes", "floats", "colours", "bright", "masked")
    for size in (50, 0.5, 200, 1.5, (3, 7), (8, 2))
    for interp in ("nearest", "bilinear", "bicubic", "cubic", "lanczos")
]
CASES += [
    ("imrotate", name, {"angle": angle, "interp": interp})
    for name in ("bytes", "colours", "floats")
    for angle in (90, 180, -90, 30)
    for interp in ("nearest", "bilinear", "bicubic")
]
CASES += [
    ("imread", name, options)
    for name in ("bytes", "colours", "masked", "truth")
    for options in ({}, {"flatten": True}, {"mode": "L"}, {"mode": "RGB"})
]


def plain(value):
    """Writes an array or a picture down."""
    if not isinstance(value, np.ndarray):
        return {"mode": value.mode, "size": list(value.size), "values": np.array(value).tolist()}
    return {"dtype": str(value.dtype), "values": value.tolist()}


def computed(misc, function, name, options):
    picture = PICTURES[name]
    try:
        if function == "imread":
            path = os.path.join(HERE, "scipy_misc.png")
            misc.imsave(path, picture)
            try:
                return plain(misc.imread(path, **options))
            finally:
                os.remove(path)
        return plain(getattr(misc, function)(picture, **options))
    except Exception as error:
        return {"error": type(error).__name__}


def main():
    from scipy import misc

    warnings.simplefilter("ignore")
    recorded = {
        "pictures": {name: plain(picture) for name, picture in PICTURES.items()},
        "cases": [[*case, computed(misc, *case)] for case in CASES],
    }
    with open(os.path.join(HERE, "scipy_misc.json"), "w") as file:
        json.dump(recorded, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
