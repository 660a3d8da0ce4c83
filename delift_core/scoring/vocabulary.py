"""Text -> token ids of one tokenizer, where control tokens inside data stay text."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tokenizers import Tokenizer

from delift_core.errors import UnusablePrompt

if TYPE_CHECKING:
    import transformers
    from tokenizers.normalizers import Normalizer
    from tokenizers.pre_tokenizers import PreTokenizer

# Half of a surrogate pair: never part of text, since readers leave out a row that holds one.
MARK = "\udfff"


class Vocabulary:
    """Text -> token ids, where control tokens inside data stay text and cannot close a turn.

    turn_tokens: control tokens that the tokenizer does not call special.
    embedded: how many tokens the model has an embedding of; None: all.
    """

    def __init__(
        self,
        tokenizer: "transformers.PreTrainedTokenizerBase",
        turn_tokens: Iterable[str] = (),
        embedded: int | None = None,
    ):
        self.tokenizer = tokenizer
        added = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special}
        special = added | set(tokenizer.all_special_tokens) | set(turn_tokens)
        longest_first = sorted(special, key=len, reverse=True)
        self.special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self.closes_with_control = re.compile(f"(?:{self.special.pattern})$")
        self.unembedded = tokens_beyond(tokenizer, embedded)
        self.unprefixed = without_space_prefix(tokenizer)

    @property
    def adds_space(self) -> bool:
        """Whether the tokenizer puts a space before a text, as SentencePiece does."""
        return self.unprefixed is not None

    def literal(self, text: str) -> str:
        """Data text in which no control token is whole: a mark stands behind its first character.

        `encode` cuts at the mark.
        """
        return self.special.sub(lambda match: match[0][0] + MARK + match[0][1:], text)

    def encode(self, texts: Sequence[str], inside: bool = False) -> list[list[int]]:
        """Token ids of each text; a text with marks is encoded in the pieces between them.

        inside: the texts stand within a longer one, so that no space is put before them.
        """
        pieces = [[piece for piece in text.split(MARK) if piece] for text in texts]
        if self.adds_space:
            encoded = [self.encode_pieces(text, inside) for text in pieces]
        else:
            encoded = self.encode_flat(pieces)
        if self.unembedded:
            self.refuse_unembedded(encoded)
        return encoded

    def encode_flat(self, pieces: Sequence[Sequence[str]]) -> list[list[int]]:
        """Token ids of texts in pieces, all of them in one call of the tokenizer."""
        flat = [piece for text in pieces for piece in text]
        if not flat:
            return [[] for _ in pieces]
        ids = iter(self.tokenizer(flat, add_special_tokens=False)["input_ids"])
        return [[token for _ in text for token in next(ids)] for text in pieces]

    def encode_pieces(self, pieces: Sequence[str], inside: bool) -> list[int]:
        """Token ids of one text in pieces; only where the text begins, a space is put before it."""
        ids: list[int] = []
        for piece in pieces:
            rest = piece
            if inside and self.unprefixed:
                control = self.special.search(piece)
                end = control.start() if control else len(piece)
                ids += self.unprefixed.encode(piece[:end], add_special_tokens=False).ids
                rest = piece[end:]
            if rest:
                ids += self.tokenizer(rest, add_special_tokens=False)["input_ids"]
            inside = True
        return ids

    def encode_after(self, before: str, text: str) -> list[int]:
        """Token ids of a text as they are behind another one."""
        if not before or not self.adds_space:
            return self.encode([text])[0]
        control = self.closes_with_control.search(before)
        if control is None:
            return self.encode([text], inside=True)[0]
        opening = self.encode([control[0]])[0]
        return self.encode([control[0] + text])[0][len(opening) :]

    def opens_with_control(self, text: str) -> bool:
        """Whether a cut before this text changes no token: tokenizers split at control tokens."""
        return bool(self.special.match(text))

    def refuse_unembedded(self, encoded: Sequence[Sequence[int]]) -> None:
        """Raise UnusablePrompt for a token that the model has no embedding of."""
        for ids in encoded:
            unknown = self.unembedded.intersection(ids)
            if unknown:
                token = self.tokenizer.convert_ids_to_tokens(min(unknown))
                raise UnusablePrompt(
                    f"The tokenizer has a token {token!r} that the model has no embedding of. Take"
                    " the tokenizer that the model was trained with, or extend the model's"
                    " embedding to all of its tokens."
                )


def tokens_beyond(
    tokenizer: "transformers.PreTrainedTokenizerBase", embedded: int | None
) -> frozenset[int]:
    """The token ids that an embedding of so many rows lacks."""
    if embedded is None or max(tokenizer.added_tokens_decoder, default=0) < embedded >= len(
        tokenizer
    ):
        return frozenset()
    return frozenset(token for token in tokenizer.get_vocab().values() if token >= embedded)


def without_space_prefix(
    tokenizer: "transformers.PreTrainedTokenizerBase",
) -> Tokenizer | None:
    """The tokenizer without the space that it puts before a text; None where it puts none."""
    backend = tokenizer.backend_tokenizer
    steps = {
        "normalizer": described_step(backend.normalizer),
        "pre_tokenizer": described_step(backend.pre_tokenizer),
    }
    unprefixed = {name: without_prepend(step) for name, step in steps.items()}
    if unprefixed == steps:
        return None
    # only now: the whole of it, with every token, takes a while to write and to read
    return Tokenizer.from_str(json.dumps({**json.loads(backend.to_str()), **unprefixed}))


def described_step(step: "Normalizer | PreTokenizer | None") -> dict | None:
    """A step of a tokenizer as its file describes it."""
    return None if step is None else json.loads(step.__getstate__())


def without_prepend(step: dict | None) -> dict | None:
    """A step of a tokenizer, or a sequence of steps, that puts nothing before a text."""
    if step is None or step["type"] == "Prepend":
        return None
    if step["type"] == "Metaspace":
        return {**step, "prepend_scheme": "never"}
    if step["type"] == "ByteLevel":
        return {**step, "add_prefix_space": False}
    if step["type"] != "Sequence":
        return step
    key = next(key for key in ("normalizers", "pretokenizers") if key in step)
    steps = [without_prepend(part) for part in step[key]]
    return {**step, key: [part for part in steps if part is not None]}


def end_of_text(tokenizer: "transformers.PreTrainedTokenizerBase") -> int:
    """The tokenizer's end-of-text token. Raises UnusablePrompt where it has none."""
    if tokenizer.eos_token_id is None:
        raise UnusablePrompt(
            "The model's tokenizer names no end-of-text token. Set eos_token in its"
            " tokenizer_config.json."
        )
    return tokenizer.eos_token_id
