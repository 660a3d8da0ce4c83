"""Datasets and passes over examples alone, as Parquet files of a run folder with checksums."""

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

CHECKSUM_KEY = b"checksum"  # in a table's metadata, of all other metadata
READ_AGAIN = "Run the command that read it again: it writes the file anew and scores nothing twice."


def write_table(table: pa.Table, path: Path) -> None:
    """Replace a Parquet file; its pages and its metadata carry checksums."""
    metadata = {
        key: value for key, value in (table.schema.metadata or {}).items() if key != CHECKSUM_KEY
    }
    with replacing_file(path) as partial:
        pq.write_table(
            table.replace_schema_metadata({**metadata, CHECKSUM_KEY: checksum(metadata)}),
            partial,
            compression="zstd",
            write_page_checksum=True,
        )


def read_table(path: Path, advice: str = SCORE_AGAIN) -> pa.Table:
    """A Parquet file of a run. Raises DamagedRun, with the advice what to do."""
    with refusing_damage(path, advice):
        table = pq.read_table(path, page_checksum_verification=True)
        check_metadata(table.schema.metadata or {})
        return table


def read_description(path: Path, advice: str = SCORE_AGAIN) -> tuple[Mapping[bytes, bytes], int]:
    """What a Parquet file of a run says of itself, and its rows. Raises DamagedRun."""
    with refusing_damage(path, advice), pq.ParquetFile(path) as file:
        metadata = file.schema_arrow.metadata or {}
        check_metadata(metadata)
        return metadata, file.metadata.num_rows


def check_metadata(metadata: Mapping[bytes, bytes]) -> None:
    """Raise ValueError where the metadata of a table fails the checksum that it holds."""
    described = dict(metadata)
    stored = described.pop(CHECKSUM_KEY, None)  # none in a file of an earlier version
    if stored not in (None, checksum(described)):
        raise ValueError("what it says of itself fails its checksum")


def checksum(metadata: Mapping[bytes, bytes]) -> bytes:
    """The checksum of a table's metadata."""
    return str(zlib.crc32(repr(sorted(metadata.items())).encode())).encode()


@contextmanager
def refusing_damage(path: Path, advice: str = SCORE_AGAIN) -> Iterator[None]:
    """Raise DamagedRun for whatever a damaged or foreign file makes its reader raise."""
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
        lines = str(reason).strip().splitlines() or [type(reason).__name__]
        cause = lines[0].rstrip(".")
        raise DamagedRun(f"{path}: it cannot be read ({cause}). {advice}") from reason


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """Write examples.parquet and problems.parquet.

    Collapsed duplicates stand behind the examples and name their representative.
    """
    rows = [example_row(example, None) for example in dataset]
    rows += [
        example_row(example, key) for key, group in dataset.collapsed.items() for example in group
    ]
    origin: dict[str, object] = {
        "source": dataset.source,
        "format": dataset.format,
        "file": dataset.file_digest,
    }
    if dataset.read_record:
        origin["asked"] = dataset.read_record.as_json
    write_table(
        pa.Table.from_pylist(rows, EXAMPLES).replace_schema_metadata(
            {"dataset": json_text(plain(origin))}
        ),
        folder / "examples.parquet",
    )
    problems = [
        {
            "row": problem.row,
            "reason": problem.reason,
            "kind": str(problem.kind),
            "count": problem.count,
        }
        for problem in dataset.problems
    ]
    write_table(pa.Table.from_pylist(problems, PROBLEMS), folder / "problems.parquet")


def read_source(folder: Path) -> str:
    """The file or data set that a stored dataset was read from; reads no row. Raises DamagedRun."""
    file = folder / "examples.parquet"
    metadata, _ = read_description(file, READ_AGAIN)
    with refusing_damage(file, READ_AGAIN):
        return json.loads(metadata[b"dataset"])["source"]


def read_dataset_folder(folder: Path) -> Dataset:
    """The dataset as it was loaded. Raises DamagedRun."""
    # representative -> examples; None: of the examples that are not collapsed
    groups: dict[str | None, list[Example]] = {None: []}
    read_record = None
    with refusing_damage(folder / "examples.parquet", READ_AGAIN):
        table = read_table(folder / "examples.parquet", READ_AGAIN)
        origin = json.loads(table.schema.metadata[b"dataset"])
        if origin.get("asked"):  # absent in a dataset of an earlier version
            read_record = ReadRecord.from_json(origin["asked"])
        for row in table.to_pylist():
            groups.setdefault(row["represented_by"], []).append(example_from(row))
    examples = groups.pop(None)
    with refusing_damage(folder / "problems.parquet", READ_AGAIN):
        problems = [
            # a file of an earlier version counts no rows: each problem was of one
            Problem(row["row"], row["reason"], ProblemKind(row["kind"]), row.get("count") or 1)
            for row in read_table(folder / "problems.parquet", READ_AGAIN).to_pylist()
        ]
    return Dataset(
        tuple(examples),
        tuple(problems),
        origin["source"],
        origin["format"],
        {str(representative): tuple(group) for representative, group in groups.items()},
        origin.get("file", ""),
        read_record,
    )


def read_sound(folder: Path, described: Mapping) -> Dataset:
    """The dataset of a run. Raises DamagedRun where the record describes other examples."""
    dataset = read_dataset_folder(folder)
    if (len(dataset), dataset.text_fingerprint) != (described["examples"], described["texts"]):
        raise DamagedRun(
            f"{folder / 'examples.parquet'}: these are not the examples that the run was made of."
            f" {READ_AGAIN}"
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
PROBLEMS = pa.schema(
    [("row", pa.int64()), ("reason", pa.string()), ("kind", pa.string()), ("count", pa.int64())]
)


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
    extra = parsed_json(row["extra"])
    if not isinstance(extra, dict):
        raise TypeError(f"the original row of example {row['id']!r} is no object")
    return Example(row["id"], row["prompt"], row["response"], turns, extra, row["row"])


def write_alone(alone: Alone, path: Path) -> None:
    """One row per example, its embedding as a list of float32."""
    columns = {name: getattr(alone, name) for name in ALONE}
    embedding = pa.FixedSizeListArray.from_arrays(
        pa.array(alone.embedding.ravel()), alone.embedding.shape[1]
    )
    write_table(pa.table({**columns, "embedding": embedding}), path)


def read_alone(path: Path, examples: int) -> Alone:
    """The pass over each of so many examples alone."""
    with refusing_damage(path):
        table = read_table(path)
        if len(table) != examples:
            raise ValueError(f"it tells of {len(table)} examples, and there are {examples}")
        embedding = table["embedding"].combine_chunks().flatten().to_numpy()
        columns = {name: table[name].to_numpy() for name in ALONE}
        return Alone(**columns, embedding=embedding.reshape(len(table), -1))


ALONE = ("distance", "log_probability", "response_tokens", "prompt_tokens", "truncated")
