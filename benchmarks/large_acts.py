"""What a person does on each page of a large run, as the server is told of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.load import CARD, card_act
from benchmarks.visitor import (
    Visitor,
    cell_of,
    clicked,
    drawn_on,
    moved,
    picked,
    pressed,
    written,
)

Change = Callable[[Visitor, int], WidgetState]
PAIR_ORDERS = ("selection rank", "original order")
WORDS = ("river", "matrix", "battery", "comma", "orbit", "recipe")


@dataclass(frozen=True)
class Act:
    """Something done on a page, again and again; change: the widget's state at each turn."""

    name: str
    change: Change
    within: str = ""  # the element whose fragment runs alone
    shows: str = ""  # a text that stands on the page afterwards
    chooses_anew: bool = False


def on(kind: str, key: str, state: Callable[..., WidgetState], *values: object) -> Change:
    """A change of the widget of a kind and key; values: of each turn, one after the other."""
    return lambda visitor, turn: state(visitor.find(kind, key), *turn_of(values, turn))


def turn_of(values: Sequence, turn: int) -> tuple:
    """The value of a turn as arguments; none where every turn is the same."""
    return (values[turn % len(values)],) if values else ()


def cell(key: str, column: str) -> Change:
    """Another row of a table clicked at every turn."""
    return lambda visitor, turn: cell_of(visitor.find("dataframe", key), 3 + turn, column)


def lasso(visitor: Visitor, turn: int) -> WidgetState:
    """A square around the middle of the map, another one at every turn."""
    half = 4 + turn / 10
    square = {
        "xref": "x",
        "yref": "y",
        "x": [-half, half, half, -half],
        "y": [-half, -half, half, half],
    }
    return drawn_on(visitor.find("plotly_chart", "map"), lasso=[square])


def click(chart: str, x: float, y: float) -> Change:
    """Another place of a chart clicked at every turn."""
    return lambda visitor, turn: clicked(
        visitor.find("bidi_component", "chart mouse"), chart, x + turn, y + turn
    )


def box(visitor: Visitor, turn: int) -> WidgetState:
    """A box of a hundred and fifty pairs a side on the picture of all pairs."""
    ends = [30_000 + turn, 30_149.4 + turn]
    sides = {"xref": "x", "yref": "y", "x": ends, "y": ends}
    return drawn_on(visitor.find("plotly_chart", "pairs"), box=[sides])


def ticked(visitor: Visitor, turn: int) -> WidgetState:
    """A box of the export ticked, and emptied at the next turn."""
    return WidgetState(id=visitor.find("checkbox", "with rank").id, bool_value=turn % 2 == 0)


def verdict(act: str) -> Act:
    """A key of the audit's card."""
    return Act(act, lambda visitor, turn: card_act(visitor, act)[1], CARD)


OPEN_WHY = Act("Why of an example", on("tab_container", "example tab", written, "Why", "Text"))
EXCLUDE = Act(
    "exclude the open example, which chooses anew",
    on("button", "exclude the example", pressed),
    chooses_anew=True,
)
PIN = Act(
    "pin it, or unpin it, which chooses anew",
    on("button", "pin the example", pressed),
    chooses_anew=True,
)
INCLUDE = Act("take the exclude back", on("button", "exclude the example", pressed))
SEARCH = Act("filter by words", on("text_input", "widget search", written, *WORDS))
ACTS: Mapping[str, Sequence[Act]] = {
    "overview": (
        Act("chosen against pool", on("button_group", "compose_by", picked, "length", "topic")),
        Act("open an example", on("button", "open chosen 2", pressed)),
    ),
    "data": (
        Act("open an example", cell("pool table", "Id")),
        Act("search", on("text_input", "pool search", written, *WORDS)),
    ),
    "scoring": (),
    "subset": (
        Act(
            "budget slider",
            lambda visitor, turn: moved(visitor.find("slider", "budget"), 31 + turn),
        ),
        Act("row of the table", cell("table of chosen", "id")),
        OPEN_WHY,
        EXCLUDE,
        INCLUDE,
        PIN,
    ),
    "map": (
        Act("lasso", lasso),
        Act("click on a point", click("embedding", -3, 1)),
        Act("colour by", on("selectbox", "widget colour", written, "gain", "covering example")),
        SEARCH,
    ),
    "heatmap": (
        Act("cell of the groups", click("groups", 0, 1)),
        Act("all pairs", on("button_group", "widget view", picked, "All pairs")),
        Act("sort all pairs", on("selectbox", "widget order", written, *PAIR_ORDERS)),
        Act("box of all pairs", box, shows="Rows 30,0"),
        Act("cell of the box", click("pairs", 20, 30)),
        Act("harmful pairs", on("button_group", "widget view", picked, "Most harmful pairs")),
        Act("asymmetric pairs", on("button_group", "widget view", picked, "Most asymmetric")),
        Act("group by group", on("button_group", "widget view", picked, "Group by group")),
    ),
    "examples": (
        Act("row of the table", cell("table of", "id")),
        OPEN_WHY,
        SEARCH,
        Act("sort", on("selectbox", "widget sort", written, "Original order", "Selection rank")),
    ),
    "audit": (verdict("drop"), verdict("undo"), verdict("keep"), verdict("undo")),
    "export": (Act("with rank", ticked),),
    "compare": (),
}
