"""Which reviews are there, which are on their way, and the way back when those cannot be had."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.data.dataset import Dataset
from explorer.engine.mailbox import Controls
from explorer.engine.settings import Settings
from explorer.engine.snapshot import Failed
from explorer.gui.bridge import Bridge
from explorer.gui.controls import SettingsForm
from explorer.gui.notices import Notices
from explorer.gui.remembered import Remembered


class Reviews(QObject):
    """Asks for reviews, and puts the form back to those that are there when others are refused.

    Attributes:
        dataset: The reviews that are there; None before the first.
        downloading: Whether the real reviews are being downloaded.
        wanted: The source that was asked for last.
        refused: What *Try again* asks for: a source, or None for the download.
    """

    def __init__(
        self,
        session: Controls,
        bridge: Bridge,
        remembered: Remembered,
        form: SettingsForm,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._bridge, self._remembered = session, bridge, remembered
        self._form, self._notices = form, notices
        self._source: str | None = None
        self._without: set[str] = set()  # sources that were tried in vain while there were no reviews at all
        self._on_their_way = False
        self.dataset: Dataset | None = None
        self.downloading = False
        self.wanted = form.settings.data
        self.refused: str | None = None

    @property
    def source(self) -> str:
        """Where the reviews that are there come from."""
        return self._source if self._source is not None else self.wanted

    def choose(self, source: str) -> None:
        """Have the form show a source, also at the next start."""
        self._form.show_settings(self._form.settings.replace(data=source))
        self._remembered.settings = self._form.settings

    def ask_for(self, settings: Settings) -> None:
        """Take note that the session is asked to read what `settings` name."""
        self.wanted, self._on_their_way = settings.data, True

    def load(self) -> None:
        """Have the form's reviews read, as they are now."""
        self.ask_for(self._form.settings)
        self._bridge.expect(self._session.load(self._form.settings))

    def download(self) -> None:
        """Fetch the real reviews and read them."""
        if self._form.settings.data != "auto":
            self.choose("auto")  # which takes the real ones once they are there
        self.ask_for(self._form.settings)
        self.downloading = True
        self._notices.sample.hide()
        self._bridge.expect(self._session.download(self._form.settings))

    def arrived(self, dataset: Dataset) -> None:
        """They are there."""
        self.dataset, self._source = dataset, self.wanted
        self._on_their_way = self.downloading = False
        self._without.clear()
        self.show_sample()

    def refuse(self, failed: Failed) -> bool:
        """Say why they cannot be had, and go back to those that are there.

        Returns:
            Whether there are none, so that those the form shows now have to be loaded.
        """
        self.refused = None if self.downloading else self.wanted
        had = self._source
        others = self.go_back()
        message = failed.message
        if others:
            message += f" Meanwhile the {'bundled sample' if self.wanted == 'sample' else 'usual reviews'} are loaded."
        elif had is not None and had != self.refused:
            message += " The reviews loaded before stay."
        self._notices.show_failed(Failed(failed.generation, message, failed.detail), again=True)
        return others

    def go_back(self) -> bool:
        """Forget what is on its way; the form shows what is there.

        Returns:
            Whether nothing is there, so that what the form shows now has to be loaded.
        """
        self.give_up()
        self._without.add(self.wanted)
        untried = [source for source in ("auto", "sample") if source not in self._without]
        before = self._source if self._source is not None else next(iter(untried), self.wanted)
        if self.wanted == before:
            return False
        refused, self.wanted = self.wanted, before
        if self._form.settings.data == refused:
            self._form.show_settings(self._form.settings.replace(data=before))
        remembered = self._remembered.settings
        if remembered.data == refused:
            self._remembered.settings = remembered.replace(data=before)
        return self._source is None

    def cancel(self) -> None:
        """As `go_back`; but where nothing is there, what was asked for can be asked for again."""
        if self._on_their_way and self._source is not None:
            self.go_back()
        self.give_up()

    def give_up(self) -> None:
        """Nothing is on its way any more."""
        self._on_their_way = self.downloading = False
        self.show_sample()

    def show_sample(self) -> None:
        """Say that the reviews are a sample, and offer the real ones."""
        self._notices.show_sample(self.dataset is not None and self.dataset.generated)
