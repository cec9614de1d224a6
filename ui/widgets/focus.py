"""Enter goes to the next field: from one answer to the next, past links and plain buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QWidget,
)

CLEARING_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIELDS = (QLineEdit, QPlainTextEdit, QComboBox, QCheckBox, QRadioButton, QAbstractSpinBox)


def go_on(control: QWidget, *, back: bool = False) -> None:
    """Move the keyboard from this control to the next field (or the one before) in the window."""
    start: QWidget = control.window().focusWidget() or control
    at = start
    while True:
        step = at.previousInFocusChain() if back else at.nextInFocusChain()
        if step is None or step is start:
            return
        at = step
        if not control.isAncestorOf(at) and at is not control and is_field(at):
            reason = Qt.FocusReason.BacktabFocusReason if back else Qt.FocusReason.TabFocusReason
            at.setFocus(reason)
            return


def is_field(widget: QWidget) -> bool:
    """Whether Enter stops here: a field that can be typed or chosen in now."""
    if not (widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
        return False
    if widget.property("field") is False:
        return False  # beside a field that is typed in: Tab reaches it, Enter passes it
    if isinstance(widget, _FIELDS):
        return not (isinstance(widget, QLineEdit) and widget.isReadOnly())
    return widget.property("field") is True
