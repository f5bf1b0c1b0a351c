"""What the window remembers between starts. Whatever is stored that makes no sense any more gives the default."""

from __future__ import annotations

import json
from typing import Any, get_args

from PySide6.QtCore import QByteArray, QSettings

from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Mode
from explorer.gui import theme
from explorer.gui.transport import DEFAULT_SPEED, SPEEDS
from explorer.gui.views.equation import SHOWN


class Remembered:
    """A typed face of `QSettings`; every value but the window's shape is JSON."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def settings(self) -> Settings:
        """The settings of the form."""
        stored = self._read("settings", None)
        if isinstance(stored, dict):
            try:
                return Settings.from_dict(stored)
            except (ValueError, TypeError):
                pass  # another version's settings, or not settings at all
        return Settings()

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._write("settings", settings.to_dict())

    @property
    def theme(self) -> theme.Choice:
        """Dark, light or the system's."""
        stored: theme.Choice = self._one_of("theme", get_args(theme.Choice), "system")
        return stored

    @theme.setter
    def theme(self, choice: theme.Choice) -> None:
        self._write("theme", choice)

    @property
    def speed(self) -> float | None:
        """Batches a second; None is as fast as it goes."""
        stored: float | None = self._one_of("speed", SPEEDS, DEFAULT_SPEED)
        return stored

    @speed.setter
    def speed(self, speed: float | None) -> None:
        self._write("speed", speed)

    @property
    def mode(self) -> Mode:
        """Training or inference."""
        stored: Mode = self._one_of("mode", get_args(Mode), "training")
        return stored

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._write("mode", mode)

    @property
    def hidden(self) -> int:
        """The hidden layer that is drawn."""
        stored: int = self._one_of("hidden", HIDDEN, HIDDEN[-1])
        return stored

    @hidden.setter
    def hidden(self, hidden: int) -> None:
        self._write("hidden", hidden)

    @property
    def shown(self) -> int | None:
        """How many reviews are drawn; None is all."""
        stored: int | None = self._one_of("shown", SHOWN, 64)
        return stored

    @shown.setter
    def shown(self, shown: int | None) -> None:
        self._write("shown", shown)

    def shape(self, name: str) -> QByteArray | None:
        """The geometry of the window, or the state of a splitter."""
        stored = self._store.value(f"shape/{name}")
        return stored if isinstance(stored, QByteArray) else None

    def keep_shape(self, name: str, shape: QByteArray) -> None:
        """Remember a geometry."""
        self._store.setValue(f"shape/{name}", shape)

    def _one_of(self, key: str, choices: Any, default: Any) -> Any:
        stored = self._read(key, default)
        # In a list, so that a stored list or dict is compared and not hashed.
        return stored if stored in list(choices) else default

    def _read(self, key: str, default: Any) -> Any:
        stored = self._store.value(key)
        if not isinstance(stored, str):
            return default
        try:
            return json.loads(stored)
        except ValueError:
            return default

    def _write(self, key: str, value: Any) -> None:
        self._store.setValue(key, json.dumps(value))
