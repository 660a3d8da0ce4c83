"""Shape `ids`: the id of each example and nothing else."""

from delift_core.data.example import Example
from delift_core.export.shapes.shape import Shape


def id_field(example: Example) -> dict:
    """The id alone."""
    return {"id": example.id}


IDS = Shape("ids", "Ids only", id_field, in_folders=False)
