"""Fields of rows that say more than prompt and response: flags, tools, reasoning, parts, nulls."""

import json
from pathlib import Path

from tests.hostile.attempts import Read, Refused, check_every_way, for_each_case, jsonl

FILES = Path(__file__).parents[1] / "data" / "cases"
ASKED = {"role": "user", "content": "a"}
ANSWERED = {"role": "assistant", "content": "b"}
AGAIN = [{"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]
TALK = json.dumps([ASKED, ANSWERED])
CHOSEN = {"prompt": "prompt", "response": "chosen"}


def written(name):
    """The text of a file of cases."""
    return (FILES / name).read_text(encoding="utf-8")


def flagged(**flag):
    """A conversation whose last turn has a flag."""
    question, answer = AGAIN
    return jsonl({"messages": [ASKED, ANSWERED, question, {**answer, **flag}]})


UNLEARNED = [(1, "2 turns after the last assistant turn that is to be learned are left out.")]
CASES = {
    # what is to be learned
    "a last turn of weight 0": Read(
        written("03_weight_zero.jsonl"),
        [("Capital of Peru?", "Lima."), ("Capital of Chile?", "Santiago is the capital.")],
        UNLEARNED,
    ),
    "a last turn not to be trained": Read(flagged(train=False), [("a", "b")], UNLEARNED),
    "a last turn without loss": Read(flagged(loss=0), [("a", "b")], UNLEARNED),
    "a masked last turn": Read(flagged(mask=True), [("a", "b")], UNLEARNED),
    "a last turn of weight 1": Read(flagged(weight=1), [("user: a\nassistant: b\nuser: c", "d")]),
    "nothing to be learned": Read(
        jsonl({"messages": [ASKED, {**ANSWERED, "weight": 0}]}, {"messages": AGAIN}),
        [("c", "d")],
        [(1, "no turn of the assistant is to be learned")],
    ),
    # tools, reasoning, system
    "a column of tools": Read(
        jsonl(*({"prompt": text, "response": "r", "tools": [{"name": "f"}]} for text in "pq")),
        [("p", "r"), ("q", "r")],
        [(1, "the column 'tools' is left out of the prompt (2 rows: 1, 2).")],
    ),
    "reasoning beside the answer": Read(
        written("10_reasoning_content.jsonl"),
        [(f"What is {n}*{n}?", f"{n * n} is the square.") for n in (12, 13, 14)],
        [(1, "'reasoning_content' of a turn is left out (3 rows: 1, 2, 3).")],
    ),
    "thinking among the parts": Read(
        written("21c_anthropic.jsonl"),
        [(f"Be brief.\n\nName hill {n}", f"Hill {n} is called Fell.") for n in range(3)],
        [(1, "the reasoning of a turn is left out (3 rows: 1, 2, 3).")],
    ),
    "a system turn that is a list": Read(
        written("21b_bedrock.jsonl"),
        [(f"Be brief.\n\nName hill {n}", f"Hill {n} is called Fell.") for n in range(3)],
    ),
    "a system turn in the middle": Read(
        jsonl({"messages": [ASKED, ANSWERED, {"role": "system", "content": "s"}, *AGAIN]}),
        [("user: a\nassistant: b\nsystem: s\nuser: c", "d")],
    ),
    # nulls
    "a turn of null": Read(
        written("13_value_null.jsonl"),
        [
            ("user: Hi\nassistant: \nuser: Still there?", "Yes, still here."),
            ("Name a bird", "A robin is a bird."),
        ],
        [
            (1, "turn 2 holds null and is read as an empty one."),
            (2, "the response is empty."),
            (3, "the prompt is empty."),
            (5, "the row does not read as ShareGPT"),
            (6, "the row does not read as ShareGPT"),
        ],
    ),
    "nulls in the arguments of a call": Read(
        jsonl(
            {"messages": [ASKED, {**ANSWERED, "content": "", "tool_calls": [{"f": 1, "n": None}]}]}
        ),
        [("a", '[{"f": 1}]')],
        [(1, "the tool calls of turn 2 are written as JSON text.")],
    ),
    "parts with the nulls of other parts": Read(
        written("15_parts_with_nulls.jsonl"),
        [(f"Just text {n}", f"Plain answer {n} of many.") for n in range(3)],
        [(1, "turn 1 holds 'image'"), (2, "turn 1 holds 'image'")],
    ),
    # containers
    "columns of turns": Read(
        written("04_dict_of_lists.jsonl"),
        [(f"Name river {n}", f"River number {n} is long.") for n in range(3)],
    ),
    "rows that are lists of turns": Read(
        written("05_list_of_lists.json"),
        [(f"Say {name}", f"{name}, as you wish.") for name in ("moon", "sun", "star")],
        name="pool.json",
    ),
    "lines that are lists of turns": Read(
        f"{TALK}\n{json.dumps(AGAIN)}\n", [("a", "b"), ("c", "d")]
    ),
    "JSON in the only column": Read(
        written("07c_json_one_column.csv"),
        [(f"What's {n}+1?", f"It is {n + 1}, sure.") for n in (1, 2)],
        name="pool.csv",
    ),
    "JSON without quotes in the only column": Read(
        f"messages\n{TALK}\n{json.dumps(AGAIN)}\n", [("a", "b"), ("c", "d")], name="pool.tsv"
    ),
    "Python's repr in the only column": Refused(
        written("07_python_repr_cells.csv"), "'messages' holds Python's repr", name="pool.csv"
    ),
    "Python's repr in a cell of a table": Refused(
        f'id,messages\n1,"{[ASKED, ANSWERED]}"\n', "'messages' holds Python's repr", name="pool.csv"
    ),
    "a prompt that the chosen answer repeats": Read(
        written("19b_ultrafeedback_binarized.jsonl"),
        [(f"Greet person {n}", f"Good day, person {n}.") for n in range(3)],
        options={"columns": CHOSEN},
    ),
}


@for_each_case(CASES)
def test_fields_that_say_more(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)
