"""What examples are filtered by on every page, all of it in the address.

Words, likeness to an example, values of fields and what was drawn around on a map: an example is
kept where it passes every filter.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import quote, unquote

import numpy as np

from delift_core.runs.run import Run
from delift_core.units import value_text
from pages.session import address, cache, cached_fields, cached_search
from pages.session.address import FILTER_FIELDS
from pages.session.outlines import drawn_around

Release = Callable[[], None]


def is_filtered(run: Run) -> bool:
    """Whether any filter of the address takes effect in this run."""
    return bool(releases(run))


def is_searched(run: Run) -> bool:
    """Whether any filter but a map selection takes effect."""
    return any(True for _ in _searches(run))


def kept(run: Run) -> np.ndarray:
    """(pool,) bool, the examples that pass every filter."""
    keep = np.ones(len(run.pool), dtype=bool)  # (pool,)
    if words():
        keep &= cached_search.found(run, words(), address.get("also") == "meaning")
    if liked(run) is not None:
        keep &= cached_search.like(run, liked(run))
    for field, wanted in wanted_values(run).items():
        keep &= np.isin(cached_fields.groups_of(run.pool, field), wanted)
    around = drawn_around(run)
    if around is not None:
        keep &= np.isin(np.arange(len(keep)), around)
    return keep


def matches(run: Run) -> np.ndarray | None:
    """(kept,) indices of what the filters keep; None while nothing is filtered."""
    return np.flatnonzero(kept(run)) if is_filtered(run) else None


def words() -> str:
    """What is searched, each word after one space."""
    return " ".join(address.get("search").split())


def liked(run: Run) -> int | None:
    """The index of the example that others are to be like."""
    return cache.position(run, address.get("like"))


def wanted_values(run: Run) -> dict[str, list[str]]:
    """Field -> the values of it that are wanted, of those that this run has."""
    wanted: dict[str, list[str]] = {}
    known = cached_fields.group_fields(run)
    for text in address.get("filter"):
        field, _, value = text.partition("=")
        field = unquote(field)
        if field in known and value in cached_fields.values(run, field):
            wanted.setdefault(field, []).append(value)
    return wanted


def want_values(run: Run, field: str, values: list[str]) -> None:
    """Want these values of a field, in place of those there were."""
    wanted = {**wanted_values(run), field: values}
    address.put(
        filter=tuple(
            f"{quote(name, safe='')}={value}" for name, each in wanted.items() for value in each
        )
    )


def release_value(run: Run, field: str, value: str) -> None:
    """Want a value of a field no more."""
    rest = [other for other in wanted_values(run)[field] if other != value]
    want_values(run, field, rest)


def releases(run: Run) -> Mapping[str, Release]:
    """Every filter in words -> what takes it off."""
    return dict([*_searches(run), *_map_selection(run)])


def _searches(run: Run) -> Iterator[tuple[str, Release]]:
    if words():
        also = " and what is near in meaning" if address.get("also") else ""
        yield f"“{words()}”{also}", partial(address.forget, "search", "also")
    if liked(run) is not None:
        yield f"like {address.get('like')}", partial(address.forget, "like")
    for field, values in wanted_values(run).items():
        for value in values:
            yield f"{field}: {value_text(value)}", partial(release_value, run, field, value)


def _map_selection(run: Run) -> Iterator[tuple[str, Release]]:
    around = drawn_around(run)
    if around is not None:
        yield f"Map selection ({len(around):,})", partial(address.forget, "around")


def clear() -> None:
    """Take every filter off."""
    address.forget(*FILTER_FIELDS)
