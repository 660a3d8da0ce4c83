"""The two examples of a pool that are most alike: one shown, the other answered, tell the most."""

from collections.abc import Sequence

import numpy as np

from delift_core.data.example import Example
from delift_core.data.rough_words import rough_words

LOOKED_AT = 400  # examples, evenly spread over the pool: all pairs of them are compared
REPEATED = 0.9  # likeness from which two examples say the same, which tells nothing


def telling_pair(
    examples: Sequence[Example], embeddings: np.ndarray | None = None
) -> tuple[int, int]:
    """(answered, shown) indices of the most alike examples with different responses.

    embeddings: (examples, width) of length 1, where there are some; words are compared without.
    The first two where none are alike; an only example is shown to itself.
    """
    if len(examples) < 2:
        return 0, 0
    count = min(len(examples), LOOKED_AT)
    indices = np.linspace(0, len(examples) - 1, count).astype(int)  # (count,)
    looked_at = [examples[index] for index in indices.tolist()]
    points = word_weights(looked_at) if embeddings is None else embeddings[indices]
    likeness = points @ points.T  # (count, count)
    responses = np.unique([example.response for example in looked_at], return_inverse=True)[1]
    says_same = (responses[:, None] == responses) | (likeness > REPEATED)  # (count, count)
    likeness[says_same] = 0
    if not likeness.max() > 0:
        return 0, 1
    answered, shown = np.unravel_index(np.argmax(likeness), likeness.shape)
    return int(indices[answered]), int(indices[shown])


def word_weights(examples: Sequence[Example]) -> np.ndarray:
    """(examples, words) of length 1: a word counts by how few examples hold it, log(n / holders).

    A word of all examples counts for nothing.
    """
    texts = [f"{example.prompt}\n{example.response}" for example in examples]
    pieces = list(rough_words(texts))
    hashes = np.concatenate([piece.hashes for piece in pieces])  # (words of all texts,)
    owners = np.concatenate([piece.first + piece.owners for piece in pieces])
    _, word = np.unique(hashes, return_inverse=True)  # (words of all texts,)
    holds = np.zeros((len(examples), word.max(initial=0) + 1), np.float32)
    holds[owners, word] = 1
    holders = holds.sum(axis=0)  # (words,)
    weighted = holds * np.log(len(examples) / np.maximum(holders, 1))
    return weighted / np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-9)
