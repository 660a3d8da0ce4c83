"""`delift app`: open the dashboard."""

import click

from delift_core.cli import dashboard


@click.command("app", context_settings={"ignore_unknown_options": True})
@click.argument("streamlit_options", nargs=-1, type=click.UNPROCESSED)
def app_command(streamlit_options: tuple[str, ...]) -> None:
    """Open the dashboard in a browser; further options go to streamlit run."""
    dashboard.serve(streamlit_options)
