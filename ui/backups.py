"""The backups while the window is open: one soon after the start, one each quarter of an hour, one when it is left."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, get_native_id
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.aside import Rest

if TYPE_CHECKING:
    from evalassist.records.backup import Backups
    from evalassist.records.drill import Told
    from evalassist.records.vault import Keys

FIRST_MS = 15_000
EVERY_MS = 15 * 60_000
ASK_MS = 100


def _give_way() -> None:
    """The window and its saves come first; Linux takes this for one thread, other systems share fairly anyway."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), 10)


class BackupKeeper(QObject):
    """Makes backups in a thread of its own and tells how they stand; it never asks and never stops anybody."""

    told = Signal(str, str)
    """In short and in full, what the therapist should know of the backups; both empty when all is well."""

    def __init__(
        self,
        records: Path,
        keys: Callable[[], Keys],
        folder: Path | None,
        parent: QObject | None = None,
    ) -> None:
        """`keys`: those of the records now, which may get new ones; `folder`: beside the records when None."""
        super().__init__(parent)
        self._records, self._folder = records, folder
        self._keys: Callable[[], Keys] | None = keys
        """Forgotten with the end of work."""
        self._thread = ThreadPoolExecutor(1, "backup", _give_way)
        self._rest = Rest(self)
        self._stopped = Event()
        self._round: Future[Told] | None = None
        self._first = QTimer(self, interval=FIRST_MS, singleShot=True)
        self._first.timeout.connect(self.look)
        self._every = QTimer(self, interval=EVERY_MS)
        self._every.timeout.connect(self.look)
        self._asking = QTimer(self, interval=ASK_MS)
        self._asking.timeout.connect(self._ask)

    @property
    def at_work(self) -> bool:
        """Whether a backup is being made, or its place is being looked at."""
        return self._round is not None

    def begin(self, after: BackupKeeper | None = None) -> None:
        """Say how the backups stand, and begin to make some; `after` the last one of who locked the window."""
        self._do(partial(self._stand, after))
        self._first.start()
        self._every.start()

    def look(self) -> None:
        """Make a backup now, if something changed since the last one."""
        if self._keys is not None:
            self._do(partial(self._keep_up, self._keys))

    def finish(self, *, make_one: bool = True) -> None:
        """The window goes: make the last backup and wait for it. Without one, what runs is given up soon."""
        self._first.stop()
        self._every.stop()
        if make_one and self._keys is not None and not self._stopped.is_set():
            self._rest.during(self._thread, partial(self._close, self._keys))
        if not make_one:
            self._stopped.set()
        self._thread.shutdown(wait=make_one)
        self._keys = None
        if make_one:
            self._asking.stop()
            self._round = None
            self._rest.end()  # else when the round that is given up has ended

    def finish_soon(self) -> None:
        """The window was locked: a last backup if a record changed, beside the page that asks who is there.

        The keys are forgotten with it.
        """
        self._first.stop()
        self._every.stop()
        keys, self._keys = self._keys, None
        if keys is not None and not self._stopped.is_set():
            self._round = self._rest.during(self._thread, partial(self._leave, keys()))
            self._asking.start()
        self._thread.shutdown(wait=False)

    def wait(self) -> None:
        """Until nothing is being made any more."""
        self._thread.shutdown(wait=True)
        self._rest.end()

    def _do(self, work: Callable[[], Told]) -> None:
        if self._round is not None or self._stopped.is_set():
            return
        self._round = self._rest.during(self._thread, work)
        self._asking.start()

    def _ask(self) -> None:
        if self._round is None or not self._round.done():
            return
        done, self._round = self._round, None
        self._asking.stop()
        self._rest.end()
        told = done.result()
        if not self._stopped.is_set():
            self.told.emit(told.short, told.full)

    # ------------------------------------------------------------ in the thread

    def _backups(self) -> Backups:
        from evalassist.records.backup import Backups

        return Backups(self._records, self._folder)

    def _stand(self, after: BackupKeeper | None) -> Told:
        from evalassist.records.drill import at_the_start

        if after is not None:
            after.wait()
        return at_the_start(self._backups())

    def _keep_up(self, keys: Callable[[], Keys]) -> Told:
        from evalassist.records.drill import keep_up

        return keep_up(self._backups(), keys(), "working", self._stopped.is_set)

    def _close(self, keys: Callable[[], Keys]) -> Told:
        from evalassist.records.drill import keep_up

        return keep_up(self._backups(), keys(), "close", self._stopped.is_set)

    def _leave(self, keys: Keys) -> Told:
        from evalassist.records.drill import keep_up

        return keep_up(self._backups(), keys, "close", self._stopped.is_set, soon=True)
