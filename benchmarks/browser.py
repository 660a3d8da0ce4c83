"""Reruns in a real browser, read from its socket: whether visitor.py does what a browser does."""

import base64
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Locator, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.pages import TIMES
from benchmarks.rows import KILOBYTES, MILLISECONDS, Row, load
from benchmarks.serving import Server
from benchmarks.visitor import AGAIN
from delift_core.runs.run import Run

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
SETTLED = (
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)
DRAWN = 1_500  # milliseconds given to the browser, which draws in software, between two keys


@contextmanager
def chromium() -> Iterator[Page | None]:
    """A page of 1440 x 900; None where there is no browser, which is said."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print("no chromium here: the rows of a real browser are left out")
        yield None
        return
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=FLAGS)
        yield browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        browser.close()


def in_a_browser(server: Server, run: Run) -> Iterator[Row]:
    """The budget slider moved with the arrow key."""
    size, load_before = len(run.pool), load()
    with chromium() as page:
        if page is None:
            return
        frames = listen(page)
        page.goto(f"http://127.0.0.1:{server.port}/subset?run={run.id}")
        thumb = page.get_by_role("slider", name=re.compile("Budget"))
        thumb.wait_for(timeout=60_000)
        slides = [slide(page, frames, thumb) for _ in range(TIMES)]
    yield Row(
        f"budget slider, {size:,}, in Chromium: between the two frames",
        [seconds for seconds, _ in slides],
        MILLISECONDS,
        comparison="the browser draws on the same cores",
        load=load_before,
    )
    yield Row(
        f"budget slider, {size:,}, in Chromium: sent",
        [sent for _, sent in slides],
        KILOBYTES,
        load=load_before,
    )


@dataclass(frozen=True)
class Frame:
    """One message on the page's socket."""

    seconds: float  # by the browser's clock
    data: bytes
    is_sent: bool  # by the browser

    @property
    def is_request(self) -> bool:
        """Whether the browser asks for a rerun."""
        return self.is_sent and BackMsg.FromString(self.data).HasField("rerun_script")

    @property
    def is_end(self) -> bool:
        """Whether the server says that the page's script came to its end."""
        if self.is_sent:
            return False
        message = ForwardMsg.FromString(self.data)
        return message.WhichOneof("type") == "script_finished" and message.script_finished != AGAIN


def listen(page: Page) -> list[Frame]:
    """A list that grows with every frame of the page's socket."""
    frames: list[Frame] = []
    session = page.context.new_cdp_session(page)

    def record(event: dict, is_sent: bool) -> None:
        data = base64.b64decode(event["response"]["payloadData"])
        frames.append(Frame(event["timestamp"], data, is_sent))

    session.on("Network.webSocketFrameSent", partial(record, is_sent=True))
    session.on("Network.webSocketFrameReceived", partial(record, is_sent=False))
    session.send("Network.enable")
    return frames


def slide(page: Page, frames: list[Frame], thumb: Locator) -> tuple[float, int]:
    """(seconds, bytes) of the rerun that the arrow key brings about."""
    page.wait_for_selector(SETTLED)
    page.wait_for_timeout(DRAWN)
    frames.clear()
    thumb.press("ArrowRight")
    for _ in range(100):
        page.wait_for_timeout(100)
        ends = [frame.seconds for frame in frames if frame.is_end]
        if ends:
            start = next(frame.seconds for frame in frames if frame.is_request)
            received = [frame for frame in frames if not frame.is_sent]
            sizes = [len(frame.data) for frame in received if frame.seconds <= ends[-1]]
            return ends[-1] - start, sum(sizes)
    raise TimeoutError("the slider brought about no rerun within ten seconds")
