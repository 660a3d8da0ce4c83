"""A conversation -> its text, by the tokenizer's own chat template, the same on every day."""

import re
from collections.abc import Callable
from datetime import date
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, cast

import jinja2

from delift_core.data.example import Turn
from delift_core.errors import UnwritableConversation

if TYPE_CHECKING:
    import transformers

Turns = tuple[Turn, ...]

TEMPLATE_DATE = "2024-07-26"  # what stands where a template writes the day's date
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# the day's date in a format, and what else may become of it
DAY = re.compile(r"""strftime_now\(\s*(?P<quote>['"])(?P<format>[^'"]*)(?P=quote)\s*\)""")
UNKNOWN_DAY = re.compile(r"strftime_now\s*\(|=\s*strftime_now\b")
RANDOM = re.compile(r"\|\s*random\b|\blipsum\b")
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


class Renderer:
    """Writes conversations with the chat template of a tokenizer."""

    def __init__(
        self,
        tokenizer: "transformers.PreTrainedTokenizerBase",
        literal: Callable[[str], str] = str,
    ):
        self.tokenizer = tokenizer
        self.literal = literal  # how text of the data is handed to the template
        self.dated: dict = {}  # the template with a fixed date, where it writes one
        if template_date(tokenizer) is not None:
            self.dated = {"chat_template": with_fixed_date(template_source(tokenizer))}

    def render(self, turns: Turns) -> str:
        """The template's text of a conversation. Raises UnwritableConversation."""
        return self.arranged(turns)[1]

    def arranged(self, turns: Turns) -> tuple[Turns, str]:
        """(a conversation as the template takes it, its text).

        A template that refuses the turns is given them with neighbours of one side joined. Raises
        UnwritableConversation.
        """
        with_system = system_turns(turns) + alternating(other_turns(turns))
        for attempt in (turns, with_system, alternating(turns)):
            try:
                return attempt, self.render_exactly(attempt)
            except UnwritableConversation as reason:
                problem = reason
        raise problem

    def render_exactly(self, turns: Turns, answer: bool = False) -> str:
        """The template's text of these very turns; with `answer` also the opening of an answer.

        Raises UnwritableConversation.
        """
        messages = [{"role": turn.role, "content": self.literal(turn.content)} for turn in turns]
        try:
            text = self.tokenizer.apply_chat_template(
                messages,
                tokenize=False,
                add_generation_prompt=answer,
                **self.dated,
            )
        except TEMPLATE_ERRORS as reason:
            raise UnwritableConversation(
                f"The model's chat template refuses a conversation ({reason}). Use template plain."
            ) from reason
        return cast(str, text)


def template_source(tokenizer: "transformers.PreTrainedTokenizerBase") -> str:
    """The text of a tokenizer's chat template without its comments, or nothing."""
    if not tokenizer.chat_template:
        return ""
    try:
        return COMMENT.sub("", cast(str, tokenizer.get_chat_template()))
    except ValueError:  # several templates, none of them for a plain conversation
        return ""


def template_date(tokenizer: "transformers.PreTrainedTokenizerBase") -> str | None:
    """The date that a chat template is given in place of the day's, or None if it writes none."""
    if "strftime_now" in template_source(tokenizer):
        return TEMPLATE_DATE
    return None


def with_fixed_date(source: str) -> str:
    """A template that writes TEMPLATE_DATE wherever it wrote the day's date."""
    day = date.fromisoformat(TEMPLATE_DATE)
    return DAY.sub(lambda match: f'"{day.strftime(match["format"])}"', source)


def why_changing(tokenizer: "transformers.PreTrainedTokenizerBase") -> str | None:
    """Why a chat template writes something else in every run, in a sentence, or None."""
    source = template_source(tokenizer)
    if UNKNOWN_DAY.search(with_fixed_date(source)):
        return (
            "The model's chat template writes the day's date in a way that cannot be fixed, so no"
            " run could be repeated. Use template plain."
        )
    if RANDOM.search(source):
        return (
            "The model's chat template writes something drawn at random, so no run could be"
            " repeated. Use template plain."
        )
    return None


def turn_tokens(tokenizer: "transformers.PreTrainedTokenizerBase") -> set[str]:
    """Tokens that open or close a turn and that the tokenizer does not call special.

    The tokens of a chain of thought are not among them: an answer may hold them.
    """
    added = {str(token) for token in tokenizer.added_tokens_decoder.values()}
    names = {token for token in added if not token.isalnum() and len(token.strip()) > 2}
    turns = (Turn("user", "a"), Turn("assistant", "b"), Turn("user", "a"))
    renderer = Renderer(tokenizer)
    try:
        text = renderer.render(turns) + renderer.render(turns[:2])
    except UnwritableConversation:
        return set()
    return {token for token in names if token in text and "think" not in token}


def system_turns(turns: Turns) -> Turns:
    """The system turns that open a conversation."""
    return tuple(takewhile(lambda turn: turn.role == "system", turns))


def other_turns(turns: Turns) -> Turns:
    """A conversation without the system turns that open it; a later one keeps its place."""
    return turns[len(system_turns(turns)) :]


def alternating(turns: Turns) -> Turns:
    """The same conversation with user and assistant in turn: neighbours of one side are joined."""
    sides = groupby(turns, key=side_of)
    return tuple(Turn(side, "\n\n".join(turn.content for turn in group)) for side, group in sides)


def side_of(turn: Turn) -> str:
    """assistant, or user for every other role."""
    if turn.role == "assistant":
        return "assistant"
    return "user"
