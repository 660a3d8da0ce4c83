"""The file of a report: the template filled in with facts, Plotly, and a policy against requests.

Plotly is taken from the installed package, compressed, and unpacked by the browser that opens the
page. Only two scripts may run there, each named by its digest: the page's own and Plotly. Text of
the data is escaped by the template wherever it stands.
"""

import base64
import gzip
import hashlib
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from delift_core import wording
from delift_core.data.example import Example
from delift_core.errors import UnwritableFile
from delift_core.files import replacing_file, unwritable_error
from delift_core.report import formulas
from delift_core.report.facts import Facts, facts_of
from delift_core.report.texts import cut, with_pictures
from delift_core.runs.run import Run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.choice import Choice
from delift_core.selection.objective import Objective
from delift_core.units import coverage_percent, number, ordinal, percent
from delift_core.validation.verdict import nats

FOLDER = Path(__file__).parent
KINDS = (".html", ".htm")
TEXT_BYTES, TEXT_MOST = 900_000, 12_000  # of the chosen in full: of all together, of a turn


def write_report(
    run: Run,
    choice: Choice,
    path: str | Path,
    *,
    kernel: Callable[[str], UtilityKernel] | None = None,
    objective: Objective | None = None,
) -> Path:
    """Write the report of a choice as one HTML file; the same run and choice give the same bytes.

    kernel: where kernels come from by name; the run by default.
    objective: of the choice, where it is at hand already.
    Raises UnwritableFile, and what the engine refuses of the choice.
    """
    path = check_page(path)
    facts = facts_of(run, choice, kernel or run.kernel, objective)
    page = page_of(facts).encode("utf-8")
    with replacing_file(path) as partial:
        partial.write_bytes(page)
    return path


def check_page(path: str | Path) -> Path:
    """The path of a page. Raises UnwritableFile where none can be written there."""
    path = Path(path).expanduser()
    if path.suffix.lower() not in KINDS:
        raise UnwritableFile(
            f"{path}: a report is a page, and its name ends in {' or '.join(KINDS)}. Choose such a"
            " name."
        )
    if path.is_dir():
        raise unwritable_error(path, "it is a folder")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise unwritable_error(path, f"{folder.name} is a file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise unwritable_error(path, f"{folder.name} is not open for writing")
    return path


def page_of(facts: Facts) -> str:
    """The page as HTML."""
    library = plotly_source()
    script = (FOLDER / "report.js").read_text(encoding="utf-8")
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    compiles = any(chart.compiles for chart in facts.charts.values())
    text_budget = TEXT_BYTES // len(facts.rows)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            wording=wording,
            formulas=formulas,
            outcome=facts.outcome,
            record=facts.run.record,
            pool=facts.run.pool,
            texts={row.index: conversation(row.example, text_budget) for row in facts.rows},
            style=Markup(style),
            script=Markup(script),
            policy=policy(library.decode("utf-8"), script, compiles=compiles),
            library=base64.b64encode(gzip.compress(library, mtime=0)).decode("ascii"),
        )
    )


def environment() -> Environment:
    """Jinja's environment: every text is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: with_pictures(value) if type(value) is str else value,
    )
    environment.filters |= {
        "percent": percent,
        "coverage_percent": coverage_percent,
        "count": lambda number: f"{number:,}",
        "nats": nats,
        "utility": lambda value: number(value, ".4f"),
        "number": number,
        "ordinal": ordinal,
        "kernel_title": wording.kernel_title,
        "equation": formulas.equation,
        "cut": cut,
    }
    return environment


def plotly_source() -> bytes:
    """Plotly's own browser code, from the installed package."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


def policy(*scripts: str, compiles: bool) -> str:
    """A content security policy: run these scripts, style the page, show its pictures; no request.

    compiles: whether a script compiles shaders.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    if compiles:
        allowed.append("'unsafe-eval'")
    return (
        f"default-src 'none'; script-src {' '.join(allowed)}; style-src 'unsafe-inline'; img-src"
        " data: blob:; base-uri 'none'; form-action 'none'"
    )


def conversation(example: Example, budget: int) -> list[tuple[str, str]]:
    """(role, text) of every turn, the response last; together at most so many bytes of the page."""
    turns = [(turn.role, turn.content) for turn in example.turns]
    turns.append(("assistant", example.response))
    most = min(TEXT_MOST, budget // len(turns))
    return [(role, cut(text, most)) for role, text in turns]
