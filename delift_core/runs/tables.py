"""Datasets, problems and the pass over each example alone, as Parquet files of a run folder."""

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from delift_core.data.example import Dataset, Example, Problem, ProblemKind, Turn
from delift_core.data.json_values import parsed_json
from delift_core.data.read_options import ReadRecord
from delift_core.data.text import json_text, plain
from delift_core.errors import SCORE_AGAIN, DamagedRun, DeliftError
from delift_core.files import replacing_file
from delift_core.scoring.kernel import Alone

SUM = b"checksum"  # in a table's metadata, of all else there
AGAIN = "Run the command that read it again: it writes the file anew and scores nothing twice."


def write_table(table: pa.Table, path: Path) -> None:
    """Write beside, then rename; pages and what the table says of itself carry checksums."""
    told = {key: value for key, value in (table.schema.metadata or {}).items() if key != SUM}
    with replacing_file(path) as partial:
        pq.write_table(
            table.replace_schema_metadata({**told, SUM: checksum(told)}),
            partial,
            compression="zstd",
            write_page_checksum=True,
        )


def read_table(path: Path, advice: str = SCORE_AGAIN) -> pa.Table:
    """A Parquet file of a run, or the sentence that says it is damaged and what to do."""
    with sound(path, advice):
        table = pq.read_table(path, page_checksum_verification=True)
        told = dict(table.schema.metadata or {})
        # none in a file of an earlier version
        if told.pop(SUM, None) not in (None, checksum(told)):
            raise ValueError("what it says of itself fails its checksum")
        return table


def checksum(told: Mapping[bytes, bytes]) -> bytes:
    """Of what a table says of itself."""
    return str(zlib.crc32(repr(sorted(told.items())).encode())).encode()


@contextmanager
def sound(path: Path, advice: str = SCORE_AGAIN) -> Iterator[None]:
    """Turn whatever a damaged file, or one of another version, makes its reader raise into the
    sentence that names it.
    """
    try:
        yield
    except DamagedRun:
        raise
    except (
        DeliftError,
        OSError,
        pa.ArrowException,
        ValueError,
        LookupError,
        TypeError,
        OverflowError,
    ) as reason:
        told = str(reason).strip().splitlines() or [type(reason).__name__]
        raise DamagedRun(f"{path}: it cannot be read ({told[0].rstrip('.')}). {advice}") from reason


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """examples.parquet (collapsed duplicates behind the examples, naming who stands for them) and
    problems.parquet.
    """
    rows = [example_row(example, None) for example in dataset]
    rows += [
        example_row(example, key) for key, group in dataset.collapsed.items() for example in group
    ]
    origin = {"source": dataset.source, "format": dataset.format, "file": dataset.file_digest}
    origin |= {"asked": dataset.read_record.as_json} if dataset.read_record else {}
    write_table(
        pa.Table.from_pylist(rows, EXAMPLES).replace_schema_metadata(
            {"dataset": json_text(plain(origin))}
        ),
        folder / "examples.parquet",
    )
    problems = [
        {"row": problem.row, "reason": problem.reason, "kind": str(problem.kind)}
        for problem in dataset.problems
    ]
    write_table(pa.Table.from_pylist(problems, PROBLEMS), folder / "problems.parquet")


def read_dataset_folder(folder: Path) -> Dataset:
    """The dataset as it was loaded."""
    collapsed: dict[str, tuple[Example, ...]] = {}
    with sound(folder / "examples.parquet", AGAIN):
        table = read_table(folder / "examples.parquet", AGAIN)
        origin = json.loads(table.schema.metadata[b"dataset"])
        # an earlier version did not tell
        asked = ReadRecord.from_json(origin["asked"]) if origin.get("asked") else None
        rows = [(row["represented_by"], example_from(row)) for row in table.to_pylist()]
        for representative, example in rows:
            if representative is not None:
                collapsed[representative] = (*collapsed.get(representative, ()), example)
    with sound(folder / "problems.parquet", AGAIN):
        problems = [
            Problem(row["row"], row["reason"], ProblemKind(row["kind"]))
            for row in read_table(folder / "problems.parquet", AGAIN).to_pylist()
        ]
    return Dataset(
        tuple(example for representative, example in rows if representative is None),
        tuple(problems),
        origin["source"],
        origin["format"],
        collapsed,
        origin.get("file", ""),
        asked,
    )


def read_sound(folder: Path, described: Mapping) -> Dataset:
    """The dataset of a run, whose record tells how many examples it has and what their texts amount
    to. Raises DamagedRun where it has others.
    """
    dataset = read_dataset_folder(folder)
    if (len(dataset), dataset.text_fingerprint) != (described["examples"], described["texts"]):
        raise DamagedRun(
            f"{folder / 'examples.parquet'}: these are not the examples that the run was made of."
            f" {AGAIN}"
        )
    return dataset


EXAMPLES = pa.schema(
    [
        ("id", pa.string()),
        ("row", pa.int64()),
        ("prompt", pa.string()),
        ("response", pa.string()),
        ("turns", pa.string()),
        ("extra", pa.string()),
        ("represented_by", pa.string()),
    ]
)
PROBLEMS = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("kind", pa.string())])


def example_row(example: Example, represented_by: str | None) -> dict:
    """One example as flat columns; turns and the original row are JSON text."""
    turns = json.dumps([[turn.role, turn.content] for turn in example.turns])
    return {
        "id": example.id,
        "row": example.row,
        "prompt": example.prompt,
        "response": example.response,
        "turns": turns,
        "extra": json_text(plain(example.extra)),
        "represented_by": represented_by,
    }


def example_from(row: Mapping) -> Example:
    """The example a row was written from."""
    turns = tuple(Turn(role, content) for role, content in json.loads(row["turns"]))
    return Example(
        row["id"], row["prompt"], row["response"], turns, parsed_json(row["extra"]), row["row"]
    )


def write_alone(alone: Alone, path: Path) -> None:
    """One row per example, its embedding as a list of float32."""
    columns = {name: getattr(alone, name) for name in ALONE}
    embedding = pa.FixedSizeListArray.from_arrays(
        pa.array(alone.embedding.ravel()), alone.embedding.shape[1]
    )
    write_table(pa.table({**columns, "embedding": embedding}), path)


def read_alone(path: Path, examples: int) -> Alone:
    """The pass over each of so many examples alone."""
    with sound(path):
        table = read_table(path)
        if len(table) != examples:
            raise ValueError(f"it tells of {len(table)} examples, and there are {examples}")
        embedding = table["embedding"].combine_chunks()
        return Alone(
            *(table[name].to_numpy() for name in ALONE),
            embedding.flatten().to_numpy().reshape(len(table), -1),
        )


ALONE = ("distance", "log_probability", "response_tokens", "prompt_tokens", "truncated")
