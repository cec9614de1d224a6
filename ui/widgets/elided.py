"""Words that give way where there is no room for them."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui import style

LEAST = 64
"""So much of the words stays to be read (px at 100 % text)."""


class ElidedLabel(QLabel):
    """Quiet words at the right that give way: what does not fit is in the tooltip."""

    def __init__(self, *, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignRight, lines: int = 1) -> None:
        super().__init__()
        self._whole, self._lines = "", lines
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("t", "s")
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_text(self, words: str) -> None:
        """Show these words, as far as there is room."""
        self._whole = words
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, rest = self.fontMetrics(), self._whole
        lines: list[str] = []
        while len(lines) + 1 < self._lines and not self._fits(rest) and " " in rest:
            words = rest.split(" ")
            fits = next(
                (n for n in range(len(words), 1, -1) if self._fits(" ".join(words[:n]))),
                1,
            )
            lines.append(" ".join(words[:fits]))
            rest = " ".join(words[fits:])
        last = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())
        self.setText("\n".join((*lines, last)))
        self.setAccessibleName(self._whole)
        self.setToolTip(style.tip(self._whole if last != rest else ""))

    def _fits(self, words: str) -> bool:
        return self.fontMetrics().horizontalAdvance(words) < self.width()  # as wide as its room, it is cut


class WrappedLabel(QLabel):
    """Words on one line where there is room for it, on more lines where there is not, never narrower than `least`."""

    def __init__(self, kind: str, words: str = "", *, least: int) -> None:
        super().__init__(words)
        self._least = least
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("t", kind)
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        return QSize(self._one_line(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        least = min(self._one_line(), style.px(self._least))
        return QSize(least, super().minimumSizeHint().height())

    def _one_line(self) -> int:
        self.ensurePolished()  # bold words are wider
        return self.fontMetrics().horizontalAdvance(self.text()) + 2 * style.thick()  # it may have an edge


class GivingLabel(QLabel):
    """Words that take the room they need and give way where there is less: the tooltip has them whole."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = self._tip = ""
        self._gives = True
        self.setTextFormat(Qt.TextFormat.PlainText)

    def text(self) -> str:
        """The whole words, whatever there is room for."""
        return self._whole

    def setText(self, words: str) -> None:
        self._whole = words
        self.setAccessibleName(words)
        self.updateGeometry()
        self._fit()

    def setToolTip(self, tip: str) -> None:
        self._tip = tip
        self._fit()

    def set_gives(self, gives: bool) -> None:
        """Whether it gives way at all."""
        self._gives = gives
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._needed(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        least = style.px(LEAST) if self._gives else self._needed()
        return QSize(min(self._needed(), least), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _needed(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._whole) + 2

    def _fit(self) -> None:
        fits = self.width() >= self._needed() or not self.testAttribute(Qt.WidgetAttribute.WA_Resized)
        shown = (
            self._whole
            if fits
            else self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        )
        super().setText(shown)
        super().setToolTip(style.tip("\n".join(filter(None, ("" if fits else self._whole, self._tip)))))
