"""The tokenizer of a model by its name, without a weight of it."""

from typing import TYPE_CHECKING

from delift_core.errors import ModelUnavailable
from delift_core.scoring.model_files import (
    LOADING_ERRORS,
    model_source,
    quiet_loading,
    read_tokenizer,
    reading_options,
    unavailable_sentence,
)

if TYPE_CHECKING:
    import transformers


def load_tokenizer(
    name: str, revision: str | None = None
) -> "transformers.PreTrainedTokenizerBase":
    """The tokenizer of the model that `load_model` loads by that name. Raises ModelUnavailable."""
    source = model_source(name)
    options = reading_options(source, name, revision)
    try:
        with quiet_loading():
            return read_tokenizer(source, options)
    except LOADING_ERRORS as reason:
        raise ModelUnavailable(unavailable_sentence(source, name, reason)) from reason
