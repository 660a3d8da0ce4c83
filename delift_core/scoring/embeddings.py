"""Embeddings from the pass over each example alone: position-weighted means of its last layer."""

import torch
import torch.nn.functional as F


def weighted_mean(hidden: torch.Tensor, head: int) -> torch.Tensor:
    """(width,) float32, e = sum_t t h_t, L2-normalised (SGPT, arXiv 2202.08904, section 3).

    Later tokens have read more, so they weigh more.
    hidden: (tokens, width); the first `head` tokens, the template's own, are left out.
    """
    own = hidden[min(head, len(hidden) - 1) :].float()  # (own tokens, width)
    weights = torch.arange(1, len(own) + 1, device=own.device)[:, None]  # (own tokens, 1)
    return F.normalize((weights * own).sum(0), dim=0)
