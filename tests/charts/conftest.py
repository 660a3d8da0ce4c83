"""Positions, columns and contents of maps, and a way to read what a figure sends."""

import base64

import numpy as np

from delift_core.analysis.groups import GroupMeans
from delift_core.charts.maps import MapContent, map_figure, raster_map_figure
from delift_core.charts.palette import LIGHT

MARKUP = "<b>bold</b> <a href='http://x'>&"
COLOURS = {
    "none": lambda size: None,
    "labels": lambda size: [f"topic {row % 12}" for row in range(size)],
    "numbers": lambda size: np.arange(size) / 7.0,
    "gaps": lambda size: np.where(np.arange(size) % 3, np.arange(size), np.nan),
}


def cloud(size, seed=0):
    """Positions in a few groups."""
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(6, 2))[rng.integers(6, size=size)] * 5 + rng.normal(size=(size, 2))
    ).astype(np.float32)


def map_of(points, chosen, palette=LIGHT, **content):
    """The map of some content."""
    return map_figure(points, chosen, palette, MapContent(**content))


def raster_map_of(points, chosen, palette=LIGHT, **content):
    """The same as a picture."""
    return raster_map_figure(points, chosen, palette, MapContent(**content))


def matrix(values, names=None):
    """Means between groups, each of three pairs."""
    values = np.array(values, dtype=float)
    names = names or tuple(f"group {position}" for position in range(max(values.shape)))
    counts = np.where(np.isfinite(values), 3, 0)
    return GroupMeans(names[: len(values)], names[: values.shape[1]], values, counts)


def decoded(value):
    """An array of a figure's JSON, typed bytes or a list."""
    return (
        np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
        if isinstance(value, dict)
        else list(value)
    )


def texts(part):
    """Every text anywhere in a figure's JSON."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, (dict, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from texts(inner)
