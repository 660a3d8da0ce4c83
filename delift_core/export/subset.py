"""A selection becomes files: the chosen examples in order of choice, and their manifest."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from delift_core.data.example import Dataset, Example
from delift_core.data.text import plain
from delift_core.errors import NoExamples, WrongPool
from delift_core.export.folders import beside_folder, content_digest
from delift_core.export.formats import FORMATS
from delift_core.export.formats.format import Encoded
from delift_core.export.manifest import manifest_path
from delift_core.export.rows import rows_of
from delift_core.export.shapes import DEFAULT_SHAPE, shape_named
from delift_core.export.target import check_target
from delift_core.files import replacing_file
from delift_core.selection.greedy import Selection


@dataclass(frozen=True)
class ExtraColumns:
    """What is added to each chosen example behind its own fields."""

    rank: bool = False  # delift_rank, 1 for the first chosen
    gain: bool = False  # delift_gain, the marginal gain at its turn
    # example id -> keep, drop or flag: delift_verdict, null for examples without a verdict
    verdicts: Mapping[str, str] | None = None
    # (chosen,) delift_weight, how much each counts in training
    weights: Sequence[float] | None = None


def export_subset(
    pool: Dataset,
    chosen: Selection,
    path: str | Path,
    *,
    shape: str = DEFAULT_SHAPE,
    with_rank: bool = False,
    with_gain: bool = False,
    verdicts: Mapping[str, str] | None = None,
    weights: Sequence[float] | None = None,
    without: Collection[str] = (),
    manifest: Mapping | None = None,
) -> Path:
    """Write the chosen examples in order of choice; the suffix of `path` decides the format.

    - shape: original, alpaca, sharegpt, messages or ids
    - with_rank, with_gain, verdicts, weights: the columns of `ExtraColumns`
    - without: ids of chosen examples that are left out, such as dropped ones; the ranks and gains
      of the others stay as they are
    - manifest: what `manifest_of` returns, written to <path>.manifest.json with the sha256 of what
      was exported

    Without a suffix a `datasets` folder is written. Returns the path. Raises UnknownChoice,
    UnwritableFile, UnfitExample, NoExamples or WrongPool; what was at `path` is then unchanged.
    """
    extra = ExtraColumns(with_rank, with_gain, verdicts, weights)
    examples, added = chosen_rows(pool, chosen, extra, without)
    check_target(path, shape, added=added is not None, sources=[pool.source])
    return export_rows(
        examples, path, shape=shape, added=added, manifest=manifest, source=pool.source
    )


def export_rows(
    examples: Iterable[Example],
    path: str | Path,
    *,
    shape: str = DEFAULT_SHAPE,
    added: Sequence[Mapping] | None = None,
    manifest: Mapping | None = None,
    source: str = "the data",
) -> Path:
    """Write any examples, such as the rejected ones, in the order given.

    added: further fields, one mapping per example. The same examples become the same bytes, but for
    a `datasets` folder. What was at `path` before is unchanged unless everything succeeds.
    """
    path = Path(path).expanduser()
    examples = list(examples)
    shape_named(shape)
    if not examples:
        raise NoExamples(f"{path}: there is no example to write. Choose at least one.")
    check_target(path, shape, added=bool(added))
    format = FORMATS[path.suffix.lower()]
    written_shape = shape_named(format.only_shape or shape)
    encoded = format.encode(rows_of(examples, written_shape, added, source))
    facts = {
        "name": path.name,
        "shape": written_shape.name,
        "rows": len(examples),
        "added": sorted({name for fields in added or () for name in fields}),
        "guarded_cells": encoded.guarded,
        "json_columns": list(encoded.as_json),
    }
    _save(encoded, path, facts, manifest)
    return path


def _save(encoded: Encoded, path: Path, facts: Mapping, manifest: Mapping | None) -> None:
    """Write both files beside and rename them together.

    The manifest is renamed last, so that it never describes what is not there.
    """
    if manifest is None:
        with _beside(path) as partial:
            encoded.save(partial)
        return
    with replacing_file(manifest_path(path)) as notes, _beside(path) as partial:
        encoded.save(partial)
        record = {**manifest, "file": {**facts, "sha256": content_digest(partial)}}
        text = json.dumps(plain(record), indent=2, default=str)
        notes.write_text(f"{text}\n", encoding="utf-8")


def _beside(path: Path) -> AbstractContextManager[Path]:
    """A file or folder next to `path` that replaces it when the block ends without error."""
    if path.suffix:
        return replacing_file(path)
    return beside_folder(path)


def preview(
    pool: Dataset,
    chosen: Selection,
    shape: str = DEFAULT_SHAPE,
    rows: int = 3,
    *,
    with_rank: bool = False,
    with_gain: bool = False,
    verdicts: Mapping[str, str] | None = None,
    weights: Sequence[float] | None = None,
    without: Collection[str] = (),
) -> list[dict]:
    """The first rows exactly as `export_subset` writes them."""
    extra = ExtraColumns(with_rank, with_gain, verdicts, weights)
    examples, added = chosen_rows(pool, chosen, extra, without)
    first = rows_of(examples[:rows], shape_named(shape), added and added[:rows], pool.source)
    return [dict(row.fields) for row in first]


def chosen_rows(
    pool: Dataset, chosen: Selection, extra: ExtraColumns, without: Collection[str]
) -> tuple[list[Example], list[dict] | None]:
    """The chosen examples in order of choice but for those left out, and the fields added to each.

    Raises NoExamples where none remains.
    """
    examples = chosen_examples(pool, chosen)
    added = added_fields(pool, chosen, extra)
    remaining = [rank for rank, example in enumerate(examples) if example.id not in without]
    if examples and not remaining:
        raise NoExamples(
            f"{pool.source}: every chosen example is left out, so there is nothing to export."
            " Choose others in their place."
        )
    return [examples[rank] for rank in remaining], added and [added[rank] for rank in remaining]


def chosen_examples(pool: Dataset, chosen: Selection) -> list[Example]:
    """The chosen examples in order of choice. Raises WrongPool for indices outside the pool."""
    indices = chosen.indices.tolist()
    for index in indices:
        if not 0 <= index < len(pool):
            raise WrongPool(
                f"{pool.source}: the selection holds example {index}, counted from 0, and this"
                f" pool has {len(pool)}. Give the pool it was chosen from."
            )
    return [pool[index] for index in indices]


def added_fields(pool: Dataset, chosen: Selection, extra: ExtraColumns) -> list[dict] | None:
    """delift_rank, _gain, _verdict and _weight of every chosen example, as far as requested.

    None where no column is.
    """
    columns: dict[str, Sequence] = {}
    if extra.rank:
        columns["delift_rank"] = range(1, len(chosen) + 1)
    if extra.gain:
        columns["delift_gain"] = chosen.gains.tolist()
    if extra.verdicts is not None:
        ids = [pool[index].id for index in chosen.indices.tolist()]
        columns["delift_verdict"] = [extra.verdicts.get(id) for id in ids]
    if extra.weights is not None:
        columns["delift_weight"] = list(extra.weights)
    if not columns:
        return None
    return [dict(zip(columns, values)) for values in zip(*columns.values(), strict=True)]


def rejected(pool: Dataset, chosen: Selection) -> list[int]:
    """Indices of everything not chosen, in pool order."""
    taken = set(chosen.indices.tolist())
    return [index for index in range(len(pool)) if index not in taken]
