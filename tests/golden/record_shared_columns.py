"""Records contrib.layers' shared embedding columns of TensorFlow 1.15.5, one column of them too.

    tf115/bin/python tests/golden/record_shared_columns.py

Each case is a list of columns as a program writes it; it writes shared_columns.json: what they
are called, the variables they make and the shape they give, or the error's type.
"""

import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN = "embedding_column(a, 3)"
CASES = {
    "one": "shared([a], 3)",
    "one of a tuple": "shared((a,), 3, 'sum')",
    "one with a name": "shared([a], 3, shared_embedding_name='n')",
    "one beside its twin": "shared([a], 3) + [%s]" % PLAIN,
    "one beside another length": "shared([a], 4) + [%s]" % PLAIN,
    "one with a name beside its twin": "shared([a], 3, shared_embedding_name='n') + [%s]" % PLAIN,
    "two names": "shared([a], 3, 'mean', 'n') + shared([a], 3, 'mean', 'm')",
    "two": "shared([a, b], 3)",
    "two in another order": "shared([b, a], 3)",
    "two with a name": "shared([a, b], 3, shared_embedding_name='n')",
    "twice": "[%s, %s]" % (PLAIN, PLAIN),
    "of different sizes": "shared([a, sparse_column_with_hash_bucket('b', 6)], 3)",
    "none": "shared([], 3)",
    "a text": "shared('a', 3)",
    "texts": "shared(['a'], 3)",
    "a column": "shared(a, 3)",
    "a column of numbers": "shared([real_valued_column('a')], 3)",
}


def case(tf, text):
    """Makes the columns and the input of a network; in a graph of its own."""
    layers = tf.contrib.layers
    known = {name: getattr(layers, name) for name in dir(layers)}
    known["shared"] = layers.shared_embedding_columns
    known["a"] = layers.sparse_column_with_hash_bucket("a", 5)
    known["b"] = layers.sparse_column_with_hash_bucket("b", 5)
    words = {
        name: tf.SparseTensor([[0, 0], [1, 0]], ["x", name], [2, 1]) for name in known.keys() & "ab"
    }
    try:
        columns = eval(text, known)
        made = layers.input_from_feature_columns(words, columns)
    except Exception as error:
        return {"error": type(error).__name__}
    return {
        "kind": type(columns).__name__,
        "names": [column.name for column in columns],
        "variables": [variable.name for variable in tf.global_variables()],
        "shape": made.shape.as_list(),
    }


def main():
    import tensorflow as tf

    found = {}
    for name, text in CASES.items():
        with tf.Graph().as_default():
            found[name] = case(tf, text)
    with open(os.path.join(HERE, "shared_columns.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
