"""Networks that 1.15.5 saved, changed by every exact step, compute what they did then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit.export import freeze_checkpoint, load_graph, transform

FOLDER = Path(__file__).parents[2] / "golden" / "freezing"
NETWORKS = ["batch_norm_ref", "dropout_ref", "fused_norm_resource", "loop_ref", "shared_resource"]
STEPS = [
    "strip_unused",
    "fold_constants",
    "remove_training_nodes",
    "remove_nodes",
    "fold_batch_norms",
    "sort_by_execution_order",
    "rename:scope=model",
]

with np.load(FOLDER / "expected.npz") as recorded:
    EXPECTED = dict(recorded)


def recorded_of(network, kind):
    """What was fed to a network, or what it computed, by name."""
    start = f"{network}/{kind}/"
    return {k.removeprefix(start): v for k, v in EXPECTED.items() if k.startswith(start)}


@pytest.mark.parametrize("network", NETWORKS)
def test_every_exact_step_leaves_what_1_15_computed(network, tmp_path):
    feeds = recorded_of(network, "feed")
    pins = {"is_training": False} if "is_training" in feeds else {}
    feeds = {name: value for name, value in feeds.items() if name not in pins}
    wanted = recorded_of(network, "output")
    frozen = tmp_path / "frozen.pb"
    freeze_checkpoint(FOLDER / network, frozen, inputs=list(feeds), outputs=list(wanted), pins=pins)
    report = transform(frozen, tmp_path / "out.pb", STEPS)
    assert report.steps[-2].nodes_after <= report.steps[0].nodes_before
    with load_graph(report.path) as graph:
        found = graph.run(
            {f"model/{name}": value for name, value in feeds.items()},
            [f"model/{name}" for name in wanted],
        )
    for name, value in wanted.items():
        np.testing.assert_allclose(found[f"model/{name}"], value, rtol=1e-5, atol=1e-6)
