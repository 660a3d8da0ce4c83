"""The names of the templates, without what it takes to write prompts by them."""

from enum import StrEnum


class TemplateName(StrEnum):
    """How a prompt is written around the texts."""

    CHAT = "chat"
    PLAIN = "plain"
    PAPER = "paper"
