"""The same tiny runs as in tests/runs, put in harm's way."""

from tests.runs.conftest import new_run, roles, score  # noqa: F401  (fixtures)
