"""Prompts by the tokenizer's own chat template, the shown example as an earlier exchange.

Nothing of a template is known but what it writes. Whole conversations are rendered, once with a
stand-in for the text that is looked for: where the two renderings part, the text begins, and where
they meet again, it ends.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache, wraps
from os.path import commonprefix
from typing import NamedTuple, TypeVar, cast

from delift_core.data.example import Example, Turn
from delift_core.errors import UnusablePrompt, UnwritableConversation
from delift_core.scoring.prompt_parts import Parts
from delift_core.scoring.rendering import (
    Renderer,
    Turns,
    other_turns,
    system_turns,
    why_changing,
)
from delift_core.scoring.vocabulary import Vocabulary, end_of_text

Value = TypeVar("Value")

CACHED = 2**14  # texts that are remembered of each kind
STAND_IN = "\ue000"  # a private character: templates neither trim nor split it
EXCHANGE = (Turn("user", "a"), Turn("assistant", "b"))
REWRITES = "The model's chat template rewrites earlier turns of a conversation. Use template plain."
NEVER_SHOWN = (
    "The model's chat template leaves earlier turns of a conversation out, so no example could be"
    " shown. Use template plain."
)
OPENED_BY_ASSISTANT = (
    "The model's chat template does not write a conversation that the assistant opens behind an"
    " earlier exchange. Use template plain."
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


class ChatTemplate:
    """The tokenizer's own chat template; the shown example is an earlier exchange.

    The system turn is always the answered example's, so that with and without differ by the shown
    example only.
    """

    splits_response = False

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.tokenizer = vocabulary.tokenizer
        self.renderer = Renderer(self.tokenizer, vocabulary.literal)
        self.render = self.renderer.render
        # one shown or answered example comes back in many pairs
        self.written = remembered(self._written)
        self.junction = remembered(self._junction)
        self.shared_text = remembered(self._shared_text)
        self.opening = remembered(self._opening)
        self.query = remembered(self._query)

    @cached_property
    def closing(self) -> str | None:
        """The control token the template writes behind an answer, or None."""
        text = self.render((Turn("user", "a"), Turn("assistant", STAND_IN)))
        closing = self.vocabulary.special.search(text, text.rfind(STAND_IN) + 1)
        if closing is None:
            return None
        return closing[0]

    @cached_property
    def end_of_turn(self) -> int:
        """The token that closes an answer: the template's own, or end-of-text."""
        if self.closing is None:
            return end_of_text(self.tokenizer)
        return cast(int, self.tokenizer.convert_tokens_to_ids(self.closing))

    def alone(self, answered: Example) -> Parts:
        self.refuse_unreadable()
        turns = in_order(answered.turns)
        text = self.written(turns, answered.response).fed
        head, query = cut_head(text, self.opening(system_turns(turns)))
        return Parts(head, "", query)

    def pair(self, shown: Example, answered: Example) -> Parts:
        self.refuse_unreadable()
        system = system_turns(answered.turns)
        text = self.shared_text(exchange_of(shown), system)
        head, example = cut_head(text, self.opening(system))
        return Parts(head, example, self.query(in_order(answered.turns), answered.response))

    def response(self, example: Example) -> str:
        return self.written(in_order(example.turns), example.response).answer

    def verify(self, shown: Example, answered: Example) -> None:
        """Raise UnwritableConversation unless the parts of a pair are the rendering of the whole."""
        self.alone(answered)
        parts = self.pair(shown, answered)
        others = exchange_of(shown) + other_turns(answered.turns)
        whole = self.written(system_turns(answered.turns) + others, answered.response)
        if whole != Written(parts.prefix + parts.query, self.response(answered)):
            raise UnwritableConversation(REWRITES)

    def refuse_unreadable(self) -> None:
        """Raise UnusablePrompt for a template that no example can be shown with."""
        if self.unreadable:
            raise UnusablePrompt(self.unreadable)

    @cached_property
    def unreadable(self) -> str | None:
        """Why no example can be shown with this template, in one sentence; None where it can."""
        changing = why_changing(self.tokenizer)
        if changing is not None:
            return changing
        shown = (Turn("user", "\ue001"), Turn("assistant", "\ue002"))
        question = Turn("user", "c")
        try:
            whole = self._written((*shown, question), "d")
        except UnwritableConversation as reason:
            if reason.__cause__ is None:
                return str(reason)
            return None  # the template refuses these turns; it may write those of the data
        try:
            text = self._shared_text(shown, ())
            query = self._query((question,), "d")
        except UnwritableConversation as reason:
            return str(reason)
        if "\ue001" not in text and "\ue002" not in text:
            return NEVER_SHOWN
        if "\ue001" not in text or "\ue002" not in text or whole.fed != text + query:
            return REWRITES
        return None

    def _written(self, turns: Turns, response: str) -> Written:
        """A conversation and its answer, cut where the answer begins and where its turn closes.

        Spaces that the template adds to an answer or trims are the model's habit.
        """
        marked = self.render((*turns, Turn("assistant", STAND_IN)))
        position = marked.rfind(STAND_IN)
        if position < 0:
            raise UnwritableConversation(NO_ANSWER)
        before, after = marked[:position], marked[position + 1 :]
        whole = self.render((*turns, Turn("assistant", response or STAND_IN)))
        closing = self.vocabulary.special.search(after)
        if not whole.endswith(after) or (closing and closing[0]) != self.closing:
            raise UnwritableConversation(NO_ANSWER)
        end = len(whole)
        if closing is not None:
            end -= len(after) - closing.start()
        fed, answer = self._opened(turns, before, whole[:end])
        if self.vocabulary.adds_space:  # a space belongs to the word behind it
            spaces = len(fed) - len(fed.rstrip(" "))
            fed, answer = fed[: len(fed) - spaces], " " * spaces + answer
        return Written(fed, answer)

    def _opened(self, turns: Turns, before: str, whole: str) -> tuple[str, str]:
        """(what is fed, the answer). before: what stands before an answer in general.

        The text with the opening of an answer, as it is when an answer is generated, decides where
        white space belongs, and stands for the question where an answer behind it changes it.
        """
        asked = self.render(turns, answer=True)
        start = len(commonprefix([whole, before]))
        if not self._asks_alike(turns, asked, before):
            return asked, whole[start:]
        if start < len(before):  # the answer changes its own opening: a chain of thought does
            if whole.startswith(asked):
                start = len(asked)
        elif before.startswith(asked) and before[len(asked) :].isspace():
            start = len(asked)
        return whole[:start], whole[start:]

    def _asks_alike(self, turns: Turns, asked: str, before: str) -> bool:
        """Whether the last question is written alike with and without an answer behind it."""
        if before.startswith(asked) or asked.startswith(before):
            return True
        question = commonprefix([self.render(turns), asked])
        return before.startswith(question)

    def _junction(self, system: Turns) -> Junction:
        """What stands between an exchange and the next question, with a place to cut it.

        It is cut before its last control token, so that the cut changes no token, and before
        anything that depends on whose turn is next.
        """
        turns = (*system, Turn("user", "a"), Turn("assistant", STAND_IN))
        texts = [self.render((*turns, Turn("user", letter)), answer=True) for letter in "ab"]
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

    def _shared_text(self, exchange: Turns, system: Turns) -> str:
        """What every next question continues after an exchange.

        Raises UnwritableConversation where the template rewrites the exchange.
        """
        junction = self.junction(system)
        text = self.render((*system, *exchange, Turn("user", "a")), answer=True)
        if not text.endswith(junction.text):
            raise UnwritableConversation(REWRITES)
        return text[: len(text) - len(junction.text) + junction.cut]

    def _opening(self, system: Turns) -> str:
        """What the template writes before the text of the first user turn."""
        return commonprefix([self.render((*system, Turn("user", letter))) for letter in "ab"])

    def _query(self, turns: Turns, response: str) -> str:
        """The answered conversation as it continues an exchange, up to where its answer begins.

        Raises UnwritableConversation where the template rewrites the exchange or the answer.
        """
        system = system_turns(turns)
        behind = self.written(system + EXCHANGE + other_turns(turns), response)
        before = self.shared_text(EXCHANGE, system)
        if not behind.fed.startswith(before):
            if [turn.role for turn in other_turns(turns)[:1]] == ["assistant"]:
                raise UnwritableConversation(OPENED_BY_ASSISTANT)
            raise UnwritableConversation(REWRITES)
        if behind.answer != self.written(turns, response).answer:
            raise UnwritableConversation(REWRITES)
        return behind.fed.removeprefix(before)


def cut_head(text: str, head: str) -> tuple[str, str]:
    """(head, what follows it), or no head where the conversation opens in another way.

    An assistant's greeting or a late system turn does.
    """
    if not text.startswith(head):
        return "", text
    return head, text[len(head) :]


def in_order(turns: Turns) -> Turns:
    """A conversation with its system turns first."""
    return system_turns(turns) + other_turns(turns)


def exchange_of(shown: Example) -> Turns:
    """A shown example as an earlier exchange: its turns, the system's aside, and its response."""
    return (*other_turns(shown.turns), Turn("assistant", shown.response))
