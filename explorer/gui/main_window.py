"""The window: its parts, what remembers them, and what the keys do. What a run needs is in `conductor.py`."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from explorer.engine.mailbox import Controls
from explorer.gui.bridge import Bridge
from explorer.gui.conductor import Conductor, Parts
from explorer.gui.controls import SettingsForm
from explorer.gui.help import KeysDialog
from explorer.gui.icons import app_icon
from explorer.gui.notices import Notices
from explorer.gui.remembered import Remembered
from explorer.gui.start_page import StartPage
from explorer.gui.stylesheet import stylesheet
from explorer.gui.theme import Choice, Theme
from explorer.gui.transport import Transport
from explorer.gui.views.curves import CurvesView
from explorer.gui.views.equation import EquationView
from explorer.gui.widgets import Readout

CLOSING_SECONDS: Final = 1.0
"""How long the worker is waited for; a batch takes milliseconds, an import of TensorFlow seconds."""
_THEMES: Final[tuple[tuple[Choice, str], ...]] = (
    ("system", "As the system"),
    ("dark", "Dark"),
    ("light", "Light"),
)


class MainWindow(QMainWindow):
    """The one window of the program.

    Attributes:
        conductor: What answers buttons and events.
        bridge: What empties the session's mailbox.

    Args:
        session: Whatever trains; it is closed with the window.
        store: Where things are remembered between starts.
    """

    def __init__(self, session: Controls, store: QSettings) -> None:
        super().__init__()
        self.setWindowTitle("Dropout Explorer")
        self.setWindowIcon(app_icon())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._session = session
        self.remembered = Remembered(store)
        self._theme = Theme(self.remembered.theme, self)
        self.bridge = Bridge(session.mailbox, self)
        self.transport = Transport()
        self.form = SettingsForm(self.remembered.settings)
        self.notices = Notices()
        self.start_page = StartPage()
        self.equation = EquationView()
        self.curves = CurvesView()
        self._pointed = Readout("Cell under the mouse")
        self._facts = Readout("Reviews and time", align=Qt.AlignmentFlag.AlignRight, sample="M" * 52, muted=True)
        self._lay_out()
        self._add_menus()
        self.conductor = Conductor(
            session,
            self.bridge,
            self.remembered,
            Parts(
                self.transport,
                self.form,
                self.notices,
                self.start_page,
                self.equation,
                self.curves,
                self._stack,
                self._facts,
            ),
            self,
        )
        self.equation.pointed.connect(self._pointed.set_text)
        self._theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self._restore_shape()

    def begin(self) -> None:
        """Look into the mailbox from now on, and have TensorFlow and the reviews loaded. To be called once shown."""
        self.bridge.start()
        self.conductor.begin()

    def pointed_text(self) -> str:
        """The arithmetic in the status bar."""
        return self._pointed.text()

    def facts_text(self) -> str:
        """What stands at the right of the status bar."""
        return self._facts.text()

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.equation)
        self.splitter.addWidget(self.curves)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(7)
        self.splitter.setSizes([580, 220])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        self._stack.addWidget(self.splitter)
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 8, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.notices)
        centre.addWidget(self._stack, 1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.form)
        below.addLayout(centre, 1)
        whole = QVBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.transport)
        whole.addLayout(below, 1)
        holder = QWidget()
        holder.setLayout(whole)
        self.setCentralWidget(holder)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        status.setContentsMargins(12, 0, 12, 0)
        status.addWidget(self._pointed, 1)
        status.addPermanentWidget(self._facts)

    def _add_menus(self) -> None:
        quit_ = QAction("&Quit", self)
        quit_.setShortcut(QKeySequence("Ctrl+Q"))
        quit_.triggered.connect(self.close)
        self.menuBar().addMenu("&File").addAction(quit_)
        looks = self.menuBar().addMenu("&View").addMenu("&Theme")
        group = QActionGroup(self)
        for choice, label in _THEMES:
            look = QAction(label, self)
            look.setCheckable(True)
            look.setChecked(choice == self._theme.choice)
            look.triggered.connect(lambda _checked, choice=choice: self.choose_theme(choice))
            group.addAction(look)
            looks.addAction(look)
        keys = QAction("&Keys and mouse", self)
        keys.setShortcut(QKeySequence("F1"))
        keys.triggered.connect(self._show_keys)
        self.menuBar().addMenu("&Help").addAction(keys)

    def choose_theme(self, choice: Choice) -> None:
        """Dark, light or the system's, also at the next start."""
        self.remembered.theme = choice
        self._theme.choose(choice)

    def _apply_theme(self) -> None:
        palette = self._theme.palette
        self.setStyleSheet(stylesheet(palette))
        self.transport.apply_theme(palette)
        self.start_page.apply_theme(palette)
        self.equation.apply_theme(palette)
        self.curves.apply_theme(palette)

    def _show_keys(self) -> None:
        KeysDialog(self).show()

    def _restore_shape(self) -> None:
        self.resize(1440, 900)
        geometry, split = self.remembered.shape("window"), self.remembered.shape("splitter")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if split is not None:
            self.splitter.restoreState(split)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The window's keys, after the control that has the focus made no use of them: → moves a focused slider."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        match event.key():
            case Qt.Key.Key_Space if plain:
                # Holding the key down is one press.
                if not event.isAutoRepeat():
                    self.conductor.play()
            case Qt.Key.Key_Right if plain:
                self.conductor.step()
            case Qt.Key.Key_T if plain:
                self.conductor.switch_mode()
            case _:
                super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The keys belong to the window until someone presses Tab."""
        super().showEvent(event)
        self.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the shape, stop the timers and join the worker."""
        self.remembered.keep_shape("window", self.saveGeometry())
        self.remembered.keep_shape("splitter", self.splitter.saveState())
        self.bridge.stop()
        self.conductor.end()
        self.hide()  # whoever closes a window expects it gone, also while the worker ends
        self._session.close(timeout=CLOSING_SECONDS)
        super().closeEvent(event)
