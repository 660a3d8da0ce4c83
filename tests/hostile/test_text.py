"""Text that tools like to change: every letter stays as it is, from file to example to file."""

import csv
import json

import pyarrow.parquet as pq
import pytest

from delift_core import export_subset, read_dataset
from tests.hostile.attempts import (
    LINES,
    ROWS,
    TABLE,
    Read,
    check_every_way,
    for_each_case,
    jsonl,
    pairs,
    select_all,
    write_input,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
TEXTS = {
    "emoji": (
        f"thumbs \U0001f44d\U0001f3fd, family {FAMILY}, flag \U0001f1ef\U0001f1f5, heart"
        " \u2764\ufe0f"
    ),
    "right-to-left text": "مرحبا بالعالم (123) שלום, world",
    "bidi overrides and isolates": "invoice \u202egnp.exe\u202c, \u2066left\u2069 \u200fx\u200e",
    "letters and their accents apart and together": (
        "e\u0301 \u00e9 \u1e9b\u0323 A\u030a \u212b \u00c5"
    ),
    "ligatures, full-width and compatibility letters": (
        "\ufb01ne \uff21\uff22\uff23 \u2460 \u00bd \u2126 \u3390 \uff76\uff9e"
    ),
    "letters beyond the first plane": "\U0001d4d7\U0001d4ee \U00020bb7 \U0010ffff",
    "noncharacters and private letters": "a\ufdd0b\ufffec\uffffd\ue000e",
    "the replacement letter itself": "\ufffd already lost",
    "zero-width letters within": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg",
    "spaces of every width": "\u00a0a\u2003b\u2009c\u3000d\u202f",
    "spaces and line breaks at both ends": "  \n\tanswer \n\n",
    "a line separator, a paragraph separator, a next line": (
        "one\u2028two\u2029three\x85four\x0bfive\x0csix"
    ),
    "NUL": "a\0b\0",
    "ANSI escapes": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b1m \x08\x08 \x7f",
    "combining marks piled up": "Z" + "\u0334\u0358\u035c" * 60,
    "markup, formulas and templates": (
        "<script>alert(1)</script> {{7*7}} ${x} %s =cmd|'/c calc'!A0 $x^2$ [a](b)"
    ),
    "backslashes and quotes": 'C:\\new\\table \\u0041 \\" \' " "" \\',
}


@for_each_case(TEXTS)
def test_text_stays_as_it_is_in_every_kind_of_file(subject, case, tmp_path, tried):
    """Read as escaped and as bare JSON; exported byte for byte, in every kind and shape."""
    rows = [
        {"prompt": case, "response": f"{case}!", "note": [case, {case: case}]},
        {"prompt": "plain", "response": "text", "note": []},
    ]
    texts = [(case, f"{case}!"), ("plain", "text")]
    bare = (
        jsonl(rows[0], rows[1])
        if json.dumps(case, ensure_ascii=False) == json.dumps(case) or case.isprintable()
        else jsonl(*map(json.dumps, rows))
    )
    for content in (bare, jsonl(*map(json.dumps, rows))):
        dataset = read_dataset(write_input(tmp_path, Read(content, texts)))
        assert (
            pairs(dataset) == texts
            and [example.extra for example in dataset] == rows
            and dataset.problems == ()
        )
    for name in ("out.jsonl", "out.json", "out.parquet", "out.csv"):
        path = export_subset(dataset, select_all(dataset), tmp_path / name)
        check_text(path, rows)
        for shape in ("messages", "sharegpt"):
            again = read_dataset(
                export_subset(
                    dataset, select_all(dataset), tmp_path / f"{shape}-{name}", shape=shape
                )
            )
            assert pairs(again) == texts
    tried(subject, "read", "and exported as it is to JSONL, JSON, CSV and Parquet")


def check_text(path, rows):
    """The texts as other programs read them.

    A cell that a spreadsheet would run has an apostrophe before it.
    """
    if path.suffix == ".parquet":
        written = [(row["prompt"], row["response"]) for row in pq.read_table(path).to_pylist()]
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            written = [(row["prompt"], row["response"]) for row in csv.DictReader(file)]
    else:
        content = path.read_bytes().decode()
        written = [
            (row["prompt"], row["response"])
            for row in (
                json.loads(content)
                if path.suffix == ".json"
                else map(json.loads, content.split("\n")[:-1])
            )
        ]
    assert written == [(row["prompt"], row["response"]) for row in rows]


AGAIN = [(row, "the same prompt and response as row") for row in range(5, 20)]
CASES = {
    "a line separator, bare, within a line": Read(
        '{"prompt": "a\u2028b\u2029c\u0085d", "response": "e"}\r\n' + LINES,
        [("a\u2028b\u2029c\x85d", "e"), *ROWS],
    ),
    "a line separator, bare, within a cell": Read(
        "prompt,response\na\u2028b,c\u2029d\x85e\x0bf\x0cg\n",
        [("a\u2028b", "c\u2029d\x85e\x0bf\x0cg")],
    ),
    "ANSI escapes, bare, in JSON": Read(
        '{"prompt": "\x1b[31mred", "response": "x"}\n' + LINES,
        ROWS,
        [(1, "invalid control character")],
    ),
    "ANSI escapes, bare, in a table": Read(
        "prompt,response\n\x1b[31mred,\x07x\n", [("\x1b[31mred", "\x07x")]
    ),
    "NUL, bare, in a short table": Read("prompt,response\na\0b,c\0\n", [("a\0b", "c\0")]),
    "NUL, bare, in a long table": Read(
        TABLE * 5 + "a\0b,c\n", [*ROWS, *[("prompt", "response"), *ROWS] * 4, ("a\0b", "c")], AGAIN
    ),
    "half a surrogate pair, escaped": Read(
        '{"prompt": "a\\ud800", "response": "b"}\n' + LINES, ROWS, [(1, "half of a surrogate pair")]
    ),
    "half a surrogate pair in a name": Read(
        '{"prompt": "a", "response": "b", "\\udc00": 1}\n' + LINES,
        ROWS,
        [(1, "half of a surrogate pair")],
    ),
    "half a surrogate pair, as bytes": Read(
        '{"prompt": "a\ud800", "response": "b"}\n' + LINES, ROWS, [(1, "half of a surrogate pair")]
    ),
    "half a surrogate pair in a conversation within a cell": Read(
        "messages\tid\n"
        '[{"role":"user","content":"\\ud800"},{"role":"assistant","content":"b"}]\t1\n'
        '[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]\t2\n',
        [("a", "b")],
        [(1, "half of a surrogate pair")],
    ),
    "a whole surrogate pair, escaped": Read(
        '{"prompt": "a\\ud83d\\ude00", "response": "b"}\n', [("a\U0001f600", "b")]
    ),
    "a whole surrogate pair, as six bytes": Read(
        b'{"prompt": "a\xed\xa0\xbd\xed\xb8\x80", "response": "b"}\n' + LINES.encode(),
        ROWS,
        [(1, "half of a")],
    ),
}


@for_each_case(CASES)
def test_letters_that_break_lines_terminals_or_encodings(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+x", "-2+3"])
def test_a_formula_reaches_a_spreadsheet_as_text(text, tmp_path, tried):
    dataset = read_dataset([{"prompt": text, "response": text}])
    path = export_subset(dataset, select_all(dataset), tmp_path / "out.csv")
    assert path.read_text().splitlines()[1] == f'"\'{text}","\'{text}"'
    assert pairs(
        read_dataset(export_subset(dataset, select_all(dataset), tmp_path / "out.jsonl"))
    ) == [(text, text)]
    tried(f"the formula {text}", "read", "written to CSV behind an apostrophe, to JSONL as it is")
