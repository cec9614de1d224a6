"""What a screen reader is told of the controls we made ourselves: their role, and that they can be pressed.

A class says its role in `spoken_role`; where it can be pressed, it has `press`. Names are accessible names.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QWidget

from evalassist.translate import tr

Role = QAccessible.Role
PRESS = tr("Press")


class _Spoken(QAccessibleWidget):
    """A control of ours as assistive technology gets it."""

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)
        self._widget = widget

    @property
    def _press(self) -> Callable[[], object] | None:
        return getattr(self._widget, "press", None)

    def state(self) -> QAccessible.State:
        told = super().state()
        if isinstance(self._widget, QAbstractButton) and self._widget.isCheckable():
            told.checkable, told.checked = True, self._widget.isChecked()
        return told

    def actionNames(self) -> list[str]:
        return [*([PRESS] if self._press else []), *super().actionNames()]

    def doAction(self, name: str) -> None:
        if name == PRESS and (press := self._press) is not None:
            press()
        else:
            super().doAction(name)


def _told_of(_kind: str, thing: QObject) -> QAccessibleInterface | None:
    role = getattr(thing, "spoken_role", None)
    return _Spoken(thing, role) if role is not None and isinstance(thing, QWidget) else None


QAccessible.installFactory(_told_of)
