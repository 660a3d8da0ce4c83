"""(IA)^3 of T-Few: its loss is the one that is trained."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import Tunable, log_probabilities

GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))


def test_the_loss_of_a_batch_is_that_of_t_few():
    """The mean over all response tokens of a batch."""
    entry = GOLDEN["tfew_losses"]
    given, pad = entry["inputs"], entry["parameters"]["pad_token_id"]
    total, scored = 0.0, 0
    examples = zip(
        given["logits_batch_choice_token_vocab"], given["answer_choices_ids"], given["labels"]
    )
    for logits, choices, right in examples:
        response = tuple(token for token in choices[right] if token != pad)
        answers = torch.tensor([logits[right]])[:, : len(response)]  # (1, response, vocabulary)
        network = lambda answers=answers, **options: SimpleNamespace(logits=answers)
        tuned = Tunable(network, "cpu", line_tokens=0, keeps_logits=False)
        total -= float(log_probabilities(tuned, [Prompt((1,), response)]).sum())
        scored += len(response)
    assert total / scored == pytest.approx(entry["outputs"]["lm_loss"], rel=1e-5)
