"""A form that scrolls where the window is too low for it, so that nothing in it is crushed."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from ui import style

ENDS = 130
"""So much of the height goes to the buttons and edges of the dialog."""


def roomy(inner: QWidget, width: int, parent: QWidget | None) -> QScrollArea:
    """The form at this width (for 100 % text) or as wide as its words need, as high as it needs or as the window
    behind all dialogs allows."""
    bar = style.px(14)
    across = max(style.px(width), inner.minimumSizeHint().width() + bar)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    area.setMinimumWidth(across)
    layout = inner.layout()
    needed = layout.totalHeightForWidth(across - bar) if layout is not None else -1
    needed = max(needed, inner.sizeHint().height())
    room = outermost(parent).height() if parent is not None else needed + style.px(ENDS)
    area.setMinimumHeight(min(needed + style.px(8), max(room - style.px(ENDS), style.px(120))))
    return area


def outermost(widget: QWidget) -> QWidget:
    """The window behind all dialogs: a small dialog that opens a form leaves it all the room there is."""
    window = widget.window()
    while (behind := window.parentWidget()) is not None:
        window = behind.window()
    return window


def bring_into_view(words: QWidget) -> None:
    """Scroll to words that were just said, wherever they stand; what nobody sees was not said."""

    def scroll() -> None:
        part: QWidget | None = words
        while part is not None and words.isVisible():
            part = part.parentWidget()
            if isinstance(part, QScrollArea):
                part.ensureWidgetVisible(words, 0, style.px(12))

    QTimer.singleShot(0, words, scroll)
