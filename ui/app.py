"""The composition root: one window first, then content, settings and records, then the start page."""

from __future__ import annotations

import gc
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from evalassist.errors import ContentError, EvalAssistError, StoreError
from evalassist.files import is_something_else
from evalassist.translate import tr
from ui import collector, style
from ui.main_window import MainWindow

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.records.entrance import Entrance, State
    from evalassist.settings import Settings
    from ui.pages.door import Door
    from ui.pages.first_run import FirstRun

log = logging.getLogger(__name__)

LOCK = "evalassist.lock"
WAIT_S = 0.3
"""How long a save may hold up the window; what was not kept is tried again."""
ASK_MS = 15
PAINTED_S = 0.05
"""So long the thread that loads leaves the processor to the first page."""

TITLE = 40
"""So high is the bar that the system puts above a window, at most."""

WARMED = (
    "ui.pages.start",
    "evalassist.records.passwords",
    "evalassist.clinical.progress",
    "evalassist.clinical.plan",
    "evalassist.noting",
    "ui.session",
    "ui.evaluation_view",
    "ui.pages.safety",
    "ui.pages.step",
    "ui.pages.strength",
    "ui.pages.chart",
    "ui.dialogs.patient",
    "ui.pages.assessment",
    "ui.pages.plan",
    "ui.pages.handout",
    "ui.pages.review",
    "ui.dialogs.content",
)
"""What is loaded while a name and a password are typed and the start page is in use, in this order."""
FOR_PAPERS = ("evalassist.documents.handout", "ui.printing", "PySide6.QtPdf")
"""What papers are drawn, shown and printed with takes half a second to load: a thread does it after all that."""


NOT_CONNECTED = tr(
    "Your clinic's administrator set {address} as the place of the records. No other records are opened here, and none "
    "are begun."
)
CONNECT_IT = tr(
    "Whoever looks after the clinic's computers connects it once, on this computer: "
    "evalassist connect-to-postgres --sign-in NAME"
)
TELL_THE_ADMINISTRATOR = tr(
    "EvalAssist does not start without what they fix, so that nothing is kept in the wrong place. "
    "Nothing was opened or changed. Show this to your clinic's administrator; evalassist check-managed tells "
    "when the file is right."
)


class AlreadyOpenError(EvalAssistError):
    """EvalAssist is already open in another window on this computer, and two windows never share one file."""


class NotConnectedError(EvalAssistError):
    """The clinic's administrator set a database, and this workstation does not use it yet."""


class BadSettingsError(EvalAssistError):
    """The settings file cannot be understood."""


class App:
    """What lives as long as the program: the window, the lock of the folder, the entrance, the crash hook."""

    def __init__(self) -> None:
        self.window = MainWindow()
        self.window.first_painted.connect(self.load)
        self.window.restore_wanted.connect(self._restore)
        self._lock: QLockFile | None = None
        self.loaded = False
        self.warm = False
        """Everything is loaded that an evaluation is shown with."""
        self._opening: Future[tuple[Entrance, State]] | None = None
        self._seen_as, self._looked = "", False
        self._reading: Future[Content] | None = None
        self._asking = QTimer(self.window, interval=ASK_MS)
        self._asking.timeout.connect(self._ask)
        self._to_warm = iter(WARMED)
        self._papers: Future[None] | None = None
        self._warming = QTimer(self.window, interval=ASK_MS)
        self._warming.timeout.connect(self._warm_up)

    def load(self) -> None:
        """Load everything heavy, now that the window can be seen."""
        collector.wait_for_a_rest()
        collector.rest(self)  # a thread reads the content soon, and what is made until then stays
        from evalassist.log import start_logging
        from evalassist.managed import ManagedError
        from ui.crash import CrashHook, FaultPage

        start_logging()
        self.crash_hook = CrashHook(self.window.keep, self.window.evaluation_id)
        self.crash_hook.install()
        try:
            self._load()
        except AlreadyOpenError as error:
            self.window.show_fault(
                FaultPage(
                    tr("EvalAssist is already open."),
                    error,
                    tr("Go to the window that is open; close this one."),
                )
            )
        except BadSettingsError as error:
            log.error("the settings could not be read")
            fault = FaultPage(
                tr("The settings cannot be read."),
                error,
                tr("The records were not touched. With default settings the file is put aside, not deleted."),
                way_out=tr("Start with default settings"),
                take_it=lambda: self._start_with_defaults(fault),
            )
            self.window.show_fault(fault)
        except ManagedError as error:
            log.error("the managed settings could not be read")
            headline = tr("The settings of your clinic's administrator cannot be used.")
            self.window.show_fault(FaultPage(headline, error, TELL_THE_ADMINISTRATOR))
        except NotConnectedError as error:
            headline = tr("This workstation is not connected to the clinic's database yet.")
            self.window.show_fault(FaultPage(headline, error, CONNECT_IT))
        except EvalAssistError as error:
            self._show_start_fault(error)
        finally:
            if not self.loaded:
                collector.resume(self)

    def _show_start_fault(self, error: EvalAssistError) -> None:
        """Records that cannot be opened can be restored from a backup, here and now."""
        from evalassist.managed import settings_in_force
        from evalassist.settings import data_dir
        from ui.crash import FaultPage
        from ui.dialogs.restore import restore_page

        if not isinstance(error, StoreError):
            headline = tr("EvalAssist could not open its files.")
            what_to_do = tr("Nothing was changed. Do what stands above, then start EvalAssist again.")
            self.window.show_fault(FaultPage(headline, error, what_to_do))
            return
        chosen = settings_in_force().backup_folder
        page = restore_page(error, data_dir(), [Path(chosen)] if chosen else [], self.load)
        self.window.show_fault(page)

    def _restore(self) -> None:
        """Put a backup in the place of the records, then ask who is there anew."""
        from evalassist.managed import settings_in_force
        from ui.dialogs.restore import RestoreDialog

        chosen = settings_in_force().backup_folder
        dialog = RestoreDialog(self._folder, [Path(chosen)] if chosen else [], self.window)
        if dialog.exec():
            self._seen_as, self._looked = "", False
            self.window.forget_left()
            self._show_door("locked")
            if self.window.door is not None:
                self.window.door.say_above(dialog.told)

    def close(self) -> None:
        """Close the records and let the next window in."""
        for clock in (self._asking, self._warming):
            clock.stop()
        for begun in (self._opening, self._reading, self._papers):
            if begun is not None and not begun.cancel():
                begun.exception()  # left before everything was loaded
        collector.resume(self)
        self.window.close_records()
        if self._lock is not None:
            self._lock.unlock()

    def end(self) -> None:
        """Close and free the window with all it holds: left to the end of Python, parts of it are freed twice."""
        self.close()
        delete(self.window)

    def _load(self) -> None:
        from evalassist.managed import managed, settings_in_force
        from evalassist.records.doorstep import is_connected
        from evalassist.settings import SettingsError, data_dir
        from ui.main_window import wear

        folder = data_dir()
        if self._lock is None:
            self._lock = self._only_window(folder)
        try:
            settings = settings_in_force()
        except SettingsError as error:
            raise BadSettingsError(str(error)) from error
        if managed().database and not is_connected(folder):
            raise NotConnectedError(NOT_CONNECTED.format(address=managed().database))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            wear(app, settings)
        from evalassist.records.doorstep import at_first_sight

        self._folder, self._settings = folder, settings
        self._seen_as, self._looked = "", False
        self.window.prepare(self._content_now, settings)
        sight = at_first_sight(folder)
        if sight:
            self._show_door(sight)
        self.loaded = True
        self._opening = ThreadPoolExecutor(1, "entrance").submit(_open_entrance, folder, managed().database)
        self._asking.start()

    def _entrance(self) -> Entrance:
        """The entrance, waited for: somebody wants in already."""
        assert self._opening is not None
        return self._opening.result()[0]

    def _show_door(self, state: State) -> None:
        from evalassist.records.doorstep import last_name

        self._seen_as = state
        door: Door | FirstRun
        if state == "locked":
            from ui.pages.door import Door

            door = Door(self._entrance, last_name(self._folder), self._settings.clinic_name)
        else:
            from ui.pages.first_run import FirstRun

            door = FirstRun(self._entrance, self._settings, plain=state == "plain")
            door.settled.connect(self._settle)
            door.practice_wanted.connect(lambda: self.window.practice.begin(filled=True))
        self.window.show_door(door)

    def _settle(self, settings: Settings) -> None:
        """The first page asked for the clinic."""
        self._settings = settings
        self.window.use_settings(settings)

    @staticmethod
    def _only_window(folder: Path) -> QLockFile:
        if is_something_else(folder / LOCK):
            raise EvalAssistError(
                tr(
                    "{file} is not the file that EvalAssist keeps there: another program put a folder, or something "
                    "else, in its place. Remove it."
                ).format(file=folder / LOCK)
            )
        lock = QLockFile(str(folder / LOCK))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            return lock
        if lock.error() == QLockFile.LockError.LockFailedError:
            raise AlreadyOpenError
        raise EvalAssistError(
            tr(
                "EvalAssist cannot write into the folder {folder}, where the records are kept. "
                "Allow writing there, or free some space on that disk."
            ).format(folder=folder)
        )

    def _start_with_defaults(self, page: QWidget) -> None:
        """Put the settings file that cannot be understood aside, and begin."""
        from evalassist.settings import Settings, save_settings

        save_settings(Settings())
        page.hide()
        self.load()

    # ------------------------------------------------------------ what is loaded while a password is typed

    def _ask(self) -> None:
        """Whether the entrance is there, then the content."""
        if not self._looked and self._opening is not None and self._opening.done():
            self._looked = True
            try:
                _, state = self._opening.result()
            except EvalAssistError as error:
                self._asking.stop()
                collector.resume(self)
                self._show_start_fault(error)
                return
            if state != self._seen_as and self.window.door is None and self.window.start is None:
                self._show_door(state)
            if self.window.door is not None:
                self.window.door.ready()
        if self._looked and self._reading is None:
            if self._somebody_comes_in():
                import_module(WARMED[0])
            else:
                self._begin_content()
        if self._looked and self._reading is not None and self._reading.done():
            self._use_content()

    def _somebody_comes_in(self) -> bool:
        """Whether a password is being tried: the start page needs no content, so that comes after it."""
        return self.window.door is not None and self.window.door.at_work

    def _begin_content(self) -> None:
        """Read the clinical content in a thread of its own."""
        if self._reading is None:
            self._reading = ThreadPoolExecutor(1, "content").submit(_read_content)

    def _content_now(self) -> Content:
        """The content, waited for: the therapist wants to open an evaluation already."""
        self._begin_content()
        assert self._reading is not None
        return self._reading.result()

    def _use_content(self) -> None:
        assert self._reading is not None
        self._asking.stop()
        collector.resume(self)
        try:
            self.window.use_content(self._reading.result())
        except ContentError as error:
            self._show_content_fault(error)
            return
        self._keep_what_is_loaded()
        self._warming.start()

    def _warm_up(self) -> None:
        """Load what an evaluation is shown with, one module at a turn, so that opening one takes no time."""
        name = next(self._to_warm, None)
        if name is not None:
            import_module(name)
        elif self._papers is None:
            collector.rest(self)
            self._papers = ThreadPoolExecutor(1, "papers").submit(_load_for_papers)
        elif self._papers.done():
            collector.resume(self)
            self._warming.stop()
            self._keep_what_is_loaded()
            self.warm = True

    def _keep_what_is_loaded(self) -> None:
        """What is loaded by now stays and is not looked through again; keys must never be among it."""
        door = self.window.door
        if door is not None and not door.at_work and not door.holds_records:
            gc.freeze()

    def _show_content_fault(self, error: ContentError) -> None:
        from ui.crash import FaultPage

        log.error("content fault in %s", error.file)
        self.window.show_fault(
            FaultPage(
                tr("The clinical content has a fault, so EvalAssist does not start with it."),
                error,
                tr(
                    "Nothing in the records was touched. Correct the file named above, or install EvalAssist again."
                ),
            )
        )


def _open_entrance(folder: Path, database: str) -> tuple[Entrance, State]:
    """What opens the records takes half a second to load: keys, ciphers, the database."""
    sleep(PAINTED_S)
    from evalassist.records.entrance import Entrance

    entrance = Entrance(folder, wait_s=WAIT_S, database=database)
    return entrance, entrance.state()


def _load_for_papers() -> None:
    for name in FOR_PAPERS:
        import_module(name)


def _read_content() -> Content:
    from evalassist.clinical.conditions import read_ahead
    from evalassist.content.loader import load_content
    from evalassist.resources import drawn_leg

    content = load_content()
    # what is read once is read here, where nobody waits for it
    read_ahead(content.conditions())
    drawn_leg("")  # which leg a picture shows
    return content


def run(argv: Sequence[str]) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    app, program = begin(argv)
    fill_small_screen(program.window)
    code = app.exec()
    program.end()
    return code


def fill_small_screen(window: QWidget) -> None:
    """On a screen on which it would not be seen whole with its title, the window takes all there is."""
    free = window.screen().availableGeometry().size()
    if window.width() > free.width() or window.height() + style.px(TITLE) > free.height():
        window.showMaximized()


def begin(argv: Sequence[str]) -> tuple[QApplication, App]:
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(list(argv))
    app.setApplicationName("EvalAssist")
    style.apply_style(app, dark=style.system_is_dark())
    program = App()
    program.window.show()
    return app, program
