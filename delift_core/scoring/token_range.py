"""Tokens that a tokenizer writes and a model has no embedding for: refused before a pass."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from delift_core.errors import UnusablePrompt
from delift_core.scoring.model import CausalModel
from delift_core.scoring.prompts import Prompt

if TYPE_CHECKING:
    import torch


def refuse_unknown_tokens(model: CausalModel, prompts: Sequence[Prompt]) -> None:
    """Raise UnusablePrompt where a prompt holds a token beyond the model's embedding."""
    size = embedding_size(model)
    for prompt in prompts:
        largest = max(prompt.tokens + prompt.response)
        if largest >= size:
            token = model.tokenizer.convert_ids_to_tokens(largest)
            raise UnusablePrompt(
                f"{model.name}: its tokenizer writes the token {token!r} (number {largest}) and its"
                f" embedding holds {size} tokens only. Save the model with"
                " resize_token_embeddings(len(tokenizer)), or the tokenizer without that token."
            )


def embedding_size(model: CausalModel) -> int:
    """How many tokens a model can read."""
    try:
        embedding = cast("torch.nn.Embedding", model.network.get_input_embeddings())
        return embedding.weight.shape[0]
    except (AttributeError, NotImplementedError):  # embeddings of another kind
        return model.network.config.get_text_config(decoder=True).vocab_size
