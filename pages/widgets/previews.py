"""Examples in one line, for tables and lists.

The prefix that nearly all prompts share is left out, since it tells none apart.
"""

from delift_core.runs.run import Run
from pages.session import cached_analysis
from pages.widgets.literal import one_line

PREVIEW_LENGTH = 120  # characters


def prompt_line(run: Run, index: int, role: str = "pool", most: int = PREVIEW_LENGTH) -> str:
    """The line of a prompt that tells it apart, after an ellipsis where it is not the first."""
    prompt = run.datasets[role][index].prompt
    own = prompt.removeprefix(cached_analysis.prompt_prefix(run, role))
    if own == prompt or not own.strip():
        return one_line(prompt, most)
    return f"… {one_line(own, most - 2)}"


def response_line(run: Run, index: int, role: str = "pool", most: int = PREVIEW_LENGTH) -> str:
    """The first line of a response."""
    return one_line(run.datasets[role][index].response, most)
