"""Text -> token ids of one tokenizer, where control tokens inside data stay text."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from delift_core.errors import UnusablePrompt

if TYPE_CHECKING:
    import transformers

# Half of a surrogate pair: never part of text, since readers leave out a row that holds one.
MARK = "\udfff"


class Vocabulary:
    """Text -> token ids, where control tokens inside data stay text and cannot close a turn."""

    def __init__(self, tokenizer: "transformers.PreTrainedTokenizerBase"):
        self.tokenizer = tokenizer
        added = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}
        special = added | set(tokenizer.all_special_tokens)
        longest_first = sorted(special, key=len, reverse=True)
        self.special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def literal(self, text: str) -> str:
        """Data text in which no control token is whole: a mark stands behind its first character.

        `encode` cuts at the mark.
        """
        return self.special.sub(lambda match: match[0][0] + MARK + match[0][1:], text)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text; a text with marks is encoded in the pieces between them."""
        pieces = [[piece for piece in text.split(MARK) if piece] for text in texts]
        flat = [piece for text in pieces for piece in text]
        if not flat:
            return [[] for _ in texts]
        ids = iter(self.tokenizer(flat, add_special_tokens=False)["input_ids"])
        return [[token for _ in text for token in next(ids)] for text in pieces]

    def opens_with_control(self, text: str) -> bool:
        """Whether a cut before this text changes no token: tokenizers split at control tokens."""
        return bool(self.special.match(text))


def end_of_text(tokenizer: "transformers.PreTrainedTokenizerBase") -> int:
    """The tokenizer's end-of-text token. Raises UnusablePrompt where it has none."""
    if tokenizer.eos_token_id is None:
        raise UnusablePrompt(
            "The model's tokenizer names no end-of-text token. Set eos_token in its"
            " tokenizer_config.json."
        )
    return tokenizer.eos_token_id
