"""Clusters of the embeddings by turns, each giving its nearest, then its farthest example."""

from itertools import chain, zip_longest

import numpy as np

from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.method import Method, MethodInputs, Need

CLUSTERS = 10


def by_clusters(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by turns over at most ten clusters."""
    embeddings = inputs.embeddings()  # (pool, width)
    labels, centroids = clusters(embeddings, min(CLUSTERS, inputs.size))
    return easy_and_hard(embeddings, labels, centroids)


def clusters(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(n,) cluster of each point and (clusters, width) centroids, by K-means.

    The first centroids are the farthest-first points, so that no seed matters.
    """
    from sklearn.cluster import KMeans

    distinct = len(np.unique(points, axis=0))
    first = points[farthest_first(points, count=min(count, distinct))]  # (clusters, width)
    fitted = KMeans(len(first), init=first, n_init=1).fit(points)
    return fitted.labels_, fitted.cluster_centers_


def easy_and_hard(points: np.ndarray, labels: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """(n,) indices: in every round each cluster gives one example, nearest and farthest by turns.

    points: (n, width); labels: (n,) cluster of each; centroids: (clusters, width). Distances are
    1 - cos(point, centroid). Where every cluster is large enough, the first 2 r clusters examples
    are the r nearest and the r farthest of each.
    """
    distances = 1 - _cosine(points, centroids[labels])  # (n,)
    queues = []
    for cluster in range(len(centroids)):
        members = np.flatnonzero(labels == cluster)  # (members,)
        easiest = members[np.argsort(distances[members], kind="stable")]
        hardest = members[np.argsort(-distances[members], kind="stable")]
        queues.append(_alternating(easiest.tolist(), hardest.tolist()))
    rounds = zip_longest(*queues)
    return np.array(
        [index for picks in rounds for index in picks if index is not None], dtype=np.int64
    )


def _alternating(easiest: list[int], hardest: list[int]) -> list[int]:
    """Members by turns from two orders of them, each once."""
    by_turns = chain.from_iterable(zip(easiest, hardest))
    return list(dict.fromkeys(by_turns))


def _cosine(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) cosine of each point with its partner, 0 where one of them is zero."""
    lengths = np.linalg.norm(points, axis=1) * np.linalg.norm(others, axis=1)  # (n,)
    products = (points * others).sum(axis=1)  # (n,)
    return np.divide(products, lengths, out=np.zeros(len(points)), where=lengths > 0)


CLUSTER_EASY_HARD = Method(
    name="cluster_easy_hard",
    title="Easy and hard of every cluster",
    sentence="Of every cluster in turn the example nearest its centre, then the farthest.",
    needs=(Need.ALONE,),
    cost="one forward pass for every example",
    source="DEFT-UCS, as the DELIFT repository compares it, with indices of the pool",
    order=by_clusters,
)
