"""Step 2 of scoring: examples -> token sequences, the same with and without a shown example but for
the example itself.

Three templates (DELIFT section 3 leaves the prompt open): `chat`, the tokenizer's own chat template
with the shown example as an earlier turn; `plain`, for models without one; `paper`, the two prompts
of the authors' implementation.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Protocol

import jinja2

from delift_core.data.example import Example, Turn
from delift_core.errors import UnknownChoice, UnusablePrompt


class TemplateName(StrEnum):
    """How a prompt is written around the texts."""

    CHAT = "chat"
    PLAIN = "plain"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Parts:
    """A prompt in the order the model reads it; only `shown` may be shortened, and then only after
    `head`.
    """

    head: str  # what stands before the shown example: system text, instruction
    shown: str  # the shown example; empty for a prompt alone
    query: str  # the answered example's prompt, up to where its response begins

    @property
    def prefix(self) -> str:
        """What every answered example continues when this example is shown."""
        return self.head + self.shown


class Template(Protocol):
    """Writes the prompt of an answered example alone, and behind a shown one."""

    end_of_turn: int  # the token that closes a response

    def alone(self, answered: Example) -> Parts: ...

    def pair(self, shown: Example, answered: Example) -> Parts: ...

    def response(self, example: Example) -> str: ...  # the scored text, up to the end of turn


class Vocabulary:
    """Text -> token ids, where control tokens inside data stay text and cannot close a turn."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        special = {
            str(token) for token in tokenizer.added_tokens_decoder.values() if token.special
        } | set(tokenizer.all_special_tokens)
        longest_first = sorted(special, key=len, reverse=True)
        self.special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def literal(self, text: str) -> str:
        """Data text in which no control token is left whole: `encode` cuts at the mark put behind
        its first character.
        """
        return self.special.sub(lambda token: token[0][0] + MARK + token[0][1:], text)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text; a text with marks is encoded in the pieces between them."""
        pieces = [[piece for piece in text.split(MARK) if piece] for text in texts]
        flat = [piece for text in pieces for piece in text]
        ids = iter(self.tokenizer(flat, add_special_tokens=False)["input_ids"] if flat else [])
        return [[token for _ in text for token in next(ids)] for text in pieces]

    def opens_with_control(self, text: str) -> bool:
        """Whether a cut before this text changes no token: tokenizers split at control tokens
        first.
        """
        return bool(self.special.match(text))


TEMPLATE_ERRORS = (
    jinja2.TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)
# half of a surrogate pair: never part of text, readers leave out a row that holds one
MARK = "\udfff"


class PlainTemplate:
    """Query and response under their names: for models without a chat template."""

    def __init__(self, vocabulary: Vocabulary):
        tokenizer = vocabulary.tokenizer
        self.literal, self.end_of_turn = vocabulary.literal, end_of_text(tokenizer)
        opened = (
            tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id]
            and tokenizer.bos_token_id is not None
        )
        self.head = tokenizer.bos_token if opened else ""

    def alone(self, answered: Example) -> Parts:
        return Parts(self.head, "", self.query(answered))

    def pair(self, shown: Example, answered: Example) -> Parts:
        return Parts(
            self.head,
            f"{self.query(shown)}{self.literal(shown.response)}\n\n",
            self.query(answered),
        )

    def response(self, example: Example) -> str:
        return self.literal(example.response)

    def query(self, example: Example) -> str:
        return f"Query:\n{self.literal(example.prompt)}\n\nResponse:\n"


class PaperTemplate:
    """The two prompts of the authors' implementation, end-of-text before and after the response
    (parity only).
    """

    def __init__(self, vocabulary: Vocabulary):
        self.literal, self.end_of_turn = vocabulary.literal, end_of_text(vocabulary.tokenizer)
        self.eos = vocabulary.tokenizer.eos_token

    def alone(self, answered: Example) -> Parts:
        query = f"Query: {self.literal(answered.prompt)}\n{self.eos}"
        return Parts(
            "Instruction: Please generate a response to the following query.\n\n\n", "", query
        )

    def pair(self, shown: Example, answered: Example) -> Parts:
        head = (
            "Instruction:\nUse the following example as a guide to answer the query in the same"
            " format and style, providing a clear and concise response.\n\n\nExample:\n"
        )
        example = f"{self.literal(shown.prompt)}\n{self.literal(shown.response)}"
        return Parts(head, example, f"\n\n\nQuery:\n{self.literal(answered.prompt)}\n{self.eos}")

    def response(self, example: Example) -> str:
        return self.literal(example.response)


class ChatTemplate:
    """The tokenizer's own chat template; the shown example is an earlier exchange of the same
    conversation.

    The system turn is always the answered example's, so that with and without differ by the shown
    example only.
    """

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary, self.tokenizer = vocabulary, vocabulary.tokenizer
        for part in (self.answer, self.behind, self.opening, self.query):
            setattr(self, part.__name__, lru_cache(2**14)(part))

    @cached_property
    def end_of_turn(self) -> int:
        """The control token the template writes behind an answer, or end-of-text."""
        text = self.render((Turn("user", "a"), Turn("assistant", "b")))
        closing = self.vocabulary.special.search(text, text.rindex("b"))
        return (
            self.tokenizer.convert_tokens_to_ids(closing[0])
            if closing
            else end_of_text(self.tokenizer)
        )

    def alone(self, answered: Example) -> Parts:
        system = system_of(answered.turns)
        head, query = cut(
            self.render(system + spoken(answered.turns), answer=True), self.opening(system)
        )
        return Parts(head, "", query)

    def pair(self, shown: Example, answered: Example) -> Parts:
        system = system_of(answered.turns)
        said = spoken(shown.turns) + (Turn("assistant", shown.response),)
        return Parts(
            *cut(self.behind(said, system), self.opening(system)), self.query(answered.turns)
        )

    def response(self, example: Example) -> str:
        return self.answer(system_of(example.turns) + spoken(example.turns), example.response)

    def answer(self, asked: tuple[Turn, ...], response: str) -> str:
        """What the template writes between the opening of an answer and its closing token: spaces
        it adds or trims are the model's habit.
        """
        opened, whole = (
            self.render(asked, answer=True),
            self.render(asked + (Turn("assistant", response),)),
        )
        if not whole.startswith(opened):
            return self.vocabulary.literal(response)
        closing = self.vocabulary.special.search(whole, len(opened))
        return whole[len(opened) : closing.start() if closing else None]

    def behind(self, said: tuple[Turn, ...], system: tuple[Turn, ...]) -> str:
        """What every next question continues, cut before the last control token so that the cut
        changes no token.
        """
        common = os.path.commonprefix(
            [self.render(system + said + (Turn("user", word),), answer=True) for word in "ab"]
        )
        seams = [control.start() for control in self.vocabulary.special.finditer(common)]
        return common[: seams[-1]] if seams else common

    def opening(self, system: tuple[Turn, ...]) -> str:
        """What the template writes before the first user's words."""
        return os.path.commonprefix([self.render(system + (Turn("user", word),)) for word in "ab"])

    def query(self, turns: tuple[Turn, ...]) -> str:
        """The answered conversation as the template continues an earlier exchange with it, up to
        where its answer begins.
        """
        said, system = (Turn("user", "a"), Turn("assistant", "b")), system_of(turns)
        text, before = (
            self.render(system + said + spoken(turns), answer=True),
            self.behind(said, system),
        )
        if not text.startswith(before):
            raise UnusablePrompt(
                "The model's chat template rewrites earlier turns of a conversation. Use template"
                " plain."
            )
        return text.removeprefix(before)

    def render(self, turns: tuple[Turn, ...], answer: bool = False) -> str:
        """The template's text of a conversation, with the opening of an answer behind it when
        `answer`.
        """
        for said in (turns, system_of(turns) + alternating(spoken(turns)), alternating(turns)):
            messages = [
                {"role": turn.role, "content": self.vocabulary.literal(turn.content)}
                for turn in said
            ]
            try:
                return self.tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=answer
                )
            except TEMPLATE_ERRORS as reason:
                problem = reason
        raise UnusablePrompt(
            f"The model's chat template refuses a conversation ({problem}). Use template plain."
        ) from problem


def cut(text: str, head: str) -> tuple[str, str]:
    """(head, what follows it), or no head where the conversation opens in another way (an
    assistant's greeting, a late system turn).
    """
    return (head, text[len(head) :]) if text.startswith(head) else ("", text)


def system_of(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The system turns of a conversation."""
    return tuple(turn for turn in turns if turn.role == "system")


def spoken(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """A conversation without its system turns."""
    return tuple(turn for turn in turns if turn.role != "system")


def alternating(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same conversation for templates that know only user and assistant in turn: neighbours of
    one side are joined.
    """
    sides = groupby(turns, key=lambda turn: "assistant" if turn.role == "assistant" else "user")
    return tuple(Turn(side, "\n\n".join(turn.content for turn in run)) for side, run in sides)


def end_of_text(tokenizer) -> int:
    """The tokenizer's end-of-text token."""
    if tokenizer.eos_token_id is None:
        raise UnusablePrompt(
            "The model's tokenizer names no end-of-text token. Set eos_token in its"
            " tokenizer_config.json."
        )
    return tokenizer.eos_token_id


TEMPLATES = {
    TemplateName.CHAT: ChatTemplate,
    TemplateName.PLAIN: PlainTemplate,
    TemplateName.PAPER: PaperTemplate,
}


def template_name(asked: str, tokenizer) -> TemplateName:
    """The template asked for; "auto" is chat where the tokenizer has one, plain otherwise."""
    if asked == "auto":
        return TemplateName.CHAT if tokenizer.chat_template else TemplateName.PLAIN
    if asked not in list(TemplateName):
        raise UnknownChoice(
            f"template {asked!r} is not known. Choose one of auto, {', '.join(TemplateName)}."
        )
    if asked == TemplateName.CHAT and not tokenizer.chat_template:
        raise UnusablePrompt("The model's tokenizer has no chat template. Use template plain.")
    return TemplateName(asked)
