"""Whether the files that a run was made of are still what it read.

The run goes on with its own copy of the examples, whatever becomes of them.
"""

from collections.abc import Iterator
from pathlib import Path

from delift_core.files import digest_of
from delift_core.runs.run import Run


def changed_sources(run: Run) -> Iterator[str]:
    """A sentence for every role whose file holds something else by now; nothing where there is no
    file to look at, or none was.
    """
    for role, dataset in run.datasets.items():
        found = digest_of(Path(dataset.source).expanduser()) if dataset.file_digest else ""
        if found and found != dataset.file_digest:
            yield (
                f"{dataset.source}: the file is not what this run read as its {role}. The run goes"
                f" on with the {len(dataset):,} examples it keeps; run delift run again for the"
                " file as it is now."
            )


def stamps(run: Run) -> tuple:
    """Changes when a file of the run's may have."""
    files = [Path(dataset.source).expanduser() for dataset in run.datasets.values()]
    return tuple(
        (file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None for file in files
    )
