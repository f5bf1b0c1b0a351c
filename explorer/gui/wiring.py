"""What the parts of the window say to each other besides the run: pointing, looking back, questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.engine.settings import HIDDEN, Settings
from explorer.gui.focus import Cell
from explorer.gui.later import Later

if TYPE_CHECKING:
    from explorer.gui.main_window import MainWindow


class Wiring(QObject):
    """Connects the parts of a window; it holds no state of its own."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        stage, panels = window.stage, window.panels
        for view, name in ((window.units, "units"), (window.network, "network"), (window.inspector, "inspector")):
            stage.add(view, view, panels[name])
        window.slow.holds.connect(lambda holds: stage.looking.hold("slow motion", holds))
        window.code.show_settings(window.form.settings)
        window.form.shown.connect(window.code.show_settings)
        window.conductor.shelf.reviews_shown.connect(window.code.show_dataset)
        window.focus.changed.connect(Later(self._point, self).ask)
        self._connect_curves()
        self._connect_units()
        self._connect_network()
        self._connect_inspector()

    def _point(self) -> None:
        """Show the cell that is pointed at in the views beside the equation."""
        cell, network = self._window.focus.cell, self._window.network
        self._window.units.mark_unit(None if cell is None else cell.unit)
        if cell is None:
            network.mark_unit(1, None)
            return
        if not network.held:
            network.show_review(cell.review)
        network.mark_unit(cell.hidden, cell.unit)
        self._window.inspector.show_review(cell.review)

    def _connect_curves(self) -> None:
        curves, looking = self._window.curves, self._window.stage.looking
        curves.show_look(*self._window.remembered.curves_look)
        curves.look_chosen.connect(self._window.remembered.keep_curves_look)
        curves.step_chosen.connect(looking.look_at)
        cursor = Later(lambda: curves.show_cursor(None if looking.live else looking.step), self)
        looking.moved.connect(cursor.ask)
        self._window.compare.twin_requested.connect(self._run_twin)

    def _run_twin(self, settings: Settings, number: int) -> None:
        """Run again what may have come from a file, on the reviews that are loaded if they are the same."""
        conductor, run = self._window.conductor, self._window.book.run(number)
        conductor.run_with(settings.replace(data=conductor.shelf.source_of(run)))

    def _connect_units(self) -> None:
        units, equation = self._window.units, self._window.equation
        shelf = self._window.conductor.shelf
        shelf.run_shown.connect(lambda started: units.begin(started.history, started.settings))
        self._window.book.changed.connect(self._show_other_run)
        equation.place_chosen.connect(lambda hidden, _rows: units.show_hidden(hidden))
        units.show_hidden(self._window.remembered.hidden)
        units.unit_hovered.connect(equation.mark_unit)
        units.unit_left.connect(lambda: equation.mark_unit(None))

    def _show_other_run(self) -> None:
        """The newest earlier run without dropout stands beside this one's statistics."""
        earlier = self._window.book.earlier
        plain = [run for run in earlier if not any(run.settings.active(hidden) for hidden in HIDDEN)]
        if plain:
            self._window.units.set_other(plain[-1].history, plain[-1].settings, plain[-1].full_name)
        else:
            self._window.units.set_other(None, None, "")

    def _connect_network(self) -> None:
        network, focus = self._window.network, self._window.focus
        self._window.conductor.shelf.reviews_shown.connect(network.show_dataset)
        network.held_changed.connect(lambda held: self._window.stage.looking.hold("network", held))
        network.unit_hovered.connect(lambda hidden, unit: focus.hover(Cell(hidden, network.row, unit)))
        network.unit_left.connect(lambda: focus.hover(None))

    def _connect_inspector(self) -> None:
        inspector, conductor = self._window.inspector, self._window.conductor
        looking = self._window.stage.looking
        conductor.shelf.reviews_shown.connect(inspector.show_dataset)
        conductor.state_changed.connect(lambda state: inspector.set_ready(state.has_run))
        conductor.looks.answered.connect(lambda answered: inspector.answered(answered.number, answered.answer))
        inspector.asked.connect(lambda question: inspector.expect(conductor.looks.ask(question)))
        looking.moved.connect(lambda: inspector.follow(looking.steps))
