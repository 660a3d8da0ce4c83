"""A map too large for a browser's points, painted into one small picture: a byte per pixel and a
table of colours.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from delift_core.charts.colouring import Colouring
from delift_core.charts.palette import Palette

WIDTH, HEIGHT = 900, 600  # pixels of the picture; the browser stretches it over the map
MARGIN = 0.03  # of the map's extent on every side, so that nothing touches the edge
LEVELS = 24  # shades of how many examples fall on a pixel
# where each group of shades begins
FAINT, LIT, CHOSEN, SCALE = 1, 1 + LEVELS, 1 + 2 * LEVELS, 2 + 2 * LEVELS


@dataclass(frozen=True)
class Frame:
    """The part of the plane a picture covers."""

    left: float
    right: float
    low: float
    high: float


def frame_of(points: np.ndarray) -> Frame:
    """The extent of the points that have a place, with a margin; a flat extent is given some width."""
    placed = points[np.isfinite(points).all(axis=1)]  # (placed, 2)
    low, high = (
        (placed.min(axis=0), placed.max(axis=0)) if len(placed) else (np.zeros(2), np.zeros(2))
    )
    margin = np.where(high > low, MARGIN * (high - low), 1.0)  # (2,)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    return Frame(left, right, bottom, top)


def painted(
    points: np.ndarray,
    frame: Frame,
    faint: np.ndarray,
    lit: np.ndarray,
    chosen: np.ndarray,
    coloured: Colouring | None,
    scale: Sequence[str],
    palette: Palette,
) -> str:
    """Pool and chosen as a PNG, in a figure's own words: the faint below, the lit above them, the
    chosen on top.

    faint, lit, chosen: indices with a place; scale: the colours of the colouring. What has no
    number in it stays grey.
    """
    picture = np.zeros(HEIGHT * WIDTH, dtype=np.uint8)  # (pixels,) shade 0 is transparent
    # (lit,)
    valued = np.zeros(len(lit), bool) if coloured is None else np.isfinite(coloured.values[lit])
    paint_density(picture, pixels(points[faint], frame), FAINT)
    paint_density(picture, pixels(points[lit[~valued]], frame), LIT)
    if coloured is not None:
        paint_shades(
            picture,
            pixels(points[lit[valued]], frame),
            SCALE + steps(coloured, len(scale))[lit[valued]],
        )
    paint_squares(picture, pixels(points[chosen], frame), CHOSEN)
    shades = [
        [0, 0, 0, 0],
        *fading(palette.pool, 0.12, 0.3),
        *fading(palette.pool, 0.6, 1.0),
        *solid([palette.chosen, *scale]),
    ]
    return data_url(picture, np.array(shades, dtype=np.uint8))


def steps(coloured: Colouring, shades: int) -> np.ndarray:
    """(examples,) which of so many shades each value takes: its label's, or floor(shades * (v -
    low) / (high - low)) within them.
    """
    if not coloured.numeric:
        return coloured.values
    low, high = coloured.ends
    share = np.nan_to_num((coloured.values - low) / (high - low))  # (examples,)
    return np.clip(share * shades, 0, shades - 1).astype(np.uint8)


def pixels(points: np.ndarray, frame: Frame) -> np.ndarray:
    """The pixel each point falls on, rows counted from the top.

    Points without a place must be left out before.
    """
    column = (points[:, 0] - frame.left) / (frame.right - frame.left) * WIDTH  # (points,)
    row = (frame.high - points[:, 1]) / (frame.high - frame.low) * HEIGHT  # (points,)
    return np.clip(row.astype(np.int64), 0, HEIGHT - 1) * WIDTH + np.clip(
        column.astype(np.int64), 0, WIDTH - 1
    )


def paint_density(picture: np.ndarray, places: np.ndarray, first: int) -> None:
    """shade = first + round((LEVELS - 1) * log(count) / log(highest count)), in place."""
    counts = np.bincount(places, minlength=len(picture))  # (pixels,)
    seen = counts > 0
    strength = np.log(counts[seen]) / max(np.log(counts.max(initial=1)), 1e-9)  # (seen,) 0 to 1
    picture[seen] = first + np.rint((LEVELS - 1) * strength)


def paint_shades(picture: np.ndarray, places: np.ndarray, shades: np.ndarray) -> None:
    """Every example in its own shade, in place; where several fall on one pixel the last of them
    shows.
    """
    picture[places] = shades


def paint_squares(picture: np.ndarray, places: np.ndarray, shade: int) -> None:
    """Every example as 2 x 2 pixels of one shade, in place, on top of what is there."""
    # (points, 4)
    picture[(places[:, None] + [0, 1, WIDTH, WIDTH + 1]).clip(max=len(picture) - 1)] = shade


def fading(colour: str, faintest: float, strongest: float) -> np.ndarray:
    """(LEVELS, 4) one colour from faint to strong."""
    alphas = np.rint(255 * np.linspace(faintest, strongest, LEVELS))  # (LEVELS,)
    return np.column_stack([np.tile(rgb(colour), (LEVELS, 1)), alphas]).astype(np.uint8)


def solid(colours: Sequence[str]) -> np.ndarray:
    """(colours, 4) opaque."""
    return np.array([[*rgb(colour), 255] for colour in colours], dtype=np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of #RRGGBB, or of rgb(r, g, b) as Plotly samples its scales."""
    if colour.startswith("#"):
        return tuple(bytes.fromhex(colour.removeprefix("#")))
    return tuple(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))


def data_url(picture: np.ndarray, shades: np.ndarray) -> str:
    """A PNG as the text a figure carries; shades: (at most 256, 4) red, green, blue, alpha."""
    image = Image.fromarray(picture.reshape(HEIGHT, WIDTH)).convert("L")
    image.putpalette(shades[:, :3].tobytes(), "RGB")
    encoded = io.BytesIO()
    image.save(encoded, "PNG", transparency=shades[:, 3].tobytes(), optimize=True)
    return "data:image/png;base64," + base64.b64encode(encoded.getvalue()).decode()
