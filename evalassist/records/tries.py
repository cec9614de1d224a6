"""Wrong passwords make the next try wait, longer each time, whatever the clock says and however often one restarts."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from time import monotonic

from evalassist.errors import EvalAssistError
from evalassist.files import read_small, write_whole

log = logging.getLogger(__name__)

FREE_TRIES = 3
"""So many slips cost nothing."""
LONGEST_S = 300.0
KEPT = 200
"""So many times of failed tries are kept for the audit trail."""
MOST_SIGNS = 40


class TooSoonError(EvalAssistError):
    """The next try must wait, because of wrong passwords before it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"After wrong passwords the next try must wait {ceil(seconds)} s. Nothing is lost.")


def delay_s(failed: int) -> float:
    """How long the next try waits after so many wrong ones: 2, 4, 8 s and so on, five minutes at most."""
    over = failed - FREE_TRIES
    return 0.0 if over < 1 else min(LONGEST_S, 2.0 ** min(over, KEPT))


class Tries:
    """The wrong passwords since the last right one, kept in a file.

    A wait is counted from the last wrong try, or from the start of the program: starting anew shortens nothing.
    """

    def __init__(self, file: Path, now: Callable[[], float] = monotonic) -> None:
        self._file, self._now = file, now
        self.failed_at = _read(file)
        self._not_before = now() + delay_s(len(self.failed_at))

    @property
    def wait_s(self) -> float:
        """How long the next try must still wait."""
        return max(0.0, self._not_before - self._now())

    def refuse_too_soon(self) -> None:
        if self.wait_s > 0:
            raise TooSoonError(self.wait_s)

    def count(self) -> None:
        """Before a password is tried: the try counts as wrong until it is found right."""
        self.failed_at = max(self.failed_at, _read(self._file), key=len)  # tried in another window, too
        self.failed_at = (*self.failed_at, datetime.now(UTC).isoformat(timespec="seconds"))[-KEPT:]
        self._keep()
        self._not_before = self._now() + delay_s(len(self.failed_at))

    def take_back(self) -> None:
        """The password was right, but nobody signed in with it: the wrong tries before it are still to be told."""
        if wrong := self.forget():
            self.failed_at = wrong
            self._keep()

    def forget(self) -> tuple[str, ...]:
        """The password was right: the times of the wrong tries before it, and a new count."""
        wrong, self.failed_at = self.failed_at[:-1], ()
        self._not_before = self._now()
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
        return wrong

    def _keep(self) -> None:
        """Where the disk takes nothing the count is kept in the memory: nobody is kept from reading by that."""
        try:
            write_whole(self._file, json.dumps(self.failed_at).encode())
        except OSError as error:
            log.error("the count of wrong passwords could not be kept: %s", error.strerror)


def _read(file: Path) -> tuple[str, ...]:
    try:
        found = json.loads(read_small(file))
    except (OSError, ValueError, RecursionError):  # whatever lies there, it lets nobody in
        return ()
    if not isinstance(found, list):
        return ()
    # what cannot be written into the audit trail would keep the sign-in out of it, too
    return tuple(str(each).encode("ascii", "replace").decode()[:MOST_SIGNS] for each in found[-KEPT:])
