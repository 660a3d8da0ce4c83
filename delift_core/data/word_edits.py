"""Whether two texts are the same but for a word or two: folded words and edits between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz.distance import OSA, Levenshtein

WORDS_PER_EDIT = 8
MOST_EDITS = 3
SPELLING_LENGTH = 5  # letters a word needs to be the same word in another spelling
NEGATIONS = frozenset(
    re.findall(
        r"\S+",
        """
        not no never none nothing without cannot can't don't doesn't didn't isn't aren't wasn't
        weren't won't wouldn't shouldn't couldn't
        nicht kein keine nie ohne ne pas jamais sans non nunca sin não sem не нет никогда без
        不 没 沒 無 无 非 未 否 な ぬ ず ไ ม 않 안 못 لا ليس لم لن غير
        """,
    )
)
_QUOTES = str.maketrans("‘’ʼ“”„«»", '\'\'\'"""""')
_AFTER_WORD = re.compile(r"(?<=[\w)\]%])[.,;:!?…。，、！？；：'\"]+(?!\w)")
# bounded: a run of quotes is not tried from each of them to its end
_BEFORE_WORD = re.compile(r"(?<!\w)['\"]{1,9}(?=\w)")
# letters of scripts without spaces: each is a word
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{UNSPACED}]|[^\W\d_{UNSPACED}]+(?:'[^\W\d_]+)*|\d+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The words of a text line by line, and apart from them everything that is not a word."""

    lines: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]  # of all lines
    fixed: tuple[str, ...]  # numbers and symbols among them, in order

    @property
    def edits(self) -> int:
        """The most edits that a near duplicate may be away."""
        return min(sum(len(line) // WORDS_PER_EDIT for line in self.lines), MOST_EDITS)


def folded_text(text: str) -> FoldedText:
    """Words without case and without the punctuation around them.

    Numbers, symbols and letters of unspaced scripts count as words of their own.
    """
    text = text.translate(_QUOTES).casefold()
    text = _BEFORE_WORD.sub("", _AFTER_WORD.sub(" ", text))
    lines = tuple(filter(None, (tuple(_WORD.findall(line)) for line in text.split("\n"))))
    words = tuple(chain.from_iterable(lines))
    return FoldedText(lines, words, tuple(word for word in words if not word[0].isalpha()))


def are_few_edits_apart(a: FoldedText, b: FoldedText) -> bool:
    """Whether at most MOST_EDITS harmless edits lie between two texts.

    Counted line by line: of a line at most one word in WORDS_PER_EDIT may differ.
    """
    if len(a.lines) != len(b.lines) or abs(len(a.words) - len(b.words)) > MOST_EDITS:
        return False
    remaining = MOST_EDITS
    for line, other in zip(a.lines, b.lines, strict=True):
        if line == other:
            continue
        shorter = min(len(line), len(other))
        edits = _edits_between(line, other, min(remaining, shorter // WORDS_PER_EDIT))
        if edits is None:
            return False
        remaining -= edits
    return True


def _edits_between(a: tuple[str, ...], b: tuple[str, ...], allowed: int) -> int | None:
    """By how many words two lines differ; None for more than allowed, or one that is not harmless.

    Symmetric in the two lines.
    """
    # of several shortest ways to edit, the library takes one that depends on the order
    a, b = sorted((a, b))
    if abs(len(a) - len(b)) > allowed:
        return None
    if Levenshtein.distance(a, b, score_cutoff=allowed) > allowed:
        return None
    edits = Levenshtein.editops(a, b)
    for edit in edits:
        removed = a[edit.src_pos : edit.src_pos + 1]
        added = b[edit.dest_pos : edit.dest_pos + 1]
        if not _is_harmless(edit.tag, removed, added):
            return None
    return len(edits)


def _is_harmless(tag: str, removed: Sequence[str], added: Sequence[str]) -> bool:
    if tag == "replace":
        return _is_same_word(removed[0], added[0])
    word = removed[0] if tag == "delete" else added[0]
    return word not in NEGATIONS


def _is_same_word(a: str, b: str) -> bool:
    """Whether two words are one in different spellings that begin the same.

    One letter is added, dropped or exchanged with its neighbour, or z stands for s.
    """
    if min(len(a), len(b)) < SPELLING_LENGTH or a[0] != b[0]:
        return False
    if a.replace("z", "s") == b.replace("z", "s"):
        return True
    return OSA.distance(a, b) == 1 and (len(a) != len(b) or sorted(a) == sorted(b))
