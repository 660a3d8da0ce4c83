"""Browser components: a Python file with the HTML, CSS and JavaScript files of the same name."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st


def component(name: str, file: str) -> Callable:
    """The component whose browser side lies beside a Python file."""
    sources = {
        kind: Path(file).with_suffix(f".{kind}").read_text(encoding="utf-8")
        for kind in ("html", "css", "js")
    }
    return st.components.v2.component(name, **sources)
