"""Test although the safety screen forbids it: only with a reason, which stands in the note."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist.clinical.result import TEST_ANYWAY
from evalassist.translate import tr
from ui import style
from ui.dialogs.asking import asked_to_lose
from ui.session import EvaluationSession
from ui.widgets.fields import TextField


class OpenTestingDialog(QDialog):
    """Says what was found and what it demands, and asks why to test all the same."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.half_filled_as = ("anyway", session.evaluation.id)
        self.setWindowTitle(tr("Test anyway"))
        self.setMinimumWidth(style.px(520))
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        for flag in session.assessment.red_flags:
            if flag.rule.level in ("EMERGENCY", "URGENT"):
                stack.addWidget(style.label("b", f"{flag.rule.title}: {flag.rule.do_now}", wrap=True))
        stack.addWidget(
            style.label(
                "q",
                tr(
                    "Movement, strength and mobility open once there is a reason. It stands in the note and above "
                    "these steps. Plan of care and handout stay blocked."
                ),
                wrap=True,
            )
        )
        self.reason = TextField(tr("Reason to test anyway"))
        stack.addWidget(style.label("b", tr("Reason")))
        stack.addWidget(self.reason)
        go, leave = QPushButton(tr("Test anyway")), QPushButton(tr("Cancel"))
        go.setProperty("kind", "danger")
        go.clicked.connect(self._go)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(leave)
        ends.addWidget(go)
        stack.addLayout(ends)
        leave.setDefault(True)
        self.reason.setFocus()

    def reject(self) -> None:
        """Esc or Cancel: the steps stay closed."""
        if not self.reason.value or asked_to_lose(self, tr("The steps stay closed.")):
            super().reject()

    def _go(self) -> None:
        reason = self.reason.value
        if not reason:
            self.reason.setFocus()
            return
        self._session.answer(TEST_ANYWAY, reason)
        self.accept()
