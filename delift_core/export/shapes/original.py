"""Shape `original`: the row as it was read, every field untouched."""

from delift_core.data.example import Example
from delift_core.export.shapes.shape import Shape


def original_fields(example: Example) -> dict:
    """The fields read; prompt and response of an example that was built by hand."""
    return dict(example.extra) or {"prompt": example.prompt, "response": example.response}


ORIGINAL = Shape("original", "As in the source", original_fields)
