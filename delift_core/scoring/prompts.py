"""Examples -> token sequences that fit the model, alone and behind a shown example."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from delift_core.data.example import Example, Turn
from delift_core.errors import UnwritableConversation
from delift_core.scoring.prefixes import common_length
from delift_core.scoring.prompt_parts import Parts
from delift_core.scoring.rendering import turn_tokens
from delift_core.scoring.shapes import example_of, shape_of
from delift_core.scoring.templates import TEMPLATES, TemplateName
from delift_core.scoring.vocabulary import Vocabulary

if TYPE_CHECKING:
    import transformers

CACHED = 2**16  # texts whose tokens are remembered
TAIL = 64  # characters that decide how a text behind them begins: no control token is longer


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sequence: the prompt (at least one token) and the scored response."""

    tokens: tuple[int, ...]
    response: tuple[int, ...]  # end of turn included; empty when there is nothing to score
    truncated: bool = False
    head: int = 0  # tokens the template puts before any text of the data

    @property
    def fed(self) -> tuple[int, ...]:
        """What the model reads; the last response token is only ever a label."""
        return self.tokens + self.response[:-1]


class Prompter:
    """Writes the sequences of one template for one tokenizer and one context length (tokens).

    embedded: how many tokens the model has an embedding of; None: all of the tokenizer's.
    """

    def __init__(
        self,
        tokenizer: "transformers.PreTrainedTokenizerBase",
        template: TemplateName,
        context: int,
        embedded: int | None = None,
    ):
        controls = turn_tokens(tokenizer) if template is TemplateName.CHAT else ()
        self.vocabulary = Vocabulary(tokenizer, controls, embedded)
        self.context = context
        self.template = TEMPLATES[template](self.vocabulary)
        # prefixes, queries and responses come back many times
        self.tokens = lru_cache(CACHED)(self._tokens)
        self.tokens_inside = lru_cache(CACHED)(self._tokens_inside)
        self.tokens_behind = lru_cache(CACHED)(self._tokens_behind)
        self.why_apart = lru_cache(CACHED)(self._why_apart)

    def _tokens(self, text: str) -> tuple[int, ...]:
        """Token ids of one text."""
        return tuple(self.vocabulary.encode([text])[0])

    def _tokens_inside(self, text: str) -> tuple[int, ...]:
        """Token ids of one text as they are within a longer one."""
        return tuple(self.vocabulary.encode([text], inside=True)[0])

    def _tokens_behind(self, before: str, text: str) -> tuple[int, ...]:
        """Token ids of one text as they are behind another one."""
        return tuple(self.vocabulary.encode_after(before, text))

    def response(self, example: Example) -> tuple[tuple[int, ...], bool]:
        """(tokens, truncated): the same with and without a shown example.

        A response longer than the context keeps its first tokens.
        """
        if not example.response:
            return (), False
        text = self.template.response(example)
        if self.template.splits_response or not self.vocabulary.adds_space:
            written = self.tokens(text)
        else:
            written = self.tokens_behind(self.template.alone(example).query[-TAIL:], text)
        tokens = (*written, self.template.end_of_turn)
        return tokens[: self.context - 1], len(tokens) >= self.context

    def alone(self, answered: Example) -> Prompt:
        """The answered example without a shown one; without a response where it cannot be written.

        A prompt that is too long loses tokens from the left.
        """
        try:
            return self._alone(answered)
        except UnwritableConversation:
            return self.unscored

    def _alone(self, answered: Example) -> Prompt:
        """The answered example without a shown one. Raises UnwritableConversation."""
        response, response_cut = self.response(answered)
        parts = self.template.alone(answered)
        whole = self.tokens(parts.prefix + parts.query)
        tokens = whole[-(self.context - len(response)) :]
        if response_cut or len(tokens) < len(whole):
            return Prompt(tokens, response, truncated=True)
        head = common_length(self.tokens(parts.head), tokens)
        return Prompt(tokens, response, head=head)

    def pairs(self, shown: Example, answered: Sequence[Example]) -> list[Prompt]:
        """Each answered example behind `shown`, tokenised as one text.

        A pair that cannot be written has no response.
        """
        exchange = shape_of(shown)
        parts = [
            self._parts(shown, example)
            if self.why_apart(exchange, shape_of(example)) is None
            else None
            for example in answered
        ]
        joint = iter(self._joint([part for part in parts if part is not None]))
        prompts = []
        for example, part in zip(answered, parts):
            if part is None:
                prompts.append(self.unscored)
            else:
                prompts.append(self._fitting(example, part, next(joint)))
        return prompts

    def _parts(self, shown: Example, answered: Example) -> Parts | None:
        """The parts of a pair, or None where the template cannot write it."""
        try:
            return self.template.pair(shown, answered)
        except UnwritableConversation:
            return None

    def _why_apart(self, shown: str, answered: str) -> str | None:
        """Why conversations of two shapes cannot be written together; None where they can."""
        try:
            self.template.verify(example_of(shown), example_of(answered))
        except UnwritableConversation as reason:
            return str(reason)
        return None

    @property
    def unscored(self) -> Prompt:
        """What stands for a conversation that cannot be written: nothing of it is scored."""
        return Prompt((self.template.end_of_turn,), ())

    def _joint(self, parts: Sequence[Parts]) -> list[tuple[int, ...]]:
        """Tokens of prefix + query as one text.

        In front of a control token that is plain concatenation; all others are encoded together.
        """
        opens = [self.vocabulary.opens_with_control(part.query) for part in parts]
        whole = [part.prefix + part.query for part, control in zip(parts, opens) if not control]
        encoded = iter(self.vocabulary.encode(whole))
        joint = []
        for part, control in zip(parts, opens):
            if control:
                joint.append(self.tokens(part.prefix) + self.tokens(part.query))
            else:
                joint.append(tuple(next(encoded)))
        return joint

    def _fitting(self, answered: Example, parts: Parts, tokens: tuple[int, ...]) -> Prompt:
        """The prompt, shortened where it is too long.

        The shown example loses tokens from the left; where nothing of it is left, the answered
        prompt does.
        """
        response, response_cut = self.response(answered)
        if len(tokens) + len(response) <= self.context:
            return Prompt(tokens, response, response_cut)
        head = self.tokens(parts.head)
        shown = self.tokens_inside(parts.shown)
        query = self.tokens_inside(parts.query)
        room = self.context - len(response) - len(head) - len(query)
        if room <= 0:
            return replace(self.alone(answered), truncated=True)
        return Prompt((*head, *shown[-room:], *query), response, True)

    def unprompted(self, answered: Example) -> Prompt:
        """The same response tokens behind what the template writes around an empty prompt.

        Nothing of the prompt is read, its system text included. Where a template writes nothing of
        its own, the end of a turn stands before the response.
        """
        response = self.alone(answered).response
        empty = self.alone(replace(answered, prompt="", turns=(Turn("user", ""),)))
        tokens = empty.tokens[-(self.context - len(response)) :]
        return Prompt(tokens or (self.template.end_of_turn,), response)
