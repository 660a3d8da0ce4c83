"""Three rows, ways to write them to a file, and what a dataset holds of them."""

import json

from delift_core.data.readers import read_dataset

ROWS = [
    {"prompt": "What is 2 + 2?", "response": "4"},
    {"prompt": "Name a colour.", "response": "Blue"},
    {"prompt": "Say hello.", "response": "Hello"},
]
EXPECTED = [tuple(row.values()) for row in ROWS]


def write(folder, name, content):
    """The path of a new file."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pairs(dataset):
    """(prompt, response) of every example."""
    return [(example.prompt, example.response) for example in dataset]


def lines(rows):
    """Rows as JSONL."""
    return "\n".join(json.dumps(row) for row in rows)


def dataset_of(*texts, **options):
    """The dataset of rows (prompt, response)."""
    rows = [{"prompt": prompt, "response": response} for prompt, response in texts]
    return read_dataset(rows, **options)


def kinds(dataset):
    """(row, kind) of every problem."""
    return [(problem.row, problem.kind) for problem in dataset.problems]


def example_of(row, **options):
    """The only example of a row."""
    [example] = read_dataset([row], **options)
    return example
