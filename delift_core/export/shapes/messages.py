"""Shape `messages`: messages of role and content."""

from delift_core.data.example import Example
from delift_core.export.shapes.shape import Shape, all_turns


def messages_fields(example: Example) -> dict:
    """The id, and every turn with its role."""
    return {
        "id": example.id,
        "messages": [{"role": turn.role, "content": turn.content} for turn in all_turns(example)],
    }


MESSAGES = Shape("messages", "Messages", messages_fields)
