"""The colours of every figure, once for a light page and once for a dark one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean; text and background belong to the page the figure stands on."""

    pool: str
    chosen: str
    baseline: str
    keep: str  # the three verdicts stay apart under every colour vision
    flag: str
    drop: str
    ink: str  # text, outlines and whatever marks a place
    rule: str  # grid lines
    gap: str  # behind a heatmap, where nothing was scored
    categories: tuple[str, ...]  # eight that stay apart under every colour vision
    diverging: tuple[str, ...]  # below zero, zero, above zero, evenly spaced
    # low to high, evenly spaced: cividis without the end that would vanish on the page
    numbers: tuple[str, ...]


LIGHT = Palette(
    pool="#80868B",
    chosen="#0072B2",
    baseline="#D55E00",
    keep="#0072B2",
    flag="#E69F00",
    drop="#882255",
    ink="#202124",
    rule="#E3E5E8",
    gap="#D3D6DA",
    categories=(
        "#332288",
        "#CC6677",
        "#117733",
        "#DDAA33",
        "#66B5E0",
        "#882255",
        "#44AA99",
        "#999933",
    ),
    diverging=("#8C3B00", "#E8934A", "#FFFFFF", "#5FA8D8", "#004C7D"),
    numbers=("#00224E", "#3E4B6C", "#767674", "#AFA470", "#EED948"),
)
DARK = Palette(
    pool="#80868B",
    chosen="#56B4E9",
    baseline="#E69F00",
    keep="#56B4E9",
    flag="#E69F00",
    drop="#FF4D5B",
    ink="#E8EAED",
    rule="#33373D",
    gap="#4A4F57",
    categories=(
        "#77AADD",
        "#EE8866",
        "#EEDD88",
        "#FFAABB",
        "#44BB99",
        "#BBCC33",
        "#AA88DD",
        "#99DDFF",
    ),
    diverging=("#FFC77D", "#B5660F", "#14171C", "#2273A8", "#9BD6FF"),
    numbers=("#4A536D", "#747474", "#9F9775", "#CEBD61", "#FEE838"),
)
