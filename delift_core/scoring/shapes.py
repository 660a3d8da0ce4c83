"""The shape of a conversation: what of it a chat template may treat in another way.

A shape is the letters of its turns' roles, a repeated exchange once, and of its answer; a capital
stands for a chain of thought: "suaua", "utA".
"""

import re

from delift_core.data.example import Example, Turn

LETTERS = {"system": "s", "user": "u", "assistant": "a", "tool": "t"}
ROLES = {letter: role for role, letter in LETTERS.items()}
REPEATED = re.compile(r"(.{2,4}?)\1+")
THOUGHT = "</think>"


def shape_of(example: Example) -> str:
    """The shape of an example."""
    turns = "".join([letter_of(turn.role, turn.content) for turn in example.turns])
    if len(turns) > 3:  # what is shorter repeats no exchange
        turns = REPEATED.sub(r"\1", turns)
    return turns + letter_of("assistant", example.response)


def letter_of(role: str, text: str) -> str:
    """The letter of a turn."""
    letter = LETTERS[role]
    if THOUGHT in text:
        return letter.upper()
    return letter


def example_of(shape: str) -> Example:
    """An example of a shape: each turn says its place, and thinks it where it thinks."""
    *turns, answer = (turn_of(letter, place) for place, letter in enumerate(shape))
    prompt = "\n".join(turn.content for turn in turns)
    return Example("", prompt, answer.content, tuple(turns))


def turn_of(letter: str, place: int) -> Turn:
    """The turn of a letter of a shape."""
    role, text = ROLES[letter.lower()], said(place)
    if letter.isupper():
        text = f"<think>\n{thought(place)}\n{THOUGHT}\n\n{text}"
    return Turn(role, text)


def said(place: int) -> str:
    """What the turn at a place of a shape says."""
    return f"({place})\ue001"  # a private character: no template writes it itself


def thought(place: int) -> str:
    """What the turn at a place of a shape thinks."""
    return f"({place})\ue002"
