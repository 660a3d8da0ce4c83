"""Text of the data in places that read Markdown: labels, captions, alerts."""

import re

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """The same characters on the page: every punctuation mark that Markdown, LaTeX or Streamlit's directives could read is escaped."""
    return PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))


def first_line(text: str, most: int = 120) -> str:
    """What a table shows of a long text: its first line that says something, cut with an ellipsis."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= most else f"{line[:most - 1]}…"
