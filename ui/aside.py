"""Work that would hold up the window: done in a thread of its own while the window stays awake."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import collector

T = TypeVar("T")

ASK_MS = 15


class Aside(QObject):
    """Does one thing at a time; what it gives, or the fault, is handed over where the window lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._begun: Future[Any] | None = None
        self._then: Callable[[Any], object] = _forget
        self._otherwise: Callable[[EvalAssistError], object] = _forget
        self._clock = QTimer(self, interval=ASK_MS)
        self._clock.timeout.connect(self._ask)
        self._rest = Rest(self)

    @property
    def at_work(self) -> bool:
        return self._begun is not None

    def do(
        self,
        work: Callable[[], T],
        then: Callable[[T], object],
        otherwise: Callable[[EvalAssistError], object],
    ) -> None:
        """Begin; one of both follows. Nothing is begun while something is being done."""
        if self._begun is not None:
            return
        self._then, self._otherwise = then, otherwise
        self._begun = self._rest.during(_thread(), work)
        self._clock.start()

    def finish(self) -> Any:
        """The window goes: wait for what was begun and return it instead of handing it over."""
        begun, self._begun = self._begun, None
        self._clock.stop()
        failed = begun.exception() if begun is not None else None
        self._rest.end()
        return None if begun is None or failed is not None else begun.result()

    def _ask(self) -> None:
        if self._begun is None or not self._begun.done():
            return
        begun, self._begun = self._begun, None
        self._clock.stop()
        self._rest.end()
        then, otherwise = self._then, self._otherwise
        self._then = self._otherwise = _forget
        try:
            given = begun.result()
        except EvalAssistError as fault:
            otherwise(fault)
            return
        except Exception:
            otherwise(
                EvalAssistError(tr("Something in EvalAssist went wrong. Nothing was changed. Try again."))
            )
            raise  # the crash hook writes down where
        then(given)


class Rest:
    """The collector's, while a thread works: also where the window that began it is taken down meanwhile."""

    def __init__(self, of: QObject) -> None:
        self._work: Future[Any] | None = None
        of.destroyed.connect(partial(Rest._end_when_done, self))

    def during(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
        """Begin it; whoever finds it done says `end`."""
        collector.rest(self)
        self._work = begun = submit(thread, work)
        return begun

    def end(self) -> None:
        self._work = None
        collector.resume(self)

    def _end_when_done(self, _: object = None) -> None:
        if self._work is None or QCoreApplication.instance() is None:
            return
        if self._work.done():
            self.end()
        else:
            QTimer.singleShot(ASK_MS, partial(Rest._end_when_done, self))


def submit(thread: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
    """Begin it. Once it is done the thread holds nothing of it: a widget let go of last there would be freed there."""
    return thread.submit(_done_and_let_go, [work])


def _done_and_let_go(held: list[Callable[[], T]]) -> T:
    return held.pop()()


def _forget(_: object) -> None:
    pass


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "aside")
