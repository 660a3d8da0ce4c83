"""Shape `alpaca`: instruction, input and output; system turn and history where there are any."""

from delift_core.data.example import Example
from delift_core.export.shapes.shape import Shape, turns_before


def alpaca_fields(example: Example) -> dict:
    """The last user turn as instruction, the response as output, earlier exchanges as history."""
    system, texts = _system_and_texts(example)
    fields: dict = {
        "id": example.id,
        "instruction": texts[-1],
        "input": "",
        "output": example.response,
    }
    if system:
        fields["system"] = system
    history = [list(exchange) for exchange in zip(texts[:-1:2], texts[1::2])]
    if history:
        fields["history"] = history
    return fields


def alpaca_refusal(example: Example) -> str | None:
    """Alpaca holds at most one system turn, then user, assistant, ..., user before the response."""
    roles = [turn.role for turn in turns_before(example)]
    if roles[0] == "system":
        roles = roles[1:]
    alternating = [("user", "assistant")[position % 2] for position in range(len(roles))]
    if len(roles) % 2 == 1 and roles == alternating:
        return None
    return (
        "Alpaca holds a system turn, then user and assistant by turns, and this conversation runs"
        " otherwise. Export as sharegpt or messages."
    )


def _system_and_texts(example: Example) -> tuple[str, list[str]]:
    """The text of the system turn, empty without one, and the texts of the other turns."""
    turns = turns_before(example)
    texts = [turn.content for turn in turns]
    if turns[0].role == "system":
        return texts[0], texts[1:]
    return "", texts


ALPACA = Shape("alpaca", "Alpaca", alpaca_fields, alpaca_refusal)
