import urllib.request
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache and Keras's folder of each test are its own, and no proxy stands before the loopback."""
    monkeypatch.setenv("DROPOUT_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("DROPOUT_EXPLORER_IMDB_URL", raising=False)
    for scheme in urllib.request.getproxies():
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme.upper()}_PROXY", raising=False)
    monkeypatch.setenv("no_proxy", "*")
