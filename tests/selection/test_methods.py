"""The register of ways to choose: complete, named once, and said in full."""

import numpy as np
import pytest

import delift_core as delift
from delift_core.errors import MethodUnavailable
from delift_core.scoring.kernel import Alone
from delift_core.scoring.kernel_names import KERNELS
from delift_core.scoring.plan import DENSE_MOST
from delift_core.selection.baselines.random import random_selection
from delift_core.selection.greedy import maximise
from delift_core.selection.method import MethodInputs, Need, refuse_missing
from delift_core.selection.methods import BASELINES, methods
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES, facility_location
from delift_core.selection.settle import settle


def test_every_objective_has_one_entry_and_is_a_method_beside_the_baselines():
    assert list(OBJECTIVES) == list(ObjectiveName)
    assert list(methods()) == [*ObjectiveName, *(method.name for method in BASELINES)]
    assert all(name == method.name for name, method in methods().items())


def test_a_method_says_what_it_is_needs_costs_and_comes_from():
    for method in methods().values():
        assert all([method.title, method.cost, method.source])
        assert method.sentence.endswith(".")
    needs = {name: method.needs for name, method in methods().items()}
    assert needs == {
        "facility_location": (Need.KERNEL,),
        "flqmi": (Need.KERNEL, Need.TARGET),
        "flvmi": (Need.KERNEL, Need.TARGET),
        "flcg": (Need.KERNEL, Need.KNOWN),
        "flcmi": (Need.KERNEL, Need.TARGET, Need.KNOWN),
        "random": (),
        "random_per_group": (Need.GROUPS,),
        "longest": (Need.ALONE,),
        "hardest": (Need.ALONE,),
        "middle": (Need.ALONE,),
        "easiest": (Need.ALONE,),
        "ifd": (Need.ALONE, Need.UNPROMPTED),
        "embedding_coverage": (Need.ALONE, Need.EVERY_TWO),
        "k_center": (Need.ALONE, Need.EVERY_TWO),
        "cluster_easy_hard": (Need.ALONE,),
        "herding": (Need.ALONE, Need.EVERY_TWO),
        "retrieval": (Need.ALONE, Need.TARGET),
        "mean_helpfulness": (Need.KERNEL,),
        "consistency": (Need.KERNEL, Need.ALONE),
        "unhelped": (Need.KERNEL, Need.ALONE),
        "probes": (Need.KERNEL, Need.ALONE, Need.UNPROMPTED),
        "gradients": (Need.GRADIENTS,),
        "rounds": (Need.ROUNDS,),
        "column": (Need.SCORES,),
        "list": (Need.LIST,),
    }


@pytest.mark.parametrize("name", ["embedding_coverage", "k_center", "herding"])
def test_a_method_that_compares_every_two_examples_refuses_more_than_memory_holds(name):
    alone = Alone(*[np.ones(3, np.float32)] * 5, np.eye(3, dtype=np.float32))
    refuse_missing(methods()[name], MethodInputs(size=DENSE_MOST, pool_pass=alone))
    with pytest.raises(MethodUnavailable, match="in pools of up to 20,000 examples"):
        refuse_missing(methods()[name], MethodInputs(size=DENSE_MOST + 1, pool_pass=alone))


def test_an_objective_is_built_from_kernels_that_runs_know():
    for spec in OBJECTIVES.values():
        assert set(spec.kernels) <= set(KERNELS)
        assert len({KERNELS[kernel][0] for kernel in spec.kernels}) == 1


def test_a_selection_records_its_method_and_the_objective_its_gains_are_under():
    objective = facility_location([[1.0, 0.5], [0.25, 1.0]])
    greedy = maximise(objective, 1)
    drawn = random_selection(objective, settle(1, 2), seed=0)
    assert (greedy.method, greedy.objective) == ("facility_location", "facility_location")
    assert (drawn.method, drawn.objective) == ("random", "facility_location")
    assert greedy.method in methods() and drawn.method in methods()
    assert greedy.prefix(1).method == greedy.method


def test_the_register_is_a_public_name():
    assert list(delift.methods()) == list(methods())
