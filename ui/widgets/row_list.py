"""A long list that opens at once: only the lines that are seen are drawn, and none of them is a widget."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from evalassist.overview import Row
from ui import style
from ui.widgets.focus import ENTER_KEYS
from ui.widgets.glyph import paint_state

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowModel(QAbstractListModel):
    """The rows of one list."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these; where only their words changed, the chosen one stays chosen."""
        same = [row.title for row in rows] == [row.title for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows = tuple(rows)
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def heading(self, place: int) -> str:
        """The group that begins with this row, or ""."""
        group = self.rows[place].group
        return "" if place and self.rows[place - 1].group == group else group

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()].title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.rows[index.row()].text
        return None


class RowList(QListView):
    """Rows of two lines under the names of their groups. Enter chooses one, Ctrl+C copies all of it."""

    chosen = Signal()
    moved = Signal()
    """Another row is the current one."""

    def __init__(self, name: str, *, two_lines: bool = True) -> None:
        super().__init__()
        self.setObjectName("rows")
        self.setAccessibleName(name)
        self._rows = RowModel()
        self.setModel(self._rows)
        self._drawing = _Drawing(self._rows, self, two_lines=two_lines)
        self.setItemDelegate(self._drawing)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(lambda *_: self.moved.emit())

    @property
    def row(self) -> Row | None:
        """The current row."""
        place = self.currentIndex().row()
        return self._rows.rows[place] if 0 <= place < len(self._rows.rows) else None

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows.rows

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; a new list begins with its first one."""
        self._rows.show_rows(rows)
        if rows and not self.currentIndex().isValid():
            self.go_to(0)
        self.moved.emit()

    def go_to(self, place: int) -> None:
        """Make this row the current one."""
        self.setCurrentIndex(self._rows.index(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())  # something below it took of its room

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.row is not None:
            QGuiApplication.clipboard().setText(self.row.text)
        elif event.key() in ENTER_KEYS:
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if self.indexAt(event.position().toPoint()).isValid():
            self.chosen.emit()


class _Drawing(QStyledItemDelegate):
    """Draws a row: the name of its group above the first one, title and value, and a quiet line below."""

    def __init__(self, rows: RowModel, parent: QWidget, *, two_lines: bool) -> None:
        super().__init__(parent)
        self._rows, self._two_lines = rows, two_lines
        self._plain, self._bold = style.font(), style.font(weight=600)
        self._small, self._caption = style.font(9.5), style.font(9, 600)
        self._high = QFontMetrics(self._bold).height()
        self._small_high = QFontMetrics(self._small).height()
        self._caption_high = QFontMetrics(self._caption).height() + style.px(16)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        below = self._small_high + style.px(2) if self._has_line(index) else 0
        heading = self._caption_high if self._rows.heading(index.row()) else 0
        return QSize(0, heading + style.px(14) + self._high + below)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, area = self._rows.rows[index.row()], QRect(option.rect)
        painter.save()
        if heading := self._rows.heading(index.row()):
            above = area.adjusted(style.px(12), style.px(8), -style.px(12), 0)
            above.setHeight(self._caption_high - style.px(8))
            self._write(painter, above, heading, self._caption, "quiet")
            area.setTop(area.top() + self._caption_high)
        if option.state & QStyle.StateFlag.State_Selected:
            self._mark(painter, area, focused=bool(option.state & QStyle.StateFlag.State_HasFocus))
        inner = area.adjusted(style.px(12), style.px(7), -style.px(12), -style.px(7))
        first = QRect(inner.left(), inner.top(), inner.width(), self._high)
        if row.value:
            wide = QFontMetrics(self._bold).horizontalAdvance(row.value)
            self._write(painter, first, row.value, self._bold, "ink", _RIGHT)
            first.setRight(first.right() - wide - style.px(14))
            if row.look:
                sign, size = QRect(first), style.px(16)
                sign.setLeft(first.right() + style.px(14) - style.px(6) - size)
                box = QRectF(sign.left(), sign.center().y() - size / 2, size, size)
                paint_state(painter, box, "look", style.colour("att"))
                first.setRight(first.right() - size - style.px(6))
        self._write(painter, first, row.title, self._bold if self._two_lines else self._plain, "ink")
        if self._has_line(index):
            below = QRect(
                inner.left(), inner.bottom() + 1 - self._small_high, inner.width(), self._small_high
            )
            self._write(painter, below, row.line, self._small, "quiet")
        painter.restore()

    def _has_line(self, index: Index) -> bool:
        return self._two_lines and bool(self._rows.rows[index.row()].line)

    @staticmethod
    def _mark(painter: QPainter, area: QRect, *, focused: bool) -> None:
        painter.fillRect(area, style.colour("accent_soft"))
        edge = style.thick() if focused else 0
        painter.fillRect(QRect(area.left(), area.top(), style.px(4), area.height()), style.colour("accent"))
        for line in (
            QRect(area.left(), area.top(), area.width(), edge),
            QRect(area.left(), area.bottom() + 1 - edge, area.width(), edge),
            QRect(area.right() + 1 - edge, area.top(), edge, area.height()),
        ):
            painter.fillRect(line, style.colour("accent"))

    @staticmethod
    def _write(
        painter: QPainter,
        area: QRect,
        words: str,
        font: QFont,
        tone: str,
        where: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        painter.setFont(font)
        painter.setPen(style.colour(tone))
        fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, where, fitting)
