"""Which assistant turns are to be learned: weights, train flags and masks of messages."""

from collections.abc import Mapping, Sequence

from delift_core.data.text import plain

# of a message: 0 or false says that it is not to be learned
LEARNED_KEYS = (
    "weight",
    "train",
    "training",
    "trainable",
    "train_on_turn",
    "train_on",
    "learn",
    "loss",
    "loss_weight",
    "loss_mask",
)
# of a message: 1 or true says that it is not to be learned, unless the user's turns have 0
MASK_KEYS = ("mask", "masked")
FLAG_KEYS = (*LEARNED_KEYS, *MASK_KEYS)
_FALSE_WORDS = ("0", "0.0", "false", "no", "off")


def are_learned(messages: Sequence[Mapping], is_assistant: Sequence[bool]) -> list[bool]:
    """For every message whether it is to be learned; only what its keys deny is not."""
    inverted = _mask_marks_learned(messages, is_assistant)
    return [_is_learned(message, inverted) for message in messages]


def has_partial_weight(message: Mapping) -> bool:
    """Whether a flag is a number between never and always, which is not used."""
    values = [plain(message[key]) for key in FLAG_KEYS if key in message]
    return any(isinstance(value, int | float) and value not in (0, 1) for value in values)


def _is_learned(message: Mapping, mask_marks_learned: bool) -> bool:
    if message.keys().isdisjoint(FLAG_KEYS):
        return True
    for key in LEARNED_KEYS:
        if _flag(message.get(key)) is False:
            return False
    for key in MASK_KEYS:
        flag = _flag(message.get(key))
        if flag is not None and flag is not mask_marks_learned:
            return False
    return True


def _mask_marks_learned(messages: Sequence[Mapping], is_assistant: Sequence[bool]) -> bool:
    """Whether the masks of a conversation are 1 on turns of the assistant alone."""
    flags: dict[bool, set[bool | None]] = {True: set(), False: set()}  # is the assistant's -> masks
    for message, spoken in zip(messages, is_assistant, strict=True):
        flags[spoken].update(_flag(message[key]) for key in MASK_KEYS if key in message)
    return True in flags[True] and False in flags[False] and True not in flags[False]


def _flag(value: object) -> bool | None:
    """True or false of a bool, a number or their text; None where nothing is said."""
    value = plain(value)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value.strip().lower() not in _FALSE_WORDS
    return bool(value)
