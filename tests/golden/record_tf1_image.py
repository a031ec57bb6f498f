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


def warped(tf):
    flow = tf.constant(np.cos(np.arange(2 * 5 * 4 * 2)).reshape(2, 5, 4, 2) * 2, tf.float32)
    return {"warp": tf.contrib.image.dense_image_warp(picture(tf, 2, 5, 4, 3), flow)}


def no_picture(tf):
    return {"never": tf.contrib.image.transform(tf.zeros([3]), [1.0] * 8)}


PROGRAMS = {"moved": moved, "no_picture": no_picture, "warped": warped}
