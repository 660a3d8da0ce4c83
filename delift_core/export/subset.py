"""A selection becomes files: the chosen examples in order of choice, in the shape a trainer reads,
with a manifest that says how they came about.
"""

import json
import os
import platform
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from delift_core.data.example import Dataset, Example
from delift_core.data.text import plain
from delift_core.errors import NoExamples, UnwritableFile, WrongPool
from delift_core.export.shapes import Shape, rows_of, shape_named
from delift_core.export.writers import (
    ENCODERS,
    FOLDER,
    Encoded,
    beside_folder,
    digest_of,
    refuse_foreign,
)
from delift_core.files import beside, unwritable
from delift_core.selection.greedy import Selection

IDS_ONLY = ".txt"
EVERY_PAIR = {"kind": "all"}
PACKAGES = (
    "delift",
    "numpy",
    "numba",
    "pyarrow",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
)


def export_subset(
    pool: Dataset,
    chosen: Selection,
    path: str | Path,
    *,
    shape: str = "original",
    with_rank: bool = False,
    with_gain: bool = False,
    verdicts: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    manifest: Mapping | None = None,
) -> Path:
    """Write the chosen examples in order of choice; the kind of file is told by its suffix, without
    one it is a `datasets` folder.

    shape       original, alpaca, sharegpt, messages or ids with_rank   adds delift_rank, 1 for the
    first chosen; with_gain adds delift_gain, what it added at its turn verdicts    example id ->
    keep, drop or flag: adds delift_verdict, null where nobody judged without     ids of chosen
    examples that are left out, such as dropped ones; the ranks and gains of the others stay as they
    are manifest    what `manifest_of` returns: written to <path>.manifest.json with the sha256 of
    what was exported
    """
    examples, added = chosen_rows(pool, chosen, with_rank, with_gain, verdicts, without)
    check_target(path, shape, added=added is not None, sources=[pool.source])
    return export_rows(
        examples, path, shape=shape, added=added, manifest=manifest, source=pool.source
    )


def export_rows(
    examples: Iterable[Example],
    path: str | Path,
    *,
    shape: str = "original",
    added: Sequence[Mapping] | None = None,
    manifest: Mapping | None = None,
    source: str = "the data",
) -> Path:
    """Write any examples, such as the rejected ones, in the order given.

    Same examples, same bytes (but for a `datasets` folder).

    added: further fields, one mapping per example. What was at `path` before stays as it was unless
    everything succeeds.
    """
    path, shape, examples = Path(path).expanduser(), shape_named(shape), list(examples)
    if not examples:
        raise NoExamples(f"{path}: there is no example to write. Choose at least one.")
    check_target(path, shape, added=bool(added))
    suffix = path.suffix.lower()
    shape = Shape.IDS if suffix == IDS_ONLY else shape
    encoded = ENCODERS[suffix](rows_of(examples, shape, added, source))
    facts = {
        "name": path.name,
        "shape": str(shape),
        "rows": len(examples),
        "added": sorted({name for fields in added or () for name in fields}),
        "guarded_cells": encoded.guarded,
        "json_columns": list(encoded.as_json),
    }
    _save(encoded, path, facts, manifest)
    return path


def preview(
    pool: Dataset,
    chosen: Selection,
    shape: str = "original",
    rows: int = 3,
    *,
    with_rank: bool = False,
    with_gain: bool = False,
    verdicts: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> list[dict]:
    """The first rows exactly as `export_subset` writes them."""
    examples, added = chosen_rows(pool, chosen, with_rank, with_gain, verdicts, without)
    return [
        dict(row.fields)
        for row in rows_of(examples[:rows], shape_named(shape), added and added[:rows], pool.source)
    ]


def chosen_rows(
    pool: Dataset,
    chosen: Selection,
    with_rank: bool,
    with_gain: bool,
    verdicts: Mapping[str, str] | None,
    without: Collection[str],
) -> tuple[list[Example], list[dict] | None]:
    """The chosen examples in order of choice but for those left out, and the fields added to each.

    Raises NoExamples where none is left.
    """
    examples, added = (
        chosen_examples(pool, chosen),
        added_fields(pool, chosen, with_rank, with_gain, verdicts),
    )
    left = [place for place, example in enumerate(examples) if example.id not in without]
    if examples and not left:
        raise NoExamples(
            f"{pool.source}: every chosen example is left out, so there is nothing to export."
            " Choose others in their place."
        )
    return [examples[place] for place in left], added and [added[place] for place in left]


def chosen_examples(pool: Dataset, chosen: Selection) -> list[Example]:
    """The chosen examples in order of choice."""
    outside = [index for index in chosen.indices.tolist() if not 0 <= index < len(pool)]
    if outside:
        raise WrongPool(
            f"{pool.source}: the selection holds example {outside[0]}, counted from 0, and this"
            f" pool has {len(pool)}. Give the pool it was chosen from."
        )
    return [pool[index] for index in chosen.indices.tolist()]


def rejected(pool: Dataset, chosen: Selection) -> list[int]:
    """Indices of everything not chosen, in pool order."""
    taken = set(chosen.indices.tolist())
    return [index for index in range(len(pool)) if index not in taken]


def added_fields(
    pool: Dataset,
    chosen: Selection,
    with_rank: bool,
    with_gain: bool,
    verdicts: Mapping[str, str] | None,
) -> list[dict] | None:
    """delift_rank, delift_gain and delift_verdict of every chosen example, as far as asked for."""
    columns = {"delift_rank": range(1, len(chosen) + 1)} if with_rank else {}
    columns |= {"delift_gain": chosen.gains.tolist()} if with_gain else {}
    columns |= (
        {"delift_verdict": [verdicts.get(pool[index].id) for index in chosen.indices.tolist()]}
        if verdicts is not None
        else {}
    )
    return (
        [dict(zip(columns, values)) for values in zip(*columns.values(), strict=True)]
        if columns
        else None
    )


def manifest_path(path: Path) -> Path:
    """Where the manifest of an export stands."""
    return path.with_name(f"{path.name}.manifest.json")


# Files


def check_target(
    path: str | Path, shape: str = "original", *, added: bool = False, sources: Iterable[str] = ()
) -> None:
    """Refuse at once what cannot be exported: an unknown shape, a kind of file that does not fit
    it, a place that cannot be written.

    sources: the files and folders that were read to make the selection, which a subset never
    replaces
    """
    path, shape = Path(path).expanduser(), shape_named(shape)
    _check_kind(path, shape, added)
    for source in (Path(source).expanduser() for source in sources):
        if source.exists() and (
            path.resolve().is_relative_to(source.resolve())
            or (path.exists() and os.path.samefile(path, source))
        ):
            raise UnwritableFile(
                f"{path}: the data was read from here, and the rows not chosen would be lost."
                " Choose another name."
            )
    _check_place(path)


def _check_kind(path: Path, shape: Shape, added: bool) -> None:
    """.txt holds ids whatever was asked, ids need a file."""
    suffix = path.suffix.lower()
    if suffix not in ENCODERS or (suffix == FOLDER and shape is Shape.IDS):
        raise UnwritableFile(
            f"{path}:"
            f" {f'{suffix} is not a kind of file written here' if suffix else 'ids are written to a file'}."
            " Choose "
            f"{', '.join(filter(None, ENCODERS))}{'' if shape is Shape.IDS else ', or no suffix for a `datasets` folder'}."
        )
    if suffix == IDS_ONLY and (added or shape not in (Shape.ORIGINAL, Shape.IDS)):
        raise UnwritableFile(
            f"{path}: a {IDS_ONLY} file holds ids and nothing else. Choose .jsonl, .json, .csv or"
            " .parquet for the rest."
        )


def _check_place(path: Path) -> None:
    """Whether the nearest folder that exists lets new files in; an export is always written beside
    first.
    """
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise unwritable(
            path, f"{folder.name} is {'not open for writing' if folder.is_dir() else 'a file'}"
        )
    if path.suffix and path.is_dir():
        raise unwritable(path, "it is a folder")
    if not path.suffix:
        refuse_foreign(path)


def _save(encoded: Encoded, path: Path, facts: Mapping, manifest: Mapping | None) -> None:
    """Both files are written beside and renamed together, the manifest last, so that it never
    describes what is not there.
    """
    with ExitStack() as stack:
        notes = None if manifest is None else stack.enter_context(beside(manifest_path(path)))
        partial = stack.enter_context((beside if path.suffix else beside_folder)(path))
        encoded.save(partial)
        if notes:
            record = {**manifest, "file": {**facts, "sha256": digest_of(partial)}}
            notes.write_text(
                json.dumps(plain(record), indent=2, default=str) + "\n", encoding="utf-8"
            )


# The manifest


def manifest_of(
    pool: Dataset,
    chosen: Selection,
    *,
    target: Dataset | None = None,
    known: Dataset | None = None,
    model: Mapping | None = None,
    template: str | None = None,
    plan: Mapping | None = None,
    seed: int | None = None,
    options: Mapping | None = None,
    command: str = "",
    dropped: Sequence[str] = (),
    left_out: bool = False,
) -> dict:
    """How a subset came about.

    It holds no time and no name of this machine, so that the same choice gives the same manifest.

    model     name, revision, dtype, context and fingerprint, as a run records them plan      which
    pairs were scored, as a run records it; every pair by default options   every other choice that
    mattered (diagonal, scaling, limits), by name command   the command line that makes the same
    file again, byte for byte dropped   ids of the chosen that reviewers dropped; left_out, whether
    the file is without them
    """
    given = {"pool": pool, "target": target, "known": known}
    return {
        "command": command,
        "data": {role: _data(data) for role, data in given.items() if data is not None},
        "model": dict(model or {}),
        "template": template,
        "plan": dict(plan or EVERY_PAIR),
        "selection": _selection(chosen),
        "seed": seed,
        "options": dict(options or {}),
        "audit": {"dropped": list(dropped), "left_out": len(dropped) if left_out else 0},
        "versions": versions(),
    }


def _data(dataset: Dataset) -> dict:
    return {
        "source": as_typed(dataset.source),
        "format": dataset.format,
        "asked": dataset.read_record and dataset.read_record.as_json,
        "examples": len(dataset),
        "collapsed": sum(map(len, dataset.collapsed.values())),
        "problems": len(dataset.problems) - dataset.altered,
        "altered": dataset.altered,
        "fingerprint": dataset.fingerprint,
        "texts": dataset.text_fingerprint,
    }


def _selection(chosen: Selection) -> dict:
    return {
        "objective": str(chosen.objective),
        "parameters": dict(chosen.parameters),
        "budget": {"amount": chosen.budget.amount, "unit": str(chosen.budget.unit)},
        "chosen": len(chosen),
        "pinned": chosen.pinned,
        "value": chosen.value,
        "saturated_at": chosen.saturated_at,
    }


def as_typed(name: str) -> str:
    """A path without the name of the person whose home it lies in: readers expand ~, this undoes
    it.
    """
    home = str(Path.home())
    return (
        "~" + name[len(home) :] if len(home) > 1 and (name + "/").startswith(home + "/") else name
    )


def versions() -> dict[str, str | None]:
    """Of Python and of everything that decides a number or a byte; read without importing it."""
    return {"python": platform.python_version()} | {
        package: _version(package) for package in PACKAGES
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
