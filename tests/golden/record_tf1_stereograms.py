"""Programs with stereograms: which dots are alike, and which are black; the others are random."""

import numpy as np

HILL = [[1, 2, 3, 3, 2, 1], [1, 2, 3, 4, 5, 2], [1, 2, 3, 4, 5, 3], [6, 5, 4, 4, 5, 5]]
SMALL = {"dots_per_inch": 8, "output_image_shape": [60, 16, 1], "output_data_window": [50, 10]}


def alike(tf, depths, **options):
    """The first dot of a row that has the colour of each dot, and the black ones."""
    options = dict(SMALL, number_colors=300, **options)
    picture = tf.contrib.image.single_image_random_dot_stereograms(depths, **options)
    colours = tf.cast(picture, tf.int32)
    whole = (colours[:, :, 0] * 256 + colours[:, :, 1]) * 256 + colours[:, :, 2]
    equal = tf.equal(whole[:, :, None], whole[:, None, :])
    return {
        "first": tf.argmax(tf.cast(equal, tf.int32), 2),
        "black": tf.cast(tf.equal(whole, 0), tf.int32),
        "shape": picture.shape.as_list(),
        "dtype": picture.dtype.name,
        "name": picture.name,
    }


def settings(**options):
    return lambda tf: alike(tf, HILL, **options)


def kinds_of_depths(tf):
    return {
        dtype: alike(tf, np.array(HILL, dtype))["first"]
        for dtype in ["int32", "int64", "float32", "float64"]
    }


def greys(tf):
    found = {}
    for colours in [2, 256]:
        options = dict(SMALL, number_colors=colours, convergence_dots_size=3)
        picture = tf.contrib.image.single_image_random_dot_stereograms(HILL, **options)
        found["%d shape" % colours] = picture.shape.as_list()
        found["%d kinds" % colours] = tf.size(tf.unique(tf.reshape(picture, [-1]))[0]) > 2
    return found


def whole_screen(tf):
    picture = tf.contrib.image.single_image_random_dot_stereograms(HILL)
    return {"shape": picture.shape.as_list(), "size": tf.shape(picture), "name": picture.name}


PROGRAMS = {
    "plain": settings(),
    "without_dots": settings(convergence_dots_size=0),
    "large_dots": settings(convergence_dots_size=5),
    "through": settings(hidden_surface_removal=False),
    "wide_eyes": settings(eye_separation=4.0),
    "deep": settings(mu=0.6),
    "as_they_are": lambda tf: alike(tf, np.array(HILL) / 8.0, normalize=False),
    "between": settings(normalize_max=10.0, normalize_min=-2.0),
    "near_border": settings(border_level=0.75),
    "flat": lambda tf: alike(tf, np.full([3, 3], 2.0), normalize=False),
    "kinds_of_depths": kinds_of_depths,
    "greys": greys,
    "whole_screen": whole_screen,
}
