"""The column beside a paper: what is to be known above, what is to be done at its foot; it scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from ui import style
from ui.widgets.cards import Rule

LEAST_BODY = 150
"""How much of the body is to be seen above a foot that stays in place, at 100 % text."""

SCROLL = 18
"""Room for the scroll bar beside the body, at 100 % text."""


class SidePanel(QWidget):
    """The foot stays in sight while there is room for it; else it scrolls with the body, and nothing is squeezed."""

    def __init__(self, width: int, body: QWidget, foot: QWidget) -> None:
        super().__init__()
        self.setFixedWidth(max(style.px(width), body.minimumSizeHint().width() + style.px(SCROLL)))
        self._foot, self._rule = QWidget(), Rule()
        below = style.column(self._foot, spacing=8)
        below.addWidget(self._rule)
        below.addWidget(foot)
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
        self._stack.addWidget(self._foot)
        self._inside = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_foot()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the foot has more to say, or less
            self._place_foot()
        return super().event(event)

    def _place_foot(self) -> None:
        layout = self._foot.layout()
        if layout is None:
            return
        high = max(layout.totalHeightForWidth(self.width()), layout.totalSizeHint().height())
        inside = self.height() < high + style.px(LEAST_BODY)
        if inside != self._inside:
            self._inside = inside
            (self._inner if inside else self._stack).addWidget(self._foot)
            self._foot.show()
