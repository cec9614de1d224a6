"""A form that scrolls where the window is too low for it, so that nothing in it is crushed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from ui import style

ENDS = 130
"""So much of the height goes to the buttons and edges of the dialog."""
EDGE = 40
"""So much of the window behind a dialog stays in sight, in each direction."""


class ScrolledDown(QScrollArea):
    """As wide as the widest field in it and as high as all of it; in a lower place it scrolls, never sideways."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner = inner
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def sizeHint(self) -> QSize:
        return QSize(self._across(), _height_of(self._inner, max(self.width(), self._across())))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._across(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():  # words break elsewhere
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # there is more in it, or less
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _across(self) -> int:
        return self._inner.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()


def _height_of(form: QWidget, width: int) -> int:
    layout = form.layout()
    needed = layout.totalHeightForWidth(width) if layout is not None else -1
    return needed if needed >= 0 else form.sizeHint().height()


def roomy(inner: QWidget, width: int, parent: QWidget | None, below: int = 0) -> QScrollArea:
    """The form at this width (for 100 % text) or as wide as its words need, as high as it needs or as the window
    behind all dialogs allows; `below`: what the dialog has under it besides its buttons."""
    bar = style.px(14)
    across = max(style.px(width), inner.minimumSizeHint().width() + bar)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    area.setMinimumWidth(across)
    needed = max(_height_of(inner, across - bar), inner.sizeHint().height())
    room = outermost(parent).height() if parent is not None else needed + style.px(ENDS)
    area.setMinimumHeight(min(needed + style.px(8), max(room - style.px(ENDS) - below, style.px(120))))
    return area


def take_room(dialog: QWidget, width: int, height: int) -> None:
    """As large as is good to read (for 100 % text), and never larger than the window behind all dialogs."""
    wanted = QSize(style.px(width), style.px(height))
    behind = dialog.parentWidget()
    if behind is not None:
        wanted = wanted.boundedTo(outermost(behind).size() - QSize(EDGE, EDGE))
    dialog.resize(wanted)


def outermost(widget: QWidget) -> QWidget:
    """The window behind all dialogs: a small dialog that opens a form leaves it all the room there is."""
    window = widget.window()
    while (behind := window.parentWidget()) is not None:
        window = behind.window()
    return window


def bring_into_view(words: QWidget, first: QWidget | None = None) -> None:
    """Scroll to what was just said or opened, wherever it stands; what nobody sees is not there.

    `first`: the part of it that is seen in any case, where there is no room for all of it.
    """

    def scroll() -> None:
        for wanted in filter(None, (words, first)):
            part: QWidget | None = wanted
            while part is not None and wanted.isVisible():
                part = part.parentWidget()
                if isinstance(part, QScrollArea):
                    part.ensureWidgetVisible(wanted, 0, style.px(12))

    QTimer.singleShot(0, words, scroll)  # it has its size by then
