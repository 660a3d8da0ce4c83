"""One pair scored for a person to see: the same code that scores the kernel, and the texts that the model read."""

import math
from dataclasses import dataclass

from delift_core.data.example import Example
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import score_alone, score_tile
from delift_core.scoring.plan import Tile
from delift_core.scoring.prompts import Prompt, Prompter

ONE = Tile(slice(0, 1), slice(0, 1))


@dataclass(frozen=True)
class Reading:
    """What the model was given, control tokens included, and how far the response was from what it expected."""

    prompt: str
    response: str                       # the scored tokens
    distance: float | None              # None where there is nothing to score


@dataclass(frozen=True)
class Trial:
    """A pair, the answered example by itself and behind the shown one."""

    alone: Reading
    shown: Reading
    utility: float | None               # alone.distance - shown.distance
    pmi: float | None
    response_tokens: int
    truncated: bool


def try_pair(model: CausalModel, prompter: Prompter, answered: Example, shown: Example) -> Trial:
    """Score one pair as a kernel has it."""
    prompt, behind = prompter.alone(answered), prompter.pairs(shown, [answered])[0]
    alone = score_alone(model, prompter, [answered])
    utility, information, _ = score_tile(model, prompter, [answered], [shown], alone, ONE)[:, 0, 0]
    distance = alone.distance[0]
    return Trial(reading(prompter, prompt, distance), reading(prompter, behind, distance - utility), known(utility), known(information),
                 len(prompt.response), prompt.truncated or behind.truncated)


def reading(prompter: Prompter, prompt: Prompt, distance: float) -> Reading:
    """The tokens that were fed as text again: every one of them, and nothing tidied up."""
    texts = [prompter.vocabulary.tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)
             for tokens in (prompt.tokens, prompt.response)]
    return Reading(*texts, known(distance))


def known(number: float) -> float | None:
    """A number, or None where nothing could be scored."""
    return None if math.isnan(number) else float(number)
