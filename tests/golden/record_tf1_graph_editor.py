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


def net(tf):
    with tf.name_scope("s"):
        a = tf.constant([1.0, 2.0], name="a")
        b = tf.constant([3.0, 4.0], name="b")
        c = tf.add(a, b, name="c")
        d = tf.multiply(c, a, name="d")
    e, f = tf.negative(d, name="e"), tf.square(c, name="f")
    return a, b, c, d, e, f, tf.sqrt(f, name="g")


def in_order(items):
    return [item.name for item in items]


def contents(view):
    parts = [view.ops, view.inputs, view.outputs, view.passthroughs, view.consumers()]
    return [in_order(part) for part in [*parts, view.connected_inputs, view.connected_outputs]]


def views(tf):
    ge = tf.contrib.graph_editor
    a, _, c, d, e, _, g = net(tf)
    graph = tf.get_default_graph()
    view = ge.sgv(c.op, d.op)
    return {
        "view": contents(view),
        "list": contents(ge.make_view([c.op, e.op], d.op)),
        "copy": contents(view.copy()),
        "last": contents(ge.sgv(g.op)),
        "none": contents(ge.sgv()),
        "tensor": contents(ge.make_view(a)),
        "tensor_inside": contents(ge.make_view(a, c.op)),
        "tensor_outside": contents(ge.make_view(g, c.op)),
        "scope": contents(ge.sgv_scope("s", graph=graph)),
        "same_scope": contents(ge.make_view_from_scope("s", graph)),
        "regex": contents(ge.make_view("^s/[cd]", graph=graph)),
        "inputs": contents(view.remap_inputs([1, 0])),
        "input": contents(view.remap_inputs([0])),
        "outputs": contents(view.remap_outputs([1, 1])),
        "output": contents(view.remap_outputs([d])),
        "both": contents(view.remap([1], [0])),
        "users": contents(view.remap_outputs_to_consumers()),
        "unique": contents(view.remap_outputs([1, 0, 1]).remap_outputs_make_unique()),
        "found": view.find_op_by_name("s/d").name,
        "text": str(view).split(":", 1)[1],
    }


def joined(call):
    """The graph behind a change: what every op is computed from, and the last values."""

    def program(tf):
        tensors = net(tf)
        call(tf.contrib.graph_editor, *tensors)
        ops = tf.get_default_graph().get_operations()
        return {
            "wires": sorted([op.name, in_order(op.inputs)] for op in ops),
            "e": tensors[4],
            "g": tensors[6],
        }

    return program


def copies(tf):
    ge = tf.contrib.graph_editor
    a, b, c, d, e, _, _ = net(tf)
    with tf.control_dependencies([b]):
        late = tf.identity(d, name="late")
    view, info = ge.copy_with_input_replacements([c.op, d.op], {a: b}, dst_scope="copy")
    again, _ = ge.copy_with_input_replacements(ge.sgv(d.op, late.op), {c: a}, dst_scope="copy")
    bare, _ = ge.copy_with_input_replacements([c.op], {a: b}, src_scope="s")
    ops = tf.get_default_graph().get_operations()
    return {
        "wires": sorted([op.name, in_order(op.inputs)] for op in ops),
        "views": [in_order(made.ops) for made in (view, again, bare)],
        "there": info.transformed(c).name,
        "op_there": info.transformed(d.op).name,
        "back": info.original(info.transformed(c)).name,
        "nowhere": str(info.transformed(e)),
        "instead": info.transformed(e, lambda tensor: tensor).name,
        "value": info.transformed(d),
        "late": again.outputs[-1],
    }


def replaced(tf):
    ge = tf.contrib.graph_editor
    a, b, c, _, e, _, g = net(tf)
    one = ge.graph_replace(e, {a: tf.constant([10.0, 20.0])}, dst_scope="again")
    several = ge.graph_replace([e, g], {c: b})
    named = ge.graph_replace({"x": e, "b": b}, {c: b})
    outputs = {"one": one, "first": several[0], "second": several[1], "x": named["x"]}
    outputs["names"] = [one.name, several[0].name, several[1].name, named["x"].name]
    outputs["same"] = named["b"].name
    return outputs


JOINS = {
    "connect": lambda ge, a, b, c, d, e, f, g: ge.connect(ge.sgv(b.op), ge.sgv(e.op)),
    "reroute_inputs": lambda ge, *t: ge.reroute_inputs(ge.sgv(t[4].op), ge.sgv(t[5].op)),
    "reroute_outputs": lambda ge, *t: ge.reroute_outputs(ge.sgv(t[1].op), ge.sgv(t[5].op)),
    "reroute_ios": lambda ge, *t: ge.reroute_ios(ge.sgv(t[4].op), ge.sgv(t[5].op)),
    "swap_inputs": lambda ge, *t: ge.swap_inputs(ge.sgv(t[4].op), ge.sgv(t[5].op)),
    "swap_outputs": lambda ge, *t: ge.swap_outputs(ge.sgv(t[3].op), ge.sgv(t[5].op)),
    "swap_ios": lambda ge, *t: ge.swap_ios(ge.sgv(t[4].op), ge.sgv(t[5].op)),
    "swap_ts": lambda ge, *t: ge.swap_ts([t[0]], [t[1]]),
    "swap_few": lambda ge, *t: ge.swap_ts([t[0]], [t[1]], can_modify=[t[2].op]),
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
PROGRAMS.update({"views": views, "copies": copies, "replaced": replaced})
PROGRAMS.update({name: joined(call) for name, call in JOINS.items()})
