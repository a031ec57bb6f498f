"""Programs with contrib.training's HParams: texts, casts, lists and what each refusal says."""

TEXTS = [
    "rate=0.5",
    " rate = 0.5 ",
    "rate=1e-3,steps=7",
    "rate=.5",
    "rate=5",
    "rate=",
    "rate=0.5,",
    "steps=1.5",
    "steps=0x10",
    "steps=1_000",
    "deep=true",
    "deep=False",
    "deep=0",
    "deep=2",
    "deep=TRUE",
    "deep=yes",
    "name=a b",
    "name=",
    "name=a=b",
    "name=[a]",
    "layers=[1,2,3]",
    "layers=[ 4 , 5 ]",
    "layers=[]",
    "layers=[1,]",
    "layers=7",
    "layers[0]=9",
    "layers[ 1 ]=9",
    "layers[0]=1,layers[1]=2",
    "layers[0]=1,layers[0]=2",
    "layers[0]=[1]",
    "layers=[1,2],layers[0]=1",
    "layers[0]=1,layers=[1,2]",
    "layers[a]=1",
    "rate=0.1,rate=0.2",
    "rate[0]=0.1",
    "other=1",
    "rate",
    "=1",
    "1rate=1",
    "rate=0.1;steps=2",
    "rate=0.1 steps=2",
    "names=[x,y z]",
    "names[1]=q",
    "flags=[true,0,False]",
    "flags[1]=True",
    "",
]


def settings(tf):
    """Settings of every type."""
    return tf.contrib.training.HParams(
        rate=0.1,
        layers=[64, 32],
        name="net",
        deep=True,
        steps=10,
        names=["a", "b"],
        flags=[True, False],
    )


def attempt(call, *args):
    """What a call gives, or the type of what it raises and what that says."""
    try:
        return repr(call(*args))
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def kind(call, *args):
    """What a call gives, or only the type of what it raises."""
    try:
        return repr(call(*args))
    except Exception as error:
        return type(error).__name__


def sorted_values(hparams):
    return sorted(hparams.values().items())


def parsed_texts(tf):
    def parse(text):
        return sorted_values(settings(tf).parse(text))

    return {text: kind(parse, text) for text in TEXTS}


def parsed_values(tf):
    types = {"a": int, "b": float, "c": str, "d": bool, "e.f": int}
    texts = [
        "a=1,b=2,c=3,d=1",
        "a[3]=1,a[1]=2",
        "b=[1,2.5]",
        "e.f=3",
        "z=1",
        "z=1,a=2",
        "c=[x, y]",
        "d=[true,1]",
        "a=[1],a=[2]",
    ]

    def parse(text, ignore):
        found = tf.contrib.training.parse_values(text, types, ignore_unknown=ignore)
        return sorted((name, found[name]) for name in found)

    return dict(
        [(text, kind(parse, text, False)) for text in texts]
        + [("ignoring " + text, kind(parse, text, True)) for text in texts]
    )


def cast_values(tf):
    given = [1, 0, 1.0, 2.5, True, False, "x", "y", None, [1], [1.0], [1.5], (1, 2), ["x"], [True]]

    def put(name, value):
        hparams = settings(tf)
        hparams.set_hparam(name, value)
        kept = getattr(hparams, name)
        return kept, type(kept).__name__

    names = ["deep", "flags", "layers", "name", "names", "rate", "steps"]
    return {"%s to %r" % (name, value): kind(put, name, value) for name in names for value in given}


def numpy_values(tf):
    import numpy as np

    def put(name, value):
        hparams = settings(tf)
        hparams.set_hparam(name, value)
        kept = getattr(hparams, name)
        return float(kept), type(kept).__name__

    given = [np.int64(3), np.float32(0.5), np.float64(2.0), np.bool_(True)]
    return {
        "%s to %r" % (name, value.tolist()): kind(put, name, value)
        for name in ["rate", "steps", "deep"]
        for value in given
    }


def refusals(tf):
    hparams = settings(tf)
    return {
        "taken": attempt(hparams.add_hparam, "rate", 1),
        "method": attempt(hparams.add_hparam, "values", 1),
        "private": attempt(hparams.add_hparam, "_hparam_types", 1),
        "empty": attempt(hparams.add_hparam, "none", []),
        "empty_pair": attempt(hparams.add_hparam, "none", ()),
        "unknown": kind(hparams.set_hparam, "other", 1),
        "list": attempt(hparams.set_hparam, "rate", [1.0]),
        "single": attempt(hparams.set_hparam, "layers", 1),
        "unknown_in_dict": kind(hparams.override_from_dict, {"other": 1}),
        "unknown_in_json": kind(hparams.parse_json, '{"other": 1}'),
        "damaged_json": kind(hparams.parse_json, "{"),
        "missing": kind(getattr, hparams, "other"),
    }


def asked(tf):
    hparams = settings(tf)
    questions = [
        ("rate", None),
        ("rate", 1.5),
        ("rate", 1),
        ("rate", "x"),
        ("rate", [1.0]),
        ("steps", 1),
        ("steps", 1.5),
        ("steps", True),
        ("layers", [1]),
        ("layers", []),
        ("layers", ["x"]),
        ("layers", 1),
        ("other", None),
        ("other", [1]),
        ("name", "x"),
        ("name", 1),
        ("deep", 1),
        ("deep", False),
    ]
    return {"%s or %r" % question: kind(hparams.get, *question) for question in questions}


def written(tf):
    HParams = tf.contrib.training.HParams
    hparams = HParams(b=1, a="x", c=[1.5, 2.0], d=True)
    called = HParams(z=1, f=len)
    return {
        "str": str(hparams),
        "repr": repr(hparams),
        "json": hparams.to_json(),
        "indented": hparams.to_json(indent=2, sort_keys=True),
        "separated": hparams.to_json(separators=(";", "="), sort_keys=True),
        "functions": kind(called.to_json),
        "again": repr(HParams(b=0, a="", c=[0.0], d=False).parse_json(hparams.to_json())),
        "empty": [str(HParams()), repr(HParams()), HParams().to_json()],
    }


def held(tf):
    hparams = settings(tf)
    hparams.add_hparam("pair", (1, 2))
    found = [repr(hparams.pair), "pair" in hparams, "other" in hparams, "values" in hparams]
    hparams.set_hparam("pair", [3, 4, 5])
    found += [repr(hparams.pair)]
    hparams.del_hparam("pair")
    hparams.del_hparam("pair")
    found += ["pair" in hparams, kind(getattr, hparams, "pair")]
    hparams.add_hparam("pair", "now text")
    found += [hparams.pair, repr(hparams.get_model_structure())]
    hparams.set_model_structure([1])
    return {"found": found + hparams.get_model_structure()}


def overridden(tf):
    hparams = settings(tf)
    same = hparams.override_from_dict({"layers": [1, 2, 3], "rate": 2})
    found = [same is hparams, repr(sorted_values(hparams))]
    found += [kind(hparams.set_from_map, {"layers": {0: 9}}), repr(hparams.layers)]
    hparams.set_from_map({"steps": 5})
    return {"found": [*found, hparams.steps]}


def set_before_it_is_typed(tf):
    hparams = tf.contrib.training.HParams(nothing=None)
    found = [repr(hparams.nothing), kind(hparams.set_hparam, "nothing", 3), repr(hparams.nothing)]
    found += [attempt(hparams.add_hparam, "nothing", "text")]
    other = tf.contrib.training.HParams(nothing=None)
    other.add_hparam("nothing", "text")
    return {"found": [*found, repr(other.values()), kind(other.set_hparam, "nothing", 3)]}


def texts_refused(tf):
    refused = [
        "rate=",
        "steps=1.5",
        "deep=yes",
        "layers=[1,x]",
        "layers[0]=x",
        "layers[0]=[1]",
        "rate=1,rate=2",
        "layers=[1],layers=[2]",
        "layers[0]=1,layers[0]=2",
        "layers[01]=1,layers[1]=2",
        "layers=[1],layers[0]=1",
        "other=1",
        "rate",
        "rate=0.1, =3",
    ]
    return {text: attempt(settings(tf).parse, text) for text in refused}


def defaults_refused(tf):
    hparams = settings(tf)
    pairs = [("rate", "x"), ("rate", [1.0]), ("layers", 1), ("layers", [1, "x"]), ("deep", 1)]
    return {"%s or %r" % pair: attempt(hparams.get, *pair) for pair in pairs}


PROGRAMS = {
    "asked": asked,
    "cast_values": cast_values,
    "defaults_refused": defaults_refused,
    "held": held,
    "numpy_values": numpy_values,
    "overridden": overridden,
    "parsed_texts": parsed_texts,
    "parsed_values": parsed_values,
    "refusals": refusals,
    "set_before_it_is_typed": set_before_it_is_typed,
    "texts_refused": texts_refused,
    "written": written,
}
