"""Feed values in, fetch values out: by tensor or by name, one or many, checked before the run."""

import numpy as np

import graphkit as gk
from graphkit import tf


def main():
    with gk.GraphBuilder(seed=7) as g:
        a = g.placeholder("a", "float32", [None, 2])
        b = g.placeholder("b", "float32", [], default=10.0)
        total = tf.add(a, b, name="total")
        product = tf.multiply(a, b, name="product")
        batch_mean = tf.reduce_mean(total, axis=0, name="batch_mean")

    values = np.array([[1, 2], [3, 4]], np.float32)
    with gk.SessionRunner(g) as runner:
        print("one tensor:", runner.run(total, {a: values}).tolist())
        print("by name:   ", runner.run("product", {"a": values, "b": 2.0}).tolist())
        fetched = runner.run({"mean": batch_mean, "both": [total, product]}, {a: values})
        print("a nesting: ", fetched["mean"].tolist(), len(fetched["both"]), "tensors")
        print("eval():    ", batch_mean.eval({a: values}).tolist())
        for feed in ({"a": [[1.0, 2.0, 3.0]]}, {"aa": values}):
            try:
                runner.run(total, feed)
            except gk.GraphkitError as error:
                print("refused:   ", error)


if __name__ == "__main__":
    main()
