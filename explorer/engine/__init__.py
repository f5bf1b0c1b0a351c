"""The engine: settings go in, snapshots come out. No Qt anywhere below here; TensorFlow only once a run is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorer.engine.settings import PRESETS, Settings, preset

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

__all__ = ["PRESETS", "Settings", "Trainer", "preset"]


def __getattr__(name: str) -> Any:
    # Importing TensorFlow takes seconds, and the window needs the settings before that.
    if name == "Trainer":
        from explorer.engine.training import Trainer

        return Trainer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
