"""Programs with the rest of contrib.graph_editor: choosing, walking, cutting, copying elsewhere."""

import re


def net(tf):
    """d = (a + b) * a, e = -d, f = c², g = sqrt(f); `late` waits for e, and g for b."""
    with tf.name_scope("s"):
        a = tf.constant([1.0, 2.0], name="a")
        b = tf.constant([3.0, 4.0], name="b")
        c = tf.add(a, b, name="c")
        d = tf.multiply(c, a, name="d")
    e, f = tf.negative(d, name="e"), tf.square(c, name="f")
    with tf.control_dependencies([b]):
        g = tf.sqrt(f, name="g")
    with tf.control_dependencies([e]):
        tf.identity(g, name="late")
    return a, b, c, d, e, f, g


def names(items):
    return [item.name for item in items]


def in_alphabet(items):
    return sorted(names(items))


def wires(tf):
    """What every op is computed from, and what runs before it."""
    ops = tf.get_default_graph().get_operations()
    return sorted([op.name, names(op.inputs), in_alphabet(op.control_inputs)] for op in ops)


def failure(call):
    try:
        call()
    except Exception as error:
        known = [kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__]
        return known[0].__name__
    return "nothing"


def chosen(tf):
    ge = tf.contrib.graph_editor
    a, _, c, d, e, _, g = net(tf)
    graph = tf.get_default_graph()
    with tf.Graph().as_default():
        stranger = tf.constant(1.0)
    return {
        "scope": names(ge.get_name_scope_ops(graph, "s")),
        "same scope": names(ge.get_name_scope_ops(graph, "s/")),
        "name": names(ge.get_name_scope_ops([c.op, e.op], "e")),
        "tensors": names(ge.select_ts("^s/[ab]", d, [c, d.op], graph=graph)),
        "marked": names(ge.select_ts("(?#ts)^g", "^f", graph=graph, restrict_ts_regex=True)),
        "not for tensors": names(ge.select_ts("(?#ops)^f", e, graph=graph)),
        "filtered": names(ge.select_ts("s/", graph=graph, positive_filter=lambda t: t.op is d.op)),
        "ops": names(ge.select_ops("(?#ts)^f", "^e", [a, c.op], graph=graph)),
        "marked ops": names(ge.select_ops("(?#ops)^f", "^e", graph=graph, restrict_ops_regex=True)),
        "both": [names(part) for part in ge.select_ops_and_ts("(?#ts)^f", "^e", g, graph=graph)],
        "list of ops": names(ge.make_list_of_op([c.op, d, e.op], ignore_ts=True)),
        "list of one": names(ge.make_list_of_op(c.op)),
        "list of tensors": names(ge.make_list_of_t([c.op, d], ignore_ops=True)),
        "list of graph": len(ge.make_list_of_t(graph)) - len(ge.make_list_of_op(graph)),
        "regex": [ge.can_be_regex(item) for item in ("a", re.compile("a"), a, None, 3)],
        "pattern": [ge.make_regex("a+").pattern, ge.make_regex(re.compile("b")).pattern],
        "errors": [
            failure(lambda: ge.make_list_of_op([c.op, d])),
            failure(lambda: ge.make_list_of_t([c.op, d])),
            failure(lambda: ge.make_list_of_op(graph, allow_graph=False)),
            failure(lambda: ge.make_list_of_t(graph, allow_graph=False)),
            failure(lambda: ge.make_list_of_t([a, stranger])),
            failure(lambda: ge.make_list_of_t([a, stranger], check_graph=False)),
            failure(lambda: ge.make_list_of_op(3)),
            failure(lambda: ge.select_ts("a")),
            failure(lambda: ge.select_ts("a", graph=3)),
            failure(lambda: ge.select_ops(None)),
            failure(lambda: ge.make_regex(3)),
            failure(lambda: ge.filter_ops(a, True)),
        ],
        "d": d,
    }


def walked(tf):
    ge = tf.contrib.graph_editor
    a, b, c, d, e, f, g = net(tf)
    graph = tf.get_default_graph()
    known = ge.ControlOutputs(graph)

    def small(op):
        return op.name in ("s/c", "f", "g")

    return {
        "forward of tensors": in_alphabet(ge.get_forward_walk_ops([c])),
        "backward of tensors": in_alphabet(ge.get_backward_walk_ops([c])),
        "forward until": in_alphabet(ge.get_forward_walk_ops(a.op, stop_at_ts=[c])),
        "forward within": in_alphabet(ge.get_forward_walk_ops(a.op, within_ops_fn=small)),
        "backward within": in_alphabet(ge.get_backward_walk_ops(g.op, True, None, small)),
        "seeds within": in_alphabet(ge.get_forward_walk_ops([a.op, b.op], within_ops=[a.op, c.op])),
        "forward later": in_alphabet(ge.get_forward_walk_ops(e.op, control_outputs=known)),
        "backward before": in_alphabet(ge.get_backward_walk_ops(f.op, control_inputs=True)),
        "between": in_alphabet(ge.get_walks_intersection_ops(c.op, g.op)),
        "between tensors": in_alphabet(ge.get_walks_intersection_ops([c], [g])),
        "between without": in_alphabet(ge.get_walks_intersection_ops(c.op, g.op, False, False)),
        "either": in_alphabet(ge.get_walks_union_ops(f.op, d.op)),
        "either without": in_alphabet(ge.get_walks_union_ops(f.op, d.op, False, False)),
        "either later": in_alphabet(ge.get_walks_union_ops(e.op, e.op, control_ios=known)),
        "around": in_alphabet(ge.get_ops_ios(c.op)),
        "around several": in_alphabet(ge.get_ops_ios([c.op, d.op])),
        "around before": in_alphabet(ge.get_ops_ios(g.op, control_inputs=True)),
        "around later": in_alphabet(ge.get_ops_ios(e.op, control_outputs=known)),
        "around both": in_alphabet(ge.get_ops_ios(b.op, control_ios=known)),
        "boundary": [in_alphabet(part) for part in ge.compute_boundary_ts([c.op, d.op])],
        "boundary of all": [in_alphabet(part) for part in ge.compute_boundary_ts(graph)],
        "up to": in_alphabet(ge.get_within_boundary_ops(graph, c.op, [d.op, g.op])),
        "up to without": in_alphabet(ge.get_within_boundary_ops(graph, c.op, [d.op, f.op], False)),
        "among": in_alphabet(ge.get_within_boundary_ops([a.op, c.op], c.op)),
        "cios": [part is known for part in ge.check_cios(control_ios=known)],
        "later": in_alphabet(known.get(b.op)) + in_alphabet(known.get(g.op)),
        "all later": in_alphabet(known.get_all()),
        "errors": [
            failure(lambda: ge.ControlOutputs([a])),
            failure(lambda: ge.check_cios(control_outputs=3)),
            failure(lambda: ge.check_cios(control_ios=3)),
            failure(lambda: ge.check_cios(False, known, known)),
            failure(lambda: ge.get_within_boundary_ops(graph, c.op, [c.op])),
        ],
        "d": d,
    }


def placed(tf):
    ge = tf.contrib.graph_editor
    a, _, _, d, _, _, _ = net(tf)
    one = ge.make_placeholder_from_tensor(d)
    two = ge.make_placeholder_from_tensor(d, scope="there/", prefix="p")
    three = ge.ph(tf.int32, [2, None], scope="here")
    with tf.name_scope("inner"):
        four = ge.make_placeholder_from_dtype_and_shape(tf.float32)
    made = [one, two, three, four]
    return {
        "names": names(made),
        "types": [t.dtype.name for t in made],
        "shapes": [None if t.shape.ndims is None else t.shape.as_list() for t in made],
        "again": ge.placeholder_name(one),
        "at root": ge.placeholder_name(a, scope=""),
        "bare": [
            ge.placeholder_name(),
            ge.placeholder_name(scope="x"),
            ge.placeholder_name(None, "x/", "y"),
        ],
        "error": failure(lambda: ge.placeholder_name(3)),
        "d": d,
    }


def cut(call):
    """The graph behind a cut, with the placeholders it made."""

    def program(tf):
        tensors = net(tf)
        known = tf.contrib.graph_editor.ControlOutputs(tf.get_default_graph())
        made = call(tf.contrib.graph_editor, known, *tensors)
        return {
            "wires": wires(tf),
            "made": [[names(part), [t.dtype.name for t in part]] for part in made],
        }

    return program


CUTS = {
    "inputs": lambda ge, k, a, b, c, d, e, f, g: ge.detach_inputs([c.op, d.op])[1:],
    "inputs_of_scope": lambda ge, k, a, *t: ge.detach_inputs(ge.sgv("^[efg]", graph=a.graph))[1:],
    "inputs_and_before": lambda ge, k, *t: ge.detach_inputs(t[6].op, control_inputs=True)[1:],
    "outputs": lambda ge, k, a, b, c, d, e, f, g: ge.detach_outputs([c.op, d.op])[1:],
    "outputs_and_later": lambda ge, k, *t: ge.detach_outputs([t[3].op, t[4].op], k)[1:],
    "both": lambda ge, k, a, b, c, d, e, f, g: ge.detach([c.op, d.op])[1:],
    "both_and_controls": lambda ge, k, *t: ge.detach([t[5].op, t[6].op], control_ios=k)[1:],
    "before": lambda ge, k, *t: [ge.detach_control_inputs(t[6].op) or []],
    "later": lambda ge, k, *t: [ge.detach_control_outputs(t[4].op, k) or []],
    "bypassed": lambda ge, k, *t: ge.bypass(t[5].op)[1:],
    "bypassed_two": lambda ge, k, *t: ge.bypass([t[5].op, t[6].op])[1:],
}


def copied(tf):
    ge = tf.contrib.graph_editor
    a, b, c, d, e, f, g = net(tf)
    again, _ = ge.copy([c.op, d.op], dst_scope="x", src_scope="s")
    for key, item in (("mine", d), ("mine", c.op), ("s/own", g), (tf.GraphKeys.WEIGHTS, d)):
        tf.add_to_collection(key, item)
    view, info = ge.copy([c.op, d.op], dst_scope="x")
    inner, _ = ge.copy(ge.sgv(c.op, f.op), dst_scope="x", reuse_dst_scope=True)
    held = {"here": [info.transformed(c), info.transformed([c, d])[1], info.original(view.ops[0])]}
    return {
        "wires": wires(tf),
        "views": [
            names(part.ops) + names(part.inputs + part.outputs) for part in (view, again, inner)
        ],
        "collections": sorted(
            [key, in_alphabet(tf.get_collection(key))]
            for key in tf.get_default_graph().get_all_collection_keys()
            if key != "graph_config"
        ),
        "found": names(held["here"]),
        "deep": {"c": info.transformed({"c": c})["c"].name},
        "errors": [
            failure(lambda: ge.copy([c.op, e.op], src_scope="s")),
            failure(lambda: ge.copy([c.op], src_scope="s")),
            failure(lambda: ge.copy([c.op], dst_graph=3)),
            failure(lambda: ge.copy_with_input_replacements([], {})),
            failure(lambda: ge.graph_replace(c, {d: a})),
        ],
        "b": b,
    }


def copied_elsewhere(tf):
    ge = tf.contrib.graph_editor
    a, _, c, d, _, _, g = net(tf)
    tf.add_to_collection("mine", d)
    other = tf.Graph()
    with other.as_default():
        given = tf.constant([5.0, 6.0], name="given")
    view, info = ge.copy_with_input_replacements(
        [c.op, d.op, g.op.inputs[0].op, g.op], {a: given}, dst_graph=other, dst_scope="there"
    )
    with other.as_default(), tf.Session(graph=other) as session:
        held = [op.outputs[0] for op in other.get_operations() if op.type == "Placeholder"]
        feed = {tensor: [1.0, 1.0] for tensor in held}
        values = session.run([info.transformed(d), info.transformed(g)], feed)
        return {
            "wires": wires(tf),
            "placeholders": names(held),
            "mine": names(tf.get_collection("there/mine")),
            "inputs": names(view.inputs),
            "outputs": names(view.outputs),
            "values": [part.tolist() for part in values],
        }


def transformed(tf):
    """A transformer whose handlers double every constant and keep collections alone."""
    ge = tf.contrib.graph_editor
    a, b, c, d, _, _, _ = net(tf)
    copier = ge.Transformer()
    seen = []

    def doubled(info, op, new_inputs):
        seen.append([op.name, len(new_inputs)])
        if op.type == "Const":
            with info.graph_.as_default():
                made = tf.constant([10.0, 20.0], name=info.new_name(op.name)).op
            return made, made.outputs
        return ge.copy_op_handler(info, op, new_inputs)

    copier.transform_op_handler = doubled
    copier.assign_collections_handler = lambda info, elem, elem_: None
    view, info = copier([a.op, b.op, c.op, d.op], tf.get_default_graph(), "new")
    return {
        "seen": seen,
        "ops": names(view.ops),
        "copy": info.transformed(d),
        "error": failure(lambda: _in_place(ge)(c.op, c.graph, "x")),
        "text": sorted(line for line in str(info).splitlines() if "=>" in line),
    }


def _in_place(ge):
    copier = ge.Transformer()
    copier.transform_op_handler = lambda info, op, new_inputs: (op, op.outputs)
    return copier


PROGRAMS = {
    "chosen": chosen,
    "copied": copied,
    "copied_elsewhere": copied_elsewhere,
    "placed": placed,
    "transformed": transformed,
    "walked": walked,
}
PROGRAMS.update({name: cut(call) for name, call in CUTS.items()})
