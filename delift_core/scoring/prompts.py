"""Examples -> token sequences that fit the model: each answered example alone, and behind a shown
one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from delift_core.data.example import Example
from delift_core.errors import UnusablePrompt
from delift_core.scoring.prefixes import shared
from delift_core.scoring.templates import TEMPLATES, Parts, TemplateName, Vocabulary


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
    """Writes the sequences of one template for one tokenizer and one context length (tokens)."""

    def __init__(self, tokenizer, template: TemplateName, context: int):
        self.vocabulary, self.context = Vocabulary(tokenizer), context
        self.template = TEMPLATES[template](self.vocabulary)
        self.tokens = lru_cache(2**16)(self.tokens)

    def tokens(self, text: str) -> tuple[int, ...]:
        """Token ids of one text, remembered: prefixes, queries and responses come back many times."""
        return tuple(self.vocabulary.encode([text])[0])

    def rehearse(self, answered: Sequence[Example], shown: Sequence[Example]) -> None:
        """Write every example once as answered and once as shown, so that a prompt that cannot be
        written is refused before the work.
        """
        for one, other in [(example, shown[0]) for example in answered] + [
            (answered[0], example) for example in shown
        ]:
            try:
                self.alone(one)
                self.pairs(other, [one])
            except UnusablePrompt as reason:
                raise UnusablePrompt(
                    f"Row {one.row} (id {one.id}) answered with row {other.row} (id {other.id})"
                    f" shown: {reason}"
                ) from reason

    def response(self, example: Example) -> tuple[tuple[int, ...], bool]:
        """(tokens, truncated): the same with and without a shown example.

        Longer than the window, it keeps its first tokens.
        """
        if not example.response:
            return (), False
        tokens = (*self.tokens(self.template.response(example)), self.template.end_of_turn)
        return tokens[: self.context - 1], len(tokens) >= self.context

    def alone(self, answered: Example) -> Prompt:
        """The answered example without a shown one; too long, its prompt loses tokens from the
        left.
        """
        response, cut = self.response(answered)
        parts = self.template.alone(answered)
        tokens = self.tokens(parts.prefix + parts.query)
        kept = tokens[-(self.context - len(response)) :]
        shortened = cut or len(kept) < len(tokens)
        return Prompt(
            kept, response, shortened, 0 if shortened else shared(self.tokens(parts.head), tokens)
        )

    def pairs(self, shown: Example, answered: Sequence[Example]) -> list[Prompt]:
        """Each answered example behind `shown`, tokenised as one text."""
        parts = [self.template.pair(shown, example) for example in answered]
        return [self._fitting(*row) for row in zip(answered, parts, self._joint(parts))]

    def _joint(self, parts: Sequence[Parts]) -> list[tuple[int, ...]]:
        """Tokens of prefix + query as one text; in front of a control token that is plain
        concatenation.
        """
        whole = [
            part.prefix + part.query
            for part in parts
            if not self.vocabulary.opens_with_control(part.query)
        ]
        encoded = iter(self.vocabulary.encode(whole))
        return [
            (
                self.tokens(part.prefix) + self.tokens(part.query)
                if self.vocabulary.opens_with_control(part.query)
                else tuple(next(encoded))
            )
            for part in parts
        ]

    def _fitting(self, answered: Example, parts: Parts, tokens: tuple[int, ...]) -> Prompt:
        """Too long: the shown example loses tokens from the left; when nothing of it is left, the
        answered prompt does.
        """
        response, cut = self.response(answered)
        if len(tokens) + len(response) <= self.context:
            return Prompt(tokens, response, cut)
        head, shown, query = map(self.tokens, (parts.head, parts.shown, parts.query))
        kept = self.context - len(response) - len(head) - len(query)
        if kept <= 0:
            return replace(self.alone(answered), truncated=True)
        return Prompt((*head, *shown[-kept:], *query), response, True)
