"""The forms that ask who comes: a new patient, the next visit, a correction of either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalassist.evaluation import Evaluation, Patient, VisitKind
    from evalassist.records.rows import EvaluationRow
    from ui.dialogs.patient import PatientDialog
    from ui.half_filled import HalfFilled
    from ui.main_window import MainWindow


class WhoComes:
    """Asks it in the window, and opens what was answered."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask(self, name: str = "") -> None:
        """Ask who comes, and with which knee."""
        self._ask(self._new_patient(name))

    def ask_visit(self, patient: Patient, kind: VisitKind, former: Sequence[EvaluationRow]) -> None:
        """Ask for the next visit of a patient who was here before."""
        from ui.dialogs.patient import PatientDialog

        window = self._window
        dialog = PatientDialog(
            window.clinical_content, window, patient=patient, former=former, kind=kind, keep=self._keep_new
        )
        self._ask(dialog)

    def go_on(self, form: HalfFilled) -> None:
        """The form that locking closed, as far as it was filled."""
        dialog = self._next_visit(form.of) if form.of else self._new_patient()
        form.put_into(dialog)
        self._ask(dialog)

    def correct(self, again: HalfFilled | None = None, *, at_visit: bool = False) -> None:
        """Correct who the patient is whose evaluation is open, or when the visit was."""
        from ui.dialogs.patient import CorrectionDialog

        window = self._window
        if window.view is None or window.view.session.signed or window.view.session.evaluation.is_practice:
            return
        session = window.view.session
        store = session.store
        dialog = CorrectionDialog(
            session.evaluation, window, visits=store.patient_evaluations, alike=store.patients_like
        )
        if again is not None:
            again.put_into(dialog)
        elif at_visit:
            dialog.visit.setFocus()
        dialog.exec()  # what it gives is no answer where the window was locked in the same moment: nothing is lost
        if dialog.patient is not None:
            session.correct(dialog.patient, dialog.kind, dialog.day)
            if not window.is_hidden:
                window.setWindowTitle(f"{dialog.patient.name} – EvalAssist")
        elif dialog.known_wanted:
            window.show_chart(dialog.known_wanted)

    def _new_patient(self, name: str = "") -> PatientDialog:
        from ui.dialogs.patient import PatientDialog

        window = self._window
        return PatientDialog(
            window.clinical_content,
            window,
            name=name,
            keep=self._keep_new,
            alike=window.records.patients_like,
        )

    def _next_visit(self, patient_id: str) -> PatientDialog:
        from ui.dialogs.patient import PatientDialog

        window = self._window
        return PatientDialog(
            window.clinical_content,
            window,
            patient=window.records.patient(patient_id),
            former=window.records.patient_evaluations(patient_id),
            keep=self._keep_new,
        )

    def _ask(self, dialog: PatientDialog) -> None:
        if dialog.exec() and dialog.evaluation is not None:
            self._window.begin(dialog.evaluation)
        elif dialog.known_wanted:
            self._window.show_chart(dialog.known_wanted)

    def _keep_new(self, evaluation: Evaluation) -> Evaluation:
        """Keep a new evaluation while its dialog is still there to say what is wrong."""
        made = self._with_habits(evaluation)
        self._window.records.save(made)
        return made

    def _with_habits(self, evaluation: Evaluation) -> Evaluation:
        """A new evaluation with the answer the settings give: the mean of the trials counts."""
        score = self._window.settings.strength_score
        if score == "best":  # what counts while nothing is said
            return evaluation
        return evaluation.with_answer("strength-score", score)
