"""Shared fixtures: tiny models of several architectures, loaded as any other, and runs of them."""

import json
import sys
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from delift_core.data.example import Dataset, Example, Turn
from tests.tables import pytest_terminal_summary, tried  # noqa: F401  (a hook, a fixture)

# Files that take longest, handed out first: the last file should be a short one. One of the first
# two waits for a minute, the other one scores.
LONGEST_FIRST = (
    "security/test_literal.py",
    "validation/test_controls.py",
    "e2e/test_surviving.py",
    "executors/test_ray_cluster.py",
    "validation/test_kills.py",
    "test_readme.py",
    "scoring/test_golden.py",
    "e2e/test_preparing.py",
    "e2e/test_map.py",
    "e2e/test_heatmap.py",
    "scoring/test_pairs.py",
    "e2e/test_hostile.py",
    "e2e/test_auditing.py",
    "e2e/test_choosing.py",
    "selection/test_greedy_numba.py",
    "e2e/test_examples.py",
    "e2e/test_report.py",
    "jobs/test_jobs.py",
    "e2e/test_arriving.py",
    "analysis/test_projection.py",
    "pages/prepare/test_scoring.py",
    "security/test_server.py",
    "security/test_sharing.py",
)
TESTS = Path(__file__).parent

# a machine that is busy elsewhere fails no law
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    """Files in the order in which pytest-xdist hands them out."""
    ranks = {TESTS / file: rank for rank, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
INST = (
    "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST] "
    "{% else %}{{ m.content }} {% endif %}{% endfor %}"
)
STRICT = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not"
    " supported') }}{% endif %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{"
    " raise_exception('Conversation roles must alternate') }}{% endif %}<|im_start|>{{ m.role"
    " }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}{% if add_generation_prompt"
    " %}<|im_start|>assistant\n{% endif %}"
)
SYSTEM_THEN_STRICT = (
    "{% if messages[0].role == 'system' %}<|im_start|>system\n{{ messages[0].content"
    " }}<|im_end|>\n{% set turns = messages[1:] %}{% else %}{% set turns = messages %}{% endif %}{%"
    " for m in turns %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{"
    " raise_exception('Conversation roles must alternate') }}{% endif %}<|im_start|>{{ m.role"
    " }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt"
    " %}<|im_start|>assistant\n{% endif %}"
)
LATE_SYSTEM = (
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}{% set"
    " turns = messages[1:] %}{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}{%"
    " for m in turns %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{"
    " raise_exception('Conversation roles must alternate') }}{% endif %}<|im_start|>{{ m.role"
    " }}\n{{ system if loop.last and m.role == 'user' }}{{ m.content }}<|im_end|>\n{% endfor %}{%"
    " if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
REWRITES = (
    "{% for m in messages %}{% if m.role == 'user' and not loop.last %}<|im_start|>past\n{{"
    " messages | length }}<|im_end|>{% else %}<|im_start|>{{ m.role }}\n{{ messages | length }}{{"
    " m.content }}<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt"
    " %}<|im_start|>assistant\n{% endif %}"
)
DATED = "Today is {{ strftime_now('%d %B %Y') }}.\n" + CHATML
ONE_TOOL = (
    "{% if messages | selectattr('role', 'equalto', 'tool') | list | length > 1 %}"
    "{{ raise_exception('One tool turn only') }}{% endif %}" + CHATML
)
CHAT_TEMPLATES = {
    "chatml": CHATML,
    "inst": INST,
    "strict": STRICT,
    "system-strict": SYSTEM_THEN_STRICT,
    "late-system": LATE_SYSTEM,
    "one-tool": ONE_TOOL,
    "rewrites": REWRITES,
    "dated": DATED,
    "none": None,
}
CORPUS = [
    "Query:\nWhat is 2 + 2?\n\nResponse:\n4\n\n",
    "Instruction: Please generate a response to the following query.\n\n\nQuery: ",
    (
        "Use the following example as a guide to answer the query in the same format and style,"
        " providing a clear response."
    ),
    "Name a colour. Blue is a colour, and so is green; the sky is blue.\n\n\nExample:\n",
    "user\nassistant\nsystem\n [INST] [/INST] ",
] * 20
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_level():
    """A byte-level BPE tokenizer as GPT-2, Llama 3 and Qwen have them."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=CONTROL, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def byte_level_opened():
    """The same tokenizer with <|endoftext|> before every text, as Llama 3 begins with its token."""
    from tokenizers import processors

    tokenizer = byte_level()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
    )
    return tokenizer


def metaspace():
    """A byte-fallback BPE tokenizer with a space before the first word, as Llama 2 has it.

    No token reaches over a space: it is trained on words, and reads texts whole.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    codes = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=CONTROL + codes, max_token_length=8
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    plain = json.loads(tokenizer.to_str())
    plain["pre_tokenizer"]["split"] = False
    # byte codes are vocabulary, not control tokens
    plain["added_tokens"] = plain["added_tokens"][: len(CONTROL)]
    return Tokenizer.from_str(json.dumps(plain))


TOKENIZERS = {"bytes": byte_level, "bytes-opened": byte_level_opened, "metaspace": metaspace}


def configuration(architecture, vocabulary, window):
    """A transformers configuration of two narrow layers."""
    import transformers

    narrow = {
        "vocab_size": vocabulary,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": window,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": None,
    }
    return {
        "llama": lambda: transformers.LlamaConfig(**narrow),
        "qwen2": lambda: transformers.Qwen2Config(**narrow, tie_word_embeddings=True),
        "gpt2": lambda: transformers.GPT2Config(
            vocab_size=vocabulary,
            n_embd=32,
            n_layer=2,
            n_head=4,
            n_positions=window,
            bos_token_id=0,
            eos_token_id=0,
        ),
        "gemma2": lambda: transformers.Gemma2Config(
            **narrow,
            head_dim=8,
            query_pre_attn_scalar=8,
            attn_logit_softcapping=5.0,
            final_logit_softcapping=30.0,
            sliding_window=window // 2,
        ),
        "mistral": lambda: transformers.MistralConfig(**narrow, sliding_window=window // 4),
        "granite": lambda: transformers.GraniteConfig(**narrow, attention_multiplier=0.2),
        "bert": lambda: transformers.BertConfig(
            vocab_size=vocabulary,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=window,
        ),
    }[architecture]()


def trained_network(architecture, tokenizer, window, seed=0):
    """A network that was trained on a few lines.

    Its answers depend on everything read, and are neither certain nor impossible.
    """
    import torch
    import transformers

    torch.manual_seed(seed)
    network = transformers.AutoModelForCausalLM.from_config(
        configuration(architecture, len(tokenizer), window)
    )
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if "norm" not in name and "ln_" not in name:
                weight.normal_(0.0, 0.2)
    text = "".join(CORPUS[:4])
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    tokens = torch.tensor([ids[-window // 2 :]])  # (1, tokens)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-2)
    for _ in range(20):
        network(input_ids=tokens, labels=tokens).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return network


def save_tokenizer(folder, chat="none", tokenizer="bytes"):
    """Write a tiny tokenizer to a folder, and return the tokenizer."""
    import transformers

    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=TOKENIZERS[tokenizer](), bos_token=CONTROL[0], eos_token=CONTROL[0]
    )
    if CHAT_TEMPLATES[chat]:
        wrapped.chat_template = CHAT_TEMPLATES[chat]
    wrapped.save_pretrained(folder)
    return wrapped


def save_tiny(folder, architecture="llama", chat="chatml", tokenizer="bytes", window=160):
    """Write a tiny model to a folder, and return the folder."""
    wrapped = save_tokenizer(folder, chat, tokenizer)
    trained_network(architecture, wrapped, window).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def main_is_pytest(monkeypatch):
    """Pages that tests open run as __main__, which processes of later tests would run again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(autouse=True)
def one_thread():
    """Torch keeps to one thread: the last bits of a sum depend on how it is split.

    UMAP leaves torch with as many threads as there are cores.
    """
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    """make(architecture, chat, tokenizer, window) -> folder of a tiny model.

    It holds what such folders hold: safetensors, tokenizer.json, config.json.
    """
    import torch

    torch.set_num_threads(1)  # this one may be the first to import it

    @cache
    def make(architecture="llama", chat="chatml", tokenizer="bytes", window=160):
        return save_tiny(
            tmp_path_factory.mktemp(f"{architecture}-{chat}-{tokenizer}"),
            architecture,
            chat,
            tokenizer,
            window,
        )

    return make


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    """load(architecture, chat, tokenizer, window, dtype) -> the tiny model, loaded as any."""
    from delift_core.scoring.model import load_model

    @cache
    def load(architecture="llama", chat="chatml", tokenizer="bytes", window=160, dtype="float32"):
        return load_model(
            tiny_folder(architecture, chat, tokenizer, window), dtype=dtype, device="cpu"
        )

    return load


@pytest.fixture(scope="session")
def make_example():
    """make_example(prompt, response, *earlier turns as (role, content)) -> Example"""

    def make(prompt, response, *earlier):
        turns = (*(Turn(*turn) for turn in earlier), Turn("user", prompt))
        return Example(f"{prompt}|{response}|{earlier}", prompt, response, turns)

    return make


@pytest.fixture(scope="session")
def pool_of(make_example):
    """pool_of((prompt, response), ...) -> Dataset"""
    return lambda *rows: Dataset(tuple(make_example(*row) for row in rows))


TINY_ROWS = [
    ("Add 2 and 3", "5"),
    ("Add 4 and 4", "8"),
    ("Name a colour", "blue"),
    ("Name another colour", "green"),
    ("Say hello", "hello there"),
    ("What is the sky?", "The sky is blue"),
    ("Add 1 and 1", "2"),
    ("Say goodbye", "goodbye now"),
]


def dataset(prefix, texts):
    return Dataset(
        tuple(
            Example(
                f"{prefix}{row}",
                prompt,
                response,
                (Turn("user", prompt),),
                {"prompt": prompt, "group": prompt.split()[0]},
                row + 1,
            )
            for row, (prompt, response) in enumerate(texts)
        ),
        source=f"{prefix}.jsonl",
        format="prompt/response",
    )


@pytest.fixture(scope="session")
def roles():
    return {
        "pool": dataset("pool", TINY_ROWS[:6]),
        "target": dataset("target", TINY_ROWS[6:7]),
        "known": dataset("known", TINY_ROWS[6:8]),
    }


@pytest.fixture
def new_run(tmp_path, roles, tiny):
    """make(*roles, model, workspace, data, plan) -> a run with nothing scored yet"""
    from delift_core.runs.store import create_run
    from delift_core.scoring.plan import Plan

    def make(*names, model=None, workspace=tmp_path, data=None, plan=None):
        chosen = {name: (data or roles)[name] for name in names or ("pool",)}
        return create_run(workspace, chosen, (model or tiny()).record, "chat", plan or Plan())

    return make


@pytest.fixture
def score(tiny):
    """score(run, *kernels) -> number of tiles scored now"""
    from delift_core.runs.integrity import missing_work
    from delift_core.workflow.score import score_missing

    def score_now(run, *names):
        work = missing_work(run, names or ("pool_pool",))
        return len(list(score_missing(work, tiny())))

    return score_now


@pytest.fixture
def partly_written(new_run, tiny):
    """partly_written(workspace) -> a scored run of three rows, the first refused by its template"""
    from delift_core.data.readers import read_dataset
    from delift_core.runs.integrity import missing_work
    from delift_core.workflow.score import score_missing

    opening, asked = {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Say 5"}
    rows: list[dict] = [{"messages": [opening, asked, {"role": "assistant", "content": "5"}]}]
    rows += [{"prompt": f"Say {word}", "response": word} for word in ("blue", "green")]

    def make(workspace):
        model = tiny("llama", "strict")
        run = new_run("pool", model=model, data={"pool": read_dataset(rows)}, workspace=workspace)
        list(score_missing(missing_work(run, ["pool_pool"]), model))
        return run

    return make


@pytest.fixture
def files():
    """files(folder) -> {path: (time, content)} of all that lies in a folder."""

    def state(folder):
        return {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for path in folder.rglob("*")
            if path.suffix != ".lock"
        }

    return state


@pytest.fixture
def damage():
    """damage(run): one tile, the description and the pair mask of pool_pool, and a partial file"""

    def spoil(run):
        folder = run.kernel_folder("pool_pool")
        for file in (folder / "c/0/0/1", folder / "zarr.json", run.pair_mask_path("pool_pool")):
            file.write_bytes(file.read_bytes()[:-9])
        (folder / ".zarr.json.1.partial").write_text("{")
        (run.folder / "pool" / ".alone.parquet.1.partial").write_text("PAR1")

    return spoil
