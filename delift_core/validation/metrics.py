"""A tuned network measured on held-out examples: the loss of their responses, its own answers.

loss_i = -mean_t log p(y_it | x_i)        over the response tokens that scoring reads
"""

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import torch
import transformers

from delift_core.scoring.pairs import Advance, reduce_tokens
from delift_core.scoring.prompts import Prompt, Prompter
from delift_core.validation.network import Tunable, lines, log_probabilities

ANSWER_TOKENS = 256  # most of a generated answer


@torch.no_grad()
def response_losses(
    tuned: Tunable, rows: Sequence[Prompt], advance: Advance = lambda rows: None
) -> np.ndarray:
    """(rows,) float32 mean NLL of the response tokens in nats, NaN without a response.

    Rows that are equal are read once. advance: called with how many more different rows were read.
    """
    losses: dict[Prompt, float] = {}
    scored = [row for row in dict.fromkeys(rows) if row.response]
    for line in lines(tuned, scored):
        lengths = [len(row.response) for row in line]
        # (2, line) -> (line,)
        found = -reduce_tokens(log_probabilities(tuned, line), lengths)[1]
        losses.update(zip(line, found.tolist()))
        advance(len(line))
    return np.array([losses.get(row, np.nan) for row in rows], dtype=np.float32)


def greedy_answer(tuned: Tunable, row: Prompt, prompter: Prompter) -> str:
    """What the network says behind a prompt: the likeliest token each time, to the end of turn.

    An answer has at most 256 tokens, or what the context leaves.
    """
    generate = cast("Callable[..., torch.Tensor]", tuned.network.generate)
    fed = torch.tensor([row.tokens], device=tuned.device)  # (1, tokens)
    end = prompter.template.end_of_turn
    settings = transformers.GenerationConfig(
        max_new_tokens=min(ANSWER_TOKENS, prompter.context - len(row.tokens)),
        do_sample=False,  # these three whatever the model's own settings are
        num_beams=1,
        repetition_penalty=1.0,
        eos_token_id=end,
        pad_token_id=end,
    )
    said = generate(input_ids=fed, attention_mask=torch.ones_like(fed), generation_config=settings)
    tokens = said[0, fed.shape[1] :]  # (said,)
    return str(prompter.vocabulary.tokenizer.decode(tokens, skip_special_tokens=True))
