"""Control tokens of language models in texts of the data."""

import re

END_MARKERS = (
    "<|endoftext|>",
    "</s>",
    "<|im_end|>",
    "<|eot_id|>",
    "<eos>",
    "<|end|>",
    "<end_of_turn>",
)
_ONLY_TOKENS = re.compile(
    r"(?:\s"
    r"|<[|｜][^<>|｜]{1,40}[|｜]>"
    r"|</?(?:s|eos|bos|pad|unk|mask|start_of_turn|end_of_turn)>"
    r"|\[/?(?:PAD|UNK|CLS|SEP|MASK|INST)\])+"
)


def without_end_marker(response: str) -> str:
    """The response without the end-of-turn markers it closes with.

    A `</s>` that closes an HTML `<s>` stays.
    """
    cut, end = len(response), len(response.rstrip())
    marker = _marker_before(response, end)
    while marker:
        cut = end = end - len(marker)
        while response[end - 1 : end].isspace():
            end -= 1
        marker = _marker_before(response, end)
    if "</s>" in response[cut:] and "<s>" in response:
        return response
    return response[:cut]


def _marker_before(text: str, end: int) -> str | None:
    if not text.endswith(END_MARKERS, 0, end):
        return None
    return next((marker for marker in END_MARKERS if text.endswith(marker, 0, end)), None)


def is_only_tokens(text: str) -> bool:
    """Whether a text is made of control tokens of language models and nothing else."""
    return bool(_ONLY_TOKENS.fullmatch(text))
