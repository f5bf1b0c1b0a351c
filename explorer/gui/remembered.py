"""What the window remembers between starts. Whatever is stored that makes no sense any more gives the default."""

from __future__ import annotations

import json
from typing import Any, Final, get_args

from PySide6.QtCore import QByteArray, QSettings

from explorer.engine.settings import HIDDEN, Settings
from explorer.engine.snapshot import Mode
from explorer.gui import theme
from explorer.gui.theme import ColourMap
from explorer.gui.transport import DEFAULT_SPEED, SPEEDS
from explorer.gui.views.equation import SHOWN
from explorer.presentation.order import REVIEW_ORDERS, UNIT_ORDERS, ReviewOrder, UnitOrder
from explorer.presentation.series import Axis, Smoothing

_RECENT_RUNS: Final = 10


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

    @property
    def order(self) -> tuple[ReviewOrder, UnitOrder]:
        """In which order reviews and units are drawn."""
        reviews: ReviewOrder = self._one_of("review_order", REVIEW_ORDERS, "batch")
        units: UnitOrder = self._one_of("unit_order", UNIT_ORDERS, "unit")
        return reviews, units

    @order.setter
    def order(self, order: tuple[ReviewOrder, UnitOrder]) -> None:
        self._write("review_order", order[0])
        self._write("unit_order", order[1])

    @property
    def colour_map(self) -> ColourMap:
        """The map of values."""
        stored: ColourMap = self._one_of("colour_map", theme.COLOUR_MAPS, "viridis")
        return stored

    @colour_map.setter
    def colour_map(self, name: ColourMap) -> None:
        self._write("colour_map", name)

    @property
    def text_scale(self) -> int:
        """The size of all text, in per cent."""
        stored: int = self._one_of("text_scale", theme.TEXT_SCALES, 100)
        return stored

    @text_scale.setter
    def text_scale(self, scale: int) -> None:
        self._write("text_scale", scale)

    @property
    def curves_look(self) -> tuple[Axis, Smoothing, bool]:
        """The curves' horizontal axis, their smoothing, and whether the loss is logarithmic."""
        axis: Axis = self._one_of("curves_axis", get_args(Axis), "epoch")
        smoothing: Smoothing = self._one_of("curves_smoothing", get_args(Smoothing), "none")
        log: bool = self._one_of("curves_log", (True, False), False)
        return axis, smoothing, log

    def keep_curves_look(self, axis: str, smoothing: str, log: bool) -> None:
        """Remember how the curves are shown."""
        self._write("curves_axis", axis)
        self._write("curves_smoothing", smoothing)
        self._write("curves_log", log)

    @property
    def export(self) -> object:
        """The choices of the export dialog, for it to check; None at first."""
        return self._read("export", None)

    @export.setter
    def export(self, choices: object) -> None:
        self._write("export", choices)

    @property
    def recent_runs(self) -> tuple[str, ...]:
        """Files of runs that were saved or opened, the latest first."""
        stored = self._read("recent_runs", [])
        paths = stored if isinstance(stored, list) else []
        return tuple(path for path in paths if isinstance(path, str))[:_RECENT_RUNS]

    def add_recent_run(self, path: str) -> None:
        """Put a file in front of the others."""
        others = [other for other in self.recent_runs if other != path]
        self._write("recent_runs", [path, *others][:_RECENT_RUNS])

    def forget_recent_runs(self) -> None:
        """Forget the files; they stay where they are."""
        self._write("recent_runs", [])

    @property
    def toured(self) -> bool:
        """Whether the tour was shown."""
        stored: bool = self._one_of("toured", (True, False), False)
        return stored

    @toured.setter
    def toured(self, toured: bool) -> None:
        self._write("toured", toured)

    def forget_shapes(self) -> None:
        """Start with the usual layout again."""
        self._store.remove("shape")

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
