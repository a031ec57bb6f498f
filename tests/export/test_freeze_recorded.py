"""Networks of every shape that 1.15.5 saved: frozen today, they compute what they computed then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit.export import diff, freeze_checkpoint, inspect_file, load_graph
from graphkit.export._graphs._op_kinds import VARIABLES

FOLDER = Path(__file__).parents[1] / "golden" / "freezing"
NETWORKS = sorted(path.stem for path in FOLDER.glob("*.meta"))
SWITCHES = {"is_training"}

with np.load(FOLDER / "expected.npz") as recorded:
    EXPECTED = dict(recorded)


def recorded_of(network, kind):
    """What was fed to a network, or what it computed, by name."""
    start = f"{network}/{kind}/"
    return {k.removeprefix(start): v for k, v in EXPECTED.items() if k.startswith(start)}


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """Freezes a network, once: the report."""
    folder, reports = tmp_path_factory.mktemp("frozen"), {}

    def freeze(network):
        if network not in reports:
            feeds = recorded_of(network, "feed")
            reports[network] = freeze_checkpoint(
                FOLDER / network,
                folder / f"{network}.pb",
                inputs=[name for name in feeds if name not in SWITCHES],
                outputs=list(recorded_of(network, "output")),
                pins={name: bool(feeds[name]) for name in feeds if name in SWITCHES},
            )
        return reports[network]

    return freeze


@pytest.mark.parametrize("network", NETWORKS)
def test_the_file_computes_what_1_15_computed(frozen, network):
    report = frozen(network)
    feeds = {k: v for k, v in recorded_of(network, "feed").items() if k not in SWITCHES}
    wanted = recorded_of(network, "output")
    with load_graph(report.path) as graph:
        found = graph.run(feeds, list(wanted))
    for name, value in wanted.items():
        assert (found[name].dtype, found[name].shape) == (value.dtype, value.shape)
        np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_of_the_training_is_left(frozen, network):
    details = inspect_file(frozen(network).path).details
    assert not VARIABLES & set(details.ops)
    assert (details.training_ops, details.pipeline_ops, details.unsafe_ops) == ({}, [], [])
    assert sorted(details.outputs) == sorted(recorded_of(network, "output"))
    fed = set(recorded_of(network, "feed")) - SWITCHES
    assert {info.name for info in details.inputs} >= fed


@pytest.mark.parametrize("network", NETWORKS)
def test_weights_are_those_of_the_checkpoint(frozen, network):
    stored = {info.name: info for info in inspect_file(FOLDER / network).details.variables}
    for info in inspect_file(frozen(network).path).details.weights:
        if info.name in stored:
            assert (info.dtype, info.shape) == (stored[info.name].dtype, stored[info.name].shape)
        else:
            scope = info.name.rpartition("/part_")[0]  # a piece of a variable
            assert scope in stored


@pytest.mark.parametrize("network", ["condition_ref", "lstm_ref", "shared_ref"])
def test_freezing_twice_gives_the_same_graph(frozen, network, tmp_path):
    outputs = list(recorded_of(network, "output"))
    freeze_checkpoint(FOLDER / network, tmp_path / "again.pb", outputs=outputs)
    assert diff(frozen(network).path, tmp_path / "again.pb").same


@pytest.mark.parametrize("network", [name for name in NETWORKS if name.endswith("_ref")])
def test_variables_of_both_kinds_are_saved_alike(network):
    other = network.replace("_ref", "_resource")
    difference = diff(FOLDER / network, FOLDER / other)
    assert (difference.removed, difference.added, difference.renamed) == ([], [], [])
    assert {change.what for change in difference.changed} <= {"values"}


@pytest.mark.parametrize("network", NETWORKS)
def test_graphs_of_1_15_are_told_from_the_checkpoints_beside_them(network):
    graph, values = inspect_file(FOLDER / f"{network}.meta"), inspect_file(FOLDER / network)
    assert (graph.kind, values.kind) == ("meta graph", "checkpoint")
    assert graph.details.tensorflow == "1.15.5"
    variables = {"VarHandleOp"} if network.endswith("_resource") else {"VariableV2"}
    assert VARIABLES & set(graph.details.ops) == variables
    assert values.details.has_graph


@pytest.mark.parametrize(
    ("network", "op"),
    [
        ("condition_ref", "Switch"),
        ("loop_resource", "NextIteration"),
        ("lstm_ref", "Enter"),
        ("gru_resource", "LoopCond"),
        ("batch_norm_ref", "Merge"),
    ],
)
def test_control_flow_of_1_15_is_told(network, op):
    assert op in inspect_file(FOLDER / f"{network}.meta").details.control_flow


@pytest.mark.parametrize(
    ("network", "kind"),
    [
        ("queue_ref", "QueueDequeueManyV2"),
        ("iterator_ref", "IteratorGetNext"),
        ("iterator_resource", "MakeIterator"),
    ],
)
def test_input_pipelines_of_1_15_are_told(network, kind):
    found = inspect_file(FOLDER / f"{network}.meta").details.pipeline_ops
    assert any(name.endswith(f"({kind})") for name in found)
