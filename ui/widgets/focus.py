"""Enter goes to the next field, past links and plain buttons; Tab to every control, as the eye reads."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QWidget,
)
from shiboken6 import invalidate

CLEARING_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIELDS = (QLineEdit, QPlainTextEdit, QComboBox, QCheckBox, QRadioButton, QAbstractSpinBox)


def go_on(control: QWidget, *, back: bool = False) -> None:
    """Move the keyboard from this control to the next field (or the one before) as the eye reads."""
    window = control.window()
    start: QWidget = window.focusWidget() or control
    for at in _stops_from(start, window, back):
        if at is start:
            return
        if not control.isAncestorOf(at) and at is not control and is_field(at):
            reach(at, _reason(back=back))
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


def tab_on(window: QWidget, *, back: bool) -> bool:
    """Move the keyboard to the next control as the eye reads, whichever was made first, and scroll to it."""
    stop = next(_stops_from(window.focusWidget() or window, window, back), None)
    if stop is None:
        return False
    reach(stop, _reason(back=back))
    return True


def _reason(*, back: bool) -> Qt.FocusReason:
    return Qt.FocusReason.BacktabFocusReason if back else Qt.FocusReason.TabFocusReason


def reach(stop: QWidget, reason: Qt.FocusReason) -> None:
    """Put the keyboard on a control and bring it into view."""
    stop.setFocus(reason)
    holder = stop.parentWidget()
    while holder is not None:  # an area that was scrolled away does not follow a keyboard from outside
        if isinstance(holder, QScrollArea):
            holder.ensureWidgetVisible(stop)
        holder = holder.parentWidget()


def enter_presses(window: QWidget, event: QKeyEvent) -> bool:
    """Press the button that has the keyboard with an Enter that nothing else took; False where it is none."""
    button, with_others = window.focusWidget(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() not in ENTER_KEYS or with_others or not isinstance(button, QPushButton | QToolButton):
        return False
    if not event.isAutoRepeat():  # Enter that is held down came here from a field
        button.click()
    return True


def is_stop(widget: QWidget) -> bool:
    """Whether Tab stops here now."""
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    return bool(takes) and widget.isVisible() and widget.isEnabled()


def first_stop(page: QWidget) -> QWidget | None:
    """The first field of a page; where it has none, the first control that Tab reaches."""
    stops = list(_stops_in(page, back=False))
    return next((each for each in stops if is_field(each)), stops[0] if stops else None)


def first_reached(page: QWidget) -> QWidget:
    """The first control of a page that Tab reaches; the page itself where there is none."""
    return next(_stops_in(page, back=False), page)


def _stops_from(at: QWidget, window: QWidget, back: bool) -> Iterator[QWidget]:
    """The stops after this one (or before it), round to the first."""
    if not back:
        for part in _in_order(at):
            yield from _stops_in(part, back)
    while at is not window and (parent := at.parentWidget()) is not None:
        beside = _in_order(parent)
        place = beside.index(at)
        for part in reversed(beside[:place]) if back else beside[place + 1 :]:
            yield from _stops_in(part, back)
        if back and is_stop(parent):
            yield parent
        at = parent
    yield from _stops_in(window, back)


def _stops_in(widget: QWidget, back: bool) -> Iterator[QWidget]:
    if not widget.isVisible():
        return
    if not back and is_stop(widget):
        yield widget
    parts = _in_order(widget)
    for part in reversed(parts) if back else parts:
        yield from _stops_in(part, back)
    if back and is_stop(widget):
        yield widget


def _in_order(widget: QWidget) -> list[QWidget]:
    """What stands in a widget, in the order of its layout; what no layout holds comes last."""
    layout = widget.layout()
    laid = list(_laid(layout)) if layout is not None else []
    held = set(laid)
    return [
        *laid,
        *(
            each
            for each in widget.children()
            if isinstance(each, QWidget) and each not in held and not each.isWindow()
        ),
    ]


def _laid(layout: QLayout) -> Iterator[QWidget]:
    for held in held_by(layout):
        if isinstance(held, QLayout):
            yield from _laid(held)
        else:
            yield held


def held_by(layout: QLayout) -> Iterator[QWidget | QLayout]:
    """The widgets and layouts in a layout, in its order.

    Qt deletes the items that hold them without telling Python, which would take what comes into being at the same
    place in the memory for such an item: so each is forgotten at once.
    """
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        held = item.widget() or item.layout()
        if not isinstance(item, QLayout):
            invalidate(item)
        if held is not None:
            yield held
