"""The column beside a paper: what is to be known above, what is to be done at its foot; it scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from ui import style
from ui.widgets.cards import Rule
from ui.widgets.roomy import bring_into_view

LEAST_BODY = 150
"""How much of the body is to be seen above an act that stays in place, at 100 % text."""
ROOMY_BODY = 260
"""So much of it, before the rest of the foot stays in place too."""

SCROLL = 18
"""Room for the scroll bar beside the body, at 100 % text."""


class SidePanel(QWidget):
    """The act and the rest of the foot stay in sight while there is room; else the rest scrolls with the body, and
    in very little room the act too. Nothing is squeezed."""

    def __init__(self, width: int, body: QWidget, act: QWidget, rest: QWidget | None = None) -> None:
        super().__init__()
        self.setFixedWidth(max(style.px(width), body.minimumSizeHint().width() + style.px(SCROLL)))
        self._act, self._rest = QWidget(), rest or QWidget()
        below = style.column(self._act, spacing=8)
        below.addWidget(Rule())
        below.addWidget(act)
        place, self.area = QWidget(), QScrollArea()
        self._inner = style.column(place, (0, 0, 2, 0), spacing=8)
        self._inner.addWidget(body)
        self._inner.addStretch(1)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(place)
        self._stack = style.column(self, spacing=8)
        self._stack.addWidget(self.area, 1)
        for part in (self._act, self._rest):
            self._stack.addWidget(part)
            part.installEventFilter(self)
        self._rest.setVisible(rest is not None)

    def show_focused(self) -> None:
        """Scroll so that what has the keyboard can be seen; the foot may be on its way into what scrolls."""
        focused = self.window().focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            bring_into_view(focused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_foot()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the foot has more to say, or less, wherever it stands
            self._place_foot()
        return super().eventFilter(watched, event)

    def _place_foot(self) -> None:
        act, rest = self._high(self._act), self._high(self._rest)
        self._place(self._act, scrolls=self.height() < act + style.px(LEAST_BODY))
        self._place(self._rest, scrolls=self.height() < act + rest + style.px(ROOMY_BODY))

    def _high(self, part: QWidget) -> int:
        layout = part.layout()
        if layout is None:
            return 0
        return max(layout.totalHeightForWidth(self.width()), layout.totalSizeHint().height())

    def _place(self, part: QWidget, *, scrolls: bool) -> None:
        column = self._inner if scrolls else self._stack
        if column.indexOf(part) < 0:
            shown, held = not part.isHidden(), self.window().focusWidget()
            before = column.indexOf(self._rest) if part is self._act else -1  # -1: at the end
            column.insertWidget(before, part)
            part.setVisible(shown)
            if held is not None and part.isAncestorOf(held):  # on its way Qt took the keyboard elsewhere
                held.setFocus(Qt.FocusReason.OtherFocusReason)
