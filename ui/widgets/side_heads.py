"""RIGHT and LEFT above the two columns of answers, with the sore side told."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from evalassist.evaluation import SIDES, Side, SoreKnee
from evalassist.translate import tr
from ui import style
from ui.widgets.marks import Chip
from ui.widgets.side import SideBadge


class SideHeads(QWidget):
    """The heads of the columns; what stands after them is added to `line`."""

    def __init__(self, side_width: int, *, gap: int) -> None:
        super().__init__()
        self._side_width = side_width
        self._heads: list[QWidget] = []
        self.line = style.row(self, spacing=gap)
        self._over_labels = QWidget()
        self.line.addWidget(self._over_labels)
        self._sore: dict[Side, Chip] = {}
        for side in SIDES:
            head = QWidget()
            head.setFixedWidth(style.px(side_width))
            self._heads.append(head)
            row = style.row(head, spacing=10)
            chip = self._sore[side] = Chip(tr("sore side"), "att")
            row.addWidget(SideBadge(side))
            row.addWidget(chip)
            row.addStretch(1)
            self.line.addWidget(head)

    def show_sore(self, sore_knee: SoreKnee) -> None:
        """Tell which side is the sore one."""
        for side, chip in self._sore.items():
            chip.setVisible(sore_knee in (side, "both"))

    def set_stacked(self, stacked: bool) -> None:
        """RIGHT stands above LEFT below: the two words follow each other instead of standing above columns."""
        for head in self._heads:
            wide = head.sizeHint().width() if stacked else style.px(self._side_width)
            head.setFixedWidth(wide)

    def place(self, label_width: int, indent_px: int) -> None:
        """Stand above columns that begin after the labels."""
        self.line.setContentsMargins(indent_px, 0, 0, style.px(3))
        self._over_labels.setVisible(label_width > 0)
        self._over_labels.setFixedWidth(style.px(label_width))
