"""Tokens that were added to a tokenizer and not to its model are refused in one sentence."""

import shutil

import pytest
import transformers

from delift_core.cli.main import main
from delift_core.errors import UnusablePrompt
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.model import load_model


@pytest.fixture
def widened(tiny_folder, tmp_path):
    """A tiny model whose tokenizer has a token that the model has not."""
    folder = shutil.copytree(tiny_folder(), tmp_path / "model")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["<extra_one>"])
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("row", [("<extra_one> a", "b"), ("a", "b <extra_one>")])
def test_a_token_beyond_the_embedding_is_refused_by_name(widened, pool_of, row):
    model = load_model(widened, device="cpu")
    sentence = "Row .*'<extra_one>' that the model has no embedding of"
    with pytest.raises(UnusablePrompt, match=sentence):
        score_utilities(pool_of(("a", "b"), row), model=model)


def test_a_token_that_no_row_holds_is_no_matter(widened, pool_of):
    kernel = score_utilities(pool_of(("a", "b")), model=load_model(widened, device="cpu"))
    assert kernel.values.shape == (1, 1)


def test_the_command_line_says_it_and_exits_with_2(widened, tmp_path, capsys):
    pool = tmp_path / "pool.jsonl"
    pool.write_text('{"prompt": "<extra_one> a", "response": "b"}\n' * 2)
    arguments = ["score", "--pool", str(pool), "--model", str(widened), "--device", "cpu"]
    with pytest.raises(SystemExit) as left:
        main([*arguments, "--workspace", str(tmp_path / "runs")])
    assert left.value.code == 2
    assert "'<extra_one>'" in capsys.readouterr().err
