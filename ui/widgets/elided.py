"""Words that give way where there is no room for them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


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
        while len(lines) + 1 < self._lines and metrics.horizontalAdvance(rest) > self.width() and " " in rest:
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
        self.setToolTip(self._whole if last != rest else "")

    def _fits(self, words: str) -> bool:
        return self.fontMetrics().horizontalAdvance(words) <= self.width()
