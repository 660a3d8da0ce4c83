"""Examples in one line, for tables and lists.

The prefix that nearly all prompts share is left out, since it tells none apart.
"""

from collections.abc import Iterable

from delift_core.runs.run import Run
from pages.session import cached_analysis
from pages.widgets.literal import one_line

PREVIEW_LENGTH = 120  # characters


def prompt_lines(
    run: Run, indices: Iterable[int], role: str = "pool", most: int = PREVIEW_LENGTH
) -> list[str]:
    """The line of each prompt that tells it apart, after an ellipsis where it is not the first."""
    prefix, examples = cached_analysis.prompt_prefix(run, role), run.datasets[role]
    return [own_line(examples[index].prompt, prefix, most) for index in indices]


def prompt_line(run: Run, index: int, role: str = "pool", most: int = PREVIEW_LENGTH) -> str:
    """That of one prompt."""
    return prompt_lines(run, [index], role, most)[0]


def own_line(prompt: str, prefix: str, most: int) -> str:
    """The line of a prompt without what nearly all begin with, at most so many characters."""
    own = prompt.removeprefix(prefix)
    if own == prompt or not own.strip():
        return one_line(prompt, most)
    return f"… {one_line(own, most - 2)}"


def response_line(run: Run, index: int, role: str = "pool", most: int = PREVIEW_LENGTH) -> str:
    """The first line of a response."""
    return one_line(run.datasets[role][index].response, most)
