"""Pipelines with a program's own ops between reader and batcher, recorded by `record_readers.py`.

Examples, rows of text and pictures go through parsing, decoding, arithmetic, conditions and loops;
batchers stand behind one another, share a producer, or take what others leave.
"""

import os

from reader_cases import Case, numbers, paths


def write_examples(tf, folder):
    """Writes the files of these cases."""
    with tf.python_io.TFRecordWriter(os.path.join(folder, "examples")) as writer:
        for number in range(7):
            writer.write(_example(tf, number).SerializeToString())
    with tf.python_io.TFRecordWriter(os.path.join(folder, "sequences")) as writer:
        for number in range(4):
            writer.write(_sequence(tf, number).SerializeToString())
    with open(os.path.join(folder, "rows.csv"), "w") as text:
        text.write("name,width,height\n")
        text.writelines(
            "%s,%d,%s\n" % ("abcde"[i], 10 * i, "" if i == 2 else i / 4.0) for i in range(5)
        )
    with tf.Graph().as_default(), tf.Session() as session:
        for number in range(3):
            pixels = tf.reshape(tf.range(12 * number, 12 * number + 24), [2, 4, 3])
            png = session.run(tf.image.encode_png(tf.cast(pixels, tf.uint8)))
            with open(os.path.join(folder, "%d.png" % number), "wb") as file:
                file.write(png)


def _example(tf, number):
    example = tf.train.Example()
    feature = example.features.feature
    feature["label"].int64_list.value.append(number)
    feature["pair"].float_list.value.extend([number / 2.0, -1.0])
    feature["pixels"].bytes_list.value.append(bytes(bytearray(range(number, number + 6))))
    feature["words"].bytes_list.value.extend([b"w%d" % i for i in range(number % 3)])
    if number % 2:
        feature["odd"].int64_list.value.append(10 * number)
    return example


def _sequence(tf, number):
    example = tf.train.SequenceExample()
    example.context.feature["label"].int64_list.value.append(number)
    for step in range(number + 1):
        values = example.feature_lists.feature_list["steps"].feature.add()
        values.float_list.value.extend([float(step), float(number)])
    return example


def _record(api, folder, name, epochs=1):
    queue = api.string_input_producer(paths(folder, name), num_epochs=epochs, shuffle=False)
    return api.TFRecordReader().read(queue)[1]


def _parsed(api, tf, folder, **features):
    return tf.parse_single_example(_record(api, folder, "examples"), features)


def _label(tf):
    return tf.FixedLenFeature([], tf.int64)


def pixels(api, tf, folder):
    """A picture (float32, `[1, 2, 3]`) and its label."""
    bytes_ = tf.FixedLenFeature([], tf.string)
    example = _parsed(api, tf, folder, pixels=bytes_, label=_label(tf))
    flat = tf.decode_raw(example["pixels"], tf.uint8)
    return tf.cast(tf.reshape(flat, [1, 2, 3]), tf.float32), example["label"]


def _row(api, tf, folder, defaults):
    queue = api.string_input_producer(paths(folder, "rows.csv"), num_epochs=1, shuffle=False)
    line = api.TextLineReader(skip_header_lines=1).read(queue)[1]
    return tf.decode_csv(line, defaults)


def _picture(api, tf, folder):
    names = paths(folder, "0.png", "1.png", "2.png")
    queue = api.string_input_producer(names, num_epochs=1, shuffle=False)
    key, contents = api.WholeFileReader().read(queue)
    return key, tf.image.decode_png(contents, channels=3)


def parsing_cases():
    """Records, rows and pictures become tensors."""
    return {
        "parsed": Case(
            lambda api, tf, d: api.batch(
                _parsed(api, tf, d, label=_label(tf), pair=tf.FixedLenFeature([2], tf.float32)), 3
            )
        ),
        "parsed with defaults": Case(
            lambda api, tf, d: api.batch(
                _parsed(
                    api,
                    tf,
                    d,
                    odd=tf.FixedLenFeature([], tf.int64, -1),
                    none=tf.FixedLenFeature([2], tf.float32, [0.5, 1.5]),
                ),
                2,
                allow_smaller_final_batch=True,
            )
        ),
        "parsed lists": Case(
            lambda api, tf, d: api.batch(
                _parsed(api, tf, d, words=tf.VarLenFeature(tf.string), label=_label(tf)), 3
            )
        ),
        "parsed lists made dense": Case(
            lambda api, tf, d: api.batch(
                [
                    tf.sparse_tensor_to_dense(
                        _parsed(api, tf, d, words=tf.VarLenFeature(tf.string))["words"], ""
                    )
                ],
                3,
                dynamic_pad=True,
            )
        ),
        "parsed after batching": Case(
            lambda api, tf, d: tf.identity(
                tf.parse_example(
                    api.batch([_record(api, d, "examples")], 3), {"label": _label(tf)}
                )["label"],
                name="label",
            )
        ),
        "parsed sequences": Case(
            lambda api, tf, d: api.batch(
                list(
                    tf.parse_single_sequence_example(
                        _record(api, d, "sequences"),
                        {"label": _label(tf)},
                        {"steps": tf.FixedLenSequenceFeature([2], tf.float32)},
                    )[1].values()
                ),
                2,
                dynamic_pad=True,
            )
        ),
        "decoded bytes": Case(lambda api, tf, d: api.batch(list(pixels(api, tf, d)), 3)),
        "rows of text": Case(lambda api, tf, d: api.batch(_row(api, tf, d, [[""], [0], [9.5]]), 2)),
        "columns stacked": Case(
            lambda api, tf, d: api.batch([tf.stack(_row(api, tf, d, [[""], [0.0], [0.5]])[1:])], 5)
        ),
        "split lines": Case(
            lambda api, tf, d: api.batch(
                [tf.string_split([_row(api, tf, d, [[""], [""], [""]])[0]], "").values],
                2,
                shapes=[[1]],
            )
        ),
        "pictures": Case(
            lambda api, tf, d: api.batch(
                [tf.reshape(_picture(api, tf, d)[1], [2, 4, 3]), _picture(api, tf, d)[0]], 3
            )
        ),
    }


def _with_pixels(work):
    """A case that does something with a picture, in batches of three."""

    def build(api, tf, folder):
        image, label = pixels(api, tf, folder)
        return api.batch([work(tf, image, label), label], 3)

    return Case(build)


def op_cases():
    """What programs do with one example."""
    return {
        "scaled": _with_pixels(lambda tf, image, _: image / 255.0 - 0.5),
        "normalized": _with_pixels(
            lambda tf, image, _: (image - tf.reduce_mean(image)) / tf.reduce_max(image)
        ),
        "standardized": _with_pixels(
            lambda tf, image, _: tf.round(256.0 * tf.image.per_image_standardization(image))
        ),
        "flipped": _with_pixels(lambda tf, image, _: tf.image.flip_left_right(image)),
        "transposed": _with_pixels(lambda tf, image, _: tf.transpose(image, [2, 0, 1])),
        "padded and cropped": _with_pixels(
            lambda tf, image, _: tf.image.resize_image_with_crop_or_pad(image, 3, 1)
        ),
        "cut by the label": _with_pixels(
            lambda tf, image, label: tf.slice(
                image, tf.stack([0, tf.cast(label % 2, tf.int32), 0]), [1, 1, 3]
            )
        ),
        "one hot": _with_pixels(lambda tf, _, label: tf.one_hot(label, 8)),
        "chosen by value": _with_pixels(
            lambda tf, image, label: tf.where(image > 4.0, image, -image)
        ),
        "flipped on a condition": _with_pixels(
            lambda tf, image, label: tf.cond(
                label > 3, lambda: tf.image.flip_left_right(image), lambda: image
            )
        ),
        "a case of several": _with_pixels(
            lambda tf, image, label: tf.case(
                [(label < 2, lambda: image), (label < 4, lambda: image + 10.0)],
                lambda: image * 0.0,
                exclusive=False,
            )
        ),
        "a loop": _with_pixels(
            lambda tf, image, label: tf.while_loop(
                lambda n, _: n < label, lambda n, total: (n + 1, total + image), (label - 2, image)
            )[1]
        ),
        "mapped over": _with_pixels(lambda tf, image, _: tf.map_fn(lambda row: row * row, image)),
        "text of numbers": _with_pixels(
            lambda tf, _, label: tf.string_join(["n", tf.as_string(label)], "-")
        ),
        "asserted": _with_pixels(
            lambda tf, image, label: tf.identity(_after_assertion(tf, image, label))
        ),
    }


def _after_assertion(tf, image, label):
    with tf.control_dependencies([tf.Assert(label < 100, [label])]):
        return image + 1.0


def _batched_twice(api, tf, folder):
    pairs = api.batch([numbers(api, 12)], 2)
    return api.batch([pairs], 4, enqueue_many=True, name="again")


def _together(api, tf, folder):
    left, right = numbers(api, 4), numbers(api, 6, 2)
    return api.batch([left, right], 2)


def arrangement_cases():
    """Batchers beside and behind one another, and epochs that end in the middle."""
    return {
        "batches of batches": Case(_batched_twice),
        "sources of different lengths": Case(_together),
        "epochs across batches": Case(lambda api, tf, d: api.batch([numbers(api, 5, 3)], 4)),
        "an epoch smaller than a batch": Case(
            lambda api, tf, d: api.batch([numbers(api, 3)], 5, allow_smaller_final_batch=True)
        ),
        "nothing left for a batch": Case(lambda api, tf, d: api.batch([numbers(api, 3)], 5)),
        "shuffled with a stock of one": Case(
            lambda api, tf, d: api.shuffle_batch([numbers(api, 8)], 2, 3, 1), order="any"
        ),
        "many rows of each": Case(
            lambda api, tf, d: api.batch([tf.stack([numbers(api, 4), 100])], 4, enqueue_many=True)
        ),
        "many rows, some kept": Case(
            lambda api, tf, d: api.maybe_batch(
                [api.limit_epochs(tf.constant([1, 2, 3, 4]), 3)],
                [True, False, False, True],
                2,
                enqueue_many=True,
            )
        ),
        "records read in twos": Case(
            lambda api, tf, d: api.batch(
                api.TFRecordReader().read_up_to(
                    api.string_input_producer(
                        paths(d, "a.tfrecord", "b.tfrecord"), num_epochs=1, shuffle=False
                    ),
                    2,
                ),
                3,
                enqueue_many=True,
                allow_smaller_final_batch=True,
            )
        ),
        "slices of three arrays": Case(
            lambda api, tf, d: api.batch(
                api.slice_input_producer(
                    [[1, 2, 3, 4], [[0.5], [1.5], [2.5], [3.5]], ["a", "b", "c", "d"]],
                    num_epochs=2,
                    shuffle=False,
                ),
                3,
            )
        ),
    }


def cases():
    """Every pipeline by name."""
    found = {}
    for group in (parsing_cases, op_cases, arrangement_cases):
        found.update(group())
    return found
