"""Twin: what scoring has to equal, one pair at a time in ordinary passes with sums in float64."""

import json
import shutil
from functools import cache

import numpy as np
import pytest

from delift_core.data.example import Dataset, Example, Turn
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.pairs import scorer_for
from delift_core.scoring.prefixes import common_length
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.templates import TemplateName


def messages(*examples):
    """A conversation in which every example but the last is answered."""
    *earlier, last = examples
    turns = [
        turn
        for example in earlier
        for turn in (("user", example.prompt), ("assistant", example.response))
    ]
    return [{"role": role, "content": content} for role, content in [*turns, ("user", last.prompt)]]


def chat_text(tokenizer, *examples):
    return tokenizer.apply_chat_template(
        messages(*examples), tokenize=False, add_generation_prompt=True
    )


def answer_text(tokenizer, example, closing):
    """The response as the chat template writes it: with the spaces that it adds, without those that
    it trims.
    """
    turns = [*messages(example), {"role": "assistant", "content": example.response}]
    written = tokenizer.apply_chat_template(turns, tokenize=False).removeprefix(
        chat_text(tokenizer, example)
    )
    return written[: written.rindex(closing)] if closing in written else written


def plain_text(tokenizer, *examples):
    *earlier, last = examples
    opening = "<|endoftext|>" if tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id else ""
    shown = "".join(
        f"Query:\n{example.prompt}\n\nResponse:\n{example.response}\n\n" for example in earlier
    )
    return f"{opening}{shown}Query:\n{last.prompt}\n\nResponse:\n"


def paper_text(tokenizer, *examples):
    *earlier, last = examples
    if not earlier:
        return (
            "Instruction: Please generate a response to the following query.\n\n\nQuery:"
            f" {last.prompt}\n<|endoftext|>"
        )
    return (
        "Instruction:\nUse the following example as a guide to answer the query in the same format"
        " and style, providing a clear and concise response.\n\n\n"
        f"Example:\n{earlier[0].prompt}\n{earlier[0].response}\n\n\n"
        f"Query:\n{last.prompt}\n<|endoftext|>"
    )


WORDS = (
    "What is 2 + 2?",
    "Name a colour.",
    "the sky",
    "green and blue",
    "a query",
    "Please answer",
)

TEXTS = {"chat": chat_text, "plain": plain_text, "paper": paper_text}


class Twin:
    """What scoring has to equal, for one tiny model and one template."""

    def __init__(self, model, folder, template):
        import transformers

        self.model, self.template = model, template
        self.network = (
            transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
            .float()
            .eval()
        )
        self.scorer = scorer_for(model, template)
        self.prompter = self.scorer.prompter

    def prompt(self, *examples):
        """Token ids of the prompt of the last example behind the others, by one call of the
        tokenizer on the whole text.
        """
        text = TEXTS[self.template](self.model.tokenizer, *examples)
        if self.prompter.vocabulary.adds_space:  # a space belongs to the word behind it
            text = text.rstrip(" ")
        return self.model.tokenizer(text, add_special_tokens=False)["input_ids"]

    def response(self, example):
        """Token ids of the response as it is in the whole text; the paper's by itself."""
        tokenizer = self.model.tokenizer
        closing = (
            "<|im_end|>"
            if self.template == "chat" and "<|im_end|>" in tokenizer.chat_template
            else "<|endoftext|>"
        )
        text = (
            answer_text(tokenizer, example, closing)
            if self.template == "chat"
            else example.response
        )
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        if self.template != "paper" and self.prompter.vocabulary.adds_space:
            prompt = TEXTS[self.template](tokenizer, example)
            fed = self.prompt(example)
            whole = tokenizer(prompt + text, add_special_tokens=False)["input_ids"]
            ids = whole[len(fed) :]
            if whole[: len(fed)] != fed:  # a token would reach over the cut: none does
                other = tokenizer("é", add_special_tokens=False)["input_ids"]  # in bytes
                ids = tokenizer("é" + text, add_special_tokens=False)["input_ids"][len(other) :]
        return ids + [tokenizer.convert_tokens_to_ids(closing)]

    def score(self, prompt, response):
        """(distance, mean log p) of a response behind a prompt."""
        import torch

        with torch.no_grad():
            logits = (
                self.network(input_ids=torch.tensor([[*prompt, *response]]), use_cache=False)
                .logits[0]
                .double()
            )
        logp = (
            torch.log_softmax(logits, -1)[len(prompt) - 1 : -1]
            .gather(1, torch.tensor(response)[:, None])[:, 0]
            .numpy()
        )
        return np.sqrt(np.mean((1 - np.exp(logp)) ** 2)), logp.mean()

    def whole(self, answered, *shown):
        """(prompt, response) tokens: this twin's own where they fit the context, what the prompter
        made of them where they do not.
        """
        prompt, response = self.prompt(*shown, answered), self.response(answered)
        if len(prompt) + len(response) <= self.model.context:
            return prompt, response
        row = (
            self.prompter.pairs(shown[0], [answered])[0] if shown else self.prompter.alone(answered)
        )
        assert row.truncated
        assert len(row.tokens) + len(row.response) <= self.model.context
        return list(row.tokens), list(row.response)

    def kernel(self, answered, shown):
        """(utility, information), (answered, shown) float64 each; NaN without a response."""
        planes = np.full((2, len(answered), len(shown)), np.nan)
        for row, example in enumerate(answered):
            if example.response:
                distance, logp = self.score(*self.whole(example))
                for column, helper in enumerate(shown):
                    behind, logp_behind = self.score(*self.whole(example, helper))
                    planes[:, row, column] = distance - behind, logp_behind - logp
        return planes

    def scored(self, answered, shown, **options):
        """The kernel under test."""
        return score_utilities(
            model=self.model,
            answered=Dataset(tuple(answered)),
            shown=Dataset(tuple(shown)),
            template=self.template,
            **options,
        )


@pytest.fixture(scope="session")
def twin(tiny, tiny_folder):
    """twin(architecture, chat, tokenizer, template) -> Twin"""

    @cache
    def make(architecture="llama", chat="chatml", tokenizer="bytes", template="chat", window=160):
        return Twin(
            tiny(architecture, chat, tokenizer, window),
            tiny_folder(architecture, chat, tokenizer, window),
            template,
        )

    return make


@pytest.fixture
def six(make_example):
    """Six examples with responses of one to many tokens."""
    return [
        make_example(prompt, "Blue is a colour. " * length)
        for length, prompt in enumerate(WORDS, 1)
    ]


@pytest.fixture
def calls(twin, monkeypatch):
    """Every forward pass of the llama twin's network: (tokens on the line, rows of logits)."""
    network, seen = twin().model.network, []
    forward = type(network).forward

    def counted(self, input_ids, **options):
        output = forward(self, input_ids, **options)
        seen.append((input_ids.shape[1], output.logits.shape[1]))
        return output

    monkeypatch.setattr(type(network), "forward", counted)
    return seen


def conversation(*turns, response="Blue"):
    """An example from (role, content) turns."""
    turns = tuple(Turn(*turn) for turn in turns)
    return Example("c1", "\n".join(turn.content for turn in turns), response, turns, row=7)


def written(parts):
    return parts.prefix + parts.query


def is_insertion(longer, shorter):
    """Whether `longer` is `shorter` with one piece put in somewhere."""
    from_the_end = common_length(longer[::-1], shorter[::-1])
    return common_length(longer, shorter) + from_the_end >= len(shorter)


@pytest.fixture(scope="module")
def tokenizer_of(tiny_folder):
    import transformers

    return cache(
        lambda chat, tokenizer: transformers.AutoTokenizer.from_pretrained(
            tiny_folder("llama", chat, tokenizer)
        )
    )


@pytest.fixture(scope="module")
def prompter(tokenizer_of):
    def make(chat="chatml", tokenizer="bytes", template="chat", context=10**6):
        return Prompter(tokenizer_of(chat, tokenizer), TemplateName(template), context)

    return make


@pytest.fixture
def uncompiled_flex(monkeypatch):
    """FlexAttention without torch's compiler, which takes seconds for every new shape."""
    from torch.nn.attention import flex_attention

    monkeypatch.setattr(flex_attention, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", True)


@pytest.fixture
def copied(tiny_folder, tmp_path):
    """A copy of the tiny llama folder that a test may spoil."""
    return shutil.copytree(tiny_folder(), tmp_path / "model")


def edit(file, **changes):
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
