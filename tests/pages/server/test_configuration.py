"""The configuration that the repository ships: this machine only, and nothing told to others."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_server_listens_to_this_machine_only_and_tells_nobody():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    server, client = settings["server"], settings["client"]
    assert server["address"] == "127.0.0.1"
    assert server["allowedHosts"] == ["127.0.0.1", "localhost"]
    assert server["maxUploadSize"] <= 100
    assert server["enableStaticServing"] is False
    assert settings["browser"]["gatherUsageStats"] is False
    assert client["showErrorDetails"] == "type"
    assert client["showErrorLinks"] is False
