"""Bytes that are not plain UTF-8: read to the letter or refused; line breaks of every kind."""

import codecs
import json

from tests.hostile.attempts import (
    LINES,
    ROWS,
    TABLE,
    Read,
    Refused,
    check_every_way,
    for_each_case,
    jsonl,
)

WORLD = [
    ("日本語で挨拶して", "こんにちは、世界"),
    ("色を一つ挙げて", "青です"),
    ("Sag etwas Höfliches", "Grüß Gott 😀"),
    ("Скажи", "привет"),
]
WORLD_LINES = jsonl(*({"prompt": prompt, "response": response} for prompt, response in WORLD))
HAN_TABLE = "prompt,response\n" + "".join(
    f"请用中文回答第{number}个问题并说明理由,好的我会用中文回答这个问题{number}\n"
    for number in "一二三四五六七八九十"
)
HAN = [tuple(line.split(",")) for line in HAN_TABLE.splitlines()[1:]]
WESTERN = (
    "prompt,response\nGröße,über 100 €\nHello and a good morning to you all,World\nMore of"
    " it,“Text”\n"
)
JAPANESE = "prompt,response\n日本語で挨拶して,こんにちは世界\n色を一つ挙げて,青です\n"
NOT_UTF8 = "it holds a byte that is not UTF-8"
CASES = {
    "UTF-8 with a mark": Read(codecs.BOM_UTF8 + WORLD_LINES.encode(), WORLD),
    "UTF-8 with two marks": Read(codecs.BOM_UTF8 * 2 + WORLD_LINES.encode(), WORLD),
    "UTF-8 marks within, as files put together have them": Read(
        LINES.replace("\n", "\n\ufeff"), ROWS
    ),
    "a table in UTF-8 with a mark before a quoted name": Read(
        codecs.BOM_UTF8 + b'"prompt","response"\na,b\n', [("a", "b")], name="pool.csv"
    ),
    "UTF-16, low byte first, with a mark": Read(
        codecs.BOM_UTF16_LE + WORLD_LINES.encode("utf-16-le"), WORLD
    ),
    "UTF-16, high byte first, with a mark": Read(
        codecs.BOM_UTF16_BE + WORLD_LINES.encode("utf-16-be"), WORLD
    ),
    "UTF-16, low byte first, without a mark": Read(WORLD_LINES.encode("utf-16-le"), WORLD),
    "UTF-16, high byte first, without a mark": Read(WORLD_LINES.encode("utf-16-be"), WORLD),
    "UTF-16 without a mark, nearly all Chinese": Read(
        HAN_TABLE.encode("utf-16-le"), HAN, name="pool.csv"
    ),
    "UTF-16 without a mark, nearly all Chinese, high byte first": Read(
        HAN_TABLE.encode("utf-16-be"), HAN, name="pool.csv"
    ),
    "UTF-16 that lacks its last byte": Refused(
        codecs.BOM_UTF16_LE + LINES.encode("utf-16-le")[:-1], "not UTF-16 text from byte"
    ),
    "UTF-16 with half a pair": Read(
        codecs.BOM_UTF16_LE
        + ('{"prompt": "\ud800", "response": "b"}\n' + LINES).encode("utf-16-le", "surrogatepass"),
        ROWS,
        [(1, "half of a surrogate pair")],
    ),
    "UTF-32": Read(WORLD_LINES.encode("utf-32"), WORLD),
    "cp1252": Read(
        WESTERN.encode("cp1252"),
        [("Hello and a good morning to you all", "World")],
        [(1, NOT_UTF8), (3, NOT_UTF8)],
        name="pool.csv",
    ),
    "cp1252 lines": Read(
        jsonl({"prompt": "Größe", "response": "x"}).encode("cp1252") + LINES.encode(),
        ROWS,
        [(1, NOT_UTF8)],
    ),
    "cp1252 in a column name": Read(
        "größe,prompt,response\n1,a,b\n".encode("cp1252"), [], [(1, NOT_UTF8)]
    ),
    "cp1251": Refused(
        "Привет, мир\nкак дела, друг".encode("cp1251"),
        "neither UTF-8 nor UTF-16 text. If it is text in another encoding, save it as UTF-8",
    ),
    "Shift-JIS": Refused(
        JAPANESE.encode("shift-jis"),
        "neither UTF-8 nor UTF-16 text. If it is text in another encoding, save it as UTF-8",
    ),
    "Shift-JIS in one row of many": Read(
        LINES.encode() + '{"prompt": "表示", "response": "ソ"}\n'.encode("shift-jis"),
        ROWS,
        [(4, "not valid JSON: ")],
    ),
    "a byte that is no UTF-8 in one row": Read(
        b'{"prompt": "a\xff", "response": "b"}\n' + LINES.encode(), ROWS, [(1, NOT_UTF8)]
    ),
    "a letter written in too many bytes": Read(
        b'{"prompt": "a\xc0\xaf", "response": "b"}\n' + LINES.encode(), ROWS, [(1, NOT_UTF8)]
    ),
    "a letter beyond the last": Read(
        b'{"prompt": "a\xf4\x90\x80\x80", "response": "b"}\n' + LINES.encode(),
        ROWS,
        [(1, NOT_UTF8)],
    ),
    # line breaks
    "CRLF, LF and bare CR in one table": Read(
        "prompt,response\r\na,b\nc,d\re,f\r\n\r\ng,h",
        [("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")],
    ),
    "CRLF, LF and bare CR in one file of lines": Read(
        LINES.replace("\n", "\r\n", 1)[:-1].replace("}\n", "}\r"), ROWS
    ),
    "CR CR LF": Read(TABLE.replace("\n", "\r\r\n"), ROWS),
    "line breaks of every kind within quotes": Read(
        'prompt,response\r\n"a\r\nb\nc\rd","e\n\nf"\r\ng,h\r\n',
        [("a\r\nb\nc\rd", "e\n\nf"), ("g", "h")],
    ),
    "line breaks of every kind within JSON": Read(
        jsonl(json.dumps({"prompt": "a\r\nb\nc\rd", "response": "e\n\nf"})),
        [("a\r\nb\nc\rd", "e\n\nf")],
    ),
    "a line break within a column name": Read('"no\nte",prompt,response\nx,a,b\n', [("a", "b")]),
    "no line break at the end": Read(LINES.rstrip("\n"), ROWS),
}


@for_each_case(CASES)
def test_a_file_of_other_bytes(subject, case, tmp_path, tried):
    check_every_way(case, tmp_path, subject, tried)
