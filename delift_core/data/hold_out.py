"""Held-out examples: set aside from a pool, or read, and kept apart from pool and target.

They are never chosen from nor for, and measure what was chosen.
"""

import hashlib
import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from delift_core.data.example import Dataset, Example, Problem, ProblemKind
from delift_core.data.groups import groups
from delift_core.data.near_duplicates import repeats_of
from delift_core.data.read_options import HoldOut
from delift_core.errors import InvalidHoldOut, NoExamples

ACCEPTED = "Give a share (20%, 0.2) or a number of examples (40)."
COUNT = re.compile(r"\d+")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
FRACTION = re.compile(r"\d*\.\d+")


def hold_out(
    pool: Dataset,
    amount: float | str,
    group_by: str | None = None,
    seed: int = 0,
    target: Dataset | None = None,
) -> tuple[Dataset, Dataset]:
    """The rest of a pool, and the examples set aside from it, both in the order of the pool.

    amount: a share below 1, or a whole number of examples; text as on the command line.
    group_by: a field of the rows whose groups keep their shares, to within one example each.
    target: what is chosen for, which those set aside must not repeat either.

    Which examples these are follows from their ids, their groups and the seed alone, not from the
    order of the pool. Nothing in one part nearly repeats an example of the other: where the pool
    kept its near-duplicates, those set aside are dropped, each as a problem of its row, as are
    those that the target repeats. Raises
    InvalidHoldOut, InvalidConstraint for a field that no row has, and NoExamples.
    """
    count = examples_held_out(amount, len(pool))
    labels = groups(pool, group_by) or [""] * len(pool)
    ids = ids_held_out([example.id for example in pool], labels, count, seed)
    record = HoldOut(str(amount), group_by, seed, count, len(pool))
    rest = part_of(pool, {example.id for example in pool} - ids, record)
    held_out = replace(part_of(pool, ids, record), problems=())
    return rest, without_repeats(held_out, rest, target)


def examples_held_out(amount: float | str, size: int) -> int:
    """How many of a pool are set aside: a share f of n is max(1, floor(f n + 1/2)).

    Raises InvalidHoldOut where that is none of them, or all.
    """
    text = str(amount).strip()
    if COUNT.fullmatch(text):
        count = int(text)
    else:
        count = max(1, math.floor(share_held_out(text) * size + 0.5))
    if not 0 < count < size:
        raise InvalidHoldOut(
            f"Setting aside {text} leaves {size - count:,} of the {size:,} pool examples to choose"
            f" from and {count:,} held out; both need at least one. {ACCEPTED}"
        )
    return count


def share_held_out(text: str) -> float:
    """A share as it is typed. Raises InvalidHoldOut."""
    share = math.nan
    if match := PERCENT.fullmatch(text):
        share = float(match[1]) / 100
    elif FRACTION.fullmatch(text):
        share = float(text)
    if not 0 < share < 1:
        raise InvalidHoldOut(
            f"{text!r} is no share of the pool between nothing and all of it. {ACCEPTED}"
        )
    return share


def ids_held_out(ids: list[str], labels: list[str], count: int, seed: int) -> set[str]:
    """The ids set aside: in each group those first in a seeded order of its ids."""
    members: dict[str, list[str]] = {}
    for id, label in zip(ids, labels, strict=True):
        members.setdefault(label, []).append(id)
    chosen: set[str] = set()
    sizes = {label: len(group) for label, group in members.items()}
    for label, quota in largest_remainders(sizes, count).items():
        chosen.update(sorted(members[label], key=lambda id: seeded_digest(id, seed))[:quota])
    return chosen


def seeded_digest(id: str, seed: int) -> str:
    """sha256 of seed and id: in this order ids are shuffled, wherever they stand."""
    return hashlib.sha256(json.dumps([seed, id]).encode()).hexdigest()


def largest_remainders(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Group -> its part of a count: floor(count n_g / n), and one more for the largest remainders.

    Ties go to the group whose name comes first.
    """
    whole = sum(sizes.values())
    quotas = {label: count * size // whole for label, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda label: (-(count * sizes[label] % whole), label))
    for label in by_remainder[: count - sum(quotas.values())]:
        quotas[label] += 1
    return quotas


def part_of(pool: Dataset, ids: Collection[str], record: HoldOut) -> Dataset:
    """The examples of a pool with these ids, with the duplicates that they stand for."""
    read_record = pool.read_record
    if read_record:
        read_record = replace(read_record, hold_out=record)
    return replace(
        pool,
        examples=tuple(example for example in pool if example.id in ids),
        collapsed={key: group for key, group in pool.collapsed.items() if key in ids},
        read_record=read_record,
    )


def without_repeats(held_out: Dataset, pool: Dataset, target: Dataset | None = None) -> Dataset:
    """The held-out examples that nearly repeat nothing of pool and target, others as problems.

    Duplicates that these collapsed count as well: what repeats the target was chosen for. Raises
    NoExamples where none is left.
    """
    in_pool = with_collapsed(pool)
    others = in_pool if target is None else [*in_pool, *with_collapsed(target)]
    first_of = repeats_of(others, held_out.examples)
    problems = [
        repeat_problem(held_out[position], others[first], is_in_pool=first < len(in_pool))
        for position, first in first_of.items()
    ]
    dropped = {held_out[position].id for position in first_of}
    examples = tuple(example for example in held_out if example.id not in dropped)
    if not examples and problems:
        raise NoExamples(
            f"{held_out.source}: every held-out example repeats one of the pool or of the target"
            f" (row {problems[0].row}: {problems[0].reason}) Give examples that neither holds."
        )
    kept = {key: group for key, group in held_out.collapsed.items() if key not in dropped}
    ordered = sorted([*held_out.problems, *problems], key=lambda problem: problem.row)
    return replace(held_out, examples=examples, problems=tuple(ordered), collapsed=kept)


def with_collapsed(dataset: Dataset) -> list[Example]:
    """The examples of a dataset, and the duplicates that they stand for."""
    return [*dataset, *(example for group in dataset.collapsed.values() for example in group)]


def repeat_problem(example: Example, other: Example, is_in_pool: bool) -> Problem:
    """That a held-out example nearly repeats another one, of the pool or of the target."""
    role, kind = "pool", ProblemKind.IN_POOL
    if not is_in_pool:
        role, kind = "target", ProblemKind.IN_TARGET
    return Problem(
        example.row,
        f"id {example.id}: nearly the same prompt and response as row {other.row} (id {other.id})"
        f" of the {role}; it is not held out.",
        kind,
    )
