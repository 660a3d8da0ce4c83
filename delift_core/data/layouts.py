"""The known layouts of instruction data, in the order in which they are tried: what each needs of a
row, and how it reads one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from delift_core.data import conversations
from delift_core.data.conversations import messages_in, style_of, turns_of
from delift_core.data.example import Turn
from delift_core.data.text import RowError, as_text, is_blank, is_single, kind_of

PROMPTS = ("prompt", "instruction", "question", "query", "problem", "input")
RESPONSES = ("completion", "response", "output", "answer", "solution")
USUAL = (("prompt", "completion"), ("prompt", "response"), ("question", "answer"))
SYSTEMS = ("system", "systemprompt", "systemmessage")
# columns that continue the prompt
CONTEXTS = {"instruction": (("input", "context"),), "question": (("context",), ("body",))}
KNOWN = {*PROMPTS, *RESPONSES, *SYSTEMS, *conversations.COLUMNS, "context", "body", "instances"}
MOST_LISTED = 24  # column names in one sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """One example as its row tells it, before anything is checked: response None where there is
    none.
    """

    turns: tuple[Turn, ...]  # everything before the response
    response: str | None
    fields: Mapping[str, object]  # the original row
    notes: tuple[str, ...] = ()  # what had to be read differently
    part: int = 0  # 1, 2, ... when one row holds several examples


@dataclass(frozen=True)
class Layout:
    """A way of writing examples down."""

    name: str
    needs: str  # "instruction and output"
    fits: Callable[[Mapping], bool]
    read: Callable[[Mapping], list[Reading]]

    def __hash__(self) -> int:
        return hash(self.name)


def fold(name: str) -> str:
    """Column names are compared without case, spaces, hyphens and underscores."""
    return "".join(letter for letter in name.casefold() if letter not in " _-")


@lru_cache(maxsize=1024)
def _folded(names: tuple[str, ...]) -> dict[str, str]:
    return {fold(name): name for name in reversed(names)}


def column(fields: Mapping, *wanted: str) -> str | None:
    """The row's own name of the first wanted column it has."""
    names = _folded(tuple(fields))
    return next((names[name] for name in wanted if name in names), None)


def describe(fields: Mapping) -> str:
    """The columns of a row, with a word on those that hold no text: "prompt, output (a list)"."""
    return listed(
        name if is_single(value) else f"{name} ({kind_of(value)})" for name, value in fields.items()
    )


def listed(names: Iterable[str]) -> str:
    """Names for a sentence: the first few of many, those without a letter in quotes."""
    names = [repr(name) if is_blank(name) else name for name in names]
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more if names else "none"


# Prompt and response in columns of their own


def _as_turns(value: object) -> tuple[list[Turn], list[str]]:
    """Text as one user turn, a list of messages as its turns, and what had to be read differently."""
    style = style_of(value)
    if style and not isinstance(value, str):
        return turns_of(messages_in(value), style)
    text = as_text(value)
    return ([] if text is None else [Turn("user", text)]), []


def _answered(turns: list[Turn], reply: object, notes: list[str], fields: Mapping) -> Reading:
    """A prompt with a reply behind it: text as it is, or messages, of which the last by the
    assistant is the response.
    """
    if is_single(reply):
        return Reading(tuple(turns), as_text(reply), fields, tuple(notes))
    said, told = _as_turns(reply)
    if not any(turn.role == "assistant" for turn in said):
        return Reading(tuple(turns), None, fields)
    return ending_in_response([*turns, *said], [*notes, *told], fields)


def _holds_text(value: object) -> bool:
    return is_single(value) or style_of(value) is not None


def _pair(prompt: str, response: str, name: str = "") -> Layout:
    def fits(fields: Mapping) -> bool:
        names = column(fields, prompt), column(fields, response)
        return None not in names and all(_holds_text(fields[name]) for name in names)

    def read(fields: Mapping) -> list[Reading]:
        asked = fields[column(fields, prompt)]
        turns, notes = (
            ([Turn("user", _with_context(fields, prompt, as_text(asked) or ""))], [])
            if is_single(asked)
            else _as_turns(asked)
        )
        return [
            _answered(
                [*_before(fields), *turns],
                fields[column(fields, response)],
                notes + _left_out(fields, prompt),
                fields,
            )
        ]

    return Layout(name or f"{prompt}/{response}", f"{prompt} and {response}", fits, read)


def _with_context(fields: Mapping, prompt: str, text: str) -> str:
    """instruction + newline + input; context + newline + question; Body + space + Question unless
    the question repeats the body.
    """
    if prompt == "instruction":
        return _joined("\n", text, _text_in(fields, "input", "context"))
    if prompt == "question":
        body = _text_in(fields, "body")
        return _joined(
            "\n",
            _text_in(fields, "context"),
            text if body.strip() in text else _joined(" ", body, text),
        )
    return text


def _left_out(fields: Mapping, prompt: str) -> list[str]:
    """What would belong to the prompt if it were text."""
    names = [column(fields, *wanted) for wanted in (*CONTEXTS.get(prompt, ()), SYSTEMS)]
    return [
        f"{name!r} holds {kind_of(fields[name])} and is left out of the prompt."
        for name in names
        if name and not is_single(fields[name]) and len(fields[name])
    ]


def _text_in(fields: Mapping, *names: str) -> str:
    name = column(fields, *names)
    return as_text(fields[name]) or "" if name and is_single(fields[name]) else ""


def _joined(seam: str, *parts: str) -> str:
    present = [part for part in parts if not is_blank(part)]
    return seam.join(present) if present else ""


def _before(fields: Mapping) -> tuple[Turn, ...]:
    """What precedes the prompt: a system column, then LLaMA-Factory's history of (prompt, response)
    pairs.
    """
    system = _text_in(fields, *SYSTEMS)
    history = fields["history"] if isinstance(fields.get("history"), list | tuple) else []
    pairs = [pair for pair in history if isinstance(pair, list | tuple) and len(pair) == 2]
    if pairs and len(pairs) < len(history):
        raise RowError("the history holds something else than pairs of prompt and response.")
    spoken = tuple(
        Turn(role, as_text(text) or "")
        for pair in pairs
        for role, text in zip(("user", "assistant"), pair)
    )
    return ((Turn("system", system),) if not is_blank(system) else ()) + spoken


# Conversations


def conversation_column(fields: Mapping, style: str) -> str | None:
    """The column that holds a conversation in this style: a usual name, or the only one whose value
    is a list of messages.
    """
    named = [
        name
        for name in map(_folded(tuple(fields)).get, conversations.COLUMNS)
        if name and style_of(fields[name]) == style
    ]
    is_pair = column(fields, *PROMPTS) and column(fields, *RESPONSES)
    lists = [
        name
        for name, value in fields.items()
        if not isinstance(value, str)
        and style_of(value)
        and not (is_pair and fold(name) in (*PROMPTS, *RESPONSES))
    ]
    return next(
        iter(named), lists[0] if len(lists) == 1 and style_of(fields[lists[0]]) == style else None
    )


def _conversation(style: str) -> Layout:
    def read(fields: Mapping) -> list[Reading]:
        turns, notes = turns_of(messages_in(fields[conversation_column(fields, style)]), style)
        if not any(turn.role == "system" for turn in turns):
            turns = [turn for turn in _before(fields) if turn.role == "system"] + turns
        return [ending_in_response(turns, notes, fields)]

    speaker, content = conversations.STYLES[style]
    return Layout(
        style,
        f"a list of turns with {speaker} and {content}",
        lambda fields: conversation_column(fields, style) is not None,
        read,
    )


def ending_in_response(turns: list[Turn], notes: list[str], fields: Mapping) -> Reading:
    """The last assistant turn is the response, what precedes it the prompt; what follows is cut."""
    last = max(
        (place for place, turn in enumerate(turns) if turn.role == "assistant"), default=None
    )
    if last is None:
        return Reading(tuple(turns), None, fields, tuple(notes))
    cut = len(turns) - last - 1
    if cut:
        notes = [
            *notes,
            (
                f"{cut} turn{'s' * (cut > 1)} after the last assistant turn"
                f" {'are' if cut > 1 else 'is'} left out."
            ),
        ]
    return Reading(tuple(turns[:last]), turns[last].content, fields, tuple(notes))


# Nested layouts


def _instances(fields: Mapping) -> list[Reading]:
    """Self-instruct: one example per instance, each with the task's instruction."""
    task = {name: value for name, value in fields.items() if name != "instances"}
    several = len(fields["instances"]) > 1
    return [
        replace(_ALPACA.read(task | instance)[0], part=place * several)
        for place, instance in enumerate(fields["instances"], 1)
    ]


def _fits_instances(fields: Mapping) -> bool:
    held = fields.get("instances")
    return (
        isinstance(held, list)
        and bool(held)
        and all(isinstance(item, Mapping) and _ALPACA.fits({**fields, **item}) for item in held)
    )


def _squad(fields: Mapping) -> list[Reading]:
    """context + newline + question, and the first answer."""
    answers = fields[column(fields, "answers")]
    texts = (
        answers.get("text", [])
        if isinstance(answers, Mapping)
        else [answer.get("text") for answer in answers]
    )
    prompt = _with_context(fields, "question", _text_in(fields, "question"))
    return [Reading((Turn("user", prompt),), as_text(texts[0]) if texts else None, fields)]


def _fits_squad(fields: Mapping) -> bool:
    names = column(fields, "context"), column(fields, "question"), column(fields, "answers")
    answers = fields[names[2]] if None not in names else None
    return (
        isinstance(answers, Mapping)
        and isinstance(answers.get("text"), list)
        or (isinstance(answers, list) and all(isinstance(answer, Mapping) for answer in answers))
    )


# Columns named by a person


def mapped(columns: Mapping[str, list[str]]) -> Layout:
    """The layout of an explicit mapping; several prompt columns are joined by a newline, empty ones
    left out.
    """

    def text(fields: Mapping, key: str) -> str:
        return _joined(
            "\n", *(as_text(fields[name]) or "" for name in columns.get(key, ()) if name in fields)
        )

    def read(fields: Mapping) -> list[Reading]:
        prompts = [fields[name] for name in columns["prompt"]]
        asked, notes = (
            _as_turns(prompts[0])
            if len(prompts) == 1
            else ([Turn("user", text(fields, "prompt"))], [])
        )
        replies = [fields[name] for name in columns["response"]]
        system = text(fields, "system")
        before = [Turn("system", system)] if not is_blank(system) else []
        return [
            _answered(
                before + asked,
                replies[0] if len(replies) == 1 else text(fields, "response"),
                notes,
                fields,
            )
        ]

    needed = [*columns["prompt"], *columns["response"]]
    return Layout(
        f"prompt from {' + '.join(columns['prompt'])} and response from"
        f" {' + '.join(columns['response'])}",
        " and ".join(needed),
        lambda fields: all(name in fields for name in needed),
        read,
    )


_ALPACA = _pair("instruction", "output", "Alpaca")
_HEADERLESS = _pair("column1", "column2")
_CROSSED = [
    (prompt, response)
    for prompt in PROMPTS
    for response in RESPONSES
    if (prompt, response) not in (*USUAL, ("instruction", "output"))
]
LAYOUTS = (
    Layout(
        "nested instances",
        "instruction and a list of instances with output",
        _fits_instances,
        _instances,
    ),
    *map(_conversation, conversations.STYLES),
    Layout("SQuAD", "context, question and answers", _fits_squad, _squad),
    _ALPACA,
    *(_pair(*pair) for pair in USUAL),
    *(_pair(*pair) for pair in _CROSSED),
    Layout(
        "two columns without a header",
        "two cells",
        lambda fields: len(fields) == 2 and _HEADERLESS.fits(fields),
        _HEADERLESS.read,
    ),
)
