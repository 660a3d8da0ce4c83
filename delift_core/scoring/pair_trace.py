"""One pair scored for a person to see: the same code that scores the kernel, the texts that the
model read, and every token's part.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from delift_core.data.example import Example
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.pairs import score_alone, score_tile
from delift_core.scoring.plan import Tile
from delift_core.scoring.prompts import Prompt, Prompter

ONE = Tile(slice(0, 1), slice(0, 1))
UNFINISHED = "\ufffd"  # what a tokenizer writes for the beginning of a character


@dataclass(frozen=True)
class Reading:
    """What the model was given, control tokens included, and how far the response was from what it
    expected.
    """

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


def trace_pair(
    model: CausalModel, prompter: Prompter, answered: Example, shown: Example
) -> PairTrace:
    """Score one pair as a kernel has it."""
    prompt, behind = prompter.alone(answered), prompter.pairs(shown, [answered])[0]
    alone = score_alone(model, prompter, [answered])
    utility, information, _ = score_tile(model, prompter, [answered], [shown], alone, ONE)[:, 0, 0]
    distance = alone.distance[0]
    return PairTrace(
        reading(model, prompter, prompt, distance),
        reading(model, prompter, behind, distance - utility),
        known(utility),
        known(information),
        pieces(prompter, prompt.response),
        len(prompt.response),
        prompt.truncated or behind.truncated,
    )


def reading(model: CausalModel, prompter: Prompter, prompt: Prompt, distance: float) -> Reading:
    """The tokens that were fed as text again, every one of them and nothing tidied up, and how
    likely the model found each scored one.
    """
    logp = [float(one) for _, scored, _ in scored_packs(model, [prompt]) for one in scored]
    return Reading(
        text(prompter, prompt.tokens), text(prompter, prompt.response), known(distance), tuple(logp)
    )


def text(prompter: Prompter, tokens: Sequence[int]) -> str:
    """Tokens as text, control tokens included."""
    return prompter.vocabulary.tokenizer.decode(
        tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False
    )


def pieces(prompter: Prompter, tokens: Sequence[int]) -> tuple[str, ...]:
    """What each token adds to the text; a character of several tokens belongs to the one that
    completes it.
    """
    texts = [text(prompter, tokens[:count]) for count in range(len(tokens) + 1)]
    ends = [len(whole) if whole == texts[-1] else len(whole.rstrip(UNFINISHED)) for whole in texts]
    return tuple(
        texts[-1][start : max(start, end)] for start, end in pairwise(accumulate(ends, max))
    )


def known(number: float) -> float | None:
    """A number, or None where nothing could be scored."""
    return None if math.isnan(number) else float(number)
