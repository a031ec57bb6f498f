"""Programs with contrib.framework.fuse_op."""


def chain(tf):
    """b = -a, c = b², d = b + k, e = c d, f = sqrt(e); then g and h use f."""
    a = tf.placeholder(tf.float32, [2], name="a")
    b = tf.negative(a, name="b")
    k = tf.constant([1.0, 2.0], name="k")
    c, d = tf.square(b, name="c"), tf.sqrt(b, name="d")
    e = tf.multiply(c, d, name="e")
    f = tf.sqrt(e, name="f")
    with tf.control_dependencies([k]):
        tf.exp(f, name="g")
    tf.multiply(f, k, name="h")
    return tf.get_default_graph().as_graph_def()


def described(graph_def):
    return [[node.name, node.op, [str(name) for name in node.input]] for node in graph_def.node]


def attributes(tf, node):
    kinds = [tf.as_dtype(kind).name for kind in node.attr["_output_types"].list.type]
    return [kinds, node.attr["_output_quantized"].b]


def fused(inputs, outputs, types=("float32",), quantized=True):
    def program(tf):
        graph_def = chain(tf)
        kinds = [getattr(tf, kind).as_datatype_enum for kind in types]
        fuse = tf.contrib.framework.fuse_op
        before = tf.GraphDef.FromString(graph_def.SerializeToString())
        made = fuse(graph_def, inputs, outputs, kinds, quantized, "one", "OneOp")
        (node,) = [node for node in made.node if node.op == "OneOp"]
        return {
            "nodes": described(made),
            "attributes": attributes(tf, node),
            "versions": made.versions == graph_def.versions,
            "kept": graph_def == before,
            "some": tf.constant(0),
        }

    return program


def wrong(tf):
    graph_def = chain(tf)

    def failure(*arguments):
        try:
            tf.contrib.framework.fuse_op(*arguments)
        except TypeError:
            return "TypeError"
        return "nothing"

    kinds = [tf.float32.as_datatype_enum]
    return {
        "failures": [
            failure("graph", ["b"], ["f"], kinds, True, "one", "OneOp"),
            failure(graph_def, "b", ["f"], kinds, True, "one", "OneOp"),
            failure(graph_def, ["b"], "f", kinds, True, "one", "OneOp"),
            failure(graph_def, ["c"], ["f"], kinds, True, "one", "OneOp"),
        ],
        "some": tf.constant(0),
    }


PROGRAMS = {
    "middle": fused(["b"], ["f"]),
    "all": fused(["a"], ["f"], quantized=False),
    "two_inputs": fused(["c", "d"], ["f"]),
    "two_outputs": fused(["a"], ["c", "d"], ["float32", "uint8"]),
    "nothing_between": fused(["e"], ["f"]),
    "inputs_in_another_order": fused(["d", "c"], ["f"]),
    "wrong": wrong,
}
