"""Seconds, bytes, ranks, counts, coverage and signed numbers as text, the same everywhere."""

MINUS = "\u2212"
WHOLE = 1 - 1e-9  # coverage from here on is all of it: sums of gains carry float64 noise


def duration(seconds: float) -> str:
    """12 s, 3 min 5 s, 2 h 10 min."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def size(count: float) -> str:
    """Bytes as B, KB, MB or GB: 12 KB, 3.4 GB."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st, 1,000th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    if rank % 100 in (11, 12, 13):
        ending = "th"
    return f"{rank:,}{ending}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """1 row, 2 rows, 1,000 rows; plural: where it takes more than an s."""
    if count == 1:
        return f"{count:,} {singular}"
    return f"{count:,} {plural or f'{singular}s'}"


def value_text(value: object) -> str:
    """A value of a field as a label; "(empty)" for none and for an empty text."""
    return "(empty)" if value is None or value == "" else str(value)


def number(value: float, form: str) -> str:
    """−0.031, +0.42: a number in a format of Python's, with a true minus sign."""
    return format(value, form).replace("-", MINUS)


def percent(share: float) -> str:
    """20 %, 12.5 %, 0.03 %: three digits at most; 0 % for what is less than 0.005 %."""
    if abs(share) < 5e-5:
        return "0 %"
    return f"{number(100 * share, '.3g')} %"


def whole_percent(share: float) -> str:
    """20 %, 13 %, 0 %: to the nearest whole one."""
    return percent(round(share, 2))


def coverage_percent(coverage: float) -> str:
    """79.1 %; never 100 % for what lacks anything of the whole."""
    if coverage < WHOLE:
        coverage = min(coverage, 0.999)
    return percent(coverage)


def coverage_range(low: float, high: float) -> str:
    """79.1 to 84 %, or one of the two where they read alike."""
    return from_to(coverage_percent(low), coverage_percent(high))


def from_to(low: str, high: str) -> str:
    """Two values as a range, the percent sign once; one of them where they read alike."""
    if low == high:
        return low
    if high.endswith(" %"):
        low = low.removesuffix(" %")
    return f"{low} to {high}"
