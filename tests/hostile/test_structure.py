"""Files of a wrong shape: empty, cut off, with no or too many names, mixed, without objects."""

import json

from tests.hostile.attempts import (
    LINES,
    OBJECTS,
    ROWS,
    TABLE,
    Read,
    Refused,
    check_every_way,
    for_each_case,
    jsonl,
)

ARRAY = json.dumps(OBJECTS)
MESSAGES = [{"role": "user", "content": "a4"}, {"role": "assistant", "content": "b4"}]
TURNS = [{"from": "human", "value": "a5"}, {"from": "gpt", "value": "b5"}]
FIVE_SCHEMAS = [
    {"prompt": "a1", "response": "b1"},
    {"instruction": "a2", "output": "b2"},
    {"question": "a3", "answer": "b3"},
    {"messages": MESSAGES},
    {"conversations": TURNS},
]
CASES = {
    # nothing in it
    "zero bytes": Refused(b"", "the file is empty. Choose one that holds rows."),
    "white space only": Refused(" \n\t\r\n ", "the file is empty. Choose one that holds rows."),
    "no-break and zero-width space only": Refused(
        "\u00a0\u200b\u3000\n\u2060", "the file is empty. Choose one that holds rows."
    ),
    "zero-filled": Refused(bytes(50), "the file is binary, not rows of text."),
    "a header and nothing else": Refused(
        "prompt,response\n", "there are no rows. Choose a source that holds some."
    ),
    "a header without a line break": Refused(
        "prompt\tresponse", "there are no rows. Choose a source that holds some."
    ),
    "an empty array": Refused("[]", "there are no rows. Choose a source that holds some."),
    "an empty object": Refused("{}", "no known layout explains the rows. Columns are none."),
    # cut off
    "a cut-off line": Read(LINES[:-9], ROWS[:2], [(3, "not valid JSON: ")]),
    "a line cut off within a letter": Read(
        LINES[:-3].encode() + "é".encode()[:1], ROWS[:2], [(3, "not valid JSON: ")]
    ),
    "most lines cut off": Read(
        '{"prompt": "a", "response":\n' * 3 + LINES,
        ROWS,
        [(row, "not valid JSON: ") for row in (1, 2, 3)],
    ),
    "an array cut off within a row": Read(ARRAY[:-9], ROWS[:2], [(3, "not valid JSON: ")]),
    "an array cut off between rows": Read(
        ARRAY[: ARRAY.rindex("{")],
        ROWS[:2],
        [(3, "the list is not closed: the file is cut off here")],
    ),
    "an array without its end": Read(
        ARRAY[:-1], ROWS, [(4, "the list is not closed: the file is cut off here")]
    ),
    "an array under a name cut off": Read(
        json.dumps({"data": OBJECTS})[:-20], [], [(1, "not valid JSON: ")]
    ),
    "a table cut off within a row": Read(
        TABLE.removesuffix(",Hello\n"),
        ROWS[:2],
        [(3, "the row has 1 cell where the header has 2.")],
    ),
    "a table cut off within quotes": Read(
        TABLE + '"Say,goodbye', ROWS, [(4, "a double quote in line 5 of the file is not closed")]
    ),
    # brackets
    "two arrays one after another": Read(json.dumps(OBJECTS[:2]) + json.dumps(OBJECTS[2:]), ROWS),
    "an array and something behind it": Read(ARRAY + " and more", ROWS, [(4, "not valid JSON: ")]),
    "a bracket left open within a row": Read(
        ARRAY.replace('"Blue"', '["Blue"'), [ROWS[0], ROWS[2]], [(2, "not valid JSON: ")]
    ),
    "objects with commas between their lines": Read(",\n".join(map(json.dumps, OBJECTS)), ROWS),
    "a comment above the lines": Read(
        "# two rows, by hand\n" + LINES, ROWS, [(1, "not valid JSON: ")]
    ),
    "lines of JSON within the cells of a table": Read(
        'prompt,response\nx,"{}\n{}\n{}\n{}"\n', [("x", "{}\n{}\n{}\n{}")]
    ),
    # column names
    "a table without column names": Read(
        "What is 2 + 2?,4\nName a colour.,Blue\nSay hello.,Hello\n", ROWS
    ),
    "three columns without names": Refused(
        "What is 2 + 2?,4,x\nName it.,Blue,y\n",
        "Columns are column 1, column 2, column 3. Name them with columns=",
    ),
    "column names nobody knows": Refused(
        "left,right\na,b\n", "Columns are left, right. Name them with columns="
    ),
    "an empty column name": Read(
        ",prompt,response\n0,a,b\n",
        [("a", "b")],
        [(0, "column 1 of the header has no name; it is read as 'column 1'.")],
    ),
    "an empty name among the keys": Refused(
        '{"": "a", "response": "b"}\n', "Columns are '', response. Name them with columns="
    ),
    "an empty name that another column has": Read(
        "prompt,response,column 4,\na,b,c,d\n",
        [("a", "b")],
        [(0, "column 4 of the header has no name; it is read as 'column 4 (2)'.")],
    ),
    "a column name twice": Read(
        "prompt,response,response\na,b,c\n",
        [("a", "b")],
        [(0, "column 3 of the header is named 'response' like an earlier one")],
    ),
    "a key twice in one object": Read(
        '{"prompt": "a", "prompt": "b", "response": "c"}\n' + LINES,
        ROWS,
        [(1, "a field name stands twice in one object")],
    ),
    "names that differ in case only": Read(
        jsonl({"prompt": "a", "Prompt": "b", "response": "c"}),
        [("a", "c")],
        [(1, "'prompt' and 'Prompt' differ only in case")],
    ),
    "names that differ in spaces only": Read(
        "re sponse,prompt,response\na,b,c\n",
        [("b", "a")],
        [(1, "'re sponse' and 'response' differ only in case")],
    ),
    "20,000 columns of one name": Refused(
        ",".join(["prompt"] * 20_000) + "\n" + "x," * 19_999 + "\n",
        "Columns are prompt, prompt (2), prompt (3)",
    ),
    # rows
    "five schemas in one file": Read(
        jsonl(*FIVE_SCHEMAS), [(f"a{number}", f"b{number}") for number in range(1, 6)]
    ),
    "one row of another schema among fifty": Read(
        jsonl(
            *({"prompt": f"p{number}", "response": "r"} for number in range(50)),
            {"question": "q", "answer": "a"},
        ),
        [(f"p{number}", "r") for number in range(50)],
        [(51, "the row reads as question/answer, unlike the others, which are prompt/response")],
    ),
    "lines that are not objects": Read(
        '1\n"x"\n[1, 2]\nnull\ntrue\n' + LINES,
        ROWS,
        [
            (1, "the row is a number"),
            (2, "the row is text"),
            (3, "the row is a list"),
            (4, "the row is null"),
            (5, "the row is true or false"),
        ],
    ),
    "an array of text": Read(
        '["a", "b"]',
        [],
        [(1, "the row is text, not an object"), (2, "the row is text, not an object")],
    ),
    "an array of arrays": Read('[["a", "b"]]', [], [(1, "the row is a list, not an object")]),
    "one text and nothing else": Refused('"prompt"', "neither JSON nor JSONL, nor a table"),
    "Python's quotes instead of JSON's": Read(
        repr(OBJECTS[:2]), [], [(1, "enclosed in double quotes"), (2, "enclosed in double quotes")]
    ),
    "rows under a name, one of them none": Read(
        json.dumps({"data": [*OBJECTS, 5]}), ROWS, [(4, "the row is a number, not an object")]
    ),
    "two lists of rows": Refused(
        json.dumps({"train": OBJECTS, "test": OBJECTS}),
        "several lists of rows: train, test. Choose one with split=",
    ),
    "SQuAD without its questions": Read(
        json.dumps({"data": [{"paragraphs": [{"context": "c", "qas": [5]}, 7]}]}),
        [],
        [(1, "the row is a number"), (2, "the row is a number")],
    ),
    "a history that is no pairs": Read(
        jsonl(
            {"instruction": "i", "output": "o", "history": [["a", "b"], ["c"]]},
            {"instruction": "j", "output": "o", "history": "of art"},
        ),
        [("j", "o")],
        [(1, "the history holds something else than pairs")],
    ),
    "turns of nobody, of a stranger, of numbers": Read(
        jsonl(
            {"messages": MESSAGES},
            {"messages": [{"role": None, "content": "x"}]},
            {"messages": [{"role": "narrator", "content": "x"}]},
            {"messages": [*MESSAGES, 5]},
        ),
        [("a4", "b4")],
        [(2, "spoken by None"), (3, "spoken by 'narrator'"), (4, "turn 3 names no speaker")],
    ),
}


@for_each_case(CASES)
def test_a_file_of_the_wrong_shape(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)
