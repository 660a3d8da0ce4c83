"""Pruning a prefix: what matters least is left out, the rest begins anew; 0 % changes nothing."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from delift_core.scoring.pairs import prompter_for
from delift_core.validation.cells import Cell, Setting
from delift_core.validation.clients import train
from delift_core.validation.measuring import CellInputs, measure, plan_of, tuned_network
from delift_core.validation.network import log_probabilities, tunable
from delift_core.validation.pruning import importance, prune_prefix
from delift_core.validation.training import copied_weights
from delift_core.validation.tuners.options import recorded_options
from delift_core.validation.tuners.prefix_shared import PREFIX_SHARED, VECTORS, PrefixSharedOptions
from delift_core.validation.tuning_cost import CellReading

OPTIONS = PrefixSharedOptions(tokens=4, pruned=0.5)


@pytest.fixture
def inputs(for_tuning, roles):
    return CellInputs(for_tuning, roles["pool"], roles["known"])


@pytest.fixture
def rows(written, roles):
    return written(roles["pool"])[:3]


@pytest.fixture
def cell(for_tuning, inputs):
    setting = Setting(
        model=for_tuning().record,
        template="chat",
        held_out=inputs.held_out.text_fingerprint,
        tuner="prefix_shared",
        options=asdict(OPTIONS),
        learning_rate=0.1,
        rows_per_step=2,
    )
    return Cell(setting, tuple(inputs.rows)[:3], steps=4)


def varied(cell, **options):
    return replace(cell, setting=replace(cell.setting, options=options))


@pytest.mark.parametrize(
    ("tokens", "pruned", "vectors"),
    [(5, 0.0, 0), (5, 0.05, 1), (5, 0.4, 2), (5, 0.95, 4), (100, 0.07, 7), (1, 0.95, 0)],
)
def test_a_share_is_rounded_up_and_one_vector_stays(tokens, pruned, vectors):
    assert PrefixSharedOptions(tokens, pruned).pruned_vectors() == vectors


def test_pruning_is_recorded_where_there_is_some():
    recorded = [recorded_options(PREFIX_SHARED, {"pruned": share}) for share in (0.0, 0.2)]
    assert recorded == [{"tokens": 5}, {"tokens": 5, "pruned": 0.2}]


def test_importance_is_the_change_of_the_loss_with_a_factor_of_a_vector(for_tuning, rows):
    tuned = tunable(for_tuning(), PREFIX_SHARED, OPTIONS)
    prefix = tuned.network.double().get_parameter(VECTORS)
    start, step = prefix.detach().clone(), 1e-2

    @torch.no_grad()
    def losses(vector, factor):
        prefix.copy_(start)
        prefix[:, :, vector] *= factor
        return torch.stack([-log_probabilities(tuned, [row]).mean() for row in rows])

    changes = [
        (losses(vector, 1 + step) - losses(vector, 1 - step)) / (2 * step) for vector in range(4)
    ]
    expected = torch.stack(changes).abs().mean(dim=1)  # (vectors,)
    with torch.no_grad():
        prefix.copy_(start)
    assert expected.min() > 0
    assert torch.allclose(importance(tuned, rows), expected.float(), rtol=5e-3)


def test_what_matters_least_is_left_out_and_the_others_begin_anew_in_order(for_tuning, rows):
    tuned, read = tunable(for_tuning(), PREFIX_SHARED, OPTIONS), []
    start = copied_weights(tuned)
    with torch.no_grad():
        tuned.network.get_parameter(VECTORS)[:, :, 2] *= 0.0
    scores = importance(tuned, rows)
    assert scores[2] == 0 and (scores[[0, 1, 3]] > 0).all()
    prune_prefix(tuned, rows, start, 1, read.append)
    assert torch.equal(tuned.network.get_parameter(VECTORS), start[VECTORS][:, :, [0, 1, 3]])
    assert list(tuned.trainable) == [VECTORS] and read == [1, 1, 1]


def test_pruning_0_percent_changes_nothing(cell, inputs):
    plain = measure(varied(cell, tokens=4), inputs)
    same = measure(varied(cell, tokens=4, pruned=0.0), inputs)
    assert np.array_equal(same.losses, plain.losses)
    pruned = [measure(cell, inputs).losses for _ in range(2)]
    assert np.array_equal(*pruned) and not np.array_equal(pruned[0], plain.losses)


def test_training_again_without_leaving_anything_out_is_training_once(cell, for_tuning, rows):
    plan = plan_of(cell, len(rows))
    once, twice = (tunable(for_tuning(), PREFIX_SHARED, OPTIONS) for _ in range(2))
    start = copied_weights(twice)
    train(once, [rows], plan)
    train(twice, [rows], plan)
    prune_prefix(twice, rows, start, 0)
    train(twice, [rows], plan)
    assert torch.equal(twice.trainable[VECTORS], once.trainable[VECTORS])


def test_a_pruned_prefix_is_trained_as_one_that_was_drawn_without_what_was_left_out(
    cell, inputs, for_tuning, rows
):
    model = for_tuning()
    pruned = tuned_network(cell, model, prompter_for(model, "chat"), inputs, lambda rows: None)
    plan = plan_of(cell, len(rows))
    first = tunable(for_tuning(), PREFIX_SHARED, OPTIONS, cell.seed)
    start = copied_weights(first)
    train(first, [rows], plan)
    kept = importance(first, rows).topk(2).indices.sort().values
    shorter = tunable(for_tuning(), PREFIX_SHARED, PrefixSharedOptions(tokens=2), cell.seed)
    with torch.no_grad():
        shorter.trainable[VECTORS].copy_(start[VECTORS][:, :, kept])
    train(shorter, [rows], plan)
    assert torch.equal(pruned.trainable[VECTORS], shorter.trainable[VECTORS])


@pytest.mark.parametrize("pruned", [0.0, 0.5])
def test_rows_read_are_as_many_as_predicted(pruned, cell, inputs, for_tuning):
    cell, read = varied(cell, tokens=4, pruned=pruned), []
    measure(cell, inputs, read.append)
    reading = CellReading(inputs, prompter_for(for_tuning(), "chat"))
    assert sum(read) == len(reading.trained(cell)) + len(reading.held_out(cell))
