"""The groups of a run's examples: the values of a field of the rows, or clusters of their texts."""

import numpy as np

from delift_core.analysis.common_prefix import common_prefix
from delift_core.analysis.text_clusters import (
    NO_EMBEDDING,
    cluster_names,
    nearest_clusters,
    text_clusters,
)
from delift_core.data.groups import groups
from delift_core.errors import MethodUnavailable
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import role_name

TEXT_CLUSTERS = "text clusters"  # in place of a field
NO_CLUSTER = "no embedding"


def groups_of_role(run: Run, role: str, way: str | None) -> list[str] | None:
    """(examples,) the group of each example of a role; None without a way to group.

    way: a field of the rows, or TEXT_CLUSTERS. Raises InvalidConstraint for a field that no row
    has, MethodUnavailable where clusters need what is not scored.
    """
    if way is None or not is_by_text(run, way):
        return groups(run.datasets[role], way)
    return cluster_of_each(run, role)


def is_by_text(run: Run, way: str) -> bool:
    """Whether a way to group means clusters, not a field that is called like them."""
    return way == TEXT_CLUSTERS and not any(way in example.extra for example in run.pool)


def cluster_of_each(run: Run, role: str) -> list[str]:
    """(examples,) the pool's cluster that each example of a role is in, or nearest to, by name.

    Raises MethodUnavailable where a pass over either was not made.
    """
    clustered = embedded(run, "pool")
    labels = text_clusters(clustered)  # (pool,)
    prefix = common_prefix(example.prompt for example in run.pool)
    names = cluster_names([each.prompt.removeprefix(prefix) for each in run.pool], labels)
    if role != "pool":
        labels = nearest_clusters(embedded(run, role), clustered, labels)  # (examples,)
    return [NO_CLUSTER if label == NO_EMBEDDING else names[label] for label in labels.tolist()]


def embedded(run: Run, role: str) -> np.ndarray:
    """(examples, width) embeddings of a role. Raises MethodUnavailable where there are none."""
    alone = run.alone(role)
    if alone is None:
        raise MethodUnavailable(
            f"{run.folder}: the {role_name(role)} examples have no embeddings yet, by which texts"
            " are clustered. Score a matrix with them first, or group by a field of the rows."
        )
    return alone.embedding
