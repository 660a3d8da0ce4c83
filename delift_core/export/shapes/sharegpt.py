"""Shape `sharegpt`: conversations of from and value."""

from delift_core.data.example import Example
from delift_core.export.shapes.shape import Shape, all_turns

SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}


def sharegpt_fields(example: Example) -> dict:
    """The id, and every turn with its speaker as ShareGPT names it."""
    return {
        "id": example.id,
        "conversations": [
            {"from": SPEAKERS[turn.role], "value": turn.content} for turn in all_turns(example)
        ],
    }


SHAREGPT = Shape("sharegpt", "ShareGPT", sharegpt_fields)
