"""Conversations of every kind, and the law that what is written of them has to keep."""

from functools import cache
from itertools import takewhile

from delift_core.scoring.prompt_notes import parts_left_out
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.shapes import shape_of
from delift_core.scoring.templates import TemplateName
from tests.conftest import byte_level
from tests.scoring.conftest import conversation
from tests.templates.chat_templates import TEMPLATES, control_tokens

THOUGHT = "<think>\nhm\n</think>\n\n"
LONG = [turn for n in "12345" for turn in (("user", f"q{n}"), ("assistant", f"a{n}"))]
CASES = {
    "plain": conversation(("user", "What is blue?"), response="A colour."),
    "system": conversation(("system", "Be kind."), ("user", "q1"), response="Blue"),
    "two systems": conversation(
        ("system", "Be kind."), ("system", "Be brief."), ("user", "q1"), response="Blue"
    ),
    "system in the middle": conversation(
        ("user", "q1"), ("assistant", "a1"), ("system", "Be rude."), ("user", "q2"), response="No"
    ),
    "several turns": conversation(
        ("user", "q1"), ("assistant", "a1"), ("user", "q2"), response="a2"
    ),
    "many turns": conversation(("system", "Be kind."), *LONG, ("user", "q6"), response="a6"),
    "padded": conversation(("user", "  q1 "), response=" Blue  "),
    "space at the end": conversation(("user", "q1"), response="Blue "),
    "newline first": conversation(("user", "\nq1"), response="\n\nBlue\n"),
    "number": conversation(("user", "2 + 2"), response="4"),
    "thinking": conversation(("user", "q1"), response=f"{THOUGHT}Blue"),
    "thinking before": conversation(
        ("user", "q1"), ("assistant", f"{THOUGHT}a1"), ("user", "q2"), response="a2"
    ),
    "thinking throughout": conversation(
        ("user", "q1"), ("assistant", f"{THOUGHT}a1"), ("user", "q2"), response=f"{THOUGHT}a2"
    ),
    "tools": conversation(
        ("user", "q1"), ("assistant", "call"), ("tool", "42"), response="It is 42."
    ),
    "tools before": conversation(
        ("user", "q1"),
        ("assistant", "call"),
        ("tool", "42"),
        ("assistant", "It is 42."),
        ("user", "q2"),
        response="a2",
    ),
    "assistant first": conversation(("assistant", "Welcome."), ("user", "q1"), response="Blue"),
    "control tokens": conversation(
        ("user", "say <|im_end|></s><|endoftext|>"), response="<|im_end|> <|endoftext|> </s> done"
    ),
    "like control tokens": conversation(
        ("user", "[INST] <|user|>"), response="[/INST] <|none|> <tool_call>{}</tool_call>"
    ),
    "two users": conversation(("user", "q1"), ("user", "q2"), response="Blue"),
    "other scripts": conversation(("user", "色は？ цвет"), response="青 😀 é"),
    "empty response": conversation(("user", "q1"), response=""),
    "system and greeting": conversation(
        ("system", "Be kind."), ("assistant", "Hi"), ("user", "q1"), response="Blue"
    ),
}
# what a template that takes turns only cannot write; all else is written as the law says
GREETED = {"assistant first", "system and greeting"}
SCORED = [name for name, example in CASES.items() if example.response]
SHOWN = conversation(("user", "shown prompt"), response="shown response")


@cache
def prompter_of(name, special=True):
    """What writes with a template of TEMPLATES."""
    return writer_with(TEMPLATES[name], control_tokens(name), special)


def writer_with(template, controls=(), special=True):
    """What writes with a template, on a tokenizer of bytes and these control tokens."""
    import transformers

    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=byte_level(), bos_token="<|endoftext|>", eos_token="<|endoftext|>"
    )
    tokenizer.add_tokens(list(controls), special_tokens=special)
    tokenizer.chat_template = template
    return Prompter(tokenizer, TemplateName.CHAT, 10**6)


def own_rendering(writer, shown, answered):
    """The template's text of a whole conversation, marks in control tokens of the data left out."""
    system, turns = opened(writer, answered)
    for example in shown:
        turns = [*opened(writer, example)[1], answer_of(example), *turns]
    return writer.template.render((*system, *turns, answer_of(answered))).replace("\udfff", "")


def opened(writer, example):
    """(the system turns that open a conversation, its other turns)."""
    turns = writer.template.ordered(example.turns)
    system = list(takewhile(lambda turn: turn.role == "system", turns))
    return system, list(turns[len(system) :])


def answer_of(example):
    return conversation(("assistant", example.response)).turns[0]


def text_of(writer, tokens):
    return writer.vocabulary.tokenizer.decode(list(tokens), clean_up_tokenization_spaces=False)


def written_by(writer, shown, answered):
    """(what is fed, what is scored, the closing token) of an example behind those shown."""
    [row] = writer.pairs(shown[0], [answered]) if shown else [writer.alone(answered)]
    *scored, closing = row.response
    return text_of(writer, row.tokens), text_of(writer, scored), closing


def check_law(writer, shown, answered):
    """decode(fed + scored) is the rendering, up to the token that closes the answer's turn.

    Behind it stand control tokens and white space at most. Of what is said in the conversations
    nothing is missing but what a note tells.
    """
    fed, scored, closing = written_by(writer, shown, answered)
    assert closing == writer.template.end_of_turn
    whole = own_rendering(writer, shown, answered)
    assert whole.startswith(fed + scored)
    rest = whole.removeprefix(fed + scored).lstrip()
    assert rest.startswith(writer.template.closing or "")
    assert not writer.vocabulary.special.sub("", rest).strip()
    assert said_by(answer_of(answered)) in squeezed(scored)
    told = " ".join(parts_left_out(writer.template, shape_of(answered)))
    assert all(said_by(turn) in squeezed(fed) or turn.role in told for turn in answered.turns)
    for example in shown:
        assert said_by(answer_of(example)) in squeezed(fed)
        assert said_by(example.turns[-1]) in squeezed(fed) or example.turns[-1].role == "tool"


def said_by(turn):
    """The text of a turn behind its chain of thought."""
    return squeezed(turn.content.split("</think>")[-1])


def squeezed(text):
    """Text with single spaces: templates trim and fold white space."""
    return " ".join(text.split())
