"""One pair scored for a person to see: the texts that the model read and every token's share.

The same code scores the kernel.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import cast

from delift_core.data.example import Example
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.pairs import KernelTask, Scorer, score_alone, score_tile
from delift_core.scoring.plan import Tile
from delift_core.scoring.prompts import Prompt, Prompter

ONE_PAIR = Tile(slice(0, 1), slice(0, 1))
UNFINISHED = "\ufffd"  # what a tokenizer writes for the first bytes of a character


@dataclass(frozen=True)
class Reading:
    """What the model was fed, control tokens included, and how it scored the response."""

    prompt: str
    response: str  # the scored tokens
    distance: float | None  # None where there is nothing to score
    log_probabilities: tuple[float, ...]  # of the scored tokens, one by one


@dataclass(frozen=True)
class PairTrace:
    """A pair, the answered example by itself and behind the shown one."""

    alone: Reading
    shown: Reading
    utility: float | None  # alone.distance - shown.distance
    pmi: float | None
    pieces: tuple[str, ...]  # the text of each scored token; together they are the response
    response_tokens: int
    truncated: bool


def trace_pair(scorer: Scorer, answered: Example, shown: Example) -> PairTrace:
    """Score one pair as a kernel has it."""
    prompter = scorer.prompter
    prompt_alone = prompter.alone(answered)
    prompt_shown = prompter.pairs(shown, [answered])[0]
    alone = score_alone(scorer, [answered])
    task = KernelTask([answered], [shown], alone)
    utility, information, _ = score_tile(scorer, task, ONE_PAIR)[:, 0, 0]
    distance = alone.distance[0]
    return PairTrace(
        alone=reading(scorer, prompt_alone, distance),
        shown=reading(scorer, prompt_shown, distance - utility),
        utility=number_or_none(utility),
        pmi=number_or_none(information),
        pieces=pieces(prompter, prompt_alone.response),
        response_tokens=len(prompt_alone.response),
        truncated=prompt_alone.truncated or prompt_shown.truncated,
    )


def reading(scorer: Scorer, prompt: Prompt, distance: float) -> Reading:
    """The tokens that were fed, as text again, and the log-probability of each scored one."""
    log_probabilities: list[float] = []
    for pack in scored_packs(scorer.model, [prompt]):
        log_probabilities += pack.log_probabilities.tolist()
    return Reading(
        prompt=text_of(scorer.prompter, prompt.tokens),
        response=text_of(scorer.prompter, prompt.response),
        distance=number_or_none(distance),
        log_probabilities=tuple(log_probabilities),
    )


def text_of(prompter: Prompter, tokens: Sequence[int]) -> str:
    """Tokens as text, control tokens included and nothing tidied up."""
    text = prompter.vocabulary.tokenizer.decode(
        list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False
    )
    return cast(str, text)


def pieces(prompter: Prompter, tokens: Sequence[int]) -> tuple[str, ...]:
    """What each token adds to the text.

    A character of several tokens belongs to the token that completes it.
    """
    texts = [text_of(prompter, tokens[:count]) for count in range(len(tokens) + 1)]
    whole = texts[-1]
    # characters that are finished after each number of tokens
    ends = [len(text) if text == whole else len(text.rstrip(UNFINISHED)) for text in texts]
    spans = pairwise(accumulate(ends, max))
    return tuple(whole[start : max(start, end)] for start, end in spans)


def number_or_none(number: float) -> float | None:
    """A number, or None where nothing could be scored."""
    return None if math.isnan(number) else float(number)
