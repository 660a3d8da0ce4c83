"""Values of a row for `st.json`, whose numbers a browser would round beyond 2 to the 53."""

from collections.abc import Mapping

EXACT_MOST = 2**53  # up to here JavaScript has every whole number


def written_values(value: object) -> object:
    """A value with every whole number that a browser would round as text, digit by digit."""
    if isinstance(value, Mapping):
        return {name: written_values(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [written_values(part) for part in value]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if is_whole and abs(value) > EXACT_MOST:
        return str(value)
    return value
