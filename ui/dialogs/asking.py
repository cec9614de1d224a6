"""One question before something typed is lost."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from evalassist.translate import tr


def asked_to_lose(parent: QWidget, says: str) -> bool:
    """Say what would be lost; True when the therapist leaves all the same."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "EvalAssist", says, parent=parent)
    box.setInformativeText(tr("If you leave now, what you typed is lost."))
    stay = box.addButton(tr("Stay here"), QMessageBox.ButtonRole.RejectRole)
    leave = box.addButton(tr("Leave without it"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is leave  # a box that locking closed was not answered
