"""From the facts to one file: the template filled in, Plotly packed beside it, and a policy that
forbids every request.

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
from delift_core.files import beside, unwritable
from delift_core.report.facts import Facts, facts_of
from delift_core.report.texts import cut, visible
from delift_core.runs.run import Run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.choice import Choice
from delift_core.selection.objective import Objective
from delift_core.units import coverage_percent, ordinal

HERE = Path(__file__).parent
KINDS = (".html", ".htm")
TEXT_BYTES, TEXT_MOST = 900_000, 12_000  # of the chosen in full: all of them together, and one


def write_report(
    run: Run,
    choice: Choice,
    path: str | Path,
    *,
    kernel: Callable[[str], UtilityKernel] | None = None,
    objective: Objective | None = None,
) -> Path:
    """Write the report of a choice as one HTML file; the same run and choice give the same bytes.

    kernel, objective: where they are at hand already. Raises UnwritableFile, and what the engine
    refuses of the choice.
    """
    path = check_page(path)
    page = written(facts_of(run, choice, kernel or run.kernel, objective)).encode("utf-8")
    with beside(path) as partial:
        partial.write_bytes(page)
    return path


def check_page(path: str | Path) -> Path:
    """The path of a page, or the sentence that says why none can be written there."""
    path = Path(path).expanduser()
    if path.suffix.lower() not in KINDS:
        raise UnwritableFile(
            f"{path}: a report is a page, and its name ends in {' or '.join(KINDS)}. Choose such a"
            " name."
        )
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        place = f"{folder.name} is {'not open for writing' if folder.is_dir() else 'a file'}"
        raise unwritable(path, "it is a folder" if path.is_dir() else place)
    return path


def written(facts: Facts) -> str:
    """The page."""
    library, script = plotly_source(), (HERE / "report.js").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            words=wording,
            outcome=facts.outcome,
            record=facts.run.record,
            pool=facts.run.pool,
            texts={
                row.index: conversation(row.example, TEXT_BYTES // len(facts.rows))
                for row in facts.rows
            },
            style=Markup((HERE / "report.css").read_text(encoding="utf-8")),
            script=Markup(script),
            policy=policy(
                library.decode("utf-8"),
                script,
                compiles=any(chart.compiles for chart in facts.charts.values()),
            ),
            library=base64.b64encode(gzip.compress(library, mtime=0)).decode("ascii"),
        )
    )


def environment() -> Environment:
    """Everything is escaped; a name that is not there is an error."""
    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    found.filters |= {
        "percent": lambda share: f"{share:.1%}",
        "coverage_percent": coverage_percent,
        "count": lambda number: f"{number:,}",
        "utility": lambda value: f"{value:.4f}",
        "signed": lambda value: f"{value:+.2f}".replace("-", "\u2212"),
        "ordinal": ordinal,
        "equation": wording.equation,
        "cut": cut,
    }
    return found


def plotly_source() -> bytes:
    """Plotly's own browser code, as the installed package holds it."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


def policy(*scripts: str, compiles: bool) -> str:
    """What the page may do: run these scripts, style itself, show pictures it holds; never ask
    anybody for anything.
    """
    allowed = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    ]
    allowed += ["'unsafe-eval'"] if compiles else []
    return (
        f"default-src 'none'; script-src {' '.join(allowed)}; style-src 'unsafe-inline'; img-src"
        " data: blob:; base-uri 'none'; form-action 'none'"
    )


def conversation(example: Example, budget: int) -> list[tuple[str, str]]:
    """(role, text) of every turn, the response last; together at most so many bytes of the page."""
    turns = [
        *((turn.role, turn.content) for turn in example.turns),
        ("assistant", example.response),
    ]
    return [(role, cut(text, min(TEXT_MOST, budget // len(turns)))) for role, text in turns]
