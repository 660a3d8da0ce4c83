"""Full fine-tuning: a step is torch's on every weight."""

import torch

from delift_core.validation.network import tunable
from delift_core.validation.training import TrainingPlan, train_epoch
from delift_core.validation.tuners.full import FULL, FullOptions


def test_a_step_is_torch_s_by_hand(for_tuning, written, roles):
    rows = written(roles["pool"])[:3]
    plan = TrainingPlan(1, FULL.learning_rate, rows_per_step=3, warm_up=0.0)
    state = train_epoch(tunable(for_tuning(), FULL, FullOptions()), rows, plan, None)
    network = for_tuning().network.requires_grad_(True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=FULL.learning_rate, weight_decay=0.0)
    losses = []
    for row in rows:
        tokens = torch.tensor([[*row.fed, row.response[-1]]])
        answers = network(input_ids=tokens).logits[0, -len(row.response) - 1 : -1]
        labels = torch.tensor(row.response)
        losses.append(torch.nn.functional.cross_entropy(answers, labels, reduction="none"))
    torch.cat(losses).mean().backward()
    clear = {key: weight.grad.abs() > 1e-5 for key, weight in network.named_parameters()}
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    expected = dict(network.named_parameters())
    assert state.weights.keys() == expected.keys()
    for key, values in state.weights.items():
        moved = expected[key][clear[key]]
        assert torch.allclose(values[clear[key]], moved, rtol=0, atol=FULL.learning_rate / 100)
