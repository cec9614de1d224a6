"""Two versions of one draft side by side: for each field the therapist says which one stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QScrollArea, QWidget

from evalassist.translate import tr, trn
from evalassist.two_versions import Difference, Key
from ui import style
from ui.session import EvaluationSession
from ui.widgets.roomy import take_room
from ui.widgets.segments import Choice, SegmentedControl

HERE, OTHER = "here", "other"
WHOSE = (Choice(HERE, tr("Here"), key="h"), Choice(OTHER, tr("Other"), key="o"))
CHANGED = {
    "mine": tr("changed here"),
    "theirs": tr("changed in the other window"),
    "both": tr("changed in both"),
}


class TwoVersionsDialog(QDialog):
    """What only one window changed is chosen already; what both changed waits for the therapist."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Two versions of this evaluation"))
        self.differences = session.differences()
        self.choices: dict[Key, SegmentedControl] = {}
        self._open = style.label("b", wrap=True)
        rows, grid = QWidget(), QGridLayout()
        rows.setLayout(grid)
        grid.setContentsMargins(0, 0, style.px(8), 0)
        grid.setHorizontalSpacing(style.px(16))
        grid.setVerticalSpacing(style.px(10))
        for column, (words, stretch) in enumerate(
            ((tr("Field"), 3), (tr("Here"), 4), (tr("Other window"), 4), (tr("Keep"), 0))
        ):
            grid.addWidget(style.label("q", words), 0, column)
            grid.setColumnStretch(column, stretch)
        for row, difference in enumerate(self.differences, start=1):
            self._add(grid, row, difference)
        grid.setRowStretch(len(self.differences) + 1, 1)
        area = QScrollArea(widgetResizable=True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(rows)
        stack = style.column(self, (16, 12, 16, 12), spacing=10)
        stack.addWidget(style.label("h1", tr("Another window changed this evaluation")))
        stack.addWidget(
            style.label(
                "",
                tr("Nothing is lost: both versions are kept until you choose. Undo brings yours back."),
                wrap=True,
            )
        )
        stack.addWidget(area, 1)
        stack.addWidget(self._open)
        stack.addLayout(self._ends())
        self._count()
        take_room(self, 1000, 640)

    def from_theirs(self) -> set[Key]:
        """The fields that are taken from the other version."""
        return {key for key, choice in self.choices.items() if choice.value == OTHER}

    def take_all(self, whose: str) -> None:
        """Every field from one version."""
        for choice in self.choices.values():
            choice.set_value(whose)
        self._count()

    def _add(self, grid: QGridLayout, row: int, difference: Difference) -> None:
        field = QWidget()
        words = style.column(field, spacing=2)
        words.addWidget(style.label("b", difference.label, wrap=True))
        words.addWidget(style.label("q", CHANGED[difference.changed], wrap=True))
        choice = SegmentedControl(WHOSE, tr("Keep of {label}").format(label=difference.label))
        if difference.changed != "both":
            choice.set_value(HERE if difference.changed == "mine" else OTHER)
        choice.answered.connect(lambda _: self._count())
        self.choices[difference.key] = choice
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(field, row, 0, top)
        grid.addWidget(style.label("", difference.mine, wrap=True), row, 1, top)
        grid.addWidget(style.label("", difference.theirs, wrap=True), row, 2, top)
        grid.addWidget(choice, row, 3, top)

    def _ends(self) -> QGridLayout:
        self.keep = QPushButton(tr("Keep these"))
        self.keep.setProperty("kind", "primary")
        self.keep.clicked.connect(self.accept)
        later = QPushButton(tr("Cancel"))
        later.clicked.connect(self.reject)
        mine, theirs = QPushButton(tr("All from here")), QPushButton(tr("All from the other"))
        mine.clicked.connect(lambda: self.take_all(HERE))
        theirs.clicked.connect(lambda: self.take_all(OTHER))
        line = QGridLayout()
        for column, button in enumerate((mine, theirs, None, later, self.keep)):
            if button is None:
                line.setColumnStretch(column, 1)
            else:
                line.addWidget(button, 0, column)
        return line

    def _count(self) -> None:
        waiting = sum(choice.value is None for choice in self.choices.values())
        self.keep.setEnabled(waiting == 0)
        fields = trn("field was", "fields were", waiting)
        self._open.setText(
            tr("{waiting} {fields} changed in both windows: choose which one stays.").format(
                waiting=waiting, fields=fields
            )
            if waiting
            else ""
        )
