"""Examples in the order of a list of ids."""

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.selection.method import Method, MethodInputs, Need, missing_sentence


def by_list(inputs: MethodInputs) -> np.ndarray:
    """(listed,) indices in the order of the list. Raises MethodUnavailable."""
    if inputs.listed is None:
        raise MethodUnavailable(missing_sentence(Need.LIST))
    return inputs.listed


ID_LIST = Method(
    name="list",
    title="A list of ids",
    sentence="The examples of your list, in its order; the others are never chosen.",
    needs=(Need.LIST,),
    cost="nothing",
    source="anybody's subset",
    reads=("field", "table", "table_digest"),
    order=by_list,
)
