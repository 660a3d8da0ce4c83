"""Examples that repeat an earlier one but for case, punctuation, or a word or two in a long text.

Two examples are near duplicates when, in prompt and in response alike,
  - numbers, symbols and everything but letter case and the punctuation around words are the same,
    in the same order, and
  - at most one word in eight of a line, three in all, is added, dropped or spelt slightly
    differently, never replaced, never a negation.
Prompts may differ only where the response is at least four words long: "yes" says too little to
vouch for a changed question. Lines count one by one so that a short question under a long passage,
or a short turn in a long conversation, has to be the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from delift_core.data.example import Dataset, Example, Problem, ProblemKind
from delift_core.data.word_edits import FoldedText, are_few_edits_apart, folded_text

LONG_ENOUGH = 4  # words in a response before prompts may differ at all
REPEATED = {ProblemKind.EXACT_DUPLICATE, ProblemKind.NEAR_DUPLICATE}
BUCKET = 64  # representatives compared for one shared pair of words

FoldedPair = tuple[FoldedText, FoldedText]  # prompt, response


def is_near(a: FoldedPair, b: FoldedPair) -> bool:
    """Whether two (prompt, response) are near duplicates."""
    (prompt, response), (other_prompt, other_response) = a, b
    if prompt.fixed != other_prompt.fixed or response.fixed != other_response.fixed:
        return False
    if prompt.words != other_prompt.words:
        shorter = min(len(response.words), len(other_response.words))
        if shorter < LONG_ENOUGH or not are_few_edits_apart(prompt, other_prompt):
            return False
    return response.words == other_response.words or are_few_edits_apart(response, other_response)


def signatures(pair: FoldedPair, frequency: Counter) -> list[tuple]:
    """What near duplicates must share at least one of.

    With e edits allowed, the 2e + 1 rarest pairs of neighbouring words: an edit touches two pairs,
    so of the 2e + 1 rarest of each at least one is untouched and, rarest first, in both lists.
    """
    edits = sum(text.edits for text in pair)
    rarest = sorted((frequency[words], words) for words in set(_neighbours(pair)))
    return [words for _, words in rarest[: 2 * edits + 1]]


def _neighbours(pair: FoldedPair) -> Iterator[tuple]:
    """(p or r, word, next word) for the words of prompt and response."""
    for side, text in zip("pr", pair):
        yield from zip((side, *text.words), text.words)


def near_duplicates(examples: Sequence[Example]) -> dict[int, int]:
    """Position of each near duplicate -> position of the first example of its group."""
    from delift_core.data.repeat_candidates import may_repeat

    positions = may_repeat(examples)
    representatives = _Representatives([examples[position] for position in positions])
    first_of = {}
    for index, position in enumerate(positions):
        first = representatives.match_or_add(index)
        if first is not None:
            first_of[position] = positions[first]
    return first_of


def representatives(dataset: Dataset) -> dict[int, int]:
    """Position -> the first of its kind, of every near duplicate that stayed in a dataset, equal
    ones too.

    Reading noted as a problem whether there are any.
    """
    noted = any(problem.kind in REPEATED for problem in dataset.problems)
    if dataset.collapsed or not noted:
        return {}
    return near_duplicates(dataset.examples)


def repeats(chosen: Sequence[int], first_of: Mapping[int, int]) -> list[tuple[int, int]]:
    """(first of its kind, the one that repeats it) for near duplicates of an earlier choice.

    chosen: positions in order. first_of: as `representatives` gives it.
    """
    first: dict[int, int] = {}  # representative -> the first chosen of its kind
    pairs = []
    for position in chosen:
        earlier = first.setdefault(first_of.get(position, position), position)
        if earlier != position:
            pairs.append((earlier, position))
    return pairs


def repeats_of(others: Sequence[Example], examples: Sequence[Example]) -> dict[int, int]:
    """Position of each example that nearly repeats one of the others -> position of the first."""
    from delift_core.data.repeat_candidates import may_repeat

    both = [*others, *examples]
    positions = may_repeat(both)
    representatives = _Representatives([both[position] for position in positions])
    first_of = {}
    for index, position in enumerate(positions):
        if position < len(others):
            representatives.add(index)
            continue
        first = representatives.match(index)
        if first is not None:
            first_of[position - len(others)] = positions[first]
    return first_of


class _Representatives:
    """The first example of every group so far, to be looked up by equal text and by signature."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.pairs: list[FoldedPair] = [
            (folded_text(example.prompt), folded_text(example.response)) for example in examples
        ]
        self.roles = [tuple(turn.role for turn in example.turns) for example in examples]
        self.frequency = Counter(words for pair in self.pairs for words in set(_neighbours(pair)))
        self.equal: dict[tuple, int] = {}  # (roles, folded texts) -> position
        self.buckets: dict[tuple, list[int]] = {}  # signature -> positions
        self.keys: dict[int, list[tuple]] = {}  # position -> keys of its signatures

    def match_or_add(self, position: int) -> int | None:
        """The representative that an example nearly repeats; None where it becomes one itself."""
        first = self.match(position)
        if first is None:
            self.add(position)
        return first

    def match(self, position: int) -> int | None:
        """The first representative that an example nearly repeats."""
        equal = self.equal.get((self.roles[position], self.pairs[position]))
        if equal is not None:
            return equal
        keys = self._keys(position)
        candidates = {other for key in keys for other in self.buckets.get(key, ())}
        for candidate in sorted(candidates):
            if is_near(self.pairs[candidate], self.pairs[position]):
                return candidate
        return None

    def add(self, position: int) -> None:
        """Make an example a representative."""
        self.equal.setdefault((self.roles[position], self.pairs[position]), position)
        for key in self._keys(position):
            bucket = self.buckets.setdefault(key, [])
            if len(bucket) < BUCKET:
                bucket.append(position)

    def _keys(self, position: int) -> list[tuple]:
        """One key per signature; none where no edit is allowed, so that only equals match."""
        if position not in self.keys:
            self.keys[position] = self._new_keys(position)
        return self.keys[position]

    def _new_keys(self, position: int) -> list[tuple]:
        prompt, response = pair = self.pairs[position]
        if not prompt.edits and not response.edits:
            return []
        context = self.roles[position], prompt.fixed, response.fixed
        return [(context, words) for words in signatures(pair, self.frequency)]


def collapse(
    examples: Sequence[Example], keep: bool
) -> tuple[list[Example], dict[str, tuple[Example, ...]], list[Problem]]:
    """One representative per group, the others by its id, and a problem for each.

    With `keep` all examples stay, and are reported all the same.
    """
    first_of = near_duplicates(examples)
    done = "both are kept" if keep else "that one stands for both"
    problems = []
    groups: dict[str, list[Example]] = {}
    for position, first_position in first_of.items():
        example, first = examples[position], examples[first_position]
        groups.setdefault(first.id, []).append(example)
        if not _is_equal(example, first):
            reason = (
                f"nearly the same prompt and response as row {first.row} (id {first.id}); {done}."
            )
            problems.append(Problem(example.row, reason, ProblemKind.NEAR_DUPLICATE))
    if keep:
        return list(examples), {}, problems
    rest = [example for position, example in enumerate(examples) if position not in first_of]
    return rest, {id: tuple(group) for id, group in groups.items()}, problems


def _is_equal(a: Example, b: Example) -> bool:
    """Exact duplicates, which were reported as such before."""
    return (a.turns, a.response) == (b.turns, b.response)
