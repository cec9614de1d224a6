"""A plain box over the window: one question before something is lost, or one thing to know."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QWidget

from evalassist.translate import tr

TAKEN_AWAY = -1
"""The result of a box that locking closed, also where a button was pressed in the same moment."""


def asked(parent: QWidget, says: str, means: str, act: str, stay: str = "") -> bool:
    """Ask once, with staying as the answer that Enter gives; True when the person goes on all the same."""
    box = _box(parent, says, means)
    stays = box.addButton(stay or tr("Stay here"), QMessageBox.ButtonRole.RejectRole)
    leave = box.addButton(act, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stays)
    return answer(box) is leave


def answer(box: QMessageBox) -> QAbstractButton | None:
    """Show the box; the button that was pressed, if any: a box that locking closed was not answered."""
    return None if box.exec() == TAKEN_AWAY else box.clickedButton()


def asked_to_lose(parent: QWidget, says: str) -> bool:
    """Say what would be lost; True when the therapist leaves all the same."""
    return asked(parent, says, tr("If you leave now, what you typed is lost."), tr("Leave without it"))


def tell(parent: QWidget, says: str, means: str) -> None:
    """Say one thing, with what follows from it, and wait until it was read."""
    _box(parent, says, means).exec()


def _box(parent: QWidget, says: str, means: str) -> QMessageBox:
    box = QMessageBox(QMessageBox.Icon.NoIcon, "EvalAssist", says, parent=parent)
    box.setInformativeText(means)
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)  # what was typed is never read as a format
    return box
