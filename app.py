"""The server: `streamlit run app.py`. What it serves is pages/server/frame.py.

The script that Streamlit runs does not stand beside pages/: with it there, a first visit to a
sub-page would be answered without its frame.
"""

import importlib
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from pages.server.middleware import middleware, security_warnings

FRAME = Path(__file__).parent / "pages" / "server" / "frame.py"
FIRST_PAGE_IMPORTS = (
    "pandas",
    "pyarrow.parquet",
    "numcodecs",
    "delift_core.runs.selections",
    "delift_core.charts.curves",
)


def import_ahead() -> None:
    """Import what the first page needs."""
    for name in FIRST_PAGE_IMPORTS:
        importlib.import_module(name)


@asynccontextmanager
async def start(_: st.App) -> AsyncIterator[None]:
    """Print the security warnings, and import ahead while the browser is still loading."""
    for sentence in security_warnings():
        print(f"Warning: {sentence}", file=sys.stderr)
    threading.Thread(target=import_ahead, daemon=True).start()
    yield


app = st.App(str(FRAME), lifespan=start, middleware=middleware())
