"""Prompt tuning by clients: each group of the rows trains the prompt apart, then all are averaged.

`clients.py` trains them; what is attached is the prompt of `prompt.py`.
"""

from dataclasses import replace

from delift_core.validation.tuners.prompt import PROMPT

PROMPT_CLIENTS = replace(
    PROMPT,
    name="prompt_clients",
    title="Averaged prompts",
    sentence="Each group of the rows trains the prompt apart; each epoch ends in their average.",
    source="FedPepTAO, arXiv 2310.15080",
    by_clients=True,
)
