"""One map of the pool: its points, worked out by a worker the first time, and its figure.

A lasso or box remembers the examples inside it; a click opens an example.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from zlib import crc32

import numpy as np
import streamlit as st

from delift_core.charts.maps import MapContent, map_figure
from delift_core.jobs import jobs
from delift_core.jobs.requests import ProjectRequest
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.inspect.map_colours import colours_of
from pages.session import address, cache, widget_state
from pages.session.outlines import draw_around
from pages.widgets.job_panel import is_active, job_panel
from pages.widgets.theme import palette

BOTH = "both"
MAP_TITLES = {
    Projection.EMBEDDING: "what they say",
    Projection.UTILITY: "whom they help",
    BOTH: "both maps",
}
MOUSE = {"lasso": "draw", "pan": "click"}
# as Streamlit sets it later, when play may be on already
CLICK_MODES = {"lasso": "event", "pan": "event+select"}


@dataclass(frozen=True, eq=False)
class MapView:
    """What every map of the page shows over its points."""

    run: Run
    chosen: Outcome
    matches: np.ndarray | None  # (matches,) indices of what the search matches
    enclosed: np.ndarray  # (examples,) indices of what was drawn around
    links: np.ndarray | None  # (pairs, 2) near-duplicates to join
    verdicts: Sequence[str | None]  # (pool,)
    mouse: str  # of MOUSE
    height: int  # pixels


def map_points(run: Run, name: str) -> np.ndarray:
    """(pool, 2) positions of the examples; until a worker has found them the page stops here."""
    points = cache.projection(run, name)
    if points is not None:
        return points
    request = ProjectRequest(str(run.folder), name)
    title = MAP_TITLES[name]
    status = job_panel(request.folder, f"Drawing the map of {title}", "steps")
    if not is_active(status) and st.button(
        f"Draw the map of {title}", type="primary", icon=":material/scatter_plot:"
    ):
        jobs.start(request)
        st.rerun()
    st.stop()


def draw_map(view: MapView, name: str, points: np.ndarray) -> None:
    """The figure of one map. points: (pool, 2)."""
    selection = view.chosen.selection
    content = MapContent(
        colours=colours_of(view.run, view.chosen),
        colour_title=address.get("colour") or "",
        matches=view.matches,
        enclosed=view.enclosed if len(view.enclosed) else None,
        selected=cache.position(view.run, address.get("example")),
        verdicts=view.verdicts,
        links=view.links,
        playable=True,
    )
    figure = map_figure(points, selection.indices, palette(), content)
    # clicks come back only while nothing is drawn
    figure.update_layout(
        dragmode=view.mouse,
        clickmode=CLICK_MODES[view.mouse],
        meta={"map": name},
        # an outline that did its work would catch the next one
        selectionrevision=crc32(view.enclosed.tobytes()),
    )
    st.plotly_chart(
        figure,
        key=map_key(name),
        theme=None,
        height=view.height,
        on_select=partial(take_selection, view.run, name),
        config={"displaylogo": False, "scrollZoom": True},
        alt=(
            f"Map of {MAP_TITLES[name]}: {len(points):,} examples, {len(selection):,} of them"
            " chosen"
        ),
    )


def map_key(name: str) -> str:
    """The key of the chart of a map."""
    return f"map {name}"


def take_selection(run: Run, name: str) -> None:
    """Remember what a lasso or box holds, or open what was clicked."""
    selection = widget_state.selection(map_key(name))
    clicked = selection["points"]
    if selection["lasso"] or selection["box"]:
        draw_around(name, selection)
    elif clicked and "customdata" in clicked[0]:
        address.put(example=run.pool[int(clicked[0]["customdata"])].id)
