"""The register of shapes, which are what the fields of an exported row are.

A new shape is a file and a line.
"""

from delift_core.errors import UnknownChoice
from delift_core.export.shapes.alpaca import ALPACA
from delift_core.export.shapes.ids import IDS
from delift_core.export.shapes.messages import MESSAGES
from delift_core.export.shapes.original import ORIGINAL
from delift_core.export.shapes.shape import Shape
from delift_core.export.shapes.sharegpt import SHAREGPT

SHAPES = {
    shape.name: shape
    for shape in (
        ORIGINAL,
        ALPACA,
        SHAREGPT,
        MESSAGES,
        IDS,
    )
}
DEFAULT_SHAPE = ORIGINAL.name


def shape_named(name: str) -> Shape:
    """The shape of that name. Raises UnknownChoice with the names there are."""
    if name not in SHAPES:
        raise UnknownChoice(f"There is no shape {name!r}. Choose one of {', '.join(SHAPES)}.")
    return SHAPES[name]
