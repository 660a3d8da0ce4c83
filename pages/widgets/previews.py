"""An example in one line, as tables and lists tell it: what nearly all prompts begin with is left
out, since it tells none apart.
"""

from pathlib import Path

import streamlit as st

from delift_core.runs.run import Run
from pages.widgets.common_prefix import common_prefix
from pages.widgets.literal import first_line

MOST = 120  # characters of a line


@st.cache_resource(max_entries=16, show_spinner=False)
def _beginning(_run: Run, folder: Path, role: str) -> str:
    return common_prefix(example.prompt for example in _run.datasets[role])


def prompt_line(run: Run, index: int, role: str = "pool", most: int = MOST) -> str:
    """The line of a prompt that says something of its own, after an ellipsis where it is not the
    first.
    """
    prompt = run.datasets[role][index].prompt
    own = prompt.removeprefix(_beginning(run, run.folder, role))
    return (
        f"… {first_line(own, most - 2)}"
        if own.strip() and own != prompt
        else first_line(prompt, most)
    )


def response_line(run: Run, index: int, role: str = "pool") -> str:
    """The first line of a response."""
    return first_line(run.datasets[role][index].response, MOST)
