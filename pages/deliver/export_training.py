"""What the trainer will see: the chosen examples as tokens, with labels, masks and cuts."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from delift_core.charts.palette import Palette
from delift_core.data.example import Example
from delift_core.jobs import jobs
from delift_core.jobs.requests import TrainingViewRequest
from delift_core.runs.run import Run
from delift_core.runs.training_tables import training_rows_at
from delift_core.scoring.training_rows import TRL_LENGTH, TrainingRow, counts_of
from delift_core.wording import training_line
from delift_core.workflow.training_view import is_cut, is_without_end, is_without_label, telling_row
from pages.server.allowed_paths import model_source
from pages.session import cached_training
from pages.widgets.job_panel import is_active, job_panel, result_of
from pages.widgets.literal import literal
from pages.widgets.refusals import or_stop
from pages.widgets.theme import palette
from pages.widgets.token_view import TEXT_STYLE, visible

SHOWN = 2000  # characters that are shown of what is cut off
EVERY_ROW = "All"
FILTERS = {
    EVERY_ROW: lambda row: True,
    "Lose tokens": is_cut,
    "No end of turn": is_without_end,
    "No label": is_without_label,
}


def training_view(run: Run, indices: Sequence[int], edits: Mapping[str, str]) -> None:
    """The counts of what is lost, and one example token by token.

    indices: of the exported examples, in order of choice. edits: id -> response, where exported so.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model, longest = model_controls(run)
    path = stored_rows(run, model, edits)
    if path is None:
        return
    table = cached_training.training_rows(path)
    rows = list(training_rows_at(table, indices, longest))
    st.write(literal(training_line(counts_of(rows), model, longest)))
    examples = [run.pool[index] for index in indices]
    position = example_control(rows, examples, longest)
    if position is not None:
        row_view(examples[position], rows[position])


def model_controls(run: Run) -> tuple[str, int]:
    """The model whose chat template is used, and the tokens that a trainer keeps of a row."""
    typed = st.text_input(
        "Model to tune",
        run.record["model"]["name"],
        key="model to tune",
        persist_state="session",
        help=(
            "Its chat template and tokenizer decide what a trainer reads: bundled, a Hugging Face"
            " id or a folder. No weight is read."
        ),
    ).strip()
    longest = st.number_input(
        "Maximum length",
        1,
        1_000_000,
        TRL_LENGTH,
        key="maximum length",
        persist_state="session",
        width=160,
        help=(
            "Tokens of a row that a trainer keeps: max_length of TRL, cutoff_len of LLaMA-Factory,"
            " sequence_len of axolotl. What lies behind is cut off."
        ),
    )
    return or_stop(lambda: model_source(typed)), int(longest)


def stored_rows(run: Run, model: str, edits: Mapping[str, str]) -> Path | None:
    """The file of the pool's rows under a model, made by a job on demand; None before."""
    own = run.record["model"]
    revision = own["revision"] if own["name"] == model and "/" in model else None
    request = TrainingViewRequest(str(run.folder), model, revision, dict(edits))
    status = job_panel(request.folder, "Reading as a trainer", "examples")
    result = result_of(request.folder, status)
    if result is not None:
        return request.folder / Path(result["path"]).name
    if not is_active(status):
        st.caption(
            "Every example under the model's chat template: which tokens carry a label, which are"
            " masked, where a row is cut. It takes a few seconds."
        )
        if st.button("Read as a trainer", icon=":material/model_training:", type="primary"):
            jobs.start(request)
            st.rerun()
    return None


def example_control(
    rows: Sequence[TrainingRow | None], examples: Sequence[Example], longest: int
) -> int | None:
    """Which exported example is shown, of those that lose what is asked for."""
    kinds = {
        name: [place for place, row in enumerate(rows) if row is None or loses(row)]
        for name, loses in FILTERS.items()
    }
    offered = [name for name, places in kinds.items() if places]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = EVERY_ROW
        if len(offered) > 1:
            kind = st.segmented_control(
                "Show",
                offered,
                default=EVERY_ROW,
                format_func=lambda name: f"{name} ({len(kinds[name]):,})",
                required=True,
                key="training filter",
            )
        places = kinds[kind]
        first = telling_row(rows)
        return st.selectbox(
            "Example",
            places,
            index=places.index(first) if first in places else 0,
            format_func=lambda place: f"{place + 1}. {examples[place].id}",
            # another length, another telling example
            key=f"training example {kind} {longest}",
            width=320,
        )


def row_view(example: Example, row: TrainingRow | None) -> None:
    """One example: its numbers, its tokens shaded, and how to read them."""
    if row is None:
        st.warning(
            "The chat template does not write this conversation, so a trainer stops at it or"
            " leaves it out.",
            icon=":material/warning:",
        )
        return
    facts = [
        f"{row.kept:,} tokens",
        f"{row.labelled:,} with a label",
        f"{row.kept - row.labelled:,} masked",
    ]
    if row.is_cut:
        facts.append(f"{len(row.tokens) - row.kept:,} cut off")
    st.caption(f"{literal(example.id)} · {' · '.join(facts)}")
    st.html(tokens_html(row, palette()))
    st.caption(
        "Blue and underlined: carries a label, so the model learns to write it. Grey: masked, only"
        " read. Struck through: cut off. Labels are those of TRL on prompt and completion."
    )


def tokens_html(row: TrainingRow, colours: Palette) -> str:
    """The tokens of a row as HTML; all of the data is escaped."""
    hue = colours.diverging[-1]
    labelled = f"background:{hue}30;border-bottom:2px solid {hue}"
    parts = [
        (row.pieces[: min(row.first_label, row.kept)], "opacity:.7"),
        (row.pieces[row.first_label : row.kept], labelled),
    ]
    spans = [token_span(piece, style) for pieces, style in parts for piece in pieces]
    lost = "".join(row.pieces[row.kept :])[:SHOWN]
    if lost:
        style = "opacity:.5;text-decoration:line-through"
        spans.append(f"<b title='cut here'> ✂ </b><span style='{style}'>{escape(lost)}</span>")
    return f"<div style='{TEXT_STYLE}'>{''.join(spans)}</div>"


def token_span(piece: str, style: str) -> str:
    """One token, set apart from the next by a thin gap."""
    return (
        f"<span style='{style};border-radius:3px;margin-right:1px'>{escape(visible(piece))}</span>"
    )
