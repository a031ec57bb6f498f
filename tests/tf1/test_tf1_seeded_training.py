"""Networks trained from the graph's seed start and learn as in 1.15: convolution, dropout, Adam."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from seed_cases import KINDS
from seeded_training_cases import NETWORKS, fitted, trained

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden" / "seeded_training.json"
RECORDED = json.loads(GOLDEN.read_text())

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("name", sorted(NETWORKS))
@pytest.mark.parametrize("kind", KINDS)
def test_it_starts_and_learns_as_then(kind, name):
    found, wanted = trained(tf, NETWORKS[name], kind), RECORDED[kind][name]
    assert found["weights"] == wanted["weights"]
    np.testing.assert_allclose(found["losses"], wanted["losses"], rtol=1e-4)


@pytest.mark.usefixtures("control_flow_of_one_graph")
def test_a_model_of_keras_starts_and_learns_as_then():
    found = fitted(tf)
    assert found["weights"] == RECORDED["keras"]["weights"]
    np.testing.assert_allclose(found["losses"], RECORDED["keras"]["losses"], rtol=1e-4)
