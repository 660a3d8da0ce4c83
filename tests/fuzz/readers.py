"""Coverage-guided fuzzing of the five readers with atheris: `make fuzz`, never part of the tests.

`python -m tests.fuzz.readers` gives each reader its share of two minutes and prints executions,
coverage and findings; `... csv` fuzzes one of them, `... csv 600` for ten minutes. A finding is
whatever is neither a Dataset nor a DeliftError whose sentence begins with the file: an error of
another kind, a crash, ten seconds, two gigabytes. Its input is kept in build/fuzz/<reader>, and
belongs into tests/hostile once the reader is mended.
"""

import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 120  # for all readers together
ROWS = [
    {"id": "a", "prompt": "What is 2 + 2?", "response": "4"},
    {"id": "b", "prompt": "Name a colour.", "response": "Blue"},
]
TURNS = [
    {"role": "user", "content": "a"},
    {"role": "assistant", "content": "b", "tool_calls": [1.50]},
]
LAYOUTS = [
    {"messages": TURNS},
    {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]},
    {"instruction": "i", "input": "", "output": "o", "history": [["a", "b"]], "system": "s"},
    {"instruction": "i", "instances": [{"output": "o"}]},
    {"context": "c", "question": "q", "answers": {"text": ["a"], "answer_start": [1]}},
    {"prompt": TURNS, "completion": TURNS},
]
WORDS = {
    *(name for row in LAYOUTS for name in row),
    "response",
    "role",
    "content",
    "user",
    "assistant",
    "from",
    "value",
    "data",
    "paragraphs",
    "qas",
    "id",
    '{"',
    '": ',
    "[[",
    "null",
    "NaN",
    "-0",
    "1e999",
    "\\ud800",
    "\u2028",
    "\ufeff",
    "<|im_end|>",
    '""',
    "\r\n",
    "sep=;",
}


def lines_of(rows: list) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet_of(rows: list) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), stream, compression="none")
    return stream.getvalue()


def table_of(delimiter: str) -> bytes:
    rows = [ROWS[0].keys(), *(row.values() for row in ROWS), ('"x"', '"a\n""b"""', "'")]
    return "\n".join(delimiter.join(row) for row in rows).encode()


def spelt(word: str) -> str:
    """A word as libFuzzer's dictionaries write it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def packed(data: bytes) -> bytes:
    """Half of the inputs as gzip, so that what is inside is reached; the others as they are."""
    return gzip.compress(data[1:], mtime=0) if data[:1] < b"\x80" else data[1:]


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "jsonl": lambda: [
        lines_of(ROWS),
        lines_of(LAYOUTS),
        *(lines_of([row] * 2) for row in LAYOUTS),
        lines_of(ROWS).decode().encode("utf-16"),
    ],
    "json": lambda: [
        json.dumps(ROWS, indent=1).encode(),
        json.dumps({"train": ROWS}).encode(),
        json.dumps(LAYOUTS).encode(),
        json.dumps(ROWS)[:-9].encode(),
        json.dumps(
            {
                "data": [
                    {
                        "title": "t",
                        "paragraphs": [
                            {"context": "c", "qas": [{"question": "q", "answers": [{"text": "a"}]}]}
                        ],
                    }
                ]
            }
        ).encode(),
    ],
    "csv": lambda: [
        *map(table_of, ",\t;|"),
        b"sep=;\r\n" + table_of(";"),
        b'messages,id\n"[{""role"":""user"",""content"":""a""}]",1\n',
    ],
    "parquet": lambda: [
        parquet_of(ROWS),
        parquet_of(LAYOUTS[:2]),
        parquet_of([{"prompt": "a", "response": 1.5, "x": None, "y": [True], "z": {"a": 1}}] * 3),
    ],
    "gzip": lambda: [
        b"\0" + lines_of(ROWS),
        b"\xff" + gzip.compress(lines_of(ROWS)),
        b"\xff" + gzip.compress(table_of(",")) * 2,
        b"\0" + parquet_of(ROWS),
    ],
}


def check(content: bytes, path: Path) -> None:
    """The oracle: a Dataset that can be stored, or a refusal that names the file.

    Anything else raises.
    """
    from delift_core.data.example import Dataset
    from delift_core.data.readers import read_dataset
    from delift_core.errors import DeliftError

    path.write_bytes(content)
    try:
        dataset = read_dataset(path)
    except DeliftError as refusal:
        assert str(refusal).startswith(f"{path}: ") and len(str(refusal)) > len(str(path)) + 20, (
            refusal
        )
        return
    assert isinstance(dataset, Dataset) and dataset.fingerprint
    assert dataset.examples or dataset.problems
    assert all(example.prompt.strip("\ufeff") and example.response for example in dataset)
    "".join(
        [
            *(problem.reason for problem in dataset.problems),
            *(example.id + example.prompt + example.response for example in dataset),
        ]
    ).encode()


def fuzz(reader: str, seconds: int) -> None:
    """Fuzz one reader in this process; atheris ends it."""
    import atheris
    import pyarrow

    pyarrow.set_cpu_count(1)
    with atheris.instrument_imports(include=["delift_core.data"]):
        import delift_core.data.readers  # noqa: F401
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    (folder / "words").write_text("".join(f'"{word}"\n' for word in map(spelt, sorted(WORDS))))
    for number, seed in enumerate(SEEDS[reader]()):
        (folder / f"seed-{number}").write_bytes(seed)
    findings = ROOT / "build" / "fuzz" / reader
    findings.mkdir(parents=True, exist_ok=True)
    (folder / "corpus").mkdir()

    def try_out(data: bytes) -> None:
        try:
            check(packed(data) if reader == "gzip" else data, folder / "input")
        except BaseException:
            shutil.copy(folder / "input", findings / hashlib.sha256(data).hexdigest())
            raise

    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-max_len=4096",
            "-print_final_stats=1",
            f"-dict={folder / 'words'}",
            f"-artifact_prefix={findings}/",
            str(folder / "corpus"),
            str(folder),
        ],
        try_out,
    )
    atheris.Fuzz()


def main() -> int:
    """Fuzz one reader or all of them one after another, and print a line about each."""
    readers, seconds = (
        sys.argv[1:2] or list(SEEDS),
        (int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS // len(SEEDS)),
    )
    findings = 0
    for reader in readers:
        process = subprocess.run(
            [
                sys.executable,
                "-c",
                f"from tests.fuzz.readers import fuzz; fuzz({reader!r}, {seconds})",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        executions = (
            re.findall(r"stat::number_of_executed_units: (\d+)", process.stderr)
            or re.findall(r"^#(\d+)", process.stderr, flags=re.MULTILINE)
            or ["0"]
        )
        coverage = re.findall(r"cov: (\d+) ft: (\d+)", process.stderr) or [("0", "0")]
        print(
            f"{reader:8} {int(executions[-1]):>8,} executions, {coverage[-1][0]} edges and"
            f" {coverage[-1][1]} features covered,"
            f" {'no finding' if process.returncode == 0 else 'A FINDING:'}",
            flush=True,
        )
        if process.returncode:
            findings += 1
            print(process.stdout[-2000:], process.stderr[-2000:])
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
