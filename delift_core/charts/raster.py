"""The points of a map painted into one small picture: a byte per pixel and a table of colours."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from delift_core.charts.colouring import Colouring
from delift_core.charts.scene import Scene

WIDTH, HEIGHT = 900, 600  # pixels of the picture; the browser stretches it over the map
MARGIN = 0.03  # of the map's extent on every side, so that nothing touches the edge
LEVELS = 24  # shades of how many examples fall on a pixel
# first shade of the dimmed, of the lit, of the chosen, and of the colours
DIMMED, LIT, CHOSEN, COLOURS = 1, 1 + LEVELS, 1 + 2 * LEVELS, 2 + 2 * LEVELS
CLEAR = [0, 0, 0, 0]  # red, green, blue, alpha of shade 0


@dataclass(frozen=True)
class Frame:
    """The part of the plane that a picture covers."""

    left: float
    right: float
    bottom: float
    top: float


def frame_of(points: np.ndarray) -> Frame:
    """The extent of the points that have a position, with a margin; a flat extent gets a width."""
    placed = points[np.isfinite(points).all(axis=1)]  # (placed, 2)
    if not len(placed):
        placed = np.zeros((1, 2))
    low, high = placed.min(axis=0), placed.max(axis=0)  # (2,) both
    margin = np.where(high > low, MARGIN * (high - low), 1.0)  # (2,)
    left, bottom = (low - margin).tolist()
    right, top = (high + margin).tolist()
    return Frame(left, right, bottom, top)


def painted(
    scene: Scene, frame: Frame, pool: np.ndarray, chosen: np.ndarray, colours: Sequence[str]
) -> str:
    """A PNG as the text a figure carries: the dimmed below, the lit above them, the chosen on top.

    What has no number stays grey.

    pool, chosen: indices with a position; every other one has none.
    colours: of the labels or numbers.
    """
    picture = np.zeros(HEIGHT * WIDTH, dtype=np.uint8)  # (pixels,) shade 0 is transparent
    lit = pool[scene.lit[pool]]  # (lit,)
    valued = np.zeros(len(lit), dtype=bool)  # (lit,)
    if scene.colouring is not None:
        valued = np.isfinite(scene.colouring.values[lit])
    paint_density(picture, pixels(scene.points[pool[~scene.lit[pool]]], frame), DIMMED)
    paint_density(picture, pixels(scene.points[lit[~valued]], frame), LIT)
    if scene.colouring is not None:
        shades = COLOURS + shade_indices(scene.colouring, len(colours))[lit[valued]]
        paint_shades(picture, pixels(scene.points[lit[valued]], frame), shades)
    paint_squares(picture, pixels(scene.points[chosen], frame), CHOSEN)
    table = [
        CLEAR,
        *fading(scene.palette.pool, 0.12, 0.3),
        *fading(scene.palette.pool, 0.6, 1.0),
        *opaque([scene.palette.chosen, *colours]),
    ]
    return data_url(picture, np.array(table, dtype=np.uint8))


def shade_indices(colouring: Colouring, shades: int) -> np.ndarray:
    """(examples,) uint8 which of so many shades each value takes.

    That of its label, or floor(shades * (v - low) / (high - low)) of a number.
    """
    if not colouring.numeric:
        return colouring.values
    low, high = colouring.ends
    share = np.nan_to_num((colouring.values - low) / (high - low))  # (examples,)
    return np.clip(share * shades, 0, shades - 1).astype(np.uint8)


def pixels(points: np.ndarray, frame: Frame) -> np.ndarray:
    """(points,) the pixel each point falls on, rows counted from the top.

    Every point has a position.
    """
    x = (points[:, 0] - frame.left) / (frame.right - frame.left) * WIDTH  # (points,)
    y = (frame.top - points[:, 1]) / (frame.top - frame.bottom) * HEIGHT  # (points,)
    column = np.clip(x.astype(np.int64), 0, WIDTH - 1)  # (points,)
    row = np.clip(y.astype(np.int64), 0, HEIGHT - 1)  # (points,)
    return row * WIDTH + column


def paint_density(picture: np.ndarray, positions: np.ndarray, first: int) -> None:
    """shade = first + round((LEVELS - 1) * log(count) / log(highest count)), in place."""
    counts = np.bincount(positions, minlength=len(picture))  # (pixels,)
    seen = counts > 0  # (pixels,)
    strength = np.log(counts[seen]) / max(np.log(counts.max(initial=1)), 1e-9)  # (seen,) 0 to 1
    picture[seen] = first + np.rint((LEVELS - 1) * strength)


def paint_shades(picture: np.ndarray, positions: np.ndarray, shades: np.ndarray) -> None:
    """Every example in its own shade, in place; of several on one pixel the last one shows."""
    picture[positions] = shades


def paint_squares(picture: np.ndarray, positions: np.ndarray, shade: int) -> None:
    """Every example as 2 x 2 pixels of one shade, in place, on top of what is there."""
    squares = positions[:, None] + [0, 1, WIDTH, WIDTH + 1]  # (examples, 4)
    picture[squares.clip(max=len(picture) - 1)] = shade


def fading(colour: str, faintest: float, strongest: float) -> np.ndarray:
    """(LEVELS, 4) one colour from faint to strong."""
    alphas = np.rint(255 * np.linspace(faintest, strongest, LEVELS))  # (LEVELS,)
    return np.column_stack([np.tile(rgb(colour), (LEVELS, 1)), alphas]).astype(np.uint8)


def opaque(colours: Sequence[str]) -> np.ndarray:
    """(colours, 4) red, green, blue, and full alpha."""
    return np.array([[*rgb(colour), 255] for colour in colours], dtype=np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of #RRGGBB, or of rgb(r, g, b) as Plotly samples its scales."""
    if colour.startswith("#"):
        red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    else:
        parts = colour.removeprefix("rgb(").removesuffix(")").split(",")
        red, green, blue = (int(part) for part in parts)
    return red, green, blue


def data_url(picture: np.ndarray, shades: np.ndarray) -> str:
    """A PNG as a data URL; shades: (at most 256, 4) red, green, blue, alpha."""
    image = Image.fromarray(picture.reshape(HEIGHT, WIDTH)).convert("L")
    image.putpalette(shades[:, :3].tobytes(), "RGB")
    encoded = io.BytesIO()
    image.save(encoded, "PNG", transparency=shades[:, 3].tobytes())
    return "data:image/png;base64," + base64.b64encode(encoded.getvalue()).decode()
