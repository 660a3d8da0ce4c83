"""Random models of the shapes of Llama, in bfloat16: how near scoring comes to the card's speed."""

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import torch
import transformers

from benchmarks.gpu_setting import (
    Card,
    TileWork,
    forget_peak,
    matrix_rate,
    mixed_examples,
    peak_gigabytes,
    warmed_seconds,
)
from benchmarks.machine_limit import operations, tokens_read
from delift_core.scoring.memory import working_memory
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pack_sizes import LEAST_SAVED
from delift_core.scoring.packing import ReadyModel
from delift_core.scoring.pairs import scorer_for
from delift_core.scoring.precision import Precision
from delift_core.scoring.throughput import token_counts
from delift_core.scoring.tokenizer_files import load_tokenizer

TOKENS = 200  # of an example
SHARE_WANTED = 0.4  # of the card's matrix rate, by the 1B model
CONTEXT = 8192

LoadModel = Callable[[Card], CausalModel]

SHAPES = {  # fields of a LlamaConfig
    "1B": {  # Llama 3.2
        "hidden_size": 2048,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "intermediate_size": 8192,
        "vocab_size": 128256,
        "tie_word_embeddings": True,
    },
    "8B": {  # Llama 3.1
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "intermediate_size": 14336,
        "vocab_size": 128256,
        "tie_word_embeddings": False,
    },
}
NARROW = {  # in place of both where the path is only tried
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 128,
}


def bundled_model(card: Card) -> CausalModel:
    """The bundled model in float32."""
    return card.load(Precision.FLOAT32)


def random_model(card: Card, name: str) -> CausalModel:
    """A model of a shape with random weights and the tokenizer of the card's model."""
    tokenizer, shape = load_tokenizer(card.model), SHAPES[name]
    if card.is_small:
        name, shape = f"narrow, for {name}", {**NARROW, "vocab_size": len(tokenizer)}
    config = transformers.LlamaConfig(**shape, max_position_embeddings=CONTEXT)
    with torch.device(card.device):
        network = transformers.AutoModelForCausalLM.from_config(
            config, dtype=torch.bfloat16, trust_remote_code=False
        ).eval()
    return CausalModel(
        name=name,
        revision="random weights",
        network=network,
        tokenizer=tokenizer,
        device=card.device,
        dtype=Precision.BFLOAT16,
        context=CONTEXT,
    )


def tile_of(card: Card, model: CausalModel) -> TileWork:
    """A tile of the examples that are nearest to so many tokens."""
    scorer, sizes = scorer_for(model), card.sizes
    examples = mixed_examples(card).examples
    distance = np.abs(token_counts(scorer.prompter, examples) - TOKENS)  # (examples,)
    nearest = np.argsort(distance, kind="stable")[: sizes.answered + sizes.shown]
    return TileWork.of(scorer, [examples[index] for index in nearest], sizes)


def random_model_lines(card: Card, name: str) -> Iterator[str]:
    """The table of one model."""
    work = tile_of(card, random_model(card, name))
    forget_peak(card)
    seconds, _ = warmed_seconds(card, work.score)
    memory = memory_sentence(card, work.scorer.model)
    tokens, done = work_done(card, work)
    share = done / seconds / matrix_rate(card, torch.bfloat16)
    yield from (
        "| model | tokens read a pair | pairs a second | TFLOP/s | of the matrix rate |",
        "|---|---:|---:|---:|---:|",
        (
            f"| {work.scorer.model.name} | {tokens / work.pairs:.0f} |"
            f" {work.pairs / seconds:,.1f} | {done / seconds / 1e12:.3g} | {share:.1%} |"
        ),
        "",
        memory,
    )
    if name == "1B":
        yield from ("", f"{share:.0%} of the matrix rate; {SHARE_WANTED:.0%} are wanted.")


def work_done(card: Card, work: TileWork) -> tuple[int, int]:
    """(tokens that a tile has the model read, operations that they need)."""
    network, least_saved = work.scorer.model.network, LEAST_SAVED[card.device]
    prompts = list(chain(*work.columns))
    read, _ = tokens_read(prompts, least_saved)
    return read, operations(network, prompts, least_saved).total()


def memory_sentence(card: Card, model: ReadyModel) -> str:
    """The most memory that was held, beside what is predicted for a pack of this size."""
    weights = sum(part.numel() * part.element_size() for part in model.network.parameters())
    predicted = weights + working_memory(model.network.config, card.device, model.pack_tokens)
    return (
        f"Most memory {peak_gigabytes(card):.2f} GB, {predicted / 1e9:.2f} GB predicted, weights"
        f" {weights / 1e9:.2f} GB; packs of {model.pack_tokens:,} tokens."
    )
