"""A tiny run, scored by a tiny model: the same folders as the real thing."""

import pytest

from delift_core.data.example import Dataset, Example, Turn

TEXTS = [
    ("Add 2 and 3", "5"),
    ("Add 4 and 4", "8"),
    ("Name a colour", "blue"),
    ("Name another colour", "green"),
    ("Say hello", "hello there"),
    ("What is the sky?", "The sky is blue"),
    ("Add 1 and 1", "2"),
    ("Say goodbye", "goodbye now"),
]


def dataset(prefix, texts):
    return Dataset(
        tuple(
            Example(
                f"{prefix}{row}",
                prompt,
                response,
                (Turn("user", prompt),),
                {"prompt": prompt, "group": prompt.split()[0]},
                row + 1,
            )
            for row, (prompt, response) in enumerate(texts)
        ),
        source=f"{prefix}.jsonl",
        format="prompt/response",
    )


@pytest.fixture(scope="session")
def roles():
    return {
        "pool": dataset("pool", TEXTS[:6]),
        "target": dataset("target", TEXTS[6:7]),
        "known": dataset("known", TEXTS[6:8]),
    }


@pytest.fixture
def new_run(tmp_path, roles, tiny):
    """make(*roles, model, workspace) -> a run with nothing scored yet"""
    from delift_core.runs.store import create_run

    def make(*names, model=None, workspace=tmp_path, data=None):
        chosen = {name: (data or roles)[name] for name in names or ("pool",)}
        return create_run(workspace, chosen, (model or tiny()).record, "chat")

    return make


@pytest.fixture
def score(tiny):
    """score(run, *kernels) -> number of tiles scored now"""
    from delift_core.workflow.score import score_missing

    return lambda run, *names: len(list(score_missing(run, tiny(), names or ("pool_pool",))))
