"""Outputs of published implementations on small inputs (`golden.json`)."""

import json
from pathlib import Path

ENTRIES = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
