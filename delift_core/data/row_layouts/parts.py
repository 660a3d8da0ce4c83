"""The text of a message's content: text, an object that holds it, or a list of parts.

Parts are those of OpenAI, Anthropic and Bedrock, with the nulls of a table's other kinds of part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from delift_core.data.flaws import RowError
from delift_core.data.json_values import parsed_json
from delift_core.data.text import as_text, is_single, json_text, kind_of, plain

_TEXT_PARTS = ("text", "input_text", "output_text")
_REASONING_PARTS = ("thinking", "redacted_thinking", "reasoning", "reasoning_text", "thought")
_REASONING_KEYS = ("thinking", "reasoning", "reasoningContent")
_CALL_PARTS = ("tool_use", "tool_call", "tool-call", "function_call", "server_tool_use")
_CALL_KEYS = ("toolUse", "tool_use", "tool_call", "function_call")
_RESULT_PARTS = ("tool_result", "tool-result", "function_call_output")
_RESULT_KEYS = ("toolResult", "tool_result")
_TEXT_KEYS = ("text", "content", "value")


@dataclass(frozen=True, slots=True)
class Content:
    """What the content of a message holds."""

    text: str | None = None  # None where there is neither text nor any part
    calls: tuple[object, ...] = ()  # parts that call a tool
    has_reasoning: bool = False
    has_results: bool = False  # the text is, at least in part, what a tool returned

    @property
    def is_only_results(self) -> bool:
        """Whether nothing stands beside what a tool returned."""
        return self.has_results and not self.calls and not self.has_reasoning


def content_of(value: object, owner: str) -> Content:
    """The content of a message.

    owner: whose it is, for refusals: "turn 3". Raises RowError for anything but text.
    """
    value = plain(value)
    if isinstance(value, Mapping) and isinstance(value.get("parts"), list):
        value = value["parts"]
    if isinstance(value, Mapping) and _is_part(value):
        value = [value]
    if isinstance(value, list):
        return _joined([_part(part, owner) for part in value])
    if not is_single(value):
        raise RowError(f"{owner} holds {kind_of(value)} where its text belongs.")
    return Content(as_text(value))


def system_text(value: object) -> str:
    """The text of a system column in any shape; empty where it holds none that can be read."""
    if isinstance(value, str):
        value = _parsed_parts(value)
    if isinstance(value, list | tuple):
        messages = [_content_of_message(part) for part in value]
    else:
        messages = [_content_of_message(value)]
    try:
        texts = [content_of(message, "the system column").text for message in messages]
    except RowError:
        return ""
    return "\n".join(text for text in texts if text)


def _content_of_message(part: object) -> object:
    """The content of a system message, anything else as it is."""
    if isinstance(part, Mapping) and "type" not in part and "content" in part:
        return part["content"]
    return part


def _parsed_parts(text: str) -> object:
    """Parts that a cell holds as JSON, any other text as it is."""
    stripped = text.strip()
    is_list = stripped.startswith("[{") and stripped.endswith("}]")
    is_object = stripped.startswith("{") and stripped.endswith("}")
    if not (is_list or is_object):
        return text
    value = parsed_json(stripped)
    parts = value if isinstance(value, list) else [value]
    if all(isinstance(part, Mapping) and _text_of(part) is not None for part in parts):
        return value
    return text


def _is_part(value: Mapping) -> bool:
    """Whether an object is a part by itself, in place of a list of parts."""
    return isinstance(value.get("type"), str) or isinstance(value.get("text"), str)


def _part(part: object, owner: str) -> Content:
    if isinstance(part, str):
        return Content(part)
    if part is None:
        return Content()
    if not isinstance(part, Mapping):
        raise RowError(f"{owner} holds {kind_of(part)!r}, and only text can be scored.")
    kind = part.get("type")
    if kind in _REASONING_PARTS or (kind is None and _has_any(part, _REASONING_KEYS)):
        return Content("", has_reasoning=True)
    if kind in _CALL_PARTS or (kind is None and _has_any(part, _CALL_KEYS)):
        return Content("", calls=(without_nulls(part),))
    if kind in _RESULT_PARTS or (kind is None and _has_any(part, _RESULT_KEYS)):
        return Content(_result_text(part, owner), has_results=True)
    if kind is None and set(part) == {"cachePoint"}:
        return Content()
    if kind is None or kind in _TEXT_PARTS:
        text = _text_of(part)
        if text is not None:
            return Content(text)
        if kind is not None and any(name in part for name in _TEXT_KEYS):
            return Content()
    raise RowError(f"{owner} holds {kind or 'no text'!r}, and only text can be scored.")


def _has_any(part: Mapping, names: Iterable[str]) -> bool:
    return any(part.get(name) is not None for name in names)


def _text_of(part: Mapping) -> str | None:
    texts = (part.get(name) for name in _TEXT_KEYS)
    return next((text for text in texts if isinstance(text, str)), None)


def _result_text(part: Mapping, owner: str) -> str:
    """What a tool returned: text, parts of text, or JSON."""
    result = next((part[name] for name in _RESULT_KEYS if part.get(name) is not None), part)
    if not isinstance(result, Mapping):
        return content_of(result, owner).text or ""
    value = result.get("content", result.get("output"))
    if isinstance(value, list):
        texts = [_result_part(item, owner) for item in value]
        return "\n".join(texts)
    if isinstance(value, Mapping):
        return json_text(without_nulls(value))
    return content_of(value, owner).text or ""


def _result_part(item: object, owner: str) -> str:
    if isinstance(item, Mapping) and item.get("json") is not None:
        return json_text(without_nulls(item["json"]))
    return _part(item, owner).text or ""


def _joined(parts: list[Content]) -> Content:
    texts = [part.text for part in parts if part.text is not None]
    text = "".join(texts) if texts else None
    return Content(
        text,
        tuple(chain.from_iterable(part.calls for part in parts)),
        any(part.has_reasoning for part in parts),
        any(part.has_results for part in parts),
    )


def without_nulls(value: object) -> object:
    """A value without the null fields that tables put into objects of several kinds."""
    if isinstance(value, Mapping):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [without_nulls(part) for part in value]
    return value


def holds_nothing(value: object) -> bool:
    """Whether a value is null, false or blank, or holds only such."""
    value = plain(value)
    if isinstance(value, Mapping):
        return all(map(holds_nothing, value.values()))
    if isinstance(value, list):
        return all(map(holds_nothing, value))
    if isinstance(value, str):
        return value.strip() in ("", "[]", "{}", "null", "None")
    return value is None or value is False
