"""Clusters of examples by their embeddings, each named by the words that tell it apart."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from delift_core.analysis.clusters import evenly_spaced

CLUSTERS_MOST = 8  # as many as have a colour of their own
SIZE_LEAST = 5  # examples of a cluster on average
WORD = re.compile(r"[^\W\d_]{3,}")
WORDS = 2  # in a name
NO_EMBEDDING = -1


def text_clusters(embeddings: np.ndarray) -> np.ndarray:
    """(n,) the cluster of each example, the largest being 0; -1 for one without an embedding.

    At most eight branches of Ward's tree over at most 1,000 evenly spaced examples; every other
    one joins the branch whose mean is nearest.

    embeddings: (n, width), NaN where there is none.
    """
    labels = np.full(len(embeddings), NO_EMBEDDING)  # (n,)
    known = np.flatnonzero(np.isfinite(embeddings).all(axis=1))  # (known,)
    if len(known):
        labels[known] = _largest_first(_nearest_branches(embeddings[known]))
    return labels


def nearest_clusters(
    embeddings: np.ndarray, clustered: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """(n,) the cluster of others whose mean is nearest to each; -1 for one without an embedding.

    embeddings: (n, width). clustered: (others, width). labels: (others,) as `text_clusters` gives
    them. NaN where there is no embedding.
    """
    found = np.full(len(embeddings), NO_EMBEDDING)  # (n,)
    known = np.flatnonzero(np.isfinite(embeddings).all(axis=1))  # (known,)
    members = labels != NO_EMBEDDING  # (others,)
    if len(known) and members.any():
        nearest = _nearest_means(embeddings[known], clustered[members], labels[members])
        found[known] = nearest  # labels count from 0 on
    return found


def _nearest_branches(embeddings: np.ndarray) -> np.ndarray:
    """(n,) the branch whose mean is nearest to each. embeddings: (n, width)."""
    sample = embeddings[evenly_spaced(len(embeddings))]  # (sample, width)
    branch = _branches(sample)  # (sample,)
    return _nearest_means(embeddings, sample, branch)


def _nearest_means(embeddings: np.ndarray, clustered: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(n,) which cluster of others has the mean nearest to each, clusters by rising label.

    embeddings: (n, width). clustered: (others, width). labels: (others,).
    """
    means = np.stack([clustered[labels == each].mean(axis=0) for each in np.unique(labels)])
    # ||e - m||^2 = ||e||^2 - 2 e.m + ||m||^2, of which the first is the same for all means
    gaps = (means**2).sum(axis=1) - 2 * embeddings @ means.T  # (n, clusters)
    return gaps.argmin(axis=1)


def _branches(sample: np.ndarray) -> np.ndarray:
    """(n,) the branch of each of some embeddings."""
    from scipy.cluster import hierarchy

    most = min(CLUSTERS_MOST, max(len(sample) // SIZE_LEAST, 1))
    if len(sample) < 2:
        return np.zeros(len(sample), dtype=np.int64)
    return hierarchy.fcluster(hierarchy.linkage(sample, "ward"), most, "maxclust")


def _largest_first(labels: np.ndarray) -> np.ndarray:
    """The same labels by falling size from 0 on; ties go to the one that comes first."""
    _, first, inverse, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, -counts))  # (labels,)
    return np.argsort(order)[inverse]


def cluster_names(texts: Sequence[str], labels: np.ndarray) -> list[str]:
    """Of each cluster the two words with the largest excess, the strongest first.

    excess(w, c) = share of the examples of c that hold w - share of all others that do. Ties go by
    the alphabet; a name that is taken gets a number.

    texts: of each example. labels: (n,) as `text_clusters` gives them.
    """
    words = [set(WORD.findall(text.casefold())) for text in texts]
    total = Counter(word for each in words for word in each)
    names: list[str] = []
    for cluster in range(int(labels.max(initial=NO_EMBEDDING)) + 1):
        members = np.flatnonzero(labels == cluster).tolist()
        own = Counter(word for index in members for word in words[index])
        names.append(_untaken(_name(own, total, len(members), len(words)), names))
    return names


def _name(own: Counter, total: Counter, members: int, examples: int) -> str:
    """The words of largest excess of one cluster."""
    others = max(examples - members, 1)
    excess = {word: count / members - (total[word] - count) / others for word, count in own.items()}
    best = sorted(excess, key=lambda word: (-excess[word], word))[:WORDS]
    return ", ".join(best) or "no words"


def _untaken(name: str, taken: Sequence[str]) -> str:
    """A name, with a number where it is taken."""
    if name not in taken:
        return name
    count = sum(other == name or other.startswith(f"{name} (") for other in taken)
    return f"{name} ({count + 1})"
