"""What brings runs into files and back: menu, dialogs, drop, recent files, and what a crash left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from explorer import store
from explorer.engine.snapshot import Started, Unkept
from explorer.gui.runfiles.jobs import Job, Jobs
from explorer.gui.runfiles.notices import RunNotices
from explorer.gui.runfiles.strip import FilesStrip
from explorer.gui.runs import Run
from explorer.gui.toast import file_actions
from explorer.presentation.series import descriptions
from explorer.presentation.shown_text import shown

if TYPE_CHECKING:
    from explorer.gui.main_window import MainWindow

RUNS: Final = f"Runs (*{store.SUFFIX})"
_FORBIDDEN: Final = '<>:"/\\|?*'
_LONGEST_NAME: Final = 200
"""Bytes; file systems have room for 255, and the names of parts of it are longer."""


class RunFiles(QObject):
    """Saves and opens runs for a window. Nothing waits for the disk."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._book, self._shelf = window, window.book, window.conductor.shelf
        self.jobs = Jobs(self)
        self.strip = FilesStrip(self.jobs)
        self.notices = RunNotices()
        self._leftovers: list[store.Leftover] = []
        self._rescued: list[tuple[store.SavedRun, store.Leftover]] = []
        self._epochs_in_files: dict[int, int] = {}
        self._save_action: QAction | None = None
        self._folder = ""
        window.statusBar().insertPermanentWidget(1, self.strip)  # before what always stands there
        layout = window.notices.layout()
        assert layout is not None
        layout.addWidget(self.notices)
        self.strip.cancel_pressed.connect(self.jobs.cancel)
        self.notices.open_pressed.connect(self._open_leftover)
        self.notices.discard_pressed.connect(self._discard_leftover)
        self.notices.later_pressed.connect(self._leave_leftover)
        self.notices.back_pressed.connect(self._shelf.leave)
        self._shelf.run_shown.connect(lambda started: self._show_held())
        window.opening.run_wanted.connect(lambda path: self.open(Path(path)))
        window.compare.look_requested.connect(self._shelf.look_at)
        window.compare.save_requested.connect(self.ask_where_to_save)
        window.bridge.unkept.connect(self._say_unkept)
        self._book.changed.connect(self._show_possible)
        self._book.removed.connect(self._let_go)
        window.conductor.state_changed.connect(self._show_possible)

    # -- saving --

    def watch_save(self, action: QAction) -> None:
        """Switch the menu's *Save run* off while there is none."""
        self._save_action = action
        self._show_possible()

    def ask_where_to_save(self, number: int | None = None) -> None:
        """Ask for the file of a run, by default of the one on the screen."""
        run = self._book.current if number is None else self._book.run(number)
        if run is None or not len(run.history):
            return
        dialog = self._dialog("Save this run", QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(store.SUFFIX.removeprefix("."))
        dialog.selectFile(str(run.path) if run.path is not None else _file_name(run))
        dialog.fileSelected.connect(lambda path: self.save(run, Path(path)) if path else None)
        dialog.open()

    def save(self, run: Run, path: Path) -> None:
        """Save a run to a file; it may go on being trained meanwhile."""
        self._folder = str(path.parent)
        keeper, name = run.started.keeper, run.own_name or shown(path.stem)
        epochs = len(run.results)  # at least

        def work(report: store.Report) -> None:
            if keeper is not None:
                keeper.save(path, name=name, report=report)
            else:
                store.save(path, run.record, report=report)

        def then(_: object) -> None:
            if any(each.number == run.number for each in self._book.runs):
                self._epochs_in_files[run.number] = epochs
                self._book.saved(run.number, path)
            self._window.remembered.add_recent_run(str(path))
            self._window.toast.say(
                f"{shown(path.name)} saved to {shown(str(path.parent))}", file_actions(path, path.parent)
            )

        self.jobs.do(Job("Saving the run", work, then, self._window.notices.refuse, must_end=True))

    # -- opening --

    def ask_what_to_open(self) -> None:
        """Ask for a run file."""
        dialog = self._dialog("Open a run", QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open(Path(path)) if path else None)
        dialog.open()

    def open(self, path: Path) -> None:
        """Open a run file and put its run on the screen; one that trains holds meanwhile."""
        path = path.absolute()
        self._folder = str(path.parent)

        def then(saved: store.SavedRun) -> None:
            self._window.remembered.add_recent_run(str(path))
            self._take_in(saved, saved.record.name, path)

        self._open(Job("Opening the run", partial(store.open_run, path), then, self._window.notices.refuse))

    def fill_recent(self, menu: QMenu) -> None:
        """Put the recent runs into a menu."""
        menu.clear()
        recent, unsaved = self._window.remembered.recent_runs, store.unsaved()
        for path in recent:
            # An ampersand in a file's name is no shortcut.
            action = menu.addAction(shown(path).replace("&", "&&"))
            action.triggered.connect(partial(self._open_recent, path))
        if unsaved:
            menu.addSeparator()
            menu.addAction("Not saved when the window was closed:").setEnabled(False)
        for each in unsaved:
            menu.addAction(_described(each).replace("&", "&&")).triggered.connect(partial(self._open_unsaved, each))
        if recent or unsaved:
            menu.addSeparator()
            menu.addAction("&Forget these").triggered.connect(self._forget_recent)
        else:
            menu.addAction("No run was saved or opened yet").setEnabled(False)

    def _open_recent(self, path: str, *_: object) -> None:
        self.open(Path(path))

    def _forget_recent(self) -> None:
        self._window.remembered.forget_recent_runs()
        self._in_background(store.forget_unsaved)

    def _open_unsaved(self, unsaved: store.Unsaved, *_: object) -> None:
        left = unsaved.take()
        if left is None:
            self._window.notices.refuse(f"{_described(unsaved)}: it is open in another window, or gone")
            return

        def then(saved: store.SavedRun) -> None:
            self._rescued.append((saved, left))
            self._take_in(saved, unsaved.name, None)

        def refused(sentence: str) -> None:
            left.leave()
            self._window.notices.refuse(sentence)

        self._open(Job("Opening the run", left.open, then, refused))

    def _open(self, job: Job[store.SavedRun]) -> None:
        self._window.notices.failed.hide()
        self.jobs.do(job)

    def _take_in(self, saved: store.SavedRun, name: str, path: Path | None) -> None:
        record = saved.record
        started = Started(
            generation=0,
            settings=record.started_with,
            history=record.history,
            batches=record.history.batches,
            trained_on=record.trained_on,
            held_out=record.held_out,
            reviews=record.reviews,
            keeper=saved,
        )
        run = self._book.add(started, record, name=name, path=path)
        if path is not None:
            self._epochs_in_files[run.number] = len(record.results)
        if self._shelf.look_at(run.number):
            differences = ", ".join(saved.differences)
            note = f" · trained elsewhere ({differences}): last digits may differ if continued" if differences else ""
            epochs = len(record.results)
            self.strip.say(f"Opened: {run.name}, {epochs} epoch{'' if epochs == 1 else 's'}{note}")

    # -- what a crash left --

    def offer_leftovers(self) -> None:
        """Look for runs of sessions that ended without closing, and offer them one after the other."""
        self._leftovers = list(store.leftovers())
        self._offer_next()

    def _offer_next(self) -> None:
        self.notices.offer(self._leftovers[0] if self._leftovers else None)
        self._make_way()

    def _open_leftover(self) -> None:
        leftover = self._leftovers.pop(0)
        self.notices.leftover.hide()
        self._make_way()

        def then(saved: store.SavedRun) -> None:
            self._rescued.append((saved, leftover))
            self._take_in(saved, "", None)
            self._offer_next()

        def refused(sentence: str) -> None:
            self._window.notices.refuse(sentence)
            self._leftovers.insert(0, leftover)  # it can still be discarded
            self._offer_next()

        self._open(Job("Opening the run", leftover.open, then, refused))

    def _discard_leftover(self) -> None:
        self._in_background(self._leftovers.pop(0).discard)
        self._offer_next()

    def _leave_leftover(self) -> None:
        self._leftovers.pop(0).leave()
        self._offer_next()

    # -- told --

    def close(self) -> None:
        """Wait for a file that is being written, and leave to the next start what nobody has taken care of."""
        self.jobs.close()
        for leftover in self._leftovers:
            leftover.leave()
        for saved, leftover in self._rescued:
            # What a crash left stays until it is in a file, is deleted, or went on in this window.
            run = next((run for run in self._book.runs if run.started.keeper is saved), None)
            if run is not None and run.path is None:
                leftover.leave()
            else:
                leftover.discard()
        for run in self._book.runs:
            keeper = run.started.keeper
            if isinstance(keeper, store.Journal) and len(run.results) > self._epochs_in_files.get(run.number, 0):
                keeper.leave(run.own_name)
        store.forget_unsaved(store.MOST_UNSAVED)

    def _show_held(self) -> None:
        held = self._shelf.held
        self.notices.show_held(held)
        if not self._shelf.away:
            self.notices.unkept.hide()  # that was another run
        self._make_way()

    def _make_way(self) -> None:
        self._window.notices.make_way(self._shelf.held is not None or not self.notices.leftover.isHidden())

    def _say_unkept(self, unkept: Unkept) -> None:
        self.notices.show_unkept(unkept.message + ".")

    def _let_go(self, run: Run) -> None:
        if run.started.keeper is not None:
            self._in_background(run.started.keeper.close)

    @staticmethod
    def _in_background(act: Callable[[], object]) -> None:
        # Removing a hundred megabytes takes a moment.
        threading.Thread(target=act, name="removing").start()

    def _show_possible(self, *_: object) -> None:
        if self._save_action is not None:
            self._save_action.setEnabled(self._book.current is not None)

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title, self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(mode)
        dialog.setNameFilters([RUNS, "All files (*)"] if mode is QFileDialog.AcceptMode.AcceptOpen else [RUNS])
        return dialog


def _described(unsaved: store.Unsaved) -> str:
    (differs,) = descriptions([(unsaved.settings, unsaved.settings)])
    epochs = f"{unsaved.epochs} epoch{'' if unsaved.epochs == 1 else 's'}"
    when = QLocale.c().toString(QDateTime.fromSecsSinceEpoch(int(unsaved.closed_at)), "d MMM yyyy, HH:mm")
    return f"{unsaved.name or differs}, {epochs}, {when}"


def _file_name(run: Run) -> str:
    """A name for a run's file, without what some systems do not have in names."""
    name = run.own_name or run.differs or run.name
    clean = "".join("-" if each in _FORBIDDEN or shown(each) != each else each for each in name)
    clean = clean[:80].encode()[:_LONGEST_NAME].decode(errors="ignore")
    return f"{clean.strip(' .')}{store.SUFFIX}"
