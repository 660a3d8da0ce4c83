"""Baselines give what the published implementations give on the same small inputs."""

from functools import partial

import numpy as np
import pytest

from delift_core.selection.baselines.cluster_easy_hard import easy_and_hard
from delift_core.selection.baselines.column import without_similar
from delift_core.selection.baselines.consistency import influence_summary
from delift_core.selection.baselines.herding import herding
from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.baselines.retrieval import round_robin
from delift_core.selection.baselines.scores import descending
from delift_core.selection.baselines.unhelped import nearest_neighbours, unhelped_scores
from delift_core.selection.embedding_kernels import linear, rbf
from tests.selection.baselines.golden import ENTRIES


def inputs_and_outputs(name):
    entry = ENTRIES[name]
    arrays = {
        key: np.array(value, dtype=np.float64)
        for key, value in entry["inputs"].items()
        if isinstance(value, list)
    }
    return arrays, entry["outputs"], entry["parameters"]


def test_k_center_is_diverse_evol():
    inputs, outputs, parameters = inputs_and_outputs("kcenter_farthest_first")
    order = farthest_first(inputs["embeddings"], parameters["initial"], parameters["add"])
    assert order.tolist() == outputs["order"]


def test_retrieval_is_rds_plus_without_its_lost_turns():
    inputs, outputs, parameters = inputs_and_outputs("rds_plus_round_robin")
    order = round_robin(inputs["similarity_target_by_pool"])
    assert order[: parameters["k"]].tolist() == outputs["order_skip_taken"]


def test_the_filter_of_a_column_is_deita():
    inputs, outputs, parameters = inputs_and_outputs("deita_diversity_filter")
    order = descending(inputs["complexity"] * inputs["quality"])
    kept = without_similar(order, inputs["embeddings"], parameters["tau"]).tolist()
    assert kept == outputs["kept_order_without_size_limit"]
    assert kept[: parameters["k"]] == outputs["kept_order"]


def test_unhelped_is_miwv():
    inputs, outputs, parameters = inputs_and_outputs("miwv")
    shown = inputs["loss_one_shot_row_query_column_example"]
    shown[parameters["truncated_one_shot"]] = np.nan
    scores = unhelped_scores(inputs["loss_zero_shot"], shown, inputs["embeddings"])
    assert nearest_neighbours(inputs["embeddings"]).tolist() == outputs["nearest_neighbour"]
    assert np.allclose(scores, np.array(outputs["score"], dtype=float), equal_nan=True, rtol=1e-6)
    ranked = np.isfinite(scores).sum()
    assert descending(scores)[:ranked].tolist() == outputs["ranking_descending"]


@pytest.mark.parametrize("case", ["complete", "with_truncated_pairs_left_out"])
def test_consistency_is_rico(case):
    inputs, outputs, _ = inputs_and_outputs("rico")
    alone = inputs["ppl_alone_per_assessment"]
    behind_text = inputs["ppl_random_context_candidate_by_assessment"]
    behind_example = inputs["ppl_candidate_context_candidate_by_assessment"]
    influence = (behind_text - behind_example) / (alone + 1e-6)
    if case != "complete":
        for candidate, assessment in ENTRIES["rico"]["inputs"]["truncated_pairs"]:
            influence[candidate, assessment] = np.nan
    summary = influence_summary(influence.T)
    expected = outputs[case]
    assert np.allclose(summary.mean, expected["mean_influence"], rtol=1e-6)
    assert np.allclose(summary.significance, expected["significance"], rtol=1e-6)
    assert np.allclose(summary.consistency, expected["consistency"], rtol=1e-6)
    assert np.allclose(summary.stability, expected["stability_variance_ddof1"], rtol=1e-6)
    assert np.allclose(summary.coverage, expected["coverage"], rtol=1e-6)
    if case == "complete":
        assert descending(summary.mean).tolist() == outputs["ranking_complete"]


def test_easy_and_hard_of_every_cluster_are_deft_ucs():
    inputs, outputs, parameters = inputs_and_outputs("deft_ucs_global")
    order = easy_and_hard(inputs["embeddings"], inputs["labels"].astype(int), inputs["centroids"])
    chosen = order[: parameters["budget"]]
    assert sorted(chosen.tolist()) == outputs["selected_sorted"]
    easy = np.array(outputs["easy_per_cluster_nearest_first"])
    hard = np.array(outputs["hard_per_cluster_farthest_first"])
    by_turns = np.stack([easy[:, 0], hard[:, 0], easy[:, 1], hard[:, 1]])
    assert chosen.tolist() == by_turns.ravel().tolist()


def test_herding_takes_the_published_order_under_both_kernels():
    inputs, outputs, parameters = inputs_and_outputs("herding_and_mmd")
    points, picks = inputs["embeddings"], parameters["picks"]
    width = partial(rbf, sigma=parameters["sigma"])
    assert herding(points, width, picks).tolist() == outputs["rbf_herding"]["order"]
    assert herding(points, linear, picks).tolist() == outputs["linear_herding"]["order"]
