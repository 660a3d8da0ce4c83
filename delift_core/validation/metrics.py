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
    end = prompter.template.end_of_turn
    most = min(ANSWER_TOKENS, prompter.context - len(row.tokens))
    # What a tuner puts before a row need not be in the cache that generation keeps.
    likeliest = cached_tokens if tuned.line_tokens else reread_tokens
    said = likeliest(tuned, row.tokens, end, most)
    return str(prompter.vocabulary.tokenizer.decode(said, skip_special_tokens=True))


def cached_tokens(tuned: Tunable, read: Sequence[int], end: int, most: int) -> list[int]:
    """The likeliest tokens behind those that were read; each is read once."""
    generate = cast("Callable[..., torch.Tensor]", tuned.network.generate)
    fed = torch.tensor([read], device=tuned.device)  # (1, read)
    settings = transformers.GenerationConfig(
        max_new_tokens=most,
        do_sample=False,  # these three whatever the model's own settings are
        num_beams=1,
        repetition_penalty=1.0,
        eos_token_id=end,
        pad_token_id=end,
    )
    tokens = generate(
        input_ids=fed, attention_mask=torch.ones_like(fed), generation_config=settings
    )
    return tokens[0, fed.shape[1] :].tolist()


def reread_tokens(tuned: Tunable, read: Sequence[int], end: int, most: int) -> list[int]:
    """The likeliest tokens behind those that were read; all are read again for each."""
    said: list[int] = []
    while len(said) < most and end not in said:
        fed = torch.tensor([[*read, *said]], device=tuned.device)  # (1, read + said)
        logits = tuned.network(input_ids=fed, use_cache=False).logits  # (1, line, vocabulary)
        said.append(int(logits[0, -1].argmax()))
    return said
