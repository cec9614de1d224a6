"""The composition root: one window first, then content, settings and records, then the start page."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QApplication

from evalassist.errors import ContentError, EvalAssistError
from ui import style
from ui.main_window import MainWindow

log = logging.getLogger(__name__)

RECORDS = "evalassist.db"
LOCK = "evalassist.lock"


class AlreadyOpenError(EvalAssistError):
    """EvalAssist is already open in another window on this computer, and two windows never share one file."""


class App:
    """What lives as long as the program: the window, the lock, the store, the crash hook."""

    def __init__(self) -> None:
        self.window = MainWindow()
        self.window.first_painted.connect(self.load)
        self._lock: QLockFile | None = None
        self.loaded = False

    def load(self) -> None:
        """Load everything heavy, now that the window can be seen."""
        from evalassist.log import start_logging
        from ui.crash import CrashHook, FaultPage

        start_logging()
        self.crash_hook = CrashHook(self.window.keep, self.window.evaluation_id)
        self.crash_hook.install()
        try:
            self._load()
        except ContentError as error:
            log.error("content fault in %s", error.file)
            self.window.show_fault(
                FaultPage(
                    "The clinical content has a fault, so EvalAssist does not start with it.",
                    error,
                    "Nothing in the records was touched. Correct the file named above, or install EvalAssist again.",
                )
            )
        except AlreadyOpenError as error:
            self.window.show_fault(
                FaultPage(
                    "EvalAssist is already open.", error, "Go to the window that is open; close this one."
                )
            )
        except EvalAssistError as error:
            log.error("%s at the start", type(error).__name__)
            self.window.show_fault(
                FaultPage(
                    "EvalAssist could not open its files.",
                    error,
                    "Nothing was changed. Do what stands above, then start EvalAssist again.",
                )
            )

    def close(self) -> None:
        """Close the records and let the next window in."""
        if self.loaded:
            self._store.close()
        if self._lock is not None:
            self._lock.unlock()

    def _load(self) -> None:
        from evalassist.settings import data_dir, load_settings
        from ui.main_window import wear

        folder = data_dir()
        self._lock = QLockFile(str(folder / LOCK))
        self._lock.setStaleLockTime(0)
        if not self._lock.tryLock(0):
            self._lock = None
            raise AlreadyOpenError
        settings = load_settings()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            wear(app, settings)
        from evalassist.content.loader import load_content
        from evalassist.records.store import Store

        content = load_content()
        self._store = Store(folder / RECORDS)
        self.loaded = True
        self.window.open_store(self._store, content, settings)


def run(argv: Sequence[str]) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    app, program = _begin(argv)
    code = app.exec()
    program.close()
    return code


def measure_start(argv: Sequence[str]) -> tuple[float, float]:
    """When the first window was painted and when the start page could be used, on `time.perf_counter`."""
    app, program = _begin(argv)
    while program.window.start is None or not program.window.start.isVisible():
        app.processEvents()
    app.processEvents()
    usable_at = perf_counter()
    program.window.close()
    program.close()
    return program.window.painted_at, usable_at


def measure_steps(case: Path) -> dict[str, tuple[float, float]]:
    """Seconds until each step of a case is painted, at the first visit and at the second."""
    from evalassist.case_file import read_case
    from evalassist.content.loader import load_content

    app, program = _begin(["measure"])
    while program.window.start is None:
        app.processEvents()
    program.window.begin(read_case(case, load_content()))
    view = program.window.view
    assert view is not None
    times: dict[str, list[float]] = {step.id: [] for step in view.steps}
    for _ in range(2):
        for step_id, measured in times.items():
            begun = perf_counter()
            view.show_step(step_id)
            app.processEvents()
            measured.append(perf_counter() - begun)
    program.window.close()
    program.close()
    return {step_id: (measured[0], measured[1]) for step_id, measured in times.items()}


def _begin(argv: Sequence[str]) -> tuple[QApplication, App]:
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(list(argv))
    app.setApplicationName("EvalAssist")
    style.apply_style(app, dark=style.system_is_dark())
    program = App()
    program.window.show()
    return app, program
