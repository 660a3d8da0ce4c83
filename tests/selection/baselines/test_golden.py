"""Baselines give what the published implementations give on the same small inputs."""

from functools import partial

import numpy as np
import pytest

from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.baselines.cluster_easy_hard import easy_and_hard
from delift_core.selection.baselines.column import without_similar
from delift_core.selection.baselines.consistency import influence_summary
from delift_core.selection.baselines.gradients import by_gradients
from delift_core.selection.baselines.herding import herding
from delift_core.selection.baselines.ifd import hardest_to_follow, ifd
from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.baselines.probes import greedy_order, probe_scores
from delift_core.selection.baselines.retrieval import round_robin
from delift_core.selection.baselines.scores import descending
from delift_core.selection.baselines.unhelped import nearest_neighbours, unhelped_scores
from delift_core.selection.embedding_kernels import linear, rbf
from delift_core.selection.gradient_features import GradientFeatures, unit
from delift_core.selection.method import MethodInputs
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


def test_retrieval_by_task_is_rds_plus_where_a_task_is_its_best_example():
    inputs, outputs, parameters = inputs_and_outputs("rds_plus_multi_task")
    similarity = inputs["similarity_target_by_pool"]  # (target, pool)
    tasks = np.stack([similarity[task].max(axis=0) for task in parameters["tasks"]])
    assert np.allclose(tasks, outputs["task_scores"], rtol=1e-6)
    order = round_robin(tasks)
    assert order[: parameters["k"]].tolist() == outputs["order_skip_taken"]


def test_the_filter_of_a_column_is_deita():
    inputs, outputs, parameters = inputs_and_outputs("deita_diversity_filter")
    order = descending(inputs["complexity"] * inputs["quality"])
    kept = without_similar(order, inputs["embeddings"], parameters["tau"]).tolist()
    assert kept == outputs["kept_order_without_size_limit"]
    assert kept[: parameters["k"]] == outputs["kept_order"]


def test_unhelped_is_miwv():
    inputs, outputs, parameters = inputs_and_outputs("miwv")
    alone, shown = inputs["loss_zero_shot"], inputs["loss_one_shot_row_query_column_example"]
    information = alone[:, None] - shown  # (answered, shown)
    truncated = np.zeros(shown.shape, bool)
    truncated[parameters["truncated_one_shot"]] = True
    kernel = UtilityKernel(information, information, truncated, alone, square=True)
    nearest = nearest_neighbours(inputs["embeddings"])
    assert nearest.tolist() == outputs["nearest_neighbour"]
    scores = unhelped_scores(kernel, nearest)
    assert np.allclose(scores, np.array(outputs["score"], dtype=float), equal_nan=True, rtol=1e-5)
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


def mean_loss(log_probabilities):
    return -np.mean(log_probabilities)


def test_ifd_is_superfiltering_over_the_same_tokens():
    """Their means are of different tokens: one response of theirs has an IFD of 18, not 1.09."""
    outputs = ENTRIES["ifd_superfiltering"]["outputs"]
    rows = outputs["per_example"]
    behind_prompt = np.array([mean_loss(row["token_logprobs_given_prompt"][1:]) for row in rows])
    alone = np.array([mean_loss(row["token_logprobs_alone_from_token_2"]) for row in rows])
    difficulty = ifd(behind_prompt, alone)
    assert np.allclose(difficulty, [row["corrected_ifd_skip_first"] for row in rows], rtol=1e-6)
    ranked = hardest_to_follow(difficulty).tolist()
    kept = outputs["ranking_corrected_skip_first"]
    assert ranked[: len(kept)] == kept and (difficulty[ranked[len(kept) :]] >= 1).all()


def test_ifd_is_superfiltering_with_a_token_before_the_response():
    outputs = ENTRIES["ifd_superfiltering"]["outputs"]
    rows = outputs["per_example"]
    behind_prompt = np.array([mean_loss(row["token_logprobs_given_prompt"]) for row in rows])
    alone = np.array([mean_loss(row["token_logprobs_alone_after_bos"]) for row in rows])
    difficulty = ifd(behind_prompt, alone)
    assert np.allclose(difficulty, [row["bos_ifd_all_tokens"] for row in rows], rtol=1e-6)
    assert hardest_to_follow(difficulty).tolist() == outputs["ranking_bos"]


@pytest.mark.model
@pytest.mark.parametrize("skipped", [0, 1])
def test_the_bundled_model_gives_the_ifd_of_superfiltering(skipped):
    """Behind one token of their own all tokens are scored; by itself the first one is not."""
    from delift_core.scoring.model import load_model
    from delift_core.scoring.pairs import score_prompts, scorer_for
    from delift_core.scoring.prompts import Prompt

    model = load_model("bundled", dtype="float32", device="cpu")
    ready, encode = scorer_for(model).model, model.tokenizer.encode
    entry = ENTRIES["ifd_superfiltering"]
    prompted, unprompted = [], []
    for row, example in zip(entry["outputs"]["per_example"], entry["inputs"]["examples"]):
        response, prompt = tuple(row["response_ids"]), tuple(encode(example["prompt"] + "\n"))
        scored, skip = response[skipped:], response[:skipped]
        prompted.append(Prompt(prompt + skip, scored))
        unprompted.append(Prompt(skip or (1,), scored))
    losses = [-score_prompts(ready, prompts)[1].numpy() for prompts in (prompted, unprompted)]
    name = "corrected_ifd_skip_first" if skipped else "bos_ifd_all_tokens"
    expected = [row[name] for row in entry["outputs"]["per_example"]]
    tolerance = entry["parameters"]["tolerance"]
    assert np.allclose(ifd(*losses), expected, rtol=tolerance)


def test_probes_are_wici_without_truncated_pairs():
    inputs, outputs, parameters = inputs_and_outputs("wici")
    alone = inputs["ppl_alone"]
    difficulty = ifd(np.log(inputs["ppl_given_own_prompt"]), np.log(alone))
    probes = inputs["probes_per_candidate"].astype(int)  # (candidates, probes)
    shown_ifd = inputs["ppl_of_probe_given_candidate_and_own_prompt"] / alone[probes]
    for candidate, position in parameters["truncated_pairs_candidate_probeposition"]:
        shown_ifd[candidate, position] = np.nan
    scores = probe_scores(inputs["embeddings"], difficulty, list(probes), list(shown_ifd))
    expected = np.array(outputs["score"], dtype=float)
    assert np.allclose(difficulty, outputs["ifd"], rtol=1e-6)
    assert np.allclose(scores, expected, rtol=1e-6, equal_nan=True)
    order = greedy_order(scores, inputs["embeddings"])
    assert order[: parameters["k"]].tolist() == outputs["selected_order"]


def test_gradients_are_less():
    inputs, outputs, parameters = inputs_and_outputs("less_influence")
    features = GradientFeatures(
        unit(inputs["train_preconditioned_ckpt_example_dim"]),
        unit(inputs["validation_sgd_gradients_ckpt_item_dim"]),
        np.array(parameters["checkpoint_weights_normalised"]),
        ["first"] * 3 + ["second"] * 3,
    )
    expected = np.array(outputs["subtask_means_example_by_subtask"])
    assert np.allclose(features.influence(), expected, rtol=1e-6)
    order = by_gradients(MethodInputs(size=12, gradients=features))
    assert order.tolist() == outputs["order_descending"]
