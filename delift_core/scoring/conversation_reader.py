"""A conversation -> what is fed and what is scored of it, and where an exchange ends.

Nothing of a template is known but what it writes. Whole conversations are rendered, once with a
stand-in for the text that is looked for: where the two renderings part, the text begins, and where
they meet again, it ends.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache, wraps
from os.path import commonprefix
from typing import NamedTuple, TypeVar

from delift_core.data.example import Turn
from delift_core.errors import UnwritableConversation
from delift_core.scoring.rendering import Renderer, Turns
from delift_core.scoring.vocabulary import Vocabulary

Value = TypeVar("Value")

CACHED = 2**14  # texts that are remembered of each kind
STAND_IN = "\ue000"  # a private character: templates neither trim nor split it
REWRITES = "The model's chat template rewrites earlier turns of a conversation. Use template plain."
NEVER_SHOWN = (
    "The model's chat template leaves earlier turns of a conversation out, so no example could be"
    " shown. Use template plain."
)
OPENED_BY_ASSISTANT = (
    "The model's chat template does not write a conversation that the assistant opens behind an"
    " earlier exchange. Use template plain."
)
WRITTEN_OTHERWISE = (
    "The model's chat template writes a conversation in another way behind an earlier exchange. Use"
    " template plain."
)
NO_ANSWER = "The model's chat template does not write the answer as one piece. Use template plain."


class Written(NamedTuple):
    """A whole conversation as the template writes it."""

    fed: str  # up to where the answer begins
    answer: str  # up to the token that closes the turn


class Junction(NamedTuple):
    """What the template writes between an exchange and the next question, and that question."""

    text: str
    cut: int  # characters of it that belong to the exchange


def remembered(function: Callable[..., Value]) -> Callable[..., Value]:
    """The function with its results remembered, refusals of a conversation included."""

    @lru_cache(CACHED)
    def outcome(*arguments: object) -> Value | UnwritableConversation:
        try:
            return function(*arguments)
        except UnwritableConversation as reason:
            return reason

    @wraps(function)
    def call(*arguments: object) -> Value:
        result = outcome(*arguments)
        if isinstance(result, UnwritableConversation):
            raise result
        return result

    return call


class ConversationReader:
    """Cuts the renderings of a tokenizer's chat template."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.renderer = Renderer(vocabulary.tokenizer, vocabulary.literal)
        self.render = self.renderer.render
        # one shown or answered example comes back in many pairs
        self.written = remembered(self._written)
        self.junction = remembered(self._junction)

    @cached_property
    def closing(self) -> str | None:
        """The control token the template writes behind an answer, or None."""
        text = self.render((Turn("user", "a"), Turn("assistant", STAND_IN)))
        closing = self.vocabulary.special.search(text, text.rfind(STAND_IN) + 1)
        if closing is None:
            return None
        return closing[0]

    def _written(self, turns: Turns, response: str) -> Written:
        """A conversation and its answer, cut where the answer begins and where its turn closes.

        Spaces that the template adds to an answer or trims are the model's habit.
        """
        given, before, after = self._around_answer(turns)
        answer = given[-1].content.replace(STAND_IN, response or STAND_IN)
        whole = self.renderer.render_exactly((*given[:-1], Turn("assistant", answer)))
        closing = self.vocabulary.special.search(after)
        if not whole.endswith(after) or (closing and closing[0]) != self.closing:
            raise UnwritableConversation(NO_ANSWER)
        end = len(whole)
        if closing is not None:
            end -= len(after) - closing.start()
        fed, answer = self._opened(given[:-1], before, whole[:end])
        if self.vocabulary.adds_space:  # a space belongs to the word behind it
            spaces = len(fed) - len(fed.rstrip(" "))
            fed, answer = fed[: len(fed) - spaces], " " * spaces + answer
        return Written(fed, answer)

    def _around_answer(self, turns: Turns) -> tuple[Turns, str, str]:
        """(the turns as the template takes them, the text before an answer, the text behind it).

        The last of these turns is the answer, STAND_IN.
        """
        given, text = self.renderer.arranged((*turns, Turn("assistant", STAND_IN)))
        position = text.rfind(STAND_IN)
        if position < 0:
            raise UnwritableConversation(NO_ANSWER)
        return given, text[:position], text[position + 1 :]

    def before_answer(self, turns: Turns) -> str:
        """The text of a conversation up to where an answer in general begins."""
        return self._around_answer(turns)[1]

    def _opened(self, given: Turns, before: str, whole: str) -> tuple[str, str]:
        """(what is fed, the answer). before: what stands before an answer in general.

        The text with the opening of an answer, as it is when an answer is generated, decides where
        white space belongs.
        """
        asked = self.renderer.render_exactly(given, answer=True)
        start = len(commonprefix([whole, before]))
        if start < len(before):  # the answer changes its own opening: a chain of thought does
            if whole.startswith(asked):
                start = len(asked)
        elif before.startswith(asked) and before[len(asked) :].isspace():
            start = len(asked)
        return whole[:start], whole[start:]

    def _junction(self, system: Turns) -> Junction:
        """What stands between an exchange and the next question, with a place to cut it.

        It is cut before its last control token, so that the cut changes no token, and before
        anything that depends on whose turn is next.
        """
        turns = (*system, Turn("user", "a"), Turn("assistant", STAND_IN))
        texts = [self.before_answer((*turns, Turn("user", letter))) for letter in "ab"]
        try:
            texts.append(self.renderer.render_exactly((*turns, Turn("assistant", "a"))))
        except UnwritableConversation:
            pass  # turns alternate: the next one is always the user's
        tails = [text[text.rfind(STAND_IN) + 1 :] for text in texts if STAND_IN in text]
        if len(tails) < len(texts):
            raise UnwritableConversation(NEVER_SHOWN)
        common = commonprefix(tails)
        controls = list(self.vocabulary.special.finditer(common))
        if not controls:
            return Junction(tails[0], len(common))
        return Junction(tails[0], controls[-1].start())
