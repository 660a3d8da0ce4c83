"""What a trainer reads of an example: tokens, labels and cuts, as TRL itself prepares them."""

import pytest

from delift_core.data.example import Example, Turn
from delift_core.data.readers import read_dataset
from delift_core.errors import UnusablePrompt
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.templates import TemplateName
from delift_core.scoring.tokenizer_files import load_tokenizer
from delift_core.scoring.training_reader import TrainingReader
from delift_core.scoring.training_rows import MASKED, counts_of
from tests.conftest import CHATML, STRICT
from tests.data.test_real_files import SHARED

DEMO = "delift_core/data/bundled/pool.jsonl"
REAL = ("alpaca_messages_100.jsonl", "alpaca_zh_demo.json", "glaive_toolcall_en_demo.json")


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer("bundled")


@pytest.fixture(scope="module")
def demo():
    return read_dataset(DEMO, near_duplicates="keep")


def asked(prompt, response):
    return Example("a", prompt, response, (Turn("user", prompt),))


def test_labels_stand_on_the_response_its_end_of_turn_and_what_the_template_writes_behind(
    tokenizer,
):
    tokenizer = with_template(tokenizer, CHATML)
    row = TrainingReader(tokenizer).row(asked("Name a colour.", "Blue"))
    assert "".join(row.pieces[row.first_label :]) == "Blue<|im_end|>\n"
    assert "".join(row.pieces) == (
        "<|im_start|>user\nName a colour.<|im_end|>\n<|im_start|>assistant\nBlue<|im_end|>\n"
    )
    assert row.labels[: row.first_label] == (MASKED,) * row.first_label
    assert row.labels[row.first_label :] == row.tokens[row.first_label :]
    assert row.pieces[row.end_of_turn] == "<|im_end|>" and row.has_end and not row.is_cut


def with_template(tokenizer, template):
    """The same tokenizer with a chat template of its own."""
    import copy

    changed = copy.copy(tokenizer)
    changed.chat_template = template
    return changed


def test_a_row_loses_tokens_then_its_end_then_all_labels_as_the_longest_length_falls(tokenizer):
    whole = TrainingReader(tokenizer).row(asked("Name a colour.", "Blue and green"))
    end, first = whole.end_of_turn, whole.first_label
    for longest, cut, ends, labelled in (
        (len(whole.tokens), False, True, len(whole.tokens) - first),
        (end + 1, True, True, end + 1 - first),
        (end, True, False, end - first),
        (first, True, False, 0),
        (first - 1, True, False, 0),
    ):
        row = TrainingReader(tokenizer, longest).row(asked("Name a colour.", "Blue and green"))
        assert (row.is_cut, row.has_end, row.labelled) == (cut, ends, labelled)
        assert row.kept == len(row.labels) == longest


def test_counts_tell_what_is_lost_and_what_the_template_refuses(tokenizer):
    strict = with_template(tokenizer, STRICT)
    twice = Example("b", "", "c", (Turn("user", "a"), Turn("user", "b")))
    short, long = asked("Name a colour.", "Blue"), asked("Name a colour.", "Blue " * 40)
    counts = counts_of(map(TrainingReader(strict, 30).row, [short, long, twice]))
    assert (counts.examples, counts.refused) == (3, 1)
    assert (counts.cut, counts.without_end, counts.without_label) == (1, 1, 0)


def test_a_template_that_closes_no_turn_leaves_every_example_without_an_end(tokenizer):
    unclosed = with_template(
        tokenizer, "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    )
    row = TrainingReader(unclosed).row(asked("Name a colour.", "Blue"))
    assert row.end_of_turn is None and not row.has_end and not row.is_cut


def test_a_character_of_several_tokens_is_written_once(tokenizer):
    row = TrainingReader(tokenizer).row(asked("Say it.", "\U0001f9a9 and 漢字"))
    assert "".join(row.pieces[row.first_label :]).startswith("\U0001f9a9 and 漢字")
    assert len(row.pieces) == len(row.tokens)


def test_a_tokenizer_without_a_chat_template_is_refused_by_name(tokenizer):
    bare = with_template(tokenizer, None)
    with pytest.raises(UnusablePrompt, match="^base: the tokenizer has no chat template.*Name a"):
        TrainingReader(bare, name="base")


def test_a_trainer_labels_what_scoring_scores_and_the_text_behind_it(tokenizer, demo):
    """Of texts without control tokens, which scoring keeps as text and a trainer does not."""
    reader, prompter = TrainingReader(tokenizer), Prompter(tokenizer, TemplateName.CHAT, 8192)
    for example in demo:
        row, prompt = reader.row(example), prompter.alone(example)
        assert row.tokens[: row.first_label] == prompt.tokens
        assert row.tokens[row.first_label : row.end_of_turn + 1] == prompt.response


@pytest.fixture(scope="module")
def prepared_by_trl(tokenizer, tmp_path_factory):
    """Examples and a length -> (input_ids, labels) of every row that TRL's SFTTrainer prepares."""
    pytest.importorskip("trl", reason='no trl: pip install -e ".[bench]"')
    import datasets
    import torch
    import transformers
    from trl import SFTConfig, SFTTrainer

    torch.manual_seed(0)
    network = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=8,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
        )
    )

    def prepare(examples, longest):
        rows = [
            {
                "prompt": [{"role": turn.role, "content": turn.content} for turn in example.turns],
                "completion": [{"role": "assistant", "content": example.response}],
            }
            for example in examples
        ]
        settings = SFTConfig(
            output_dir=str(tmp_path_factory.mktemp("trl")),
            max_length=longest,
            bf16=False,
            use_cpu=True,
            report_to="none",
            disable_tqdm=True,
        )
        trainer = SFTTrainer(
            model=network,
            args=settings,
            train_dataset=datasets.Dataset.from_list(rows),
            processing_class=tokenizer,
        )
        return [(tuple(row["input_ids"]), tuple(row["labels"])) for row in trainer.train_dataset]

    return prepare


@pytest.mark.parametrize("longest", [1024, 64], ids="at most {}".format)
@pytest.mark.parametrize("file", ["the demo", *REAL])
def test_tokens_and_labels_are_those_that_trl_prepares(
    prepared_by_trl, tokenizer, demo, file, longest
):
    examples = demo
    if file != "the demo":
        if not (SHARED / file).exists():
            pytest.skip("the real files are not here; set DELIFT_SHARED to their folder")
        examples = read_dataset(SHARED / file, near_duplicates="keep", limit=100)
    rows = list(map(TrainingReader(tokenizer, longest).row, examples))
    ours = [(row.tokens[: row.kept], row.labels) for row in rows if row.labelled]
    assert ours == prepared_by_trl(examples, longest)
    assert len(ours) == len(rows) - counts_of(rows).without_label
