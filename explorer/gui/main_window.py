"""The window: its parts, what remembers them, and what the keys do. What a run needs is in `conductor.py`."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.engine.mailbox import Controls
from explorer.gui.bridge import Bridge
from explorer.gui.conductor import Conductor, Parts
from explorer.gui.controls import SettingsForm
from explorer.gui.copying import Copying
from explorer.gui.drop import DropWindow
from explorer.gui.explain import show_explanation
from explorer.gui.exporting.exporting import Exporting
from explorer.gui.focus import Focus
from explorer.gui.icons import app_icon
from explorer.gui.menus import Menus
from explorer.gui.notices import Notices
from explorer.gui.open_data import OpenData
from explorer.gui.panel import Panel
from explorer.gui.reading_notes import ReadingNotes
from explorer.gui.remembered import Remembered
from explorer.gui.runfiles.run_files import RunFiles
from explorer.gui.runs import Run, RunBook
from explorer.gui.slow_motion import SlowBar, SlowMotion
from explorer.gui.stage import Stage
from explorer.gui.start_page import StartPage
from explorer.gui.steps import StepBar
from explorer.gui.stylesheet import stylesheet
from explorer.gui.theme import Choice, ColourMap, Theme
from explorer.gui.timeline import Timeline
from explorer.gui.toast import Toast
from explorer.gui.tour import Tour, usual_steps
from explorer.gui.transport import Transport
from explorer.gui.views.code import CodeView
from explorer.gui.views.compare import CompareView
from explorer.gui.views.curves import CurvesView
from explorer.gui.views.equation import EquationView
from explorer.gui.views.inspector import InspectorView
from explorer.gui.views.network import NetworkView
from explorer.gui.views.units import UnitsView
from explorer.gui.widgets import Readout
from explorer.gui.wiring import Wiring

_FRAME: Final = QSize(16, 48)
CLOSING_SECONDS: Final = 1.0
"""How long the worker is waited for; a batch takes milliseconds, an import of TensorFlow seconds."""


class MainWindow(DropWindow):
    """The one window of the program.

    Attributes:
        conductor: What answers buttons and events.
        theme: How all of it looks.
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
        self.theme = Theme(
            self.remembered.theme,
            self,
            colour_map=self.remembered.colour_map,
            text_scale=self.remembered.text_scale,
        )
        self.bridge = Bridge(session.mailbox, self)
        self.focus = Focus(self)
        self.book = RunBook(self)
        self.transport = Transport()
        self.form = SettingsForm(self.remembered.settings)
        self.notices = Notices()
        self.start_page = StartPage()
        self.equation = EquationView(self.focus)
        self.timeline = Timeline()
        self.steps = StepBar()
        self.stage = Stage(self.equation, self.timeline, self.focus, self)
        self.slow_bar = SlowBar()
        self.slow = SlowMotion(self.slow_bar, self.equation, self)
        self.curves = CurvesView(self.book)
        self.compare = CompareView(self.book)
        self.units = UnitsView()
        self.network = NetworkView()
        self.inspector = InspectorView()
        self.code = CodeView()
        self._pointed = Readout("Cell under the mouse")
        self._facts = Readout("Reviews and time", align=Qt.AlignmentFlag.AlignRight, sample="M" * 52, muted=True)
        self.panels: dict[str, Panel] = {}
        self._tour: Tour | None = None
        self._lay_out()
        self.conductor = Conductor(
            session,
            self.bridge,
            self.remembered,
            Parts(
                self.transport,
                self.form,
                self.notices,
                self.start_page,
                self.stage,
                self.equation,
                self.steps,
                self.book,
                (self.curves, self.compare),
                self.slow,
                self._stack,
                self._facts,
            ),
            self,
        )
        self.stage.pointed.connect(self._pointed.set_text)
        self._wiring = Wiring(self)
        self.equation.what.clicked.connect(partial(self._explain, self.equation.what, "equation"))
        self.timeline.what.clicked.connect(partial(self._explain, self.timeline.what, "time"))
        self.opening = OpenData(self, self.conductor, self.form, self.notices)
        self.toast = Toast(self, self.statusBar())
        self.book.deleted.connect(self._offer_undo)
        self.exporting = Exporting(self)
        self.copying = Copying(self)
        self.transport.export_pressed.connect(self.exporting.open)
        self.run_files = RunFiles(self)
        self.reading_notes = ReadingNotes(self)
        self._menus.fill(self)
        self.theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self._restore_shape()

    def begin(self) -> None:
        """Look into the mailbox from now on, and have TensorFlow and the reviews loaded. To be called once shown."""
        self.bridge.start()
        self.conductor.begin()
        self.run_files.offer_leftovers()
        if not self.remembered.toured:
            self.start_tour()

    def pointed_text(self) -> str:
        """The arithmetic in the status bar."""
        return self._pointed.text()

    def facts_text(self) -> str:
        """What stands at the right of the status bar."""
        return self._facts.text()

    def _lay_out(self) -> None:
        # Menu and transport stand above all docks.
        top = QWidget()
        above = QVBoxLayout(top)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        self._menus = Menus()
        above.addWidget(self._menus)
        above.addWidget(self.transport)
        self.setMenuWidget(top)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        self._stack.addWidget(self.equation)
        time = QHBoxLayout()
        time.setContentsMargins(14, 2, 14, 4)
        time.setSpacing(12)
        time.addWidget(self.steps)
        time.addWidget(self.timeline, 1)
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 6, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.notices)
        centre.addWidget(self.slow_bar)
        centre.addWidget(self._stack, 1)
        centre.addLayout(time)
        holder = QWidget()
        holder.setLayout(centre)
        self.setCentralWidget(holder)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        sides = left | Qt.DockWidgetArea.RightDockWidgetArea
        self._add_panel("settings", "Settings", self.form, left, sides)
        self._add_panel("curves", "Learning curves", self.curves)
        self._add_panel("network", "Network", self.network)
        self._add_panel("units", "Unit statistics", self.units)
        self._add_panel("inspector", "Review inspector", self.inspector)
        self._add_panel("compare", "Compare runs", self.compare)
        self._add_panel("code", "Code", self.code)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        status.setContentsMargins(12, 0, 12, 0)
        status.addWidget(self._pointed, 1)
        status.addPermanentWidget(self._facts)

    def _add_panel(
        self,
        name: str,
        title: str,
        view: QWidget,
        area: Qt.DockWidgetArea = Qt.DockWidgetArea.BottomDockWidgetArea,
        areas: Qt.DockWidgetArea = Qt.DockWidgetArea.AllDockWidgetAreas,
    ) -> None:
        """Put a view into a dock; those of one area lie on top of each other, with tabs."""
        panel = Panel(name, title, view, areas=areas)
        panel.what_asked.connect(partial(self._explain, panel.what, name))
        self.addDockWidget(area, panel)
        below = [other for other in self.panels.values() if self.dockWidgetArea(other) is area]
        if below:
            self.tabifyDockWidget(below[-1], panel)
        self.panels[name] = panel

    def choose_theme(self, choice: Choice) -> None:
        """Dark, light or the system's, also at the next start."""
        self.remembered.theme = choice
        self.theme.choose(choice)

    def choose_colour_map(self, name: ColourMap) -> None:
        """Draw values in another map, also at the next start."""
        self.remembered.colour_map = name
        self.theme.choose_colour_map(name)

    def resize_text(self, steps: int) -> None:
        """Larger or smaller text by so many steps; 0 is the usual size. Also at the next start."""
        size, room = self.size(), self._room()
        self.theme.resize_text(steps)
        if steps > 0 and not self._fits(room):
            self.theme.resize_text(-steps)
            if self._fits(room):  # which has the layout take notice
                self.resize(size)
            self.transport.show_message("For larger text enlarge the window, or close a panel (View)")
        self.remembered.text_scale = self.theme.text_scale

    def _room(self) -> QSize:
        """How large the window may be: the screen, or what it is already."""
        return self.screen().availableSize().expandedTo(self.size())

    def _fits(self, room: QSize) -> bool:
        """Whether all that is open has the room that text of this size needs, the heatmaps too."""
        for _ in range(3):  # a layout that takes notice may ask the one around it to do so
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        least = self.minimumSizeHint()
        return least.boundedTo(room) == least

    def reset_layout(self) -> None:
        """All panels back to where they were at the first start."""
        self.remembered.forget_shapes()
        self.restoreState(self._first_layout)
        for panel in self.panels.values():
            panel.setFloating(False)
            panel.show()
        self.panels["curves"].raise_()
        self._size_panels()

    def _offer_undo(self, run: Run) -> None:
        self.toast.say(f"{run.name} deleted", (("Undo", "Put it back into the list", self.book.bring_back),))

    def _apply_theme(self) -> None:
        palette = self.theme.palette
        self.setStyleSheet(stylesheet(palette))
        for part in (
            self.transport,
            self.start_page,
            self.equation,
            self.timeline,
            self.steps,
            self.slow_bar,
            self.curves,
            self.compare,
            self.units,
            self.network,
            self.inspector,
            self.code,
        ):
            part.apply_theme(palette)
        if self._tour is not None:
            self._tour.apply_theme(palette)

    def _explain(self, anchor: QWidget, name: str, *_: object) -> None:
        show_explanation(self, anchor, name)

    def start_tour(self) -> None:
        """Show the three steps, beside the real controls."""
        if self._tour is not None:
            self._tour.skip()
        self._tour = Tour(self, usual_steps(self))
        self._tour.apply_theme(self.theme.palette)
        self._tour.ended.connect(self._tour_ended)
        self._tour.start()

    def _tour_ended(self) -> None:
        self.remembered.toured = True

    def _restore_shape(self) -> None:
        # How thick the frame is nobody knows before it is shown; it must not push the status bar off the screen.
        self.resize(QSize(1440, 900).boundedTo(self.screen().availableSize() - _FRAME))
        self.panels["curves"].raise_()
        for tabs in self.findChildren(QTabBar):
            tabs.setAccessibleName("Views")
        self._first_layout = self.saveState()
        geometry, docks = self.remembered.shape("window"), self.remembered.shape("docks")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if docks is None or not self.restoreState(docks):
            self._size_panels()

    def _size_panels(self) -> None:
        """The heatmaps are the largest of all."""
        panel = self.panels["curves"]
        self.resizeDocks([panel], [round(self.height() * 0.25)], Qt.Orientation.Vertical)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The window's keys, after the control that has the focus made no use of them: → moves a focused slider."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if held or not self._press(Qt.Key(event.key()), shift, event.isAutoRepeat()):
            super().keyPressEvent(event)

    def _press(self, key: Qt.Key, shift: bool, repeated: bool) -> bool:
        """Do what a key stands for; False when it stands for nothing."""
        looking, conductor = self.stage.looking, self.conductor
        epoch = looking.history.batches if looking.history is not None else 1
        match key:
            case Qt.Key.Key_Left | Qt.Key.Key_Right if self.slow.running:
                self.slow.by(-1 if key is Qt.Key.Key_Left else 1)
            case Qt.Key.Key_Escape if self.slow.running:
                self.slow.end()
            case Qt.Key.Key_Left:
                looking.by(-epoch if shift else -1)
            case Qt.Key.Key_Right if looking.live and not shift:
                conductor.step()
            case Qt.Key.Key_Right:
                looking.by(epoch if shift else 1)
            case Qt.Key.Key_Home:
                looking.look_at(1)
            case Qt.Key.Key_End | Qt.Key.Key_L:
                looking.go_live()
            case Qt.Key.Key_Escape if self.focus.cell is not None:
                self.focus.let_go()
            # Holding one of the others down is one press.
            case Qt.Key.Key_Space | Qt.Key.Key_T | Qt.Key.Key_F | Qt.Key.Key_M | Qt.Key.Key_S if repeated:
                pass
            case Qt.Key.Key_Space:
                conductor.play()
            case Qt.Key.Key_T:
                conductor.switch_mode()
            case Qt.Key.Key_F:
                conductor.looks.forward_only()
            case Qt.Key.Key_M:
                conductor.looks.new_mask()
            case Qt.Key.Key_S:
                conductor.looks.slow_motion()
            case _:
                return False
        return True

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The keys belong to the window until someone presses Tab."""
        super().showEvent(event)
        self.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Remember the shape, stop the timers and join the worker."""
        self.remembered.keep_shape("window", self.saveGeometry())
        self.remembered.keep_shape("docks", self.saveState())
        if self._tour is not None:
            self._tour.ended.disconnect(self._tour_ended)  # it was not skipped
            self._tour.skip()
            self._tour = None
        self.bridge.stop()
        self.exporting.close()
        self.conductor.end()
        self.hide()  # whoever closes a window expects it gone, also while the worker ends
        self._session.close(timeout=CLOSING_SECONDS)
        self.run_files.close()
        self.theme.reset_text()
        super().closeEvent(event)
