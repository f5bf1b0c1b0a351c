"""The menus of the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from explorer.gui.about import show_about
from explorer.gui.help import toggle_keys
from explorer.gui.theme import COLOUR_MAPS, Choice

if TYPE_CHECKING:
    from explorer.gui.main_window import MainWindow

_THEMES: Final[tuple[tuple[Choice, str], ...]] = (
    ("system", "As the system"),
    ("dark", "Dark"),
    ("light", "Light"),
)


class Menus(QMenuBar):
    """File, run, view and help."""

    def fill(self, window: MainWindow) -> None:
        """Put in what the parts of a window can do; its parts are all there."""
        conductor, opening = window.conductor, window.opening
        file, run, view, help_ = (self.addMenu(name) for name in ("&File", "&Run", "&View", "&Help"))
        self._act(file, "&Open data…", opening.open_file, "Ctrl+O")
        self._act(file, "Open &folder…", opening.open_folder)
        self._act(file, "Use the &sample", opening.use_sample)
        opening.watch_download(self._act(file, "&Get the real reviews…", conductor.sources.download))
        file.addSeparator()
        files = window.run_files
        self._act(file, "Open &run…", files.ask_what_to_open, "Ctrl+Shift+O")
        recent = file.addMenu("R&ecent runs")
        recent.aboutToShow.connect(partial(files.fill_recent, recent))
        files.watch_save(self._act(file, "&Save run…", files.ask_where_to_save, "Ctrl+S"))
        file.addSeparator()
        self._act(file, "&Export…", window.exporting.open, "Ctrl+E")
        file.addSeparator()
        self._act(file, "&Quit", window.close, "Ctrl+Q")
        self._act(run, "&Start, pause, go on (Space)", conductor.play)
        self._act(run, "&One batch (→)", conductor.step)
        self._act(run, "&Forward only (F)", conductor.looks.forward_only)
        self._act(run, "New &mask (M)", conductor.looks.new_mask)
        self._act(run, "&Slow motion (S)", conductor.looks.slow_motion)
        run.addSeparator()
        self._act(run, "&Training or inference (T)", conductor.switch_mode)
        self._act(run, "&Live (L)", window.stage.looking.go_live)
        self._act(run, "&Reset", conductor.reset)
        for panel in window.panels.values():
            view.addAction(panel.toggleViewAction())
        view.addSeparator()
        looks = view.addMenu("&Theme")
        group = QActionGroup(self)
        for choice, label in _THEMES:
            look = self._act(looks, label, partial(window.choose_theme, choice))
            look.setCheckable(True)
            look.setChecked(choice == window.theme.choice)
            group.addAction(look)
        maps = view.addMenu("&Colour map")
        group = QActionGroup(self)
        for name in COLOUR_MAPS:
            colours = self._act(maps, name.capitalize(), partial(window.choose_colour_map, name))
            colours.setCheckable(True)
            colours.setChecked(name == window.theme.colour_map)
            group.addAction(colours)
        self._act(view, "&Larger text", partial(window.resize_text, 1), "Ctrl++", "Ctrl+=")
        self._act(view, "S&maller text", partial(window.resize_text, -1), "Ctrl+-")
        self._act(view, "&Normal text", partial(window.resize_text, 0), "Ctrl+0")
        view.addSeparator()
        self._act(view, "&Reset layout", window.reset_layout)
        self._act(help_, "&Tour", window.start_tour)
        self._act(help_, "&Keys and mouse", partial(toggle_keys, window), "F1")
        help_.addSeparator()
        self._act(help_, "&About Dropout Explorer", partial(show_about, window))

    def _act(self, menu: QMenu, text: str, act: Callable[[], object], *keys: str) -> QAction:
        # The window's, so that its shortcut works wherever the focus is.
        action = QAction(text, self.window())
        action.setShortcuts([QKeySequence(each) for each in keys])
        action.triggered.connect(lambda: act())
        menu.addAction(action)
        return action
