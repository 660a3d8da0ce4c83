"""`python -m delift_core.cli` is `delift`."""

from delift_core.cli.main import main

main(prog_name="delift")
