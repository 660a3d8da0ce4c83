"""Text of the data in places that read Markdown: labels, captions, alerts."""

import re

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """The same characters on the page: every punctuation mark that Markdown, LaTeX or Streamlit's
    directives could read is escaped.
    """
    return PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))


def first_line(text: str, most: int) -> str:
    """What a table shows of a long text: its first line that says something, with an ellipsis for
    all that is cut.
    """
    line, *more = [line.strip() for line in text.strip().splitlines()] or [""]
    if len(line) > most:
        return f"{line[: most - 1]}…"
    return f"{line[: most - 2]} …" if more else line
