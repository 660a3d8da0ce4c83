"""A rerun asked for by a real browser, its socket listened to: does the visitor of visitor.py send
and get what a browser does?
"""

import base64
import re
import shutil
from collections.abc import Iterator

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


def in_a_browser(server: Server, run: Run) -> Iterator[Row]:
    """The budget slider moved with the arrow key."""
    if (program := next(filter(None, map(shutil.which, BROWSERS)), None)) is None:
        print("no chromium here: the rows of a real browser are left out")
        return
    size, before = len(run.pool), load()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        frames = listen(page)
        page.goto(f"http://127.0.0.1:{server.port}/subset?run={run.id}")
        thumb = page.get_by_role("slider", name=re.compile("Budget"))
        thumb.wait_for(timeout=60_000)
        slid = [slide(page, frames, thumb) for _ in range(TIMES)]
        browser.close()
    yield Row(
        f"budget slider, {size:,}, in Chromium: between the two frames",
        [rerun[0] for rerun in slid],
        MILLISECONDS,
        beside="the browser draws on the same cores",
        load=before,
    )
    yield Row(
        f"budget slider, {size:,}, in Chromium: sent",
        [rerun[1] for rerun in slid],
        KILOBYTES,
        load=before,
    )


def listen(page: Page) -> list[tuple[float, bytes, bool]]:
    """A list that grows with every frame of the page's socket: (seconds, bytes, whether the browser
    sent it).
    """
    frames, session = [], page.context.new_cdp_session(page)
    for event, ours in (("webSocketFrameSent", True), ("webSocketFrameReceived", False)):
        session.on(
            f"Network.{event}",
            lambda told, ours=ours: frames.append(
                (told["timestamp"], base64.b64decode(told["response"]["payloadData"]), ours)
            ),
        )
    session.send("Network.enable")
    return frames


def slide(page: Page, frames: list, thumb: Locator) -> tuple[float, int]:
    """(seconds, bytes) of the rerun that the arrow key brings about."""
    page.wait_for_selector(SETTLED)
    page.wait_for_timeout(DRAWN)
    frames.clear()
    thumb.press("ArrowRight")
    for _ in range(100):
        page.wait_for_timeout(100)
        if done := [second for second, data, ours in frames if not ours and finished(data)]:
            began = next(
                second
                for second, data, ours in frames
                if ours and BackMsg.FromString(data).HasField("rerun_script")
            )
            return done[-1] - began, sum(
                len(data) for second, data, ours in frames if not ours and second <= done[-1]
            )
    raise TimeoutError("the slider brought about no rerun within ten seconds")


def finished(data: bytes) -> bool:
    """Whether a frame says that the page's script came to its end."""
    message = ForwardMsg.FromString(data)
    return message.WhichOneof("type") == "script_finished" and message.script_finished != AGAIN
