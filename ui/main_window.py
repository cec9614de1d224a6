"""The window: the start page, or one open evaluation. It is shown before anything heavy is loaded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QWidget,
)

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import spoken, style
from ui.coming_back import ComingBack
from ui.faults import log_fault
from ui.leaving import Leaving
from ui.locking import close_dialogs, cover_all, still_waited_for
from ui.papers import Papers
from ui.practice import Practice
from ui.waiting import Waiting
from ui.who_comes import WhoComes
from ui.widgets.focus import enter_presses, tab_on

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.evaluation import Evaluation, Patient
    from evalassist.records.entrance import Entrance
    from evalassist.records.store import Store
    from evalassist.settings import Settings
    from ui.backups import BackupKeeper
    from ui.copied import Copied
    from ui.evaluation_view import EvaluationView
    from ui.half_filled import HalfFilled
    from ui.locking import Held
    from ui.pages.chart import ChartPage
    from ui.pages.door import Door
    from ui.pages.first_run import FirstRun
    from ui.pages.start import StartPage
    from ui.session import EvaluationSession, SheetChoice
    from ui.showing import Showing
    from ui.watch import Watch
    from ui.way_in import WayIn

SMALLEST = (960, 540)
REMEMBER_AFTER_MS = 400

GO_ON = tr(
    "Go on from this earlier state? What was kept after it is not in these records. "
    "The audit trail says who went on."
)
AGAIN_MS, MOST_WAITED_S = 20, 5.0
"""A dialog that was closed takes a moment until who opened it goes on."""

log = logging.getLogger(__name__)


class MainWindow(QMainWindow):
    """Holds what is open. Without a store it shows only its own name, until `open_store` is called."""

    first_painted = Signal()
    restore_wanted = Signal()
    """From the page in front of the records: a backup is to take their place."""
    dismissed = Signal(str)
    """Why who is signed in may not go on: the account was removed, or has another role. From any thread."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("EvalAssist")
        self.resize(1366, 768)
        self.setMinimumSize(*SMALLEST)
        self.painted_at = 0.0
        """When the window could first be seen, on the clock of `time.perf_counter`."""
        self._stack = QStackedWidget()
        self._stack.setObjectName("page")
        self.setCentralWidget(self._stack)
        waiting = QLabel("EvalAssist")
        waiting.setProperty("t", "h1")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(waiting)
        self.start: StartPage | None = None
        self.view: EvaluationView | None = None
        self.chart: ChartPage | None = None
        """The chart of a patient, while it is what is seen."""
        self._backups: BackupKeeper | None = None
        self._last_backups: BackupKeeper | None = None
        """What makes a last backup after the window was locked."""
        self._backups_told = ("", "")
        self.door: Door | FirstRun | None = None
        """The page in front of the records, while they are locked."""
        self._way_in: WayIn | None = None
        self._sheets: dict[str, SheetChoice] = {}
        """What was chosen for the handout, by episode."""
        self._watch: Watch | None = None
        self._copied: Copied | None = None
        self.practice = Practice(self)
        self.waiting = Waiting(self)
        self.coming_back = ComingBack(self, self.waiting)
        self.leaving = Leaving(self, self.waiting)
        self.who_comes = WhoComes(self)
        self.papers = Papers(self)
        self._keys: list[QShortcut] = []
        self._showing: Showing | None = None
        self._panel_folded = False
        self._locks = False
        """What was open is being closed behind the door."""
        self._closing: list[QDialog] = []
        """Dialogs that locking closed."""
        self._wait_until = 0.0
        self._remember = QTimer(self, singleShot=True, interval=REMEMBER_AFTER_MS)
        self._remember.timeout.connect(self.remember_place)
        self.dismissed.connect(self._lock_because, Qt.ConnectionType.QueuedConnection)
        QApplication.instance().focusChanged.connect(self._keyboard_moved)  # type: ignore[union-attr]

    def focusNextPrevChild(self, forward: bool) -> bool:
        return tab_on(self, back=not forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not enter_presses(self, event):
            super().keyPressEvent(event)

    def _keyboard_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        spoken.tell_in_full(now)
        if now is not None and isinstance(dialog := now.window(), QDialog):
            dialog.installEventFilter(self)  # however often, it is asked once

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter presses the button that has the keyboard in every dialog, too, and no other one."""
        if (
            isinstance(watched, QDialog)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            return enter_presses(watched, event)
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------ opening

    def open_store(
        self,
        store: Store,
        content: Content | Callable[[], Content],
        settings: Settings,
        way_in: WayIn | None = None,
    ) -> None:
        """The records are open: show the start page. Without a way in nobody signed in: nothing locks or asks."""
        self.prepare(content, settings)
        self.enter(store, way_in)
        if not callable(content):
            self.use_content(content)

    def prepare(self, content: Content | Callable[[], Content], settings: Settings) -> None:
        """What does not hang on who signs in. The content may come later; who needs it first waits for it."""
        self._loaded: Content | None = None
        self._wait_for_content = content if callable(content) else lambda: content
        self._clinic = self._settings = settings

    def enter(self, store: Store, way_in: WayIn | None = None) -> None:
        """Somebody came in: show where they were when they locked the window, else the start page."""
        from ui.pages.start import StartPage

        held = self.waiting.take_held(store, way_in)
        if held is not None:
            store = held.store
        self._store, self._way_in = store, way_in
        if way_in is not None:
            store.on_dismissed = self.dismissed.emit
        self._settings = self._as_signed_in(self._clinic)
        self.start = self._make_start(StartPage(store, self._settings, signed_in=way_in is not None))
        if self._loaded is not None:
            self.start.use_content(self._loaded)
        self._add_keys()
        self._close_door()
        with ExitStack() as ends:  # whatever fails while it is shown
            if way_in is not None:
                if not store.is_shared:  # whoever looks after a server backs it up
                    ends.callback(self.begin_backups)
                ends.callback(self._begin_watch)
            self.coming_back.bring_back(store, held)

    def use_content(self, content: Content) -> None:
        """The clinical content is read: evaluations can be judged and opened."""
        self._loaded = content
        for page in (self.start, self.chart):
            if page is not None:
                page.use_content(content)

    @property
    def records(self) -> Store:
        """The records of the clinic, while somebody is signed in."""
        return self._store

    @property
    def settings(self) -> Settings:
        """The clinic's settings, with the name and license of who signed in."""
        return self._settings

    @property
    def folder(self) -> Path | None:
        """The folder of the records on this computer; None where there is none."""
        if self._way_in is not None:
            return self._way_in.entrance.records.parent
        return None if self._store.is_shared else self._store.path.parent

    @property
    def clinical_content(self) -> Content:
        """The clinical content, waited for."""
        return self._content

    @property
    def _content(self) -> Content:
        if self._loaded is None:
            self.use_content(self._wait_for_content())
        assert self._loaded is not None
        return self._loaded

    def _as_signed_in(self, settings: Settings) -> Settings:
        """The clinic's settings with the name and license of the account that signed in."""
        if self._way_in is None:
            return settings
        return settings.for_person(self._store.account.name, self._store.account.licence)

    def _make_start(self, start: StartPage) -> StartPage:
        start.evaluation_chosen.connect(self.open_evaluation)
        start.new_wanted.connect(self.new_patient)
        start.patient_chosen.connect(self.show_chart)
        start.settings_wanted.connect(self.change_settings)
        start.about_wanted.connect(self.show_about)
        start.manual_wanted.connect(lambda: self.show_manual())
        start.trail_wanted.connect(self.show_trail)
        start.tell_backups(*self._backups_told)
        start.lock_wanted.connect(self.lock)
        start.account_wanted.connect(lambda: self.show_accounts())
        start.password_wanted.connect(lambda: self.show_accounts(own_password=True))
        start.accept_cut_wanted.connect(self._accept_cut)
        self.practice.serve(start)
        self._stack.addWidget(start)
        return start

    def show_fault(self, page: QWidget) -> None:
        """Nothing can be opened: say why over the whole window."""
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)

    def show_start(self) -> None:
        """Leave the evaluation, which is kept, for the start page."""
        if self.start is None or self.is_hidden or not self.leaving.leave():
            return
        self._close_chart()
        self.setWindowTitle("EvalAssist")
        self._read_start_again()
        self._stack.setCurrentWidget(self.start)
        self.start.focus_search()

    def open_evaluation(self, evaluation_id: str) -> None:
        """Open an evaluation at the step and field where it was left; what cannot be read leaves all as it is."""
        from evalassist.evaluation import PRACTICE

        if self.is_hidden or (evaluation_id == self.evaluation_id() and not self.leaving.leave()):
            return  # what is open is kept before it is read again
        try:
            practices = evaluation_id == PRACTICE
            if practices and not self.leaving.leave():
                return
            store = self.practice.opened() if practices else self._store
            evaluation = store.load(evaluation_id)
            place = store.place(evaluation_id)
        except EvalAssistError as fault:
            self._say_not_opened(str(fault))
            return
        if self.leaving.leave():
            self._open(evaluation, place.step if place else "safety", place.item if place else "", store)

    def _say_not_opened(self, why: str) -> None:
        if self.start is not None and self.view is None:
            self._close_chart()
            self.setWindowTitle("EvalAssist")
            self._read_start_again()
            self.start.say(why)
            self._stack.setCurrentWidget(self.start)
        else:
            from ui.dialogs.asking import tell

            tell(self, tr("The evaluation could not be opened."), why)

    def _read_start_again(self) -> None:
        """The start page stays as it was where the records cannot be read now."""
        assert self.start is not None
        self.start.say("")
        self.practice.tell()
        try:
            self.start.refresh()
        except EvalAssistError as fault:
            log_fault(log, "the start page could not be read", fault)
            self.start.say(str(fault))

    def begin(self, evaluation: Evaluation) -> None:
        """Open a new evaluation; it is kept from its first moment."""
        self._store.save(evaluation)
        if not self.is_hidden and self.leaving.leave():
            self._open(evaluation, "safety", "")

    def new_patient(self, name: str = "") -> None:
        """Ask who comes, and with which knee."""
        self.who_comes.ask(name)

    def show_chart(self, patient_id: str) -> None:
        """Everything kept about one patient: visits to open or begin, papers, trends."""
        self._wait_for_content()  # see `DueCard.content_is_read`
        from ui.pages.chart import ChartPage

        if self.is_hidden or not self.leaving.leave():
            return
        try:
            chart = ChartPage(self._store, patient_id, self._settings, signed_in=self._way_in is not None)
        except EvalAssistError as fault:
            self._say_not_opened(str(fault))
            return
        self._close_chart()
        self.chart = chart
        chart.start_wanted.connect(self.show_start)
        chart.evaluation_chosen.connect(self.open_evaluation)
        chart.visit_wanted.connect(lambda kind, former: self.who_comes.ask_visit(chart.patient, kind, former))
        chart.paper_chosen.connect(lambda document_id: self.papers.show_of(chart, document_id))
        chart.export_wanted.connect(lambda: self.export_patient(patient_id))
        chart.lock_wanted.connect(self.lock)
        chart.account_wanted.connect(lambda: self.show_accounts())
        self._stack.addWidget(chart)
        self._stack.setCurrentWidget(chart)
        self.setWindowTitle(f"{chart.patient.name} – EvalAssist")
        chart.focus_first()
        if self._loaded is not None:
            chart.use_content(self._loaded)

    def _close_chart(self) -> None:
        chart, self.chart = self.chart, None
        if chart is not None:
            chart.hide()
            self._stack.removeWidget(chart)
            chart.deleteLater()

    def export_patient(self, patient_id: str) -> None:
        """Write a patient into an encrypted file for another clinic."""
        from ui.dialogs.confirm import confirmed
        from ui.dialogs.patient_file import ExportDialog

        says = tr("The file holds everything kept about this patient.")
        if confirmed(self._store, self._way_in, says, tr("Export the patient"), self):
            ExportDialog(self._store, self._store.patient(patient_id), self).exec()

    def correct_patient(self, again: HalfFilled | None = None, *, at_visit: bool = False) -> None:
        """Correct who the patient is whose evaluation is open, or when the visit was."""
        self.who_comes.correct(again, at_visit=at_visit)

    def _show_anew(self, session: EvaluationSession) -> None:
        """The date or kind of the open visit was corrected: other visits come before it, at the same place."""
        view = self.view
        if view is None or view.session is not session or self.door is not None:
            return
        view.commit()
        step, item, words = view.step, view.focused_item(), view.loose_words()
        try:
            fresh = session.anew()
        except EvalAssistError as fault:  # a visit that comes before it now cannot be read
            self._say_not_opened(str(fault))
            return
        self.put_away()
        self._show_session(fresh, step, item)
        self.coming_back.put_back(step, item, words)
        fresh.keep()

    def change_settings(self) -> None:
        """Settings, kept in their own file."""
        from ui.dialogs.preferences import PreferencesDialog

        dialog = PreferencesDialog(self._clinic, self, signed_in=self._way_in is not None)
        dialog.accounts_wanted.connect(lambda: self.show_accounts())
        dialog.applied.connect(self.use_settings)
        dialog.database_wanted.connect(self.show_database)
        dialog.exec()

    def use_settings(self, settings: Settings) -> None:
        """Dress the window anew and tell the open evaluation."""
        app = QApplication.instance()
        looks = (settings.text_scale, settings.theme)
        changed = looks != (self._settings.text_scale, self._settings.theme)
        self._clinic, self._settings = settings, self._as_signed_in(settings)
        settings = self._settings
        if self._watch is not None and self._way_in is not None and self.door is None:
            self._watch.start(settings.idle_minutes * 60)
        if self.view is not None:
            self.view.session.use_settings(settings)
        if self.start is not None:
            self.start.use_settings(settings)
        if changed and isinstance(app, QApplication):
            self._dress_anew(app)

    def _dress_anew(self, app: QApplication) -> None:
        """Sizes and icons are set when a page is made, so new looks need new pages.

        The old ones go first: Qt would take seconds to dress the thousands of parts of an evaluation.
        """
        evaluation_id, view, former = self.evaluation_id(), self.view, self.start
        left = self.leaving.leave()
        if left and view is not None:
            view.deleteLater()
            QCoreApplication.sendPostedEvents(view, QEvent.Type.DeferredDelete)
        wear(app, self._settings)
        if not left or former is None:
            return  # the therapist stays with what is not kept; the next page has the new looks
        self.start = self._make_start(
            type(former)(self._store, self._settings, signed_in=self._way_in is not None)
        )
        if self._loaded is not None:
            self.start.use_content(self._loaded)
        if evaluation_id:
            self.open_evaluation(evaluation_id)
        else:
            self.show_start()
        self._stack.removeWidget(former)
        former.deleteLater()

    # ------------------------------------------------------------ backups

    def begin_backups(self) -> None:
        """The records are open: back them up from time to time, and tell here how that goes."""
        from ui.backups import BackupKeeper

        folder = Path(self._settings.backup_folder) if self._settings.backup_folder else None
        store = self._store
        self._backups = BackupKeeper(store.path, lambda: store.keys, folder, self)
        self._backups.told.connect(self._tell_backups)
        self._backups.begin(after=self._last_backups)

    def end_backups(self, *, make_one: bool = True) -> None:
        """Before the records are closed: a last backup if something changed, waited for; or none."""
        if self._last_backups is not None:
            self._last_backups.wait()
        if self._backups is not None:
            self._backups.finish(make_one=make_one)
            self._backups = None

    def _tell_backups(self, short: str, full: str) -> None:
        self._backups_told = (short, full)
        if self.start is not None:
            self.start.tell_backups(short, full)
        if self.view is not None:
            self.view.header.kept.set_backup(short, full)

    # ------------------------------------------------------------ keeping

    def keep(self) -> bool:
        """Write down everything typed; True when it is all on the disk."""
        if self.view is None:
            return self.waiting.keep()
        self.view.commit()
        try:
            return self.view.session.keep()
        except Exception as error:  # a defect must not keep the therapist from leaving
            log_fault(log, "the evaluation could not be kept", error, self.evaluation_id())
            return False

    def evaluation_id(self) -> str:
        """The evaluation that is open, for the log."""
        return self.view.session.evaluation.id if self.view is not None else ""

    def remember_place(self) -> None:
        """Remember where the therapist works, so that the evaluation opens there again.

        A convenience: where it cannot be kept nobody is stopped or asked.
        """
        if self.view is None or not self.view.step:
            return
        try:
            self.view.session.store.remember_place(
                self.evaluation_id(), self.view.step, self.view.focused_item()
            )
        except Exception as error:
            log_fault(log, "the place could not be remembered", error, self.evaluation_id())

    def closeEvent(self, event: QCloseEvent) -> None:
        try:
            leaves = (
                self.leaving.leave() and self.leaving.leave_what_waits() and self.leaving.leave_paper_key()
            )
        except Exception as error:  # an exception must not leave Qt's close: the program would fall over
            log_fault(log, "the evaluation could not be left", error, self.evaluation_id())
            leaves = self.leaving.ask_to_lose([])
        if leaves:
            self._close_door()
            if self._copied is not None:
                self._copied.take_back()
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted_at:
            self.painted_at = perf_counter()
            QTimer.singleShot(0, self, self._tell_painted)

    def _tell_painted(self) -> None:
        self.first_painted.emit()

    def _open(self, evaluation: Evaluation, step_id: str, item_id: str, store: Store | None = None) -> None:
        try:
            content = self._content  # waited for before more is loaded: see `DueCard.content_is_read`
            from ui.session import EvaluationSession

            session = EvaluationSession(
                evaluation,
                content,
                store or self._store,
                self._settings,
                confirm=self._confirm if self._way_in else None,
                sheets=self._sheets,
            )
        except EvalAssistError as fault:  # an earlier visit of the episode cannot be read
            self._say_not_opened(str(fault))
            return
        self._show_session(session, step_id, item_id)

    def _show_session(self, session: EvaluationSession, step_id: str, item_id: str) -> None:
        from ui.evaluation_view import EvaluationView

        evaluation = session.evaluation
        self._close_chart()
        self.view = view = EvaluationView(session, self._stack)
        view.panel_folded = self._panel_folded
        session.setParent(view)
        view.start_wanted.connect(self.show_start)
        view.settings_wanted.connect(self.change_settings)
        view.patient_wanted.connect(lambda at_visit: self.correct_patient(at_visit=at_visit))
        view.help_wanted.connect(self.leaving.explain_not_kept)
        self.papers.serve(view)
        view.lock_wanted.connect(self.lock)
        view.show_wanted.connect(self.show_patient)
        view.account_wanted.connect(lambda: self.show_accounts())
        view.step_shown.connect(lambda _: self._remember.start())
        session.not_kept.connect(self.leaving.note_why)
        # later: what is shown anew may be what has just changed it
        session.moved.connect(partial(self._show_anew, session), Qt.ConnectionType.QueuedConnection)
        view.header.kept.set_backup(*self._backups_told)
        self.leaving.note_why("")
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        view.resize(self._stack.size())
        view.show_step(step_id if step_id in self._content.steps else "safety")
        if not (item_id and view.page.focus_item(item_id)):
            view.focus_first()
        name = tr("PRACTICE") if evaluation.is_practice else evaluation.patient.name
        self.setWindowTitle(f"{name} – EvalAssist")

    def show_held(self, held: Held) -> None:
        """Its owner came in: what waited out of sight is seen again, and tried to be kept."""
        held.session.use_settings(self._settings)
        self._show_session(held.session, "", "")
        held.session.keep()

    def put_away(self, *, holds: bool = False) -> None:
        """Close what is open; nothing is asked any more. `holds`: its session goes on without a page."""
        assert self.view is not None
        self._remember.stop()
        self._panel_folded = self.view.panel_folded
        if self.door is None:  # a locked window has remembered it before it took the keyboard away
            self.remember_place()
        self.view.close_view()
        if not holds:
            self.view.session.leave()
        self._stack.removeWidget(self.view)
        if self.door is None:
            self.view.delete_in_turns()
        else:
            self.view.deleteLater()
        self.view = None
        self.practice.close()

    # ------------------------------------------------------------ locking

    def show_door(self, door: Door | FirstRun) -> None:
        """The records are closed: show the page that asks who is there."""
        self._close_door()
        self.door = door
        door.opened.connect(self._come_in)
        door.restore_wanted.connect(self._restore)
        self.waiting.tell()
        self._stack.addWidget(door)
        self._stack.setCurrentWidget(door)
        door.take_keyboard()
        if self.painted_at:
            self._begin_watch()
        else:  # what listens to the system is loaded once the first page is seen
            self.first_painted.connect(self._begin_watch)

    def _come_in(self, store: Store, way_in: WayIn) -> None:
        from evalassist.records.doorstep import keep_last_name

        self._wait_until = (
            0.0  # what is left of the one before goes first, whatever dialog is still waited for
        )
        self._finish_lock()
        try:
            keep_last_name(way_in.entrance.records.parent, store.account.sign_in)
            self.enter(store, way_in)
        except Exception:
            if self.door is not None:  # nobody came in
                store.close()
            raise

    def _restore(self) -> None:
        if self.door is not None and self.door.at_work:
            return  # the records may be open in a moment
        if self.waiting.held and self.door is not None:
            self.door.say(tr("Something typed is not kept yet. Who typed it must sign in first."))
        elif self.leaving.may_lose_words():
            self.restore_wanted.emit()

    def _close_door(self) -> None:
        door, self.door = self.door, None
        if door is not None:
            door.leave()
            self._stack.removeWidget(door)
            door.deleteLater()

    def close_records(self) -> None:
        """The program ends."""
        self.practice.close()
        self.end_backups()
        self.waiting.close()
        if hasattr(self, "_store"):
            self._store.close()

    def lock(self) -> None:
        """Hide everything at once and keep what is typed; then close the records and forget their keys.

        Whatever fails, nothing is seen from here on, and the records are closed.
        """
        if self._way_in is None or self._locks:
            return
        self._locks, self._wait_until = True, monotonic() + MOST_WAITED_S
        QTimer.singleShot(0, self._finish_lock)
        covers = cover_all()
        self.setWindowTitle("EvalAssist")
        try:
            if self._showing is not None:
                self._showing.end()
            self._remember.stop()
            self.coming_back.put_by(self._store)
        finally:
            for key in self._keys:  # the patient's page gave them back
                key.setEnabled(False)
            self._show_locked(self._way_in.entrance)
            for cover in covers:
                cover.deleteLater()
        if self._copied is not None:
            self._copied.take_back()
        self._close_chart()
        self.keep()

    def _show_locked(self, entrance: Entrance) -> None:
        from ui.pages.door import Door

        spoken.forget(self)
        spoken.say(self, tr("Locked."), at_once=True)
        door = Door(lambda: entrance, self._store.account.sign_in, self._settings.clinic_name)
        door.paper_put_away.connect(self.waiting.note_new_ways)
        self.show_door(door)
        self._closing = close_dialogs()

    def _nobody_there(self) -> None:
        """Whoever was here went away: also from a door behind which records are open, or about to be."""
        if self.door is not None:
            close_dialogs()
            self.door.nobody_there()
        if self.door is None:
            self.lock()

    def forget_left(self) -> None:
        """A backup took the place of the records: its accounts get nothing that was typed after its day."""
        self.waiting.left.clear()

    def _lock_because(self, why: str) -> None:
        """The account may not go on: say so where it would sign in."""
        self.lock()
        if self.door is not None and not self.waiting.held:
            self.door.say_above(why)

    def _finish_lock(self) -> None:
        """Everything is out of sight: close it, unless its last changes would be lost."""
        if not self._locks:
            return
        try:
            self._closing += close_dialogs()
            waits = still_waited_for(self._closing) and monotonic() < self._wait_until
        except Exception as fault:
            log.error("the dialogs could not be closed: %s", type(fault).__name__)
            waits = False
        if waits:  # what waits for a dialog goes on first, and still finds its page
            QTimer.singleShot(AGAIN_MS, self._finish_lock)
            return
        self._closing, self._locks = [], False
        self._way_in, store = None, self._store
        with ExitStack() as ends:  # whatever fails: else they would keep the keys
            ends.callback(self._end_backups)
            ends.callback(self.waiting.close_locked, store)
            ends.callback(delattr, self, "_store")
            ends.callback(self._forget_shown)
            self._put_away_locked(store)
        log.info("locked")

    def _put_away_locked(self, store: Store) -> None:
        """What was shown is closed, or held where its last changes would be lost."""
        if self.view is not None:
            self.waiting.note_answers(self.view.session.evaluation)
        practices = self.view is not None and self.view.session.evaluation.is_practice
        if self.view is not None and not self.keep() and not store.is_removed and not practices:
            self.waiting.hold(self.view.session, store, self.leaving.why_not_kept)
            self.put_away(holds=True)
        elif self.view is not None:
            self.put_away()
        self.practice.close()  # also one that could not be shown

    def _forget_shown(self) -> None:
        """No page that named a patient stays, whatever failed before."""
        for page in (self.view, self.start):
            if page is not None:
                self._stack.removeWidget(page)
                page.deleteLater()
        self.view = self.start = None

    def _end_backups(self) -> None:
        backups, self._backups = self._backups, None
        if backups is not None:
            backups.finish_soon()
            self._last_backups = backups

    def _begin_watch(self) -> None:
        from ui.copied import Copied
        from ui.watch import Watch

        if self._watch is None:
            self._copied = Copied(self)
            self._watch = Watch(self.windowHandle(), self)
            self._watch.lock_wanted.connect(self._nobody_there)
        self._watch.start(self._settings.idle_minutes * 60)

    def _confirm(self, password: str) -> None:
        """Ask for the password again; it raises when that is wrong."""
        assert self._way_in is not None
        self._way_in.confirm(self._store, password)

    def show_accounts(self, again: HalfFilled | None = None, *, own_password: bool = False) -> None:
        """One's own password, asked for at once where that is wanted; for an administrator who else may come in."""
        from ui.dialogs.accounts import AccountsDialog

        if self._way_in is not None:
            dialog = AccountsDialog(self._store, self._way_in, self._clinic, self)
            if again is not None:
                QTimer.singleShot(0, dialog, lambda: dialog.go_on(again))
            if own_password:
                QTimer.singleShot(0, dialog, dialog.change_own)
            dialog.exec()
            self._way_in = dialog.way_in
            self.use_settings(self._clinic)  # a name or license may have changed

    def _accept_cut(self) -> None:
        """An administrator may say that the earlier state is meant; it is written into the trail for good."""
        from ui.dialogs.confirm import confirmed

        accept = self._store.accept_cut
        if accept is None or not confirmed(self._store, self._way_in, GO_ON, tr("Go on from here"), self):
            return
        try:
            accept()
        except EvalAssistError as fault:
            if self.start is not None:
                self.start.say(str(fault))
            return
        if self.start is not None:
            self._read_start_again()

    # ------------------------------------------------------------ papers

    def show_patient(self) -> None:
        """F5: the whole window answers the patient why a sore knee gets hip exercises."""
        from ui.showing import Showing, say_why_not

        if self.view is None:
            return
        self.view.commit()
        note = self.view.session.note()
        if not say_why_not(self, note):
            self._showing = Showing(self, self.view, self._stack, self._keys, note)

    def show_documents(self) -> None:
        """The papers kept for the patient whose evaluation is open."""
        self.papers.show_kept()

    # ------------------------------------------------------------ who did what

    @property
    def may_read_trail(self) -> bool:
        """Whether all of the audit trail may be read here."""
        return self._store.account.administers

    def show_trail(self) -> None:
        """Who did what with all records."""
        self._show_trail(None)

    def show_patient_trail(self) -> None:
        """Who did what with the records of the patient whose evaluation is open."""
        if self.view is not None:
            self._show_trail(self.view.session.evaluation.patient, self.view.session.store)

    def _show_trail(self, patient: Patient | None, store: Store | None = None) -> None:
        from ui.dialogs.trail import TrailDialog

        steps = {
            item_id: step.short
            for step in self._content.steps.values()
            for item in step.items
            for item_id in item.ids
        }
        TrailDialog(store or self._store, steps, patient, self).exec()

    def check_code(self) -> None:
        """Whether a paper is of a signed note in these records."""
        from ui.dialogs.check_code import CheckCodeDialog

        CheckCodeDialog(self._store, self).exec()

    # ------------------------------------------------------------ about

    def show_about(self) -> None:
        """Which version and content this is, and the way to the content."""
        from ui.dialogs.about import AboutDialog

        if AboutDialog(self._content.release, f"{self._store.where}", self).exec():
            self.show_content()

    def show_content(self, again: HalfFilled | None = None) -> None:
        """The clinical content: its sources, what is to be checked, and the limits a clinic may change."""
        from ui.dialogs.content import ContentDialog

        dialog = ContentDialog(self._store, self._settings.therapist_name, self)
        dialog.limit_changed.connect(self._judge_anew)
        if again is not None:
            QTimer.singleShot(0, dialog, lambda: dialog.go_on(again))
        dialog.exec()

    def show_database(self) -> None:
        """Where the records lie: on this computer, or on a server that several workstations share."""
        from ui.dialogs.database import DatabaseDialog

        if self._way_in is not None:
            dialog = DatabaseDialog(self._way_in, self._store, self)
            dialog.connected.connect(self._begin_on_server)
            dialog.exec()

    def _begin_on_server(self, says: str) -> None:
        """Nothing more is written to the file: who goes on signs in anew."""
        self.lock()
        if self.door is not None:
            self.door.say_above(says)

    def _judge_anew(self) -> None:
        """A limit was changed: what is open and not signed is judged by it at once."""
        if self.view is not None:
            self.view.session.use_clinic_defaults()
        elif self.start is not None:
            self._read_start_again()

    # ------------------------------------------------------------ keys

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": self.new_patient,
            "Ctrl+K": self.find_by_name,
            "Ctrl+L": self.lock,
            "F1": self.show_keys,
        }
        if not self._keys:
            for key, act in keys.items():
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.activated.connect(act)
                self._keys.append(shortcut)
        for shortcut in self._keys:
            shortcut.setEnabled(True)

    @property
    def is_hidden(self) -> bool:
        """The window is locked: what was asked before, and is answered only now, shows nothing any more."""
        return self.door is not None and self.door.hides

    @property
    def signed_in(self) -> bool:
        """Whether somebody signed in, so that the window can be locked."""
        return self._way_in is not None

    def find_by_name(self) -> None:
        """Ctrl+K: any field or command by name."""
        from ui.dialogs.palette import Palette, commands

        palette = Palette(commands(self), self)
        if palette.exec() and palette.chosen is not None:
            palette.chosen.act()

    def show_keys(self) -> None:
        """F1: the keys of this page."""
        from ui.dialogs.palette import MANUAL, KeysDialog

        own = self.view.keys() if self.view is not None else self.chart.keys() if self.chart else []
        if KeysDialog(own, evaluation=self.view is not None, parent=self).exec() == MANUAL:
            self.show_manual()

    def show_manual(self, chapter_id: str = "") -> None:
        """The manual, at this chapter, or at the one about what is open."""
        from ui.dialogs.manual import FOR_STEP, show_manual

        if not chapter_id and self.view is not None:
            step = "strength" if self.view.hands is not None else self.view.step
            chapter_id = FOR_STEP.get(step, "steps")
        show_manual(self, chapter_id)


def wear(app: QApplication, settings: Settings) -> None:
    """Dress the application as the settings say."""
    dark = settings.theme == "dark" or (settings.theme == "system" and style.system_is_dark())
    style.apply_style(app, scale=settings.text_scale, dark=dark)
