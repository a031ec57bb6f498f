"""Programs with contrib.image."""

import numpy as np


def picture(tf, *shape):
    return tf.constant(np.arange(int(np.prod(shape))).reshape(shape) % 17, tf.float32)


def moved(tf):
    image = tf.contrib.image
    return {
        "rotate": image.rotate(picture(tf, 2, 5, 4, 1), [0.3, -1.2]),
        "bilinear": image.rotate(picture(tf, 5, 4, 3), 0.3, "BILINEAR"),
        "flat": image.rotate(picture(tf, 5, 4), 1.0),
        "translate": image.translate(picture(tf, 1, 5, 4, 1), [1.0, -2.0]),
        "maps": image.angles_to_projective_transforms([0.1, 0.2], 5.0, 4.0),
        "moves": image.translations_to_projective_transforms([1.0, 2.0]),
    }


def transformed(tf):
    image = tf.contrib.image
    stretched = [0.5, 0.1, 0.2, 0.0, 0.75, -0.5, 0.0, 0.0]
    tilted = [1.0, 0.0, 0.3, 0.1, 1.0, 0.0, 0.01, 0.02]
    return {
        "nearest": image.transform(picture(tf, 2, 4, 5, 2), stretched),
        "bilinear": image.transform(picture(tf, 2, 4, 5, 2), stretched, "BILINEAR"),
        "each": image.transform(picture(tf, 2, 4, 5, 1), [stretched, tilted], "BILINEAR"),
        "tilted": image.transform(picture(tf, 4, 5, 2), tilted, "BILINEAR"),
        "larger": image.transform(picture(tf, 4, 5), stretched, output_shape=[6, 3]),
        "smaller": image.transform(picture(tf, 1, 4, 5, 1), tilted, output_shape=[2, 2]),
    }


def kinds_of_numbers(tf):
    found = {}
    for dtype in [tf.uint8, tf.int32, tf.int64, tf.float64]:
        pixels = tf.cast(picture(tf, 3, 4, 1), dtype)
        found[dtype.name] = tf.contrib.image.translate(pixels, [1, 1])
        found[dtype.name + " type"] = found[dtype.name].dtype.name
    return found


def angles(tf):
    image, quarter = tf.contrib.image, np.pi / 2
    square = picture(tf, 4, 4)
    turns = [image.rotate(square, quarter * count) for count in range(5)]
    return {
        "turns": tf.stack(turns),
        "one_for_all": image.rotate(picture(tf, 3, 4, 4, 1), quarter),
        "maps_of_one": image.angles_to_projective_transforms(0.5, 6.0, 3.0),
        "maps_of_sizes": image.angles_to_projective_transforms(
            [0.5], tf.constant(6.0), tf.constant(3.0)
        ),
        "moves_of_many": image.translations_to_projective_transforms([[1.0, 2.0], [-3.0, 0.5]]),
    }


def moves_of_many(tf):
    image = tf.contrib.image
    pictures = picture(tf, 2, 4, 4, 1)
    return {
        "each": image.translate(pictures, [[1.0, 0.0], [0.0, -1.0]]),
        "halves": image.translate(pictures, [0.5, 0.5], "BILINEAR"),
        "out": image.translate(pictures, [9.0, 9.0]),
    }


def unknown_sizes(tf):
    values = np.arange(40, dtype=np.float32).reshape(2, 4, 5, 1)
    pictures = tf.placeholder_with_default(values, [None, None, None, 1])
    return {
        "turned": tf.contrib.image.rotate(pictures, 0.4),
        "moved": tf.contrib.image.translate(pictures, [1.0, 1.0]),
        "bent": tf.contrib.image.dense_image_warp(pictures, tf.ones([2, 4, 5, 2]) * 0.5),
    }


def slopes(tf):
    pixels = picture(tf, 1, 4, 5, 1)
    made = tf.contrib.image.transform(pixels, [0.5, 0.1, 0.2, 0, 0.75, -0.5, 0, 0], "BILINEAR")
    return {"slope": tf.gradients(made * picture(tf, 1, 4, 5, 1), pixels)[0]}


def warped(tf):
    flow = tf.constant(np.cos(np.arange(2 * 5 * 4 * 2)).reshape(2, 5, 4, 2) * 2, tf.float32)
    return {"warp": tf.contrib.image.dense_image_warp(picture(tf, 2, 5, 4, 3), flow)}


def warped_far(tf):
    flow = tf.constant(np.sin(np.arange(40) * 3.0).reshape(1, 5, 4, 2) * 20, tf.float32)
    return {"warp": tf.contrib.image.dense_image_warp(picture(tf, 1, 5, 4, 1), flow)}


def warped_slopes(tf):
    pixels = picture(tf, 1, 5, 4, 1)
    flow = tf.constant(np.cos(np.arange(40)).reshape(1, 5, 4, 2) / 2, tf.float32)
    made = tf.contrib.image.dense_image_warp(pixels, flow) * picture(tf, 1, 5, 4, 1)
    by_pixels, by_flow = tf.gradients(made, [pixels, flow])
    return {"pixels": by_pixels, "flow": by_flow}


def no_picture(tf):
    return {"never": tf.contrib.image.transform(tf.zeros([3]), [1.0] * 8)}


def five_axes(tf):
    return {"never": tf.contrib.image.transform(tf.zeros([1, 1, 2, 2, 1]), [1.0] * 8)}


def unknown_rank(tf):
    image = tf.placeholder(tf.float32)
    return {"never": tf.contrib.image.transform(image, [1.0] * 8)}


def components(tf):
    label = tf.contrib.image.connected_components
    spots = (np.sin(np.arange(140) ** 2) > -0.2).reshape(2, 7, 10)
    return {
        "spots": label(spots),
        "one": label(spots[1]),
        "numbers": label([[1, 1, 0, 2], [0, 1, 2, 2], [3, 0, 0, 1], [3, 3, 0, 1]]),
        "floats": label(np.floor(np.cos(np.arange(30)) * 2).reshape(5, 6)),
        "words": label([["a", "", "b"], ["a", "b", "b"]]),
        "nothing": label(np.zeros([2, 3], bool)),
        "all": label(np.ones([2, 2, 3], bool)),
    }


def components_of_rows(tf):
    return {"never": tf.contrib.image.connected_components([True, False])}


def pairs(tf):
    match = tf.contrib.image.bipartite_match
    distances = np.abs(np.sin(np.arange(20) * 1.7 + 0.3)).reshape(4, 5)
    found = {}
    for name, given in {
        "all": (distances, -1.0),
        "two_rows": (distances, 2.0),
        "vector": (distances, [3.0]),
        "more_rows": (distances.T, -1.0),
        "no_rows": (distances, 0.0),
        "top": (distances, -1.0, 2),
        "none": (distances, -1.0, 0),
        "equal": (np.ones([3, 3]), -1.0),
    }.items():
        made = match(tf.constant(given[0], tf.float32), *given[1:])
        found[name + "_rows"], found[name + "_columns"] = made
        found[name + "_fields"] = list(made._fields)
    return found


PROGRAMS = {
    "angles": angles,
    "components": components,
    "components_of_rows": components_of_rows,
    "five_axes": five_axes,
    "kinds_of_numbers": kinds_of_numbers,
    "moved": moved,
    "moves_of_many": moves_of_many,
    "no_picture": no_picture,
    "pairs": pairs,
    "slopes": slopes,
    "transformed": transformed,
    "unknown_rank": unknown_rank,
    "unknown_sizes": unknown_sizes,
    "warped": warped,
    "warped_far": warped_far,
    "warped_slopes": warped_slopes,
}
