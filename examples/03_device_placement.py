"""Ask for a device per op and see which one each op was given.

Two virtual CPU devices stand for two accelerators; an op that asks for a GPU falls back to a CPU
because soft placement is on.
"""

import graphkit as gk
from graphkit import tf
from graphkit.session import placement_report


def main():
    with gk.GraphBuilder() as g:
        with g.device("/cpu:0"):
            a = g.constant([[1.0, 2.0]], name="a")
        with g.device("/cpu:1"):
            b = g.constant([[3.0], [4.0]], name="b")
            product = tf.matmul(a, b, name="product")
        with g.device("/gpu:0"):
            tf.add(product, 1.0, name="wished_for_a_gpu")

    config = gk.SessionConfig(cpu_devices=2)
    print(placement_report(g, config=config).to_text())
    with gk.SessionRunner(g, config=config) as runner:
        print("result:", runner.run("wished_for_a_gpu").tolist())


if __name__ == "__main__":
    main()
