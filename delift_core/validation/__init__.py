"""Does a subset help? Networks that are tuned on it, and what gradients say before that."""
