"""Which selections are compared: methods, saved selections, fields and imported lists."""

import pandas as pd
import streamlit as st

from delift_core.charts.looks import MOST
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.budget import Budget
from delift_core.selection.imported import Ranking
from delift_core.selection.methods import methods
from delift_core.units import counted
from pages.choose.compare_gradients import gradients_button, gradients_progress
from pages.choose.compare_pass import pass_button, pass_progress
from pages.choose.compare_rounds import cost_button, rounds_progress
from pages.session import address, cached_entries, compared, widget_state
from pages.session.cached_comparison import Gathered
from pages.session.uploads import store_upload
from pages.widgets.literal import literal
from pages.widgets.refusals import show_refusal
from pages.widgets.table_columns import headings

PICKS, IMPORT, UNUSABLE = "compared selections", "import a ranking", "methods that lack something"


def picks(run: Run, gathered: Gathered) -> None:
    """The selections as chips, the import, and what is not offered; refusals below."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pick_control(run, gathered)
        import_popover(run)
        unusable_popover(run)
    pass_progress(run)
    gradients_progress(run)
    rounds_progress(run)
    for name, sentence in gathered.refused.items():
        st.error(f"{literal(compared.title(run, name))}: {literal(sentence)}")
    shorter(run, gathered)


def pick_control(run: Run, gathered: Gathered) -> None:
    """Two to six selections, in the order of their letters."""
    names = [*gathered.names, *gathered.refused]
    titles = compared.unique_titles(run, dict.fromkeys([*compared.offered(run), *names]))
    widget_state.show(PICKS, names)
    st.multiselect(
        f"Compared (at most {MOST})",
        list(titles),
        key=PICKS,
        max_selections=MOST,
        format_func=lambda name: titles.get(name, name),
        on_change=lambda: address.put(compare=tuple(widget_state.value(PICKS))),
        placeholder="Methods, fields and saved selections",
        help="Ways to choose, each at the same budget and under the same limits.",
        wrap=True,
    )


def import_popover(run: Run) -> None:
    """A file of ids, or of ids and scores, of the browser's machine."""
    popover = st.popover("Import", icon=":material/upload_file:", key=IMPORT, on_change="rerun")
    if not popover.open:
        return
    with popover:
        sent = st.file_uploader(
            "Ids in order, or a table of ids and scores",
            type=list(compared.SUFFIXES),
            key="imported ranking",
            help="One id a line, or CSV, JSONL, JSON or Parquet with a column id, and score.",
        )
        if sent is None:
            return
        file = store_upload(sent, compared.suffix_of(sent.name))
        try:
            ranking = cached_entries.ranking(run, file)
        except DeliftError as refusal:
            show_refusal(refusal)
            return
        name = compared.table_name(file.stem, sent.name)
        st.button(
            "Compare this ranking",
            type="primary",
            disabled=name in address.get("compare"),
            on_click=add,
            args=(run, name),
        )
        matched(ranking)


def add(run: Run, name: str) -> None:
    """Compare one more; the last one makes room where there are six."""
    address.put(compare=(*compared.names(run)[: MOST - 1], name))
    widget_state.put(IMPORT, False)


def matched(ranking: Ranking) -> None:
    """How many ids fit the pool, and each that does not with its row."""
    kind = "a list of ids" if ranking.scores is None else "ids with scores"
    st.caption(
        f"Read as {kind}: {counted(len(ranking.listed), 'example')} of the pool named,"
        f" {counted(len(ranking.problems), 'row')} that cannot be used,"
        f" {counted(len(ranking.missing), 'example')} of the pool without a score."
    )
    problems = [(problem.row, problem.reason) for problem in ranking.problems]
    missing = [(problem.row, problem.reason) for problem in ranking.missing]
    for title, rows in (("Rows of the file", problems), ("Rows of the pool", missing)):
        if rows:
            table = pd.DataFrame(rows, columns=["row", "reason"])
            st.dataframe(
                table,
                hide_index=True,
                height=min(35 * len(rows) + 38, 240),
                alt=f"{title} that do not fit",
                column_config=headings(table),
            )


def unusable_popover(run: Run) -> None:
    """The methods whose needs are not met, each with what is missing."""
    sentences = compared.unusable_methods(run)
    if not sentences:
        return
    popover = st.popover(
        f"Unavailable ({len(sentences)})", key=UNUSABLE, type="tertiary", on_change="rerun"
    )
    if popover.open:
        with popover:
            register = methods()
            for name, sentence in sentences.items():
                st.markdown(f"**{literal(register[name].title)}.** {literal(sentence)}")
            pass_button(run)
            gradients_button(run)
            cost_button(run)


def shorter(run: Run, gathered: Gathered) -> None:
    """Which selections hold less than the budget asks for."""
    budget = Budget.parse(gathered.choice.budget)
    for name, entry in zip(gathered.names, gathered.entries, strict=True):
        if entry.constraints.budget != budget:
            st.caption(
                f":material/info: {literal(compared.title(run, name))} holds"
                f" {counted(len(entry.rows), 'example')} only: it is compared as it is, beside"
                " random selections of its own size."
            )
