"""Whether the files that a run was made of still hold what it read.

A run uses its own copy of the examples.
"""

from collections.abc import Iterator
from pathlib import Path

from delift_core.files import digest_of
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import role_name


def changed_sources(run: Run) -> Iterator[str]:
    """A sentence for every role whose file holds something else by now.

    None for a file that is not there any more, or a source that was none.
    """
    for role, dataset in run.datasets.items():
        if not dataset.file_digest:
            continue
        current = digest_of(Path(dataset.source).expanduser())
        if current and current != dataset.file_digest:
            yield (
                f"{dataset.source}: the file is not what this run read as its {role_name(role)}."
                f" The run goes on with the {len(dataset):,} examples it keeps; run delift run"
                " again for the file as it is now."
            )


def stamps(run: Run) -> tuple:
    """A value that changes when one of the files may have changed."""
    return tuple(stamp(Path(dataset.source).expanduser()) for dataset in run.datasets.values())


def stamp(file: Path) -> tuple[int, int] | None:
    """Time and size of a file, None where there is none."""
    if not file.is_file():
        return None
    return file.stat().st_mtime_ns, file.stat().st_size
