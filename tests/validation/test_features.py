"""Features from nothing on: those that a run stores, and chosen by."""

import numpy as np
import pytest

import delift_core as delift
from delift_core.data.example import Dataset
from delift_core.errors import InvalidConstraint, ModelUnavailable
from delift_core.runs.gradient_work import missing_gradients, stored_features
from delift_core.runs.gradients import GradientStore
from delift_core.validation.features import gradient_features
from delift_core.workflow.gradients import complete_gradients
from tests.validation.conftest import SETTINGS


@pytest.mark.parametrize("names", [("pool", "target"), ("pool",)])
def test_features_are_those_that_a_run_stores(names, new_run, roles, for_tuning, tmp_path):
    run, done = new_run(*names), []
    missing = missing_gradients(GradientStore(run, SETTINGS))
    complete_gradients(missing, "cpu", tmp_path)
    expected = stored_features(missing.store)
    datasets = [roles[name] for name in names]
    model = for_tuning()
    found = gradient_features(*datasets, model=model, settings=SETTINGS, advance=done.append)
    assert np.allclose(found.pool, expected.pool, atol=1e-5)
    assert np.allclose(found.target, expected.target, atol=1e-5)
    assert np.allclose(found.weights, expected.weights)
    if len(names) == 2:
        assert sum(done) == missing.examples


def test_a_pool_is_chosen_from_by_given_features(roles, for_tuning):
    target = roles["known"]
    features = delift.gradient_features(
        roles["pool"], target, model=for_tuning(), settings=SETTINGS, subtask_by="group"
    )
    assert features.influence().shape == (6, 2)
    chosen = delift.choose("gradients", roles["pool"], budget=6, gradients=features)
    scores = features.influence().max(axis=1)
    assert chosen.indices.tolist() == np.argsort(-scores, kind="stable").tolist()
    with pytest.raises(delift.DeliftError, match="or give gradients="):
        delift.choose("gradients", roles["pool"], budget=1)


@pytest.mark.parametrize(
    "target, sentence", [(False, "there is no target. Give target="), (True, "no field 'nothing'")]
)
def test_subtasks_that_are_not_there_are_refused_before_anything_is_read(target, sentence, roles):
    given = [roles["pool"], roles["known"]] if target else [roles["pool"]]
    with pytest.raises(InvalidConstraint, match=sentence):
        gradient_features(*given, model=None, settings=SETTINGS, subtask_by="nothing")


def test_a_model_loaded_for_scoring_is_refused(tiny_folder, roles):
    model = delift.load_model(tiny_folder(), device="cpu")
    with pytest.raises(ModelUnavailable, match="laid out for scoring.*for_tuning=True"):
        gradient_features(Dataset(roles["pool"].examples), model=model, settings=SETTINGS)
