"""Seconds, bytes, places, counts and shares in words, the same on the command line, in the
dashboard and in the report.
"""

ALL_BUT_NOISE = 1 - 1e-9  # from here on a share is the whole: sums of gains carry float64 noise


def duration(seconds: float) -> str:
    """12 s, 3 min 5 s, 2 h 10 min."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def size(count: int) -> str:
    """Bytes for people: 12 KB, 3.4 GB."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st, 1,000th."""
    ending = (
        "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    )
    return f"{rank:,}{ending}"


def counted(count: int, one: str, several: str = "") -> str:
    """1 row, 2 rows, 1,000 rows; several: where the plural takes more than an s."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def coverage_percent(share: float) -> str:
    """A share of what the whole pool reaches: 79.1%, and 99.9% for all that lacks anything of the
    whole.
    """
    return f"{share if share >= ALL_BUT_NOISE else min(share, 0.999):.1%}"


def coverage_range(low: float, high: float) -> str:
    """Two such shares, one where they read alike: 79.1% to 84.0%, 99.9%."""
    return " to ".join(dict.fromkeys((coverage_percent(low), coverage_percent(high))))
