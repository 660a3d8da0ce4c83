"""A pool that is uploaded and read by a real worker."""

import json

import pytest

from tests.pages.conftest import button, wait_until

ROWS = [
    {
        "prompt": f"Add {row} and {row}",
        "response": str(2 * row),
        "kind": "sum" if row % 2 else "double",
    }
    for row in range(1, 9)
]


def jsonl(rows):
    return "\n".join(json.dumps(row) for row in rows).encode()


def upload(page, content, name="pool.jsonl", role="pool"):
    page.file_uploader(key=f"{role} upload").upload(name, content).run()
    return button(page, "Import").click().run()


@pytest.fixture
def loaded(visit):
    """The Data page with a pool of eight rows that has been read."""
    return wait_until(upload(visit("prepare/data"), jsonl(ROWS)), "8 of 8 rows")
