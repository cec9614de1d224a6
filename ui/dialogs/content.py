"""Clinical content: which release, every limit, every source, what a clinician has to check, our own rules."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QPushButton, QScrollArea, QWidget

from evalassist.content.loader import content_with
from evalassist.errors import EvalAssistError
from evalassist.overview import Part, Row, fitting, overview
from evalassist.records.rows import DefaultChange
from evalassist.records.store import Store
from evalassist.translate import tr
from ui import icons, style
from ui.dialogs.limit import LimitDialog
from ui.half_filled import HalfFilled
from ui.spoken import Said
from ui.widgets.row_list import RowList
from ui.widgets.typed import quotable

NOT_ALLOWED = tr("An administrator can change the limits.")
ROOM = 24
"""So much of the window stays visible around the dialog."""


class ContentDialog(QDialog):
    """Five lists under one search. A limit can be changed here; everything else is only looked at."""

    limit_changed = Signal()

    def __init__(self, store: Store, therapist_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._name = store, therapist_name
        self._parts: tuple[Part, ...] = ()
        self._whole_history = False
        self.setWindowTitle(tr("Clinical content"))
        self._fit(parent)
        self._make_search()
        self.parts = RowList(tr("Parts"), two_lines=False)
        self.parts.setFixedWidth(style.px(172))
        self.list = RowList("")
        self._says = style.label("q", wrap=True)
        self._said = Said(wrap=True)
        self._said.hide()
        self._make_details()
        self._make_acts()
        self._lay_out()
        self.read()
        self.parts.moved.connect(self._show_part)
        self.list.moved.connect(self._show_row)
        self.list.chosen.connect(lambda: self.change())
        self._show_part()
        self.search.setFocus()

    def read(self) -> None:
        """Read what the clinic set otherwise; where the records cannot be read, the shipped content is shown."""
        changes: tuple[DefaultChange, ...] = ()
        numbers: dict[str, float] = {}
        try:
            changes, numbers = self._store.default_changes(), dict(self._store.clinic_defaults())
        except EvalAssistError as fault:
            self._tell(
                tr("What this clinic set otherwise cannot be read now. {fault}").format(fault=fault), "danger"
            )
        self._parts = overview(content_with(tuple(sorted(numbers.items()))), changes)
        self._search()

    def go_on(self, again: HalfFilled) -> None:
        """The change of a limit that was half filled when the window was locked."""
        for part, found in enumerate(self._found):
            for place, row in enumerate(found):
                if row.default is not None and row.default.id == again.of:
                    self.parts.go_to(part)
                    self.list.go_to(place)
                    self.change(again)
                    return

    def change(self, again: HalfFilled | None = None) -> None:
        """Change the limit that is chosen."""
        row = self.list.row
        if row is None or row.default is None:
            return
        if self._store.account.id and not self._store.account.administers:
            self._tell(NOT_ALLOWED, "att")
            return
        dialog = LimitDialog(row, self._store, self._name, self)
        if again is not None:
            again.put_into(dialog)
        if dialog.exec():
            self._tell(dialog.done_says, "good")
            self.read()
            self.limit_changed.emit()

    # ------------------------------------------------------------ search

    def _make_search(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a limit, source, rule, question or exercise"))
        self.search.setAccessibleName(tr("Find in the clinical content"))
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._search)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        """Find in all parts; where the open one has nothing, the first that has something opens."""
        typed = self.search.text()
        self._found = [fitting(part.rows, typed) for part in self._parts]
        self.parts.show_rows(
            [
                Row(part.title, value=f"{len(found)}")
                for part, found in zip(self._parts, self._found, strict=True)
            ]
        )
        if not self._found[self._place]:
            self.parts.go_to(next((place for place, found in enumerate(self._found) if found), self._place))
        self._show_part()

    @property
    def _place(self) -> int:
        return max(0, self.parts.currentIndex().row())

    # ------------------------------------------------------------ what is shown

    def _show_part(self) -> None:
        part, found = self._parts[self._place], self._found[self._place]
        self._says.setText(
            part.says
            if found
            else tr("Nothing is found for “{search}”.").format(search=quotable(self.search.text()))
        )
        self.list.setAccessibleName(part.title)
        self.list.show_rows(found)

    def _show_row(self) -> None:
        row = self.list.row
        is_limit = row is not None and row.default is not None
        self._change.setVisible(is_limit)
        self._history.setVisible(row is not None and len(row.history) > 1)
        self._history.setText(tr("Last change only") if self._whole_history else tr("Whole history"))
        self._title.setText(row.title if row else "")
        self._about.setText("\n".join(self._lines(row)) if row else "")
        self._area.verticalScrollBar().setValue(0)
        self._details.setVisible(row is not None and bool(row.details))

    def _lines(self, row: Row) -> tuple[str, ...]:
        if self._whole_history and len(row.history) > 1:
            return (*row.details[:-1], tr("Changes, the latest first:"), *row.history)
        return row.details

    def _turn_history(self) -> None:
        self._whole_history = not self._whole_history
        self._show_row()

    def _tell(self, words: str, tone: str) -> None:
        self._said.setText(words)
        style.say(self._said, c=tone)
        self._said.show()

    # ------------------------------------------------------------ layout

    def _fit(self, parent: QWidget | None) -> None:
        """As large as is good to read, and never larger than the window it stands in front of."""
        wide, high = style.px(1000), style.px(620)
        if parent is not None:
            room = parent.window().size()
            wide, high = min(wide, room.width() - ROOM), min(high, room.height() - ROOM)
        self.resize(wide, high)

    def _make_details(self) -> None:
        self._title, self._about = style.label("b", wrap=True), style.label(wrap=True)
        for label in (self._title, self._about):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        stack = style.column(inner, (12, 10, 12, 10), spacing=4)
        stack.addWidget(self._title)
        stack.addWidget(self._about)
        stack.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName(tr("All about the chosen line"))
        self._area.setProperty("reads", True)
        self._area.setWidget(inner)
        self._details = QFrame()
        self._details.setProperty("card", "plain")
        style.column(self._details, (1, 1, 1, 1)).addWidget(self._area)

    def _make_acts(self) -> None:
        self._change, self._history = QPushButton(tr("Change it…")), QPushButton()
        icons.put_icon(self._change, "edit")
        icons.put_icon(self._history, "history")
        self._change.clicked.connect(self.change)
        self._history.clicked.connect(self._turn_history)
        self._leave = QPushButton(tr("Done"))
        self._leave.setProperty("kind", "primary")
        self._leave.clicked.connect(self.accept)
        for button in (self._change, self._history, self._leave):
            button.setAutoDefault(False)  # Enter belongs to the list and the search

    def _lay_out(self) -> None:
        right = style.column(spacing=8)
        right.addWidget(self._says)
        right.addWidget(self.list, 4)
        right.addWidget(self._said)
        right.addWidget(self._details, 3)
        middle = style.row(spacing=12)
        middle.addWidget(self.parts)
        middle.addLayout(right, 1)
        ends = style.row(spacing=8)
        ends.addWidget(self._change)
        ends.addWidget(self._history)
        ends.addStretch(1)
        ends.addWidget(self._leave)
        whole = style.column(self, (16, 14, 16, 14), spacing=12)
        whole.addWidget(self.search)
        whole.addLayout(middle, 1)
        whole.addLayout(ends)
