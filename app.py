"""The server: `streamlit run app.py`.

What it serves is pages/server/frame.py.

The script that Streamlit runs does not stand beside pages/, or a first visit to a sub-page would be
answered without its frame.
"""

import importlib
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

from pages.server.middleware import at_the_door, guards_down

NEEDED_FIRST = (
    "pandas",
    "pyarrow.parquet",
    "numcodecs",
    "delift_core.runs.selections",
    "delift_core.charts.curves",
)


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Say which guards are down, and import what the first page needs while the browser is still
    loading.
    """
    for sentence in guards_down():
        print(f"Warning: {sentence}", file=sys.stderr)
    threading.Thread(
        target=lambda: [importlib.import_module(name) for name in NEEDED_FIRST], daemon=True
    ).start()
    yield


app = st.App(
    str(Path(__file__).parent / "pages" / "server" / "frame.py"),
    lifespan=warm,
    middleware=at_the_door(),
)
