"""The window: the start page, or one open evaluation. It is shown before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMessageBox, QStackedWidget, QWidget

from ui import style

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.evaluation import Evaluation
    from evalassist.records.store import Store
    from evalassist.settings import Settings
    from ui.evaluation_view import EvaluationView
    from ui.pages.start import StartPage

SMALLEST = (960, 540)
REMEMBER_AFTER_MS = 400


class MainWindow(QMainWindow):
    """Holds what is open. Without a store it shows only its own name, until `open_store` is called."""

    first_painted = Signal()

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
        self._remember = QTimer(self, singleShot=True, interval=REMEMBER_AFTER_MS)
        self._remember.timeout.connect(self.remember_place)

    # ------------------------------------------------------------ opening

    def open_store(self, store: Store, content: Content, settings: Settings) -> None:
        """Everything is loaded: show the start page."""
        from ui.pages.start import StartPage

        self._store, self._content, self._settings = store, content, settings
        self.start = self._make_start(StartPage(store, content, settings))
        self._add_keys()
        self.show_start()

    def _make_start(self, start: StartPage) -> StartPage:
        start.evaluation_chosen.connect(self.open_evaluation)
        start.new_wanted.connect(self.new_patient)
        start.patient_chosen.connect(self.show_visits)
        start.settings_wanted.connect(self.change_settings)
        self._stack.addWidget(start)
        return start

    def show_fault(self, page: QWidget) -> None:
        """Nothing can be opened: say why over the whole window."""
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)

    def show_start(self) -> None:
        """Leave the evaluation, which is kept, for the start page."""
        if self.start is None or not self._leave():
            return
        self.setWindowTitle("EvalAssist")
        self.start.refresh()
        self._stack.setCurrentWidget(self.start)
        self.start.focus_search()

    def open_evaluation(self, evaluation_id: str) -> None:
        """Open an evaluation at the step and field where it was left."""
        if self._leave():
            evaluation = self._store.load(evaluation_id)
            place = self._store.place(evaluation_id)
            self._open(evaluation, place.step if place else "safety", place.item if place else "")

    def begin(self, evaluation: Evaluation) -> None:
        """Open a new evaluation; it is kept from its first moment."""
        if self._leave():
            self._store.save(evaluation)
            self._open(evaluation, "safety", "")

    def new_patient(self, name: str = "") -> None:
        """Ask who comes, and with which knee."""
        from ui.dialogs.patient import PatientDialog

        dialog = PatientDialog(self._content, self, name=name)
        if dialog.exec() and dialog.evaluation is not None:
            self.begin(dialog.evaluation)

    def show_visits(self, patient_id: str) -> None:
        """The visits of one patient: open one, or begin the next."""
        from ui.dialogs.patient import PatientDialog, VisitsDialog

        dialog = VisitsDialog(self._store, patient_id, self)
        if not dialog.exec():
            return
        if dialog.chosen:
            self.open_evaluation(dialog.chosen)
            return
        visit = PatientDialog(
            self._content, self, patient=self._store.patient(patient_id), former=dialog.rows
        )
        if visit.exec() and visit.evaluation is not None:
            self.begin(visit.evaluation)

    def change_settings(self) -> None:
        """Settings, kept in their own file."""
        from ui.dialogs.preferences import PreferencesDialog

        dialog = PreferencesDialog(self._settings, self)
        dialog.applied.connect(self.use_settings)
        dialog.exec()

    def use_settings(self, settings: Settings) -> None:
        """Dress the window anew and tell the open evaluation."""
        app = QApplication.instance()
        looks = (settings.text_scale, settings.theme)
        changed = looks != (self._settings.text_scale, self._settings.theme)
        self._settings = settings
        if changed and isinstance(app, QApplication):
            wear(app, settings)
        if self.view is not None:
            self.view.session.use_settings(settings)
        if self.start is not None:
            self.start.use_settings(settings)
            if changed:
                self._make_anew(self.start)

    def _make_anew(self, former: StartPage) -> None:
        """Sizes and icons are set when a page is made, so new looks need new pages."""
        self.start = self._make_start(type(former)(self._store, self._content, self._settings))
        if self.view is None:
            self.show_start()
        else:
            evaluation_id = self.evaluation_id()
            self._leave()
            self.open_evaluation(evaluation_id)
        self._stack.removeWidget(former)
        former.deleteLater()

    # ------------------------------------------------------------ keeping

    def keep(self) -> bool:
        """Write down everything typed; True when it is all on the disk."""
        if self.view is None:
            return True
        self.view.commit()
        return self.view.session.keep()

    def evaluation_id(self) -> str:
        """The evaluation that is open, for the log."""
        return self.view.session.evaluation.id if self.view is not None else ""

    def remember_place(self) -> None:
        """Remember where the therapist works, so that the evaluation opens there again."""
        if self.view is not None and self.view.step:
            self._store.remember_place(self.evaluation_id(), self.view.step, self.view.focused_item())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._leave():
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted_at:
            self.painted_at = perf_counter()
            QTimer.singleShot(0, self.first_painted.emit)

    def _open(self, evaluation: Evaluation, step_id: str, item_id: str) -> None:
        from ui.evaluation_view import EvaluationView
        from ui.session import EvaluationSession

        session = EvaluationSession(evaluation, self._content, self._store, self._settings)
        self.view = view = EvaluationView(session)
        session.setParent(view)
        view.start_wanted.connect(self.show_start)
        view.settings_wanted.connect(self.change_settings)
        view.help_wanted.connect(self._explain_not_kept)
        view.referral_wanted.connect(self._write_referral)
        view.addendum_wanted.connect(self._write_addendum)
        view.step_shown.connect(lambda _: self._remember.start())
        session.not_kept.connect(self._note_why)
        self._why_not_kept = ""
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        view.resize(self._stack.size())
        view.show_step(step_id if step_id in self._content.steps else "safety")
        if not (item_id and view.page.focus_item(item_id)):
            view.focus_first()
        self.setWindowTitle(f"{evaluation.patient.name} – EvalAssist")

    def _leave(self) -> bool:
        """Put the open evaluation away; False when the therapist stays because it could not be kept."""
        if self.view is None:
            return True
        if not self.keep() and not self._ask_to_lose():
            return False
        self._remember.stop()
        self.remember_place()
        self.view.close_view()
        self._stack.removeWidget(self.view)
        self.view.deleteLater()
        self.view = None
        return True

    def _ask_to_lose(self) -> bool:
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, "EvalAssist", "The last changes are not kept.", parent=self
        )
        box.setInformativeText(f"{self._why_not_kept} If you leave now, they are lost.")
        stay = box.addButton("Stay here", QMessageBox.ButtonRole.RejectRole)
        box.addButton("Leave without them", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(stay)
        box.exec()
        return box.clickedButton() is not stay

    def _note_why(self, because: str) -> None:
        self._why_not_kept = because

    def _explain_not_kept(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, "EvalAssist", "The last changes are not kept yet.", parent=self
        )
        box.setInformativeText(
            f"{self._why_not_kept}\n\nThey stay on the screen, and EvalAssist tries again every two seconds. "
            "Leave this window open until the header says Kept."
        )
        box.exec()

    # ------------------------------------------------------------ papers

    def _write_referral(self) -> None:
        from ui.dialogs.papers import ReferralDialog

        if self.view is not None:
            self.view.commit()
            ReferralDialog(self.view.session, self).exec()

    def _write_addendum(self) -> None:
        from ui.dialogs.papers import AddendumDialog

        if self.view is not None:
            AddendumDialog(self.view.session, self).exec()

    # ------------------------------------------------------------ keys

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": self.new_patient,
            "Ctrl+K": self.find_by_name,
            "F1": self.show_keys,
        }
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def find_by_name(self) -> None:
        """Ctrl+K: any field or command by name."""
        from ui.dialogs.palette import Palette, commands

        palette = Palette(commands(self), self)
        if palette.exec() and palette.chosen is not None:
            palette.chosen.act()

    def show_keys(self) -> None:
        """F1: the keys of this page."""
        from ui.dialogs.palette import KeysDialog

        own = self.view.page.keys() if self.view is not None else []
        KeysDialog(own, evaluation=self.view is not None, parent=self).exec()


def wear(app: QApplication, settings: Settings) -> None:
    """Dress the application as the settings say."""
    dark = settings.theme == "dark" or (settings.theme == "system" and style.system_is_dark())
    style.apply_style(app, scale=settings.text_scale, dark=dark)
