"""Networks that are tuned: rows on a line are read as each by itself, as scoring reads them."""

import pytest
import torch

from delift_core.scoring.probes import plain_log_probabilities
from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import lines, log_probabilities, scored_positions, tunable
from delift_core.validation.tuners.lora import LORA, LoraOptions

ROWS = (
    Prompt((5, 6, 7, 8), (9, 10, 11)),
    Prompt((5, 6), (7,)),
    Prompt((12, 5, 9, 6, 8), (10, 4)),
)


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "gpt2", "gemma2", "granite"])
def test_rows_of_a_line_are_scored_as_each_by_itself_by_the_network_without_adapters(
    architecture, for_tuning
):
    """The adapters change nothing at first."""
    expected = [plain_log_probabilities(for_tuning(architecture).network, row) for row in ROWS]
    tuned = tunable(for_tuning(architecture), LORA, LoraOptions(rank=2))
    assert tuned.line_tokens > 0
    with torch.no_grad():
        together = log_probabilities(tuned, ROWS)
    assert torch.allclose(together, torch.cat(expected), atol=1e-5)


def test_a_network_that_mixes_rows_reads_one_at_a_time(for_tuning):
    model = for_tuning()
    plain = model.network.forward

    def without_positions(position_ids=None, **options):
        return plain(**options)

    model.network.forward = without_positions
    tuned = tunable(model, LORA, LoraOptions(rank=2))
    assert tuned.line_tokens == 0 and not tuned.keeps_logits
    assert list(map(len, lines(tuned, ROWS))) == [1, 1, 1]


def test_lines_hold_every_row_once_within_their_tokens(adapted):
    rows = [Prompt((5,) * length, (6,)) for length in (200, 300, 600, 40, 212)]
    found = [[len(row.fed) for row in line] for line in lines(adapted, rows)]
    assert found == [[600], [300, 212], [200, 40]]


def test_the_scored_positions_are_those_before_each_response_token():
    assert scored_positions(ROWS[:2]) == [3, 4, 5, 7]


def test_only_the_weights_of_the_adapters_are_trainable(for_tuning):
    tuned = tunable(for_tuning(), LORA, LoraOptions(rank=2))
    assert tuned.trainable
    assert all("lora_" in name for name in tuned.trainable)
