"""Text of the data in labels, captions and alerts, which read Markdown; and texts cut to a line."""

import re

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """The same characters on the page.

    Every punctuation mark that Markdown, LaTeX or Streamlit's directives could read is escaped.
    """
    return PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))


def one_line(text: str, most: int) -> str:
    """The first line of a text that is not empty, with an ellipsis for all that is cut."""
    lines = [line.strip() for line in text.strip().splitlines()] or [""]
    line = lines[0]
    if len(line) > most:
        return f"{line[: most - 1]}…"
    return f"{line[: most - 2]} …" if len(lines) > 1 else line
