"""`python -m delift_core.cli` is `delift`."""

from delift_core.cli.commands import main

main(prog_name="delift")
