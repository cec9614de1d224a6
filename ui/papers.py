"""The papers that are written of the evaluation that is open, and those kept for its patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.evaluation_view import EvaluationView
    from ui.main_window import MainWindow
    from ui.pages.chart import ChartPage


class Papers:
    """Opens each paper's dialog over the window, on what was typed up to now."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def serve(self, view: EvaluationView) -> None:
        """Listen to the open evaluation."""
        view.referral_wanted.connect(self._write_referral)
        view.plan_paper_wanted.connect(self._show_plan_paper)
        view.discharge_wanted.connect(self._show_discharge)
        view.addendum_wanted.connect(self._write_addendum)
        view.documents_wanted.connect(self.show_kept)

    def show_kept(self) -> None:
        """The papers kept for the patient whose evaluation is open."""
        from ui.dialogs.documents import show_documents

        window = self._window
        if window.view is not None:
            window.view.commit()
            show_documents(window.view.session, window)

    def show_of(self, chart: ChartPage, document_id: str) -> None:
        """The papers kept for the patient of a chart, with this one."""
        from ui.dialogs.documents import DocumentsDialog

        window = self._window
        by = window.settings.therapist_name
        dialog = DocumentsDialog(window.records, chart.patient_id, by, window, document_id)
        dialog.used.connect(chart.fill_papers)
        dialog.exec()

    def _write_referral(self) -> None:
        from ui.dialogs.papers import ReferralDialog

        window = self._window
        if window.view is not None:
            window.view.commit()
            ReferralDialog(window.view.session, window).exec()

    def _show_plan_paper(self) -> None:
        from ui.dialogs.papers import PlanOfCareDialog

        window = self._window
        if window.view is not None:
            window.view.commit()
            if window.view.session.note().plan is not None:
                PlanOfCareDialog(window.view.session, window).exec()

    def _show_discharge(self) -> None:
        from ui.dialogs.papers import DischargeDialog

        window = self._window
        if window.view is not None:
            window.view.commit()
            if window.view.session.note().discharge is not None:
                DischargeDialog(window.view.session, window).exec()

    def _write_addendum(self) -> None:
        from ui.dialogs.papers import AddendumDialog

        window = self._window
        if window.view is not None:
            AddendumDialog(window.view.session, window).exec()
