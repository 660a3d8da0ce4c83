"""Notes on what a template leaves out of a conversation, one a kind with its rows."""

from dataclasses import replace

from delift_core.data.example import ProblemKind
from delift_core.scoring.prompt_notes import notes_on_prompts, problem_on
from tests.scoring.conftest import conversation
from tests.templates.conversations import prompter_of

SYSTEM = conversation(("system", "Be kind."), ("user", "q"))
PLAIN = conversation(("user", "q"))
TOOL = conversation(("user", "q"), ("assistant", "call"), ("tool", "42"))
THOUGHT = conversation(("user", "q"), response="<think>\nhm\n</think>\n\nBlue")


def numbered(*examples):
    return [replace(example, row=row) for row, example in enumerate(examples, 1)]


def reasons(writer, *examples):
    """(row, count, sentence) of every note."""
    ends = numbered(*examples), numbered(PLAIN)
    problems = [problem_on(note, *ends) for note in notes_on_prompts(writer, *ends)]
    assert all(problem.kind is ProblemKind.ALTERED for problem in problems)
    return [(problem.row, problem.count, problem.reason) for problem in problems]


def test_a_system_text_that_is_not_written_with_an_answer_is_noted_once(prompter):
    assert reasons(prompter("late-system"), PLAIN, SYSTEM, SYSTEM) == [
        (
            2,
            2,
            (
                "rows 2, 3 (2 in all): the model's chat template leaves out a turn of role system;"
                " template plain has it."
            ),
        )
    ]


def test_what_a_template_drops_is_noted_by_kind():
    notes = reasons(prompter_of("deepseek-r1"), PLAIN, THOUGHT)
    assert notes == [
        (
            2,
            1,
            (
                "row 2: the model's chat template leaves out the chain of thought of a response;"
                " template plain has it."
            ),
        )
    ]
    [(row, _, sentence)] = reasons(prompter_of("phi3.5"), PLAIN, TOOL)
    assert row == 2 and "a turn of role tool" in sentence


def test_nothing_is_noted_of_a_template_that_writes_everything(prompter):
    for writer in (prompter(), prompter("none", "bytes", "plain"), prompter_of("chatml")):
        assert reasons(writer, PLAIN, SYSTEM, TOOL, THOUGHT) == []
