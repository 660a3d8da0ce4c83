"""Files that are not what their name says, broken and overlarge containers, JSON at its limits."""

import gzip
import io
import json
import subprocess
import sys

import pyarrow as pa
import pytest
from pyarrow import parquet

from delift_core import DeliftError, read_dataset
from delift_core.data import decoding
from tests.hostile.attempts import (
    LINES,
    OBJECTS,
    ROWS,
    TABLE,
    Read,
    Refused,
    check_every_way,
    for_each_case,
    jsonl,
    refusal_of_run,
)
from tests.tables import ROOT

DAMAGED, DEEP = (
    "the Parquet file is cut off or damaged. Write or download it again.",
    "nested too deeply to be read",
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde"


def packed(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(table, stream)
    return stream.getvalue()


def columns(**more) -> bytes:
    """A Parquet file of two good rows with further columns, or other ones in their place."""
    return packed(pa.table({"prompt": ["a", "c"], "response": ["b", "d"]} | more))


PARQUET = packed(pa.Table.from_pylist(OBJECTS))
BAD_TEXT = pa.Array.from_buffers(pa.string(), 2, pa.array([b"a", b"\xff\xfe"]).buffers())
TWICE = pa.StructArray.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["x", "x"])
DEEP_LISTS = "[" * 3000 + "]" * 3000
CASES = {
    # names that lie
    "lines called .json": Read(LINES, ROWS, name="pool.json"),
    "an array called .jsonl": Read(json.dumps(OBJECTS, indent=2), ROWS),
    "Parquet called .csv": Read(PARQUET, ROWS, name="pool.csv"),
    "a table called .parquet": Read(TABLE, ROWS, name="pool.parquet"),
    "lines called .parquet": Read(LINES, ROWS, name="pool.parquet"),
    "Parquet called .jsonl.gz and packed": Read(gzip.compress(PARQUET), ROWS, name="pool.jsonl.gz"),
    "lines called .gz that are not packed": Read(LINES, ROWS, name="pool.gz"),
    "a PNG called .jsonl": Refused(PNG, "the file is a picture, not rows of text."),
    "a PNG packed": Refused(gzip.compress(PNG), "the file is a picture, not rows of text."),
    "a zip called .csv": Refused(
        b"PK\x03\x04" + bytes(range(40)), "a zip archive or an Excel workbook", name="pool.csv"
    ),
    "a pickle": Refused(
        b"\x80\x04\x95\x1f\0\0\0\0\0\0\0}\x94\x8c\x06prompt\x94\x8c\x01a\x94s.",
        "the file is binary, not rows of text.",
    ),
    "an SQLite database": Refused(b"SQLite format 3\0" + bytes(84), "an SQLite database"),
    "a web page": Refused(
        "<html>\n<body>Sign in, please</body>\n</html>\n", "neither JSON nor JSONL, nor a table"
    ),
    # tables
    "semicolons in .csv": Read(
        'prompt;response\nhello, my friend;a, b\n"c;d";e\n',
        [("hello, my friend", "a, b"), ("c;d", "e")],
        name="pool.csv",
    ),
    "tabs in .csv": Read(
        "prompt\tresponse\nhello, my friend\ta, b\n",
        [("hello, my friend", "a, b")],
        name="pool.csv",
    ),
    "a first line that names the delimiter": Read(
        "sep=;\r\nprompt;response\r\na;b\r\n", [("a", "b")], name="pool.csv"
    ),
    "a first line that names the delimiter, and a name with an open quote": Refused(
        'sep=;\r\nid;promp"x";"t;res\na;b;c\n"x";"a\n""b""";\'',
        "neither JSON nor JSONL, nor a table",
        name="pool.csv",
    ),
    "a first line that names the delimiter, and nothing else": Refused(
        "sep=;\n\n\n", "neither JSON nor JSONL, nor a table", name="pool.csv"
    ),
    "ragged rows": Read(
        "prompt,response\na,b\nc\nd,e,f\n,\n\ng,h\n",
        [("a", "b"), ("g", "h")],
        [
            (2, "the row has 1 cell where the header has 2."),
            (3, "the row has 3 cells where the header has 2."),
            (4, "the response is empty."),
        ],
        name="pool.csv",
    ),
    "quotes within cells": Read(
        'prompt,response\n5" pipe,"say ""hi"""\nthe "b" word,d\n',
        [('5" pipe', 'say "hi"'), ('the "b" word', "d")],
    ),
    "text behind a closing quote": Read(
        'prompt,response\n"a"b,c\nd,e\n',
        [("d", "e")],
        [(1, "a double quote in line 2 of the file is not closed")],
    ),
    "quotes used as letters in a .tsv": Read(
        'prompt\tresponse\n"Oh" he said\tyes\n5" pipe\t"no\n',
        [('"Oh" he said', "yes"), ('5" pipe', '"no')],
    ),
    "quotes that would join whole lines of a .tsv": Read(
        'prompt\tresponse\n"start\tb\nc\td\nthe end"\te\n',
        [('"start', "b"), ("c", "d"), ('the end"', "e")],
    ),
    "quotes around lines and tabs of a .tsv": Read(
        'prompt\tresponse\n"a\nb\tc"\t"say ""d"""\ne\tf\n', [("a\nb\tc", 'say "d"'), ("e", "f")]
    ),
    # Parquet
    "Parquet cut in half": Refused(PARQUET[: len(PARQUET) // 2], DAMAGED),
    "Parquet without its last byte": Refused(PARQUET[:-1], DAMAGED),
    "the first four bytes of Parquet": Refused(b"PAR1", DAMAGED),
    "Parquet without rows": Refused(
        packed(
            pa.table({"prompt": pa.array([], pa.string()), "response": pa.array([], pa.string())})
        ),
        "there are no rows",
    ),
    "Parquet without columns": Refused(packed(pa.table({})), "there are no rows"),
    "Parquet with two columns of one name": Refused(
        packed(
            pa.Table.from_arrays(
                [pa.array(["a"]), pa.array(["b"]), pa.array(["c"])],
                names=["prompt", "prompt", "response"],
            )
        ),
        "two columns have the same name (prompt, prompt, response). Rename one of them.",
    ),
    "Parquet whose text is no UTF-8": Read(
        columns(prompt=BAD_TEXT), [("a", "b")], [(2, "a value of type string cannot be read")]
    ),
    "Parquet of bytes": Refused(
        columns(prompt=[b"a", b"\xff"]), "Columns are prompt (binary data), response."
    ),
    "Parquet with pictures beside the text": Read(
        columns(picture=pa.array([None, {"bytes": PNG, "path": None}])),
        [("a", "b"), ("c", "d")],
        [
            (
                2,
                (
                    "'picture' holds binary data: a run and every export but Parquet keep it as"
                    " Python writes it."
                ),
            )
        ],
    ),
    "Parquet of a day beyond the calendar": Read(
        columns(day=pa.array([1, 2**30], pa.date32())),
        [("a", "b")],
        [(2, "a value of type date32[day] cannot be read")],
    ),
    "Parquet of a time zone that is none": Read(
        columns(at=pa.array([None, 1], pa.timestamp("ms", tz="Mars/Olympus"))),
        [("a", "b")],
        [(2, "cannot be read")],
    ),
    "Parquet of objects with a name twice": Read(
        columns(both=TWICE), [], [(1, "cannot be read"), (2, "cannot be read")]
    ),
    "NaN and Infinity in Parquet": Read(
        columns(response=pa.array([1.5, float("inf")])),
        [("a", "1.5")],
        [(2, "it holds an infinite number")],
    ),
    "NaN as an answer in Parquet": Read(
        columns(response=pa.array([1.5, float("nan")])),
        [("a", "1.5")],
        [(2, "there is no response.")],
    ),
    # gzip
    "gzip cut off": Refused(
        gzip.compress(LINES.encode())[:-5],
        "the gzip file is cut off or damaged. Compress or download it again.",
    ),
    "gzip of nothing": Refused(gzip.compress(b""), "the file is empty"),
    "gzip packed twice": Refused(
        gzip.compress(gzip.compress(LINES.encode())), "compressed with gzip twice"
    ),
    "gzip and garbage behind it": Refused(
        gzip.compress(LINES.encode()) + b"garbage", "the gzip file is cut off or damaged"
    ),
    "gzip of many pieces": Read(gzip.compress(b"") * 2000 + gzip.compress(LINES.encode()), ROWS),
    # JSON
    "JSON of columns": Refused(
        json.dumps({"prompt": ["a", "b"], "response": ["c", "d"]}),
        "the file is one object of columns (prompt, response), not rows.",
    ),
    "JSON of columns as pandas writes them": Refused(
        json.dumps({"prompt": {"0": "a"}, "response": {"0": "b"}}),
        "the file is one object of columns (prompt, response), not rows.",
    ),
    "3,000-deep JSON and nothing else": Read(DEEP_LISTS, [], [(1, DEEP)]),
    "3,000-deep JSON that never closes": Read("[" * 3000, [], [(1, DEEP)]),
    "3,000-deep JSON within a row": Read(
        f'{{"prompt": "a", "response": "b", "x": {DEEP_LISTS}}}\n{LINES}', ROWS, [(1, DEEP)]
    ),
    "3,000-deep JSON within a row of an array": Read(
        f'[{{"prompt": "a", "response": "b", "x": {DEEP_LISTS}}}, {json.dumps(OBJECTS)[1:]}',
        ROWS,
        [(1, DEEP)],
    ),
    "3,000-deep JSON within a cell": Refused(
        f'id,messages\nx,"{DEEP_LISTS}"\n',
        "no known layout explains the rows. Columns are id, messages.",
    ),
    "300-deep JSON": Read(
        f'{{"prompt": "a", "response": "b", "x": {"[" * 300 + "]" * 300}}}\n{LINES}',
        ROWS,
        [(1, "it is nested more than 100 levels deep")],
    ),
    "200,000 brackets": Read("[{" * 100_000, [], [(1, "not valid JSON: ")]),
    "200,000 brackets that close each other": Read("[" * 100_000 + "}" * 100_000, [], [(1, DEEP)]),
    "a 5,000-digit integer": Read(
        f'{{"prompt": "a", "response": {"7" * 5000}}}\n{LINES}',
        ROWS,
        [(1, "a whole number has 5000 digits")],
    ),
    "a 4,000-digit integer": Read(
        f'{{"prompt": "a", "response": {"7" * 4000}}}\n', [("a", "7" * 4000)]
    ),
    "NaN and Infinity": Read(
        jsonl(
            '{"prompt": "a", "response": NaN}',
            '{"prompt": "a", "response": "b", "s": -Infinity}',
            '{"prompt": "a", "response": "NaN"}',
        ),
        [("a", "NaN")],
        [(1, "NaN is not a JSON number"), (2, "-Infinity is not a JSON number")],
    ),
    "a number too large for any machine": Read(
        '{"prompt": "a", "response": 1e999}\n' + LINES,
        ROWS,
        [(1, "the number 1e999 is too large to read.")],
    ),
}


@for_each_case(CASES)
def test_a_file_that_is_something_else(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)


def refused_within(path, bytes_at_most):
    """The refusal of a file, and that reading it never took more memory than this."""
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(DeliftError) as refusal:
        read_dataset(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < bytes_at_most and refusal_of_run(path) == f"delift: {refusal.value}\n"
    return str(refusal.value)


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path, tried, monkeypatch):
    monkeypatch.setattr(decoding, "RATIO_FLOOR", 15 * 1024**2)
    path = tmp_path / "pool.jsonl.gz"
    path.write_bytes(gzip.compress(bytes(64 * 1024**2)))
    sentence = refused_within(path, 32 * 1024**2)
    assert (
        sentence.startswith(f"{path}: ")
        and "bytes of gzip unpack to more than 16,777,216, which is refused." in sentence
        and "Unpack the file yourself" in sentence
    )
    tried("a gzip bomb", "refused", sentence.removeprefix(f"{path}: "))


def test_a_parquet_bomb_is_refused_before_it_fills_the_memory(tmp_path, tried, monkeypatch):
    monkeypatch.setattr(decoding, "RATIO_FLOOR", 4 * 1024**2)
    path = tmp_path / "pool.parquet"
    parquet.write_table(pa.table({name: ["a"] * 500_000 for name in ("prompt", "response")}), path)
    assert path.stat().st_size < 10_000
    sentence = refused_within(path, 32 * 1024**2)
    assert (
        sentence.startswith(f"{path}: ") and "bytes of Parquet unpack to more than 4," in sentence
    )
    tried("a Parquet bomb", "refused", sentence.removeprefix(f"{path}: "))


EVERY_BYTE = """
import sys
from pathlib import Path
import pyarrow
from tests.fuzz.readers import ROWS, check, parquet_of
pyarrow.set_cpu_count(1)
whole = parquet_of(ROWS)
for position in range(4, len(whole)):
    damaged = bytearray(whole)
    damaged[position] ^= 1 << position % 8
    check(bytes(damaged), Path(sys.argv[1]))
print(len(whole) - 4)
"""


def test_parquet_damaged_at_any_byte_never_ends_the_process(tmp_path, tried):
    """In a process of its own: pyarrow ends the one it is in over a damaged table of sizes."""
    done = subprocess.run(
        [sys.executable, "-c", EVERY_BYTE, str(tmp_path / "pool.parquet")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    tried(
        "Parquet damaged at one byte, each in turn",
        "read",
        f"or refused by name, {done.stdout.strip()} times",
    )
