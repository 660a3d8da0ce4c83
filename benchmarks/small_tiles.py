"""The worker, or the server, with tiles as small as they can be.

python -m benchmarks.small_tiles FOLDER       a worker
python -m benchmarks.small_tiles run app.py   a server, with the arguments of Streamlit
"""

import sys
from pathlib import Path

from delift_core.scoring import plan


def small_tiles() -> None:
    """One answered example a tile, and as few shown ones as a pool of that size allows."""
    plan.ANSWERED_BLOCK = plan.SHOWN_BLOCK = 1


if __name__ == "__main__":
    small_tiles()
    if sys.argv[1] == "run":
        from streamlit.web.cli import main

        main(prog_name="streamlit")
    else:
        from delift_core.jobs.worker import main

        main(Path(sys.argv[1]))
