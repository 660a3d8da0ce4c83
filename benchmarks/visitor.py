"""A visitor without a browser, on the dashboard's own socket, so that only the server is timed.

It does what a browser does: every rerun carries the query string, the page and the hashes of the
messages still held, and messages that two reruns did not refer to are dropped.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.sync.client import ClientConnection, connect

MESSAGE_AGE = 2  # reruns that a message outlives without being referred to
PATIENCE = 300.0  # seconds for one rerun
AGAIN = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")
BROKEN = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_WITH_COMPILE_ERROR")


class NotDrawn(Exception):
    """A page did not show what is to be measured."""


@dataclass(frozen=True)
class Rerun:
    """What one run of the page's script took and sent."""

    seconds: float  # from the request on the socket to the message that the script has finished
    ended: float  # by time.perf_counter()
    sent: int  # bytes from the server within that time
    messages: int  # that they came in
    sizes: Mapping[str, int]  # bytes of every element that travelled, by its kind and name


@dataclass
class Visitor:
    """One session: what is on the page, and what a browser would hold."""

    socket: ClientConnection
    page: str
    query: str
    # by kind and name, as the last rerun left them
    elements: dict[str, object] = field(default_factory=dict)
    # element, named as above, -> the fragment it is within
    fragments: dict[str, str] = field(default_factory=dict)
    held: dict[str, list] = field(default_factory=dict)  # hash -> [message, age]
    script: str = ""  # hash of the page's script
    fragment: str = ""  # that runs alone, none for the whole page
    session: str = ""  # the server's name of it

    def rerun(self, *changed: WidgetState, within: str = "") -> Rerun:
        """Run the page's script with changed widgets, and take in all it sends.

        within: an element whose fragment runs alone.
        """
        start = time.perf_counter()
        self.fragment = self.fragments.get(within, "")
        self.socket.send(self.request(changed).SerializeToString())
        sent, messages, sizes = 0, 0, {}
        while True:
            data = self.socket.recv(timeout=PATIENCE)
            message = ForwardMsg.FromString(data)
            sent += len(data)
            messages += 1
            name = self.take(message)
            if name:
                sizes[name] = sizes.get(name, 0) + len(data)
            if message.WhichOneof("type") == "script_finished" and message.script_finished != AGAIN:
                ended = time.perf_counter()
                break
        self.forget()
        kinds = {name.split(":")[0] for name in self.elements}
        if message.script_finished == BROKEN or "exception" in kinds:
            raise NotDrawn(f"/{self.page}?{self.query} failed; run it with streamlit to see why")
        return Rerun(ended - start, ended, sent, messages, sizes)

    def turn_to(self, page: str) -> Rerun:
        """Follow the menu to another page."""
        self.page, self.script = page, ""
        return self.rerun()

    def request(self, changed: tuple[WidgetState, ...]) -> BackMsg:
        """What a browser asks for."""
        request = BackMsg()
        state = request.rerun_script
        state.query_string = self.query
        state.page_script_hash = self.script
        if not self.script:
            state.page_name = self.page
        state.cached_message_hashes.extend(self.held)
        state.fragment_id = self.fragment
        state.widget_states.widgets.extend(changed)
        return request

    def take(self, message: ForwardMsg) -> str | None:
        """Keep what a message brings; the name of the element it draws."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
            if not self.fragment:  # a fragment leaves the rest of the page as it is
                self.elements, self.fragments = {}, {}
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "ref_hash":
            self.held[message.ref_hash][1] = 0
            self.draw(self.held[message.ref_hash][0])
            return None
        if message.metadata.cacheable:
            self.held[message.hash] = [message, 0]
        if kind == "delta":
            return self.draw(message)
        return None

    def draw(self, message: ForwardMsg) -> str | None:
        """Put an element on the page, or a container that has a key, such as tabs."""
        delta = message.delta
        if delta.WhichOneof("type") == "new_element":
            kind = delta.new_element.WhichOneof("type")
            content = getattr(delta.new_element, kind)
        elif delta.add_block.id:
            kind, content = delta.add_block.WhichOneof("type"), delta.add_block
        else:
            return None
        key = getattr(content, "id", "").split("-", 2)[-1]
        name = f"{kind}:{key or getattr(content, 'body', '')}"
        self.elements[name], self.fragments[name] = content, delta.fragment_id
        return name

    def forget(self) -> None:
        """Drop what has not been referred to for some time."""
        for entry in self.held.values():
            entry[1] += 1
        self.held = {hash: entry for hash, entry in self.held.items() if entry[1] <= MESSAGE_AGE}

    def find(self, kind: str, text: str) -> object:
        """The element of a kind whose key or text holds some text. Raises NotDrawn."""
        for name, content in self.elements.items():
            if name.startswith(f"{kind}:") and text in name:
                return content
        raise NotDrawn(
            f"/{self.page}?{self.query} shows no {kind} {text!r} but"
            f" {', '.join(sorted(self.elements))}"
        )


@contextmanager
def visiting(port: int, page: str, query: str) -> Iterator[Visitor]:
    """A session of a server, closed when the block ends."""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=["streamlit"],
        max_size=None,
        compression=None,
    ) as socket:
        yield Visitor(socket, page, query)


def moved(slider: object, value: int) -> WidgetState:
    """A slider let go at another value."""
    state = WidgetState(id=slider.id)
    state.double_array_value.data.append(value)
    return state


def pressed(button: object) -> WidgetState:
    """A button pressed."""
    return WidgetState(id=button.id, trigger_value=True)


def written(widget: object, text: str) -> WidgetState:
    """A text typed, or one of several things picked."""
    return WidgetState(id=widget.id, string_value=text)


def picked(widget: object, *texts: str) -> WidgetState:
    """Some of several things picked, the only one of a row of buttons too."""
    state = WidgetState(id=widget.id)
    state.string_array_value.data.extend(texts)
    return state


def cell_of(table: object, row: int, column: str) -> WidgetState:
    """A cell of a table clicked."""
    selection = {"rows": [], "columns": [], "cells": [[row, column]]}
    return WidgetState(id=table.id, string_value=json.dumps({"selection": selection}))


def clicked(mouse: object, chart: str, x: float, y: float) -> WidgetState:
    """A chart clicked, as chart_mouse.js tells it."""
    click = {"chart": chart, "x": x, "y": y, "across": 1.0, "down": 1.0}
    name = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{mouse.id}__events"
    events = [{"event": "clicked", "value": click}]
    return WidgetState(id=name, json_trigger_value=json.dumps(events))


def drawn_on(chart: object, **selection: list) -> WidgetState:
    """A box or a lasso drawn on a chart."""
    nothing = {"points": [], "point_indices": [], "box": [], "lasso": []}
    return WidgetState(id=chart.id, string_value=json.dumps({"selection": nothing | selection}))
