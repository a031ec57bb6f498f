"""Programs with contrib.graph_editor."""


def chain(tf):
    a = tf.constant([1.0], name="a")
    b = tf.constant([2.0], name="b")
    c = tf.add(a, b, name="c")
    with tf.control_dependencies([b]):
        d = tf.multiply(c, 2.0, name="d")
    return a, b, c, d


def names(items):
    return sorted(item.name for item in items)


def walks(tf):
    ge = tf.contrib.graph_editor
    a, _, c, d = chain(tf)
    graph = tf.get_default_graph()
    return {
        "back": names(ge.get_backward_walk_ops([d.op])),
        "back_without": names(ge.get_backward_walk_ops([d.op], inclusive=False)),
        "back_until": names(ge.get_backward_walk_ops([d.op], stop_at_ts=[c])),
        "forward": names(ge.get_forward_walk_ops([a.op])),
        "forward_without": names(ge.get_forward_walk_ops([a.op], inclusive=False)),
        "forward_within": names(ge.get_forward_walk_ops([a.op], within_ops=[a.op, c.op])),
        "regex": names(ge.filter_ts_from_regex(graph, "^[ab]")),
        "ops": names(ge.filter_ops_from_regex(graph, "d")),
        "filter": names(ge.filter_ts(graph, lambda t: t.op.type == "Const")),
        "select": names(ge.select_ops("^c", "^d$", graph=graph)),
        "d": d,
    }


def changes(tf):
    ge = tf.contrib.graph_editor
    a, b, c, d = chain(tf)
    count = ge.reroute_ts([b], [a], cannot_modify=[b.op])
    ge.add_control_inputs(c.op, [b.op])
    ge.add_control_inputs(d.op, [a.op, b.op])
    ge.remove_control_inputs(d.op, [b.op])
    return {
        "count": count,
        "d": d,
        "c_after": names(c.op.control_inputs),
        "d_after": names(d.op.control_inputs),
    }


def failing(call):
    def program(tf):
        call(tf.contrib.graph_editor, *chain(tf))
        return {"done": tf.constant(0)}

    return program


def neighbours(tf):
    ge = tf.contrib.graph_editor
    a, b, c, d = chain(tf)
    return {
        "tensors": [tensor.name for tensor in ge.get_tensors(tf.get_default_graph())],
        "makers": [op.name for op in ge.get_generating_ops([c, a, a])],
        "maker": [op.name for op in ge.get_generating_ops(d)],
        "takers": [op.name for op in ge.get_consuming_ops([a, b, c])],
        "taker": [op.name for op in ge.get_consuming_ops(a)],
        "d": d,
    }


PROGRAMS = {
    "changes": changes,
    "already": failing(
        lambda ge, a, b, c, d: [ge.add_control_inputs(d.op, [b.op]) for _ in range(2)]
    ),
    "neighbours": neighbours,
    "no_graph": failing(lambda ge, a, b, c, d: ge.get_tensors([a])),
    "not_there": failing(lambda ge, a, b, c, d: ge.remove_control_inputs(c.op, [b.op])),
    "regex_without_graph": failing(lambda ge, a, b, c, d: ge.select_ops("c")),
    "walks": walks,
}
