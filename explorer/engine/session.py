"""The worker thread: takes commands, trains, and leaves snapshots and events in a mailbox.

Nobody waits for anybody: a command returns at once, the worker looks for commands between batches (and while it loads,
at every report of progress), and whoever watches empties the mailbox when it likes.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from explorer.data.dataset import Dataset, Encoding
from explorer.data.download import download
from explorer.data.locate import load
from explorer.data.progress import Cancelled, DataError
from explorer.data.questions import DataQuestion
from explorer.engine.checkpoint import Continuable
from explorer.engine.inbox import Closing, Inbox, Job
from explorer.engine.keeping import Growing, Keeping
from explorer.engine.mailbox import Mailbox
from explorer.engine.questions import Question
from explorer.engine.run_record import ReviewFacts, RunRecord
from explorer.engine.settings import Settings
from explorer.engine.snapshot import AnswerNeeded, DataReady, Failed, Loading, Started, Stopped, Unkept

if TYPE_CHECKING:
    from explorer.engine.training import Trainer

CLOSING_SECONDS: Final = 3.0


def _let_the_window_go_first() -> None:
    """Lower this thread's claim to a core, and that of the threads TensorFlow makes from it, where threads have one.

    With two cores busy the window's thread is otherwise up to a tenth of a second late.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class Session:
    """Owns the worker thread. Implements `explorer.engine.mailbox.Controls`.

    Attributes:
        mailbox: Where events and snapshots arrive.

    Args:
        loader: Gives the reviews for a source, an encoding and a report.
        fetcher: Downloads the archive, given a report.
        keeping: Begins to keep a run, see `explorer.engine.keeping`; None keeps none.
    """

    def __init__(
        self,
        *,
        loader: Callable[..., Dataset] = load,
        fetcher: Callable[..., object] = download,
        keeping: Keeping | None = None,
    ):
        self.mailbox = Mailbox()
        self._loader, self._fetcher, self._keeping = loader, fetcher, keeping
        self._inbox = Inbox()
        self._generation = 0
        self._asked = 0
        self._running: Settings | None = None
        self._thread: threading.Thread | None = None
        self._loaded: tuple[tuple[str, Encoding], Dataset] | None = None
        self._has_reviews = False

    # -- asked from outside; each returns at once --

    def load(self, settings: Settings) -> int:
        """See `Controls.load`."""
        return self._ask(settings)

    def start(self, settings: Settings, *, paused: bool = False, continue_from: Continuable | None = None) -> int:
        """See `Controls.start`."""
        if continue_from is not None:
            before = continue_from.record.settings
            fixed = before.replace(data=settings.data).needs_restart(settings)
            if fixed:
                raise ValueError(f"{fixed[0].name} cannot change when a run is continued; start a new one")
        return self._ask(settings, train=True, holding=paused, continued=continue_from)

    def download(self, settings: Settings) -> int:
        """See `Controls.download`."""
        return self._ask(settings, download=True)

    def pause(self) -> None:
        """See `Controls.pause`."""
        self._hold(True, more_steps=0)

    def resume(self) -> None:
        """See `Controls.resume`."""
        self._hold(False, more_steps=0)

    def step(self) -> None:
        """See `Controls.step`."""
        self._hold(True, more_steps=1)

    def stop(self) -> None:
        """See `Controls.stop`."""
        with self._inbox.changed:
            self._running = None
            self._inbox.give_up(self._generation)

    def update(self, settings: Settings) -> None:
        """See `Controls.update`. Without a run there is nothing to update, and nothing happens."""
        with self._inbox.changed:
            if self._running is None:
                return
            fixed = self._running.needs_restart(settings)
            if fixed:
                raise ValueError(f"{fixed[0].name} cannot change during a run; start a new one")
            self._running = self._inbox.live = settings
            self._inbox.changed.notify_all()

    def ask(self, question: Question) -> int | None:
        """See `Controls.ask`."""
        with self._inbox.changed:
            if self._running is None:
                return None
            self._asked += 1
            self._inbox.questions.append((self._asked, question))
            self._inbox.changed.notify_all()
            return self._asked

    def set_speed(self, batches_per_second: float | None) -> None:
        """See `Controls.set_speed`.

        Raises:
            ValueError: When the speed is not above 0.
        """
        if batches_per_second is not None and not batches_per_second > 0:
            raise ValueError(f"batches_per_second must be above 0, got {batches_per_second}")
        with self._inbox.changed:
            self._inbox.seconds_per_batch = 0.0 if batches_per_second is None else 1.0 / batches_per_second
            self._inbox.changed.notify_all()

    def close(self, timeout: float = CLOSING_SECONDS) -> bool:
        """See `Controls.close`. An import cannot be interrupted: during one, this may give up after `timeout`."""
        with self._inbox.changed:
            self._inbox.closing = True
            self._inbox.changed.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _hold(self, holding: bool, more_steps: int) -> None:
        with self._inbox.changed:
            self._inbox.holding = holding
            self._inbox.steps = self._inbox.steps + more_steps if more_steps else 0
            self._inbox.changed.notify_all()

    def _ask(
        self,
        settings: Settings,
        *,
        train: bool = False,
        download: bool = False,
        holding: bool = False,
        continued: Continuable | None = None,
    ) -> int:
        with self._inbox.changed:
            if self._inbox.closing:
                raise RuntimeError("the session is closed")
            self._generation += 1
            self._running = settings if train else None
            self._inbox.ask(Job(self._generation, settings, train, download, continued), holding=holding)
            if self._thread is None:
                # A daemon, because an import of TensorFlow cannot be interrupted and must not keep the process.
                thread = threading.Thread(target=self._work, name="dropout-worker", daemon=True)
                thread.start()
                self._thread = thread  # only one that has started can be joined
            return self._generation

    # -- in the worker --

    def _work(self) -> None:
        _let_the_window_go_first()
        while True:
            try:
                job = self._inbox.next()
                if isinstance(job, Job):
                    self._try(job)
                else:
                    self.mailbox.post(Stopped(job))
            except Closing:
                return

    def _try(self, job: Job) -> None:
        """Do a job; whatever goes wrong is told, and the worker is ready for the next."""
        self._has_reviews = False
        try:
            self._do(job)
        except Cancelled:
            # A newer job says by itself what comes; a stop has to be answered.
            with self._inbox.changed:
                stopped = self._inbox.take_stop()
            if stopped is not None:
                self.mailbox.post(Stopped(stopped))
        except DataQuestion as question:
            self._end(job)
            self.mailbox.post(AnswerNeeded(job.generation, question))
        except (DataError, ArithmeticError) as error:
            self._fail(job, str(error), "")
        except MemoryError:
            self._fail(job, "There is not enough memory for this. Choose a smaller vocabulary or fewer units.", "")
        except ImportError as error:
            self._fail(job, f"TensorFlow could not be loaded ({error}). Install it again: pip install tensorflow")
        except Closing:
            raise
        except Exception as error:  # never unheard: it is told in the window, with all there is to report it
            self._fail(job, f"The run ended with an error: {error}. Start a new one; if it comes back, report it.")

    def _fail(self, job: Job, message: str, detail: str | None = None) -> None:
        self._end(job)
        detail = traceback.format_exc() if detail is None else detail
        self.mailbox.post(Failed(job.generation, message, detail, refused=not self._has_reviews))

    def _end(self, job: Job) -> None:
        with self._inbox.changed:
            if self._generation == job.generation:
                self._running = None

    def _do(self, job: Job) -> None:
        def report(message: str, fraction: float | None = None) -> None:
            with self._inbox.changed:
                self._inbox.check()
            self.mailbox.post(Loading(job.generation, message, fraction))

        if job.download:
            self._fetcher(report)
        # Reading comes before TensorFlow, which never gives back memory: the peak is then lower.
        dataset = self._dataset(job, report)
        self._has_reviews = True
        report("Loading TensorFlow")
        from explorer.engine.resuming import resume
        from explorer.engine.run import Run
        from explorer.engine.training import Trainer

        report("TensorFlow is loaded", 1.0)
        self.mailbox.post(DataReady(job.generation, dataset))
        if not job.train:
            return
        report("Building the model")
        changed = None
        if job.continued is None:
            trainer = Trainer(job.settings, dataset, generation=job.generation)
        else:
            trainer = resume(job.continued, dataset, generation=job.generation, data=job.settings.data)
            changed = trainer.update(job.settings)
        keeper = self._keeper(job, trainer)
        self.mailbox.post(
            Started(
                generation=job.generation,
                settings=trainer.started_with,
                history=trainer.history,
                batches=trainer.batches,
                trained_on=len(trainer.trained_on),
                held_out=len(trainer.held_out),
                reviews=ReviewFacts.of(dataset),
                keeper=keeper,
                continues=job.continued is not None,
            )
        )
        if changed is not None:
            self.mailbox.post(changed)
        Run(trainer, self._inbox, self.mailbox, keeper).train()

    def _keeper(self, job: Job, trainer: Trainer) -> Growing | None:
        if self._keeping is None:
            return None
        name = "" if job.continued is None else job.continued.record.name

        def troubled(sentence: str) -> None:
            self.mailbox.post(Unkept(job.generation, sentence))

        return self._keeping(RunRecord.of(trainer, name), job.continued, troubled)

    def _dataset(self, job: Job, report: Callable[..., None]) -> Dataset:
        settings = job.settings
        encoding = Encoding(settings.num_words, settings.start_char, settings.oov_char, settings.index_from)
        key = (settings.data, encoding)
        # Whoever asks to load wants the file as it is now; a run takes what was loaded.
        if not job.train or self._loaded is None or self._loaded[0] != key:
            # What was loaded before goes only when the new reviews are there: those may be refused.
            self._loaded = (key, self._loader(settings.data, encoding, report))
        return self._loaded[1]
