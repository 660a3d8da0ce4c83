"""Examples that say the same thing twice: equal but for case, spaces and closing punctuation, or
for a word or two in a long text.

Two examples are near duplicates when, in prompt and in response alike,
  - numbers, symbols and everything but letter case and the punctuation around words are the same, in the same order, and
  - at most one word in eight of a line, three in all, is added, dropped or spelt slightly differently, never replaced, never a negation.
Prompts may differ only where the response is at least four words long: "yes" says too little to
vouch for a changed question. Lines count one by one so that a short question under a long passage,
or a short turn in a long conversation, has to be the same.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz.distance import OSA, Levenshtein

from delift_core.data.example import Example, Problem, ProblemKind

WORDS_PER_EDIT = 8
MOST_EDITS = 3
LONG_ENOUGH = 4  # words in a response before prompts may differ at all
SPELLING_LENGTH = 5  # letters a word needs to be the same word in another spelling
BUCKET = 64  # representatives compared for one shared pair of words
NEGATIONS = frozenset(
    re.findall(
        r"\S+",
        """
 not no never none nothing without cannot can't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't
 nicht kein keine nie ohne ne pas jamais sans non nunca sin não sem не нет никогда без
 不 没 沒 無 无 非 未 否 な ぬ ず ไ ม 않 안 못 لا ليس لم لن غير""",
    )
)
_QUOTES = str.maketrans("‘’ʼ“”„«»", '\'\'\'"""""')
_AFTER_WORD = re.compile(r"(?<=[\w)\]%])[.,;:!?…。，、！？；：'\"]+(?!\w)")
# bounded: a run of quotes is not tried from each of them to its end
_BEFORE_WORD = re.compile(r"(?<!\w)['\"]{1,9}(?=\w)")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+(?:'[^\W\d_]+)*|\d+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Side:
    """A prompt or a response as folded words, line by line, and apart from them everything that is
    not a word.
    """

    lines: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]  # of all lines
    fixed: tuple[str, ...]  # numbers and symbols among them, in order

    @property
    def edits(self) -> int:
        return min(sum(len(line) // WORDS_PER_EDIT for line in self.lines), MOST_EDITS)


def folded(text: str) -> Side:
    """Words without case and without the punctuation around them; numbers, symbols and words of
    unspaced scripts one by one.
    """
    text = text.translate(_QUOTES).casefold()
    text = _BEFORE_WORD.sub("", _AFTER_WORD.sub(" ", text))
    lines = tuple(filter(None, (tuple(_WORD.findall(line)) for line in text.split("\n"))))
    words = tuple(chain.from_iterable(lines))
    return Side(lines, words, tuple(word for word in words if not word[0].isalpha()))


def near(a: tuple[Side, Side], b: tuple[Side, Side]) -> bool:
    """Whether two (prompt, response) are near duplicates."""
    if any(one.fixed != other.fixed for one, other in zip(a, b)):
        return False
    told = min(len(a[1].words), len(b[1].words)) >= LONG_ENOUGH
    prompts = a[0].words == b[0].words or (told and _few_edits(a[0], b[0]))
    return prompts and (a[1].words == b[1].words or _few_edits(a[1], b[1]))


def _few_edits(one: Side, other: Side) -> bool:
    """Line by line, since every line has edits of its own to spend."""
    if len(one.lines) != len(other.lines) or abs(len(one.words) - len(other.words)) > MOST_EDITS:
        return False
    left = MOST_EDITS
    for mine, yours in zip(one.lines, other.lines):
        spent = (
            0
            if mine == yours
            else _edits(
                mine, yours, min(left, len(mine) // WORDS_PER_EDIT, len(yours) // WORDS_PER_EDIT)
            )
        )
        if spent is None:
            return False
        left -= spent
    return True


def _edits(mine: Sequence[str], yours: Sequence[str], allowed: int) -> int | None:
    """How many words two lines differ by, whichever comes first; None when there are too many, or
    one that is not harmless.
    """
    # of several shortest ways to edit, the library takes one that depends on the order
    mine, yours = sorted((mine, yours))
    if (
        abs(len(mine) - len(yours)) > allowed
        or Levenshtein.distance(mine, yours, score_cutoff=allowed) > allowed
    ):
        return None
    edits = Levenshtein.editops(mine, yours)
    harmless = all(
        _harmless(
            edit.tag,
            mine[edit.src_pos : edit.src_pos + 1],
            yours[edit.dest_pos : edit.dest_pos + 1],
        )
        for edit in edits
    )
    return len(edits) if harmless else None


def _harmless(tag: str, old: Sequence[str], new: Sequence[str]) -> bool:
    if tag == "replace":
        return _same_word(old[0], new[0])
    return (old if tag == "delete" else new)[0] not in NEGATIONS


def _same_word(a: str, b: str) -> bool:
    """One letter added, dropped or exchanged with its neighbour, or z for s, in a word that begins
    the same.
    """
    if min(len(a), len(b)) < SPELLING_LENGTH or a[0] != b[0]:
        return False
    return a.replace("z", "s") == b.replace("z", "s") or (
        OSA.distance(a, b) == 1 and (len(a) != len(b) or sorted(a) == sorted(b))
    )


def signatures(sides: tuple[Side, Side], frequency: Counter) -> list[tuple]:
    """What near duplicates must share at least one of: with e edits allowed, the 2e + 1 rarest
    pairs of neighbouring words.

    An edit touches two pairs, so of the 2e + 1 rarest of each at least one is untouched and, rarest
    first, in both lists.
    """
    edits = sum(side.edits for side in sides)
    rarest = sorted((frequency[pair], pair) for pair in set(_pairs(sides)))
    return [pair for _, pair in rarest[: 2 * edits + 1]]


def _pairs(sides: tuple[Side, Side]) -> Iterator[tuple]:
    for name, side in zip("pr", sides):
        yield from zip((name, *side.words), side.words)


def near_duplicates(examples: Sequence[Example]) -> dict[int, int]:
    """Position of each near duplicate with the position of its representative, the first of its
    group.
    """
    sides = [(folded(example.prompt), folded(example.response)) for example in examples]
    frequency = Counter(pair for both in sides for pair in set(_pairs(both)))
    found, buckets, equal = {}, {}, {}
    for place, both in enumerate(sides):
        context = tuple(turn.role for turn in examples[place].turns), both[0].fixed, both[1].fixed
        same = equal.get((context[0], both))
        keys = (
            [(context, pair) for pair in signatures(both, frequency)]
            if any(side.edits for side in both) and same is None
            else []
        )
        candidates = dict.fromkeys(other for key in keys for other in buckets.get(key, ()))
        match = (
            same
            if same is not None
            else next((other for other in sorted(candidates) if near(sides[other], both)), None)
        )
        if match is not None:
            found[place] = match
            continue
        equal[context[0], both] = place
        for key in keys:
            if len(buckets.setdefault(key, [])) < BUCKET:
                buckets[key].append(place)
    return found


def collapse(
    examples: Sequence[Example], keep: bool
) -> tuple[list[Example], dict[str, tuple[Example, ...]], list[Problem]]:
    """One representative per group, the others by its id, and a sentence for each; with `keep` all
    stay and are reported.
    """
    found = near_duplicates(examples)
    groups: dict[str, list[Example]] = {}
    for place, first in found.items():
        groups.setdefault(examples[first].id, []).append(examples[place])
    done = "both are kept" if keep else "that one stands for both"
    problems = [
        Problem(
            examples[place].row,
            f"nearly the same prompt and response as row {examples[first].row} (id"
            f" {examples[first].id}); {done}.",
            ProblemKind.NEAR_DUPLICATE,
        )
        for place, first in found.items()
        if not _equal(examples[place], examples[first])
    ]
    if keep:
        return list(examples), {}, problems
    collapsed = {id: tuple(group) for id, group in groups.items()}
    return (
        [example for place, example in enumerate(examples) if place not in found],
        collapsed,
        problems,
    )


def _equal(one: Example, other: Example) -> bool:
    """Exact duplicates, which were reported as such before."""
    return (one.turns, one.response) == (other.turns, other.response)
