"""Answers that are nothing, look like nothing, or are no text: only what is nothing is left out."""

import json

from tests.hostile.attempts import Read, answers, check_every_way, for_each_case, jsonl

EMPTY, NONE, TOKENS = (
    "the response is empty.",
    "there is no response.",
    "the response is only control tokens (",
)
LIST = "it has prompt, response (a list)."
FIELDS = "it has prompt, response (an object with named fields)."


def after_yes(*responses: object) -> str:
    """A usable answer, then these."""
    return answers("yes", *responses)


def only_yes(*problems: tuple[int, str], content: str) -> Read:
    return Read(content, [("p1", "yes")], list(problems))


CASES = {
    "an empty answer": only_yes((2, EMPTY), content=after_yes("")),
    "a blank answer": only_yes(
        (2, EMPTY), (3, EMPTY), (4, EMPTY), content=after_yes("  ", "\n\t", "\u00a0\u3000\u2028")
    ),
    "no answer": only_yes((2, NONE), content=after_yes(None)),
    "an answer of zero-width letters": only_yes(
        (2, EMPTY),
        (3, EMPTY),
        (4, EMPTY),
        content=after_yes("\u200b\ufeff\u2060", "\u200d\u00ad", "\u202e\u2069"),
    ),
    "an answer of letters that draw nothing": only_yes(
        *((row, EMPTY) for row in range(2, 8)),
        content=after_yes(
            "\u3164", "\u115f\u1160", "\u2800", "\ufe0f", "\u034f", "\U000e0001\U000e0100"
        ),
    ),
    "an answer of controls": only_yes((2, EMPTY), content=after_yes("\0\x07\x1b")),
    "an answer of one end-of-turn token": only_yes(
        *((row, TOKENS) for row in range(2, 5)),
        content=after_yes("<|im_end|>", " </s>\n", "<|im_end|>\n<|endoftext|>"),
    ),
    "an answer of other control tokens": only_yes(
        *((row, TOKENS) for row in range(2, 9)),
        content=after_yes(
            "<s>",
            "<pad> <unk>",
            "<|im_start|>",
            "[PAD]",
            "[INST][/INST]",
            "<｜end▁of▁sentence｜>",
            "<|start_header_id|><|eot_id|>",
        ),
    ),
    "a control token and an answer": Read(
        answers("<|im_start|>yes", "use <pad> here", "yes <|im_end|>"),
        [("p1", "<|im_start|>yes"), ("p2", "use <pad> here"), ("p3", "yes ")],
        [(3, "the end-of-turn marker <|im_end|> is not part of the response.")],
    ),
    "markup that only looks like control tokens": Read(
        answers("<b>", "<|>", "[1]", "<struck>"),
        [("p1", "<b>"), ("p2", "<|>"), ("p3", "[1]"), ("p4", "<struck>")],
    ),
    "0 and false as answers": Read(
        answers(0, False, 0.0, "0", "false"),
        [("p1", "0"), ("p2", "false"), ("p3", "0.0"), ("p4", "0"), ("p5", "false")],
    ),
    "0 as a question": Read(
        jsonl({"prompt": 0, "response": "a"}, {"prompt": False, "response": "b"}),
        [("0", "a"), ("false", "b")],
    ),
    "a minus zero": Read(
        '{"prompt": "a", "response": -0}\n{"prompt": "b", "response": -0.0}\n',
        [("a", "-0"), ("b", "-0.0")],
    ),
    "numbers with digits of their own": Read(
        '{"prompt": "a", "response": 8.00}\n{"prompt": "b", "response": 1E5}\n{"prompt": "c",'
        ' "response": 0.1234567890123456789}\n{"prompt": "d", "response": 1e-400}\n',
        [("a", "8.00"), ("b", "1E5"), ("c", "0.1234567890123456789"), ("d", "1e-400")],
    ),
    "numbers in the cells of a table": Read(
        "prompt,response\na,007\nb,1e5\nc,NA\nd,NaN\ne,null\n",
        [("a", "007"), ("b", "1e5"), ("c", "NA"), ("d", "NaN"), ("e", "null")],
    ),
    "lists as answers": only_yes(
        (2, LIST), (3, LIST), (4, LIST), content=after_yes([1, 2], ["a"], [])
    ),
    "dicts as answers": only_yes((2, FIELDS), (3, FIELDS), content=after_yes({"text": "a"}, {})),
    "lists and dicts as questions": Read(
        jsonl(
            {"prompt": "p1", "response": "yes"},
            {"prompt": ["a"], "response": "b"},
            {"prompt": {"a": 1}, "response": "b"},
        ),
        [("p1", "yes")],
        [
            (2, "it has prompt (a list), response."),
            (3, "it has prompt (an object with named fields), response."),
        ],
    ),
    "lists and dicts in a column named by hand": Read(
        jsonl({"q": "a", "a": "b"}, {"q": "c", "a": ["d"]}, {"q": "e", "a": {"f": 1}}),
        [("a", "b")],
        [
            (2, "a value is a list, not text."),
            (3, "a value is an object with named fields, not text."),
        ],
        options={"columns": {"prompt": "q", "response": "a"}},
    ),
    "an empty question": Read(
        jsonl(
            {"prompt": "", "response": "a"},
            {"prompt": "p1", "response": "yes"},
            {"prompt": "\u200b", "response": "b"},
        ),
        [("p1", "yes")],
        [(1, "the prompt is empty."), (3, "the prompt is empty.")],
    ),
    "an assistant that calls a tool and says nothing": Read(
        jsonl(
            {
                "messages": [
                    {"role": "user", "content": "sun?"},
                    {
                        "role": "assistant",
                        "content": None,
                        "tool_calls": [{"name": "sky", "n": 1.0}],
                    },
                ]
            }
        ),
        [("sun?", '[{"name": "sky", "n": 1.0}]')],
        [(1, "the tool calls of turn 2 are written as JSON text.")],
    ),
    "an assistant that calls a tool and says something": Read(
        jsonl(
            {
                "messages": [
                    {"role": "user", "content": "sun?"},
                    {"role": "assistant", "content": "wait", "tool_calls": [{"name": "sky"}]},
                ]
            }
        ),
        [("sun?", "wait")],
        [(1, "the tool calls of turn 2 are left out, its text is kept.")],
    ),
    "a completion of messages that ends with the user": Read(
        jsonl(
            {
                "prompt": "a",
                "completion": [
                    {"role": "assistant", "content": "b"},
                    {"role": "user", "content": "c"},
                ],
            }
        ),
        [("a", "b")],
        [(1, "1 turn after the last assistant turn is left out.")],
    ),
    "a completion of messages with a tool between": Read(
        jsonl(
            {
                "prompt": "a",
                "completion": [
                    {"role": "assistant", "content": "", "tool_calls": [1]},
                    {"role": "tool", "content": "t"},
                    {"role": "assistant", "content": "b"},
                ],
            }
        ),
        [("user: a\nassistant: [1]\ntool: t", "b")],
        [(1, "the tool calls of turn 1 are written as JSON text.")],
    ),
    "a completion of messages by the user alone": Read(
        jsonl(
            {"prompt": "a", "completion": [{"role": "user", "content": "c"}]},
            {"prompt": "p1", "completion": "yes"},
        ),
        [("p1", "yes")],
        [(1, NONE)],
    ),
    "a prompt of messages and an answer of text": Read(
        jsonl({"prompt": [{"role": "user", "content": "a"}], "response": "b"}), [("a", "b")]
    ),
    "an input and a system prompt that are no text": Read(
        jsonl(
            {"instruction": "a", "input": ["x"], "output": "b", "system": {"y": 1}},
            {"question": "c", "context": {"z": 1}, "answer": "d"},
        ),
        [("a", "b"), ("c", "d")],
        [
            (1, "'input' holds a list and is left out"),
            (1, "'system' holds an object"),
            (2, "'context' holds an object"),
        ],
    ),
    "a picture among the parts of a message": Read(
        jsonl(
            {
                "messages": [
                    {"role": "user", "content": [{"type": "image_url"}]},
                    {"role": "assistant", "content": "b"},
                ]
            },
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "a"}]},
                    {"role": "assistant", "content": "b"},
                ]
            },
        ),
        [("a", "b")],
        [(1, "turn 1 holds 'image_url', and only text can be scored.")],
    ),
    "an answer of 100,000 characters": Read(answers("word " * 20_000), [("p1", "word " * 20_000)]),
    "100,000 end-of-turn tokens within an answer": Read(
        answers("</s> " * 100_000 + "x</s>"),
        [("p1", "</s> " * 100_000 + "x")],
        [(1, "marker </s>")],
    ),
    "100,000 quotes": Read(answers("'\"" * 50_000 + "."), [("p1", "'\"" * 50_000 + ".")]),
    "100,000 digits that are no number": Read(
        answers("-" + "1" * 100_000 + "x"), [("p1", "-" + "1" * 100_000 + "x")]
    ),
    "100,000 end-of-turn tokens": only_yes((2, TOKENS), content=after_yes("</s> " * 100_000)),
    "a conversation within a cell, with a number's own digits": Read(
        "messages\tid\n"
        + json.dumps(
            [{"role": "user", "content": "a"}, {"role": "assistant", "content": 0}]
        ).replace("0", "8.00")
        + "\t1\n",
        [("a", "8.00")],
    ),
}


@for_each_case(CASES)
def test_an_answer_is_text_or_is_named(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)
