"""Dates that a chat template writes: fixed, and part of the record of the runs that hold one."""

from datetime import date, datetime

import pytest
import transformers.utils.chat_template_utils as transformers_templates

from delift_core.errors import UnusablePrompt
from delift_core.runs.record import recorded_model
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.rendering import TEMPLATE_DATE, template_date
from delift_core.scoring.templates import TemplateName
from tests.conftest import byte_level
from tests.scoring.conftest import conversation
from tests.templates.chat_templates import TEMPLATES

DATED = ("llama3.2", "gpt-oss", "granite", "smollm3")
EXAMPLE = conversation(("user", "Name a colour."), response="Blue <extra_one>")


def tokenizer_with(template):
    import transformers

    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=byte_level(), eos_token="<|endoftext|>", chat_template=template
    )


class Day(datetime):
    """A clock that stands at another day."""

    @classmethod
    def now(cls, tz=None):
        return cls(2031, 5, 17)


@pytest.mark.parametrize("name", DATED)
def test_two_days_give_the_same_prompts(monkeypatch, name):
    tokenizer = tokenizer_with(TEMPLATES[name])
    today = Prompter(tokenizer, TemplateName.CHAT, 10**6).alone(EXAMPLE)
    monkeypatch.setattr(transformers_templates, "datetime", Day)
    other_day = Prompter(tokenizer, TemplateName.CHAT, 10**6).alone(EXAMPLE)
    assert today == other_day
    written = tokenizer.decode(today.tokens)
    day = date.fromisoformat(TEMPLATE_DATE)
    assert any(
        day.strftime(form) in written for form in ("%d %b %Y", "%Y-%m-%d", "%B %d, %Y", "%d %B %Y")
    )


def test_a_date_is_recorded_only_where_a_template_writes_one():
    for name, template in TEMPLATES.items():
        expected = TEMPLATE_DATE if name in DATED else None
        assert template_date(tokenizer_with(template)) == expected
    assert template_date(tokenizer_with("{# strftime_now #}{{ messages[0].content }}")) is None
    assert template_date(tokenizer_with(None)) is None


def test_a_run_under_another_template_records_no_date():
    record = {"name": "m", "date": TEMPLATE_DATE}
    assert recorded_model(record, "chat") == record
    assert recorded_model(record, "plain") == recorded_model(record, "paper") == {"name": "m"}


def test_a_token_beyond_the_embedding_is_refused_in_one_sentence():
    tokenizer = tokenizer_with(TEMPLATES["chatml"])
    embedded = len(tokenizer)
    tokenizer.add_tokens(["<extra_one>"])
    writer = Prompter(tokenizer, TemplateName.CHAT, 10**6, embedded)
    with pytest.raises(UnusablePrompt, match="'<extra_one>' that the model has no embedding of"):
        writer.alone(EXAMPLE)
    assert writer.alone(conversation(("user", "q"), response="Blue")).response
