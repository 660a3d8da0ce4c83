"""The column names that layouts look for, and the columns of a row in a sentence."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from delift_core.data.text import is_blank, is_single, kind_of

PROMPT_COLUMNS = ("prompt", "instruction", "question", "query", "problem", "input")
RESPONSE_COLUMNS = ("completion", "response", "output", "answer", "solution")
SYSTEM_COLUMNS = ("system", "systemprompt", "systemmessage")
CONVERSATION_COLUMNS = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue")
# prompt column -> columns that continue it, each under any of several names
CONTEXT_COLUMNS = {"instruction": (("input", "context"),), "question": (("context",), ("body",))}
# columns that a model could be given and no layout reads
TOOL_COLUMNS = ("tools", "functions", "toolconfig", "availabletools", "tooldefinitions")
REASONING_COLUMNS = (
    "reasoning",
    "reasoningcontent",
    "thinking",
    "thought",
    "thoughts",
    "chainofthought",
    "cot",
)
KNOWN_COLUMNS = {
    *PROMPT_COLUMNS,
    *RESPONSE_COLUMNS,
    *SYSTEM_COLUMNS,
    *CONVERSATION_COLUMNS,
    "context",
    "body",
    "instances",
}
MOST_LISTED = 24  # column names in one sentence


def folded_name(name: str) -> str:
    """A column name without case, spaces, hyphens and underscores, as names are compared."""
    return "".join(letter for letter in name.casefold() if letter not in " _-")


@lru_cache(maxsize=1024)
def names_by_folded(names: tuple[str, ...]) -> dict[str, str]:
    """folded name -> the first column that has it"""
    return {folded_name(name): name for name in reversed(names)}


def column_of(fields: Mapping, *folded_names: str) -> str | None:
    """The row's own name of the first of these columns that it has."""
    return _column_among(tuple(fields), folded_names)


@lru_cache(maxsize=2**14)
def _column_among(names: tuple[str, ...], folded_names: tuple[str, ...]) -> str | None:
    """Of names the first that folds to one of these."""
    own_names = names_by_folded(names)
    return next((own_names[name] for name in folded_names if name in own_names), None)


def described_columns(fields: Mapping) -> str:
    """The columns of a row, and what those hold that hold no text: "prompt, output (a list)"."""
    return listed_names(_described(name, value) for name, value in fields.items())


def _described(name: str, value: object) -> str:
    if is_single(value):
        return name
    return f"{name} ({kind_of(value)})"


def listed_names(names: Iterable[str]) -> str:
    """Names for a sentence: the first few of many, blank ones in quotes."""
    quoted = [repr(name) if is_blank(name) else name for name in names]
    if not quoted:
        return "none"
    text = ", ".join(quoted[:MOST_LISTED])
    if len(quoted) > MOST_LISTED:
        text += f" and {len(quoted) - MOST_LISTED} more"
    return text
