"""Prompts by the tokenizer's own chat template, the shown example as an earlier exchange."""

import os
from functools import cached_property, lru_cache
from itertools import groupby
from typing import cast

import jinja2

from delift_core.data.example import Example, Turn
from delift_core.errors import UnusablePrompt
from delift_core.scoring.prompt_parts import Parts
from delift_core.scoring.vocabulary import Vocabulary, end_of_text

Turns = tuple[Turn, ...]

CACHED = 2**14  # texts that are remembered of each kind
TEMPLATE_ERRORS = (  # what a template may raise: it is a program of the model's author
    jinja2.TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)


class ChatTemplate:
    """The tokenizer's own chat template; the shown example is an earlier exchange.

    The system turn is always the answered example's, so that with and without differ by the shown
    example only.
    """

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.tokenizer = vocabulary.tokenizer
        # one shown or answered example comes back in many pairs
        self.answer = lru_cache(CACHED)(self._answer)
        self.shared_text = lru_cache(CACHED)(self._shared_text)
        self.opening = lru_cache(CACHED)(self._opening)
        self.query = lru_cache(CACHED)(self._query)

    @cached_property
    def end_of_turn(self) -> int:
        """The control token the template writes behind an answer, or end-of-text."""
        text = self.render((Turn("user", "a"), Turn("assistant", "b")))
        closing = self.vocabulary.special.search(text, text.rindex("b"))
        if closing is None:
            return end_of_text(self.tokenizer)
        return cast(int, self.tokenizer.convert_tokens_to_ids(closing[0]))

    def alone(self, answered: Example) -> Parts:
        system = system_turns(answered.turns)
        text = self.render(system + other_turns(answered.turns), answer=True)
        head, query = cut_head(text, self.opening(system))
        return Parts(head, "", query)

    def pair(self, shown: Example, answered: Example) -> Parts:
        system = system_turns(answered.turns)
        exchange = (*other_turns(shown.turns), Turn("assistant", shown.response))
        text = self.shared_text(exchange, system)
        head, example = cut_head(text, self.opening(system))
        return Parts(head, example, self.query(answered.turns))

    def response(self, example: Example) -> str:
        turns = system_turns(example.turns) + other_turns(example.turns)
        return self.answer(turns, example.response)

    def _answer(self, turns: Turns, response: str) -> str:
        """What the template writes between the opening of an answer and its closing token.

        Spaces that it adds or trims are the model's habit.
        """
        opened = self.render(turns, answer=True)
        whole = self.render((*turns, Turn("assistant", response)))
        if not whole.startswith(opened):
            return self.vocabulary.literal(response)
        closing = self.vocabulary.special.search(whole, len(opened))
        return whole[len(opened) : closing.start() if closing else None]

    def _shared_text(self, exchange: Turns, system: Turns) -> str:
        """What every next question continues after an exchange.

        It is cut before its last control token, so that the cut changes no token.
        """
        turns = system + exchange
        texts = [self.render((*turns, Turn("user", letter)), answer=True) for letter in "ab"]
        common = os.path.commonprefix(texts)
        controls = list(self.vocabulary.special.finditer(common))
        if not controls:
            return common
        return common[: controls[-1].start()]

    def _opening(self, system: Turns) -> str:
        """What the template writes before the text of the first user turn."""
        return os.path.commonprefix(
            [self.render((*system, Turn("user", letter))) for letter in "ab"]
        )

    def _query(self, turns: Turns) -> str:
        """The answered conversation as it continues an exchange, up to where its answer begins.

        Raises UnusablePrompt where the template rewrites the exchange.
        """
        exchange = (Turn("user", "a"), Turn("assistant", "b"))
        system = system_turns(turns)
        text = self.render(system + exchange + other_turns(turns), answer=True)
        before = self.shared_text(exchange, system)
        if not text.startswith(before):
            raise UnusablePrompt(
                "The model's chat template rewrites earlier turns of a conversation. Use template"
                " plain."
            )
        return text.removeprefix(before)

    def render(self, turns: Turns, answer: bool = False) -> str:
        """The template's text of a conversation; with `answer` also the opening of an answer.

        A template that refuses the turns is given them with neighbours of one side joined. Raises
        UnusablePrompt.
        """
        with_system = system_turns(turns) + alternating(other_turns(turns))
        for attempt in (turns, with_system, alternating(turns)):
            messages = [
                {"role": turn.role, "content": self.vocabulary.literal(turn.content)}
                for turn in attempt
            ]
            try:
                text = self.tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=answer
                )
                return cast(str, text)
            except TEMPLATE_ERRORS as reason:
                problem = reason
        raise UnusablePrompt(
            f"The model's chat template refuses a conversation ({problem}). Use template plain."
        ) from problem


def cut_head(text: str, head: str) -> tuple[str, str]:
    """(head, what follows it), or no head where the conversation opens in another way.

    An assistant's greeting or a late system turn does.
    """
    if not text.startswith(head):
        return "", text
    return head, text[len(head) :]


def system_turns(turns: Turns) -> Turns:
    """The system turns of a conversation."""
    return tuple(turn for turn in turns if turn.role == "system")


def other_turns(turns: Turns) -> Turns:
    """A conversation without its system turns."""
    return tuple(turn for turn in turns if turn.role != "system")


def alternating(turns: Turns) -> Turns:
    """The same conversation with user and assistant in turn: neighbours of one side are joined."""
    sides = groupby(turns, key=side_of)
    return tuple(Turn(side, "\n\n".join(turn.content for turn in group)) for side, group in sides)


def side_of(turn: Turn) -> str:
    """assistant, or user for every other role."""
    if turn.role == "assistant":
        return "assistant"
    return "user"
