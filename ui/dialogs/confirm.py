"""The password asked again, before something that only its owner may do."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.records.store import Store
from evalassist.translate import tr
from ui import style
from ui.aside import Aside
from ui.spoken import Said
from ui.way_in import WayIn
from ui.widgets.passwords import PasswordField


class ConfirmDialog(QDialog):
    """Accepted once the password of who is signed in was typed right."""

    def __init__(
        self,
        store: Store,
        way_in: WayIn,
        says: str,
        act: str,
        parent: QWidget | None = None,
        *,
        kind: str = "primary",
    ) -> None:
        """`says`: what will happen; `kind`: how its button looks."""
        super().__init__(parent)
        self._store, self._way_in = store, way_in
        self._aside = Aside(self)
        self.setWindowTitle(act)
        self.setMinimumWidth(style.px(440))
        self.password = PasswordField(tr("Your password"))
        self.password.edit.setPlaceholderText(tr("Your password"))
        self.password.entered.connect(self.confirm)
        self._said = Said("", wrap=True)
        style.say(self._said, c="danger")
        self._said.hide()
        self.button, leave = QPushButton(act), QPushButton(tr("Cancel"))
        self.button.setProperty("kind", kind)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.confirm)
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(leave)
        ends.addWidget(self.button)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addWidget(style.label("", says, wrap=True))
        stack.addWidget(self.password)
        stack.addWidget(self._said)
        stack.addLayout(ends)
        self.password.setFocus()

    def confirm(self) -> None:
        """Look at the password."""
        password = self.password.value
        if not password:
            self.password.setFocus()
            return
        self.button.setEnabled(False)
        self._aside.do(
            lambda: self._way_in.confirm(self._store, password), lambda _: self.accept(), self._refused
        )

    def done(self, result: int) -> None:
        self._aside.finish()
        super().done(result)

    def _refused(self, fault: EvalAssistError) -> None:
        self.button.setEnabled(True)
        self.password.clear()
        self._said.setText(str(fault))
        self._said.show()
        self.password.setFocus()


def confirmed(
    store: Store, way_in: WayIn | None, says: str, act: str, parent: QWidget, *, kind: str = "primary"
) -> bool:
    """Whether who is signed in said so with the password; True where nobody signs in."""
    return way_in is None or bool(ConfirmDialog(store, way_in, says, act, parent, kind=kind).exec())
