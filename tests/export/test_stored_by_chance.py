"""Checkpoints and graphs made by chance: read as TensorFlow reads them, compared as they differ."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import tf
from graphkit.errors import GraphkitError
from graphkit.export import convert_checkpoint, diff, inspect_file, rename_checkpoint

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
DTYPES = ["float32", "float64", "int32", "int64", "uint8", "bool", "complex64", "float16"]
SEEDS = range(6)


def array_of(chance):
    """An array of a dtype and shape by chance."""
    dtype = chance.choice(DTYPES)
    shape = [chance.randrange(5) for _ in range(chance.randrange(4))]
    size = int(np.prod(shape, dtype=np.int64))
    values = np.array([chance.randrange(256) for _ in range(size)])
    return values.astype(dtype).reshape(shape)


def save(prefix, arrays, version):
    with tf.Graph().as_default(), tf.Session() as session:
        for name, array in arrays.items():
            tf.get_variable(name, initializer=tf.constant(array), use_resource=False)
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(write_version=version)
        saver.save(session, str(prefix), write_meta_graph=False)


@pytest.fixture(params=SEEDS, ids=str)
def chance(request):
    return random.Random(request.param)


@pytest.fixture(params=[tf.train.SaverDef.V1, tf.train.SaverDef.V2], ids=["V1", "V2"])
def saved(request, chance, tmp_path):
    """A checkpoint of some arrays: the arrays, and its prefix."""
    arrays = {f"scope_{n % 3}/v{n}": array_of(chance) for n in range(chance.randrange(1, 12))}
    save(tmp_path / "saved", arrays, request.param)
    return arrays, tmp_path / "saved"


def same(found, wanted):
    return (found.dtype, found.shape, found.tobytes()) == (
        wanted.dtype,
        wanted.shape,
        wanted.tobytes(),
    )


def test_values_are_read_as_they_were_saved(saved):
    arrays, prefix = saved
    checkpoint = read_checkpoint(prefix)
    assert list(checkpoint.variables) == sorted(arrays)
    for name, array in arrays.items():
        assert same(checkpoint.read(name), array)


def test_converted_values_are_restored_by_tensorflow(saved, tmp_path):
    arrays, prefix = saved
    convert_checkpoint(prefix, tmp_path / "converted")
    reader = tf.train.NewCheckpointReader(str(tmp_path / "converted"))
    for name, array in arrays.items():
        assert same(np.asarray(reader.get_tensor(name)), array)


def test_a_checkpoint_does_not_differ_from_its_copy_and_from_itself(saved, tmp_path):
    _, prefix = saved
    convert_checkpoint(prefix, tmp_path / "converted")
    assert diff(prefix, prefix).same
    assert diff(prefix, tmp_path / "converted").same


def test_renamed_scopes_are_found_again(saved, tmp_path):
    arrays, prefix = saved
    rename_checkpoint(prefix, tmp_path / "renamed", {"scope_0": "somewhere/else"})
    difference = diff(prefix, tmp_path / "renamed")
    assert (difference.changed, difference.removed, difference.added) == ([], [], [])
    moved = [name for name in sorted(arrays) if name.startswith("scope_0/")]
    assert sorted(rename.old for rename in difference.renamed) == moved


def test_what_was_changed_is_what_differs(saved, chance, tmp_path):
    arrays, prefix = saved
    changed = {n: array for n, array in arrays.items() if array.size and chance.random() < 0.5}
    others = {n: (array + 1).astype(array.dtype) for n, array in changed.items()}
    others = {n: ~changed[n] if changed[n].dtype == bool else o for n, o in others.items()}
    save(tmp_path / "other", arrays | others, tf.train.SaverDef.V2)
    found = diff(prefix, tmp_path / "other")
    assert {change.name for change in found.changed} == set(changed)
    for change in found.changed:
        size = arrays[change.name].size
        assert change.what == "values"
        assert change.words.startswith(f"{size} of {size} differ, by ")


@pytest.mark.parametrize("name", ["old.pb", "loop.pb"])
def test_a_graph_of_which_nodes_were_dropped_lacks_just_these(tmp_path, chance, name):
    graph_def = tf.GraphDef.FromString((STORED / name).read_bytes())
    dropped = {node.name for node in graph_def.node if chance.random() < 0.2}
    kept = [node for node in graph_def.node if node.name not in dropped]
    chance.shuffle(kept)
    (tmp_path / "less.pb").write_bytes(tf.GraphDef(node=kept).SerializeToString())
    found = diff(STORED / name, tmp_path / "less.pb")
    assert {lone.name for lone in found.removed} == dropped
    assert (found.added, found.renamed, found.changed) == ([], [], [])
    back = diff(tmp_path / "less.pb", STORED / name)
    assert {lone.name for lone in back.added} == dropped


FILES = {
    "graph": [STORED / "loop.pb"],
    "meta graph": [GOLDEN / "old_graphs" / "normalised.meta"],
    "SavedModel": [GOLDEN / "old_graphs" / "saved_model" / "saved_model.pb"],
    "V1": [STORED / "kinds_v1"],
    "V2": [STORED / "kinds_v2.index", STORED / "kinds_v2.data-00000-of-00001"],
}


def damaged(data, chance):
    """Bytes with some changed, cut out, doubled, or cut off."""
    data = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(data))
        end = min(len(data), place + chance.randrange(1, 9))
        data[place:end] = chance.choice(
            [
                chance.randbytes(end - place),
                b"",
                data[place:end] * 2,
                b"\xff" * (end - place),
                b"\xff\xff\xff\xff\xff\x7f",
            ]
        )
    return bytes(data[: chance.randrange(1, len(data) + 1)] if chance.random() < 0.2 else data)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("seed", range(3))
def test_damage_is_read_or_refused_within_bounded_memory(tmp_path, kind, seed):
    chance = random.Random(seed)
    whole = {file.name: file.read_bytes() for file in FILES[kind]}
    first = tmp_path / FILES[kind][0].name
    tracemalloc.start()
    try:
        for _ in range(40):
            broken = chance.choice(list(whole))
            for name, data in whole.items():
                (tmp_path / name).write_bytes(damaged(data, chance) if name == broken else data)
            try:
                inspect_file(first).to_text()
                diff(first, FILES[kind][0]).to_text()
            except GraphkitError:
                continue
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
