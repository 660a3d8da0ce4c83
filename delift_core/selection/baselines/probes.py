"""Weighted in-context influence: how much each example eases five varied ones among its nearest.

    IFD[i]      = exp(NLL(y_i | x_i) - NLL(y_i))
    delta[j, i] = IFD[i] - exp(NLL(y_i | x_j, y_j, x_i) - NLL(y_i)) = IFD[i] (1 - exp(-P[i, j]))
    score[j]    = mean over the probes i of j with delta > 0 of delta[j, i] (1 - cos(j, i))

P is the information of the kernel: the mean log-probability of y_i that showing j adds. The probes
of j are the most central of each of five clusters of the 32 examples nearest to it. Highest score
first; an example of cosine .9 or more to a chosen one is skipped, one of IFD above 1 is dropped.
"""

import numpy as np

from delift_core.selection.baselines.cluster_easy_hard import clusters
from delift_core.selection.baselines.column import without_similar
from delift_core.selection.baselines.ifd import ifd
from delift_core.selection.baselines.scores import descending
from delift_core.selection.baselines.unhelped import whole_information
from delift_core.selection.embedding_kernels import unit
from delift_core.selection.method import Method, MethodInputs, Need

NEAREST = 32  # examples that the probes of one are taken from
CLUSTERS = 5  # of them, each giving one probe
LARGEST_IFD = 1.0  # of an example that may be chosen
LARGEST_COSINE = np.nextafter(0.9, 0)  # to a chosen example: just below .9


def by_probes(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by influence; those skipped follow, then what was dropped or not scored."""
    return greedy_order(influence(inputs), inputs.embeddings())


def influence(inputs: MethodInputs) -> np.ndarray:
    """(pool,) weighted in-context influence of every example, as `probe_scores` has it."""
    kernel, embeddings = inputs.utilities(), inputs.embeddings()
    difficulty = ifd(
        inputs.negative_log_likelihood(), inputs.unprompted_negative_log_likelihood()
    )  # (pool,)
    probes = [probes_of(embeddings, index) for index in range(inputs.size)]
    counts = [len(near) for near in probes]
    answered, shown = np.concatenate(probes), np.repeat(np.arange(inputs.size), counts)
    information = whole_information(kernel, answered, shown)  # (probes of all,)
    behind = difficulty[answered] * np.exp(-information)  # (probes of all,)
    shown_ifd = np.split(behind, np.cumsum(counts)[:-1])
    return probe_scores(embeddings, difficulty, probes, shown_ifd)


def probes_of(embeddings: np.ndarray, index: int) -> np.ndarray:
    """(probes,) positions of the probes of an example, at most five; of two as central the nearer.

    embeddings: (pool, width), L2-normalised.
    """
    cosines = embeddings @ embeddings[index]  # (pool,)
    cosines[index] = -np.inf
    nearest = np.argsort(-cosines, kind="stable")[: min(NEAREST, len(cosines) - 1)]
    if not len(nearest):
        return nearest
    points = embeddings[nearest]  # (nearest, width)
    labels, centroids = clusters(points, min(CLUSTERS, len(points)))
    distances = np.linalg.norm(points - centroids[labels], axis=1).round(9)  # (nearest,)
    members = [np.flatnonzero(labels == cluster) for cluster in range(len(centroids))]
    return nearest[[own[distances[own].argmin()] for own in members if len(own)]]


def probe_scores(
    embeddings: np.ndarray,
    difficulty: np.ndarray,
    probes: list[np.ndarray],
    shown_ifd: list[np.ndarray],
) -> np.ndarray:
    """(pool,) weighted in-context influence, 0 where no probe is eased.

    NaN for an example of IFD above 1, and where no pair counts.

    embeddings: (pool, width); difficulty: (pool,) IFD; probes: of each example its (probes,)
    positions; shown_ifd: and (probes,) their IFD behind it, NaN where a pair does not count.
    """
    points = unit(embeddings)  # (pool, width)
    scores = np.full(len(points), np.nan)  # (pool,)
    for index in np.flatnonzero(~(difficulty > LARGEST_IFD)).tolist():
        near = probes[index]
        delta = difficulty[near] - shown_ifd[index]  # (probes,)
        terms = delta * (1 - points[near] @ points[index])  # (probes,)
        if np.isfinite(delta).any():
            scores[index] = terms[delta > 0].mean() if (delta > 0).any() else 0.0
    return scores


def greedy_order(scores: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
    """(pool,) indices by score, but those of cosine .9 or more to a better one behind all others.

    What has no score comes last.
    """
    order = descending(scores)
    ranked = order[: np.isfinite(scores).sum()]
    kept = without_similar(ranked, embeddings, LARGEST_COSINE)
    return np.concatenate([kept, order[~np.isin(order, kept)]])


PROBES = Method(
    name="probes",
    title="Influence on nearby probes",
    sentence="The examples that make varied ones among their nearest easier to follow when shown.",
    needs=(Need.KERNEL, Need.ALONE, Need.UNPROMPTED),
    cost="one forward pass for every pair of pool_pool, and two for every example",
    source=(
        "wICI, arXiv 2604.25132: of each cluster the most central example, where theirs is the one"
        " rated best; truncated pairs left out, which their code counts as the largest help"
    ),
    order=by_probes,
)
