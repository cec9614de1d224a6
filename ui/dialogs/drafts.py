"""The texts of a Spanish sheet that no qualified translator has reviewed, each beside its English."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QTextBrowser, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.roomy import take_room

Drafts = tuple[tuple[str, str], ...]
"""English and Spanish of each text."""


class DraftsDialog(QDialog):
    """To be read, and checked with somebody who knows both languages, before a sheet is given out."""

    def __init__(self, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Spanish not reviewed by a qualified translator"))
        take_room(self, 760, 600)
        self.texts = QTextBrowser()
        self.texts.setFrameShape(QFrame.Shape.NoFrame)
        spoken.read_by_keys(self.texts)
        self.texts.setAccessibleName(tr("English and Spanish"))
        rows = "".join(_row(english, spanish) for english, spanish in drafts)
        self.texts.setHtml(
            f'<table width="100%" cellspacing="0" cellpadding="{style.px(3)}">'
            f"{_row(tr('English'), tr('Spanish'), cell='th')}{rows}</table>"
        )
        done = QPushButton(tr("Done"))
        done.setProperty("kind", "primary")
        done.clicked.connect(self.accept)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(done)
        stack = style.column(self, (20, 16, 20, 16), spacing=12)
        stack.addWidget(self.texts, 1)
        stack.addLayout(ends)


def _row(english: str, spanish: str, cell: str = "td") -> str:
    """The bold of a sheet's text is shown; its slots stay as they are: {side}."""
    cells = (
        escape(text).replace("&lt;b&gt;", "<b>").replace("&lt;/b&gt;", "</b>").replace("\n", "<br>")
        for text in (english, spanish)
    )
    return "<tr>" + "".join(f'<{cell} width="50%" align="left">{each}</{cell}>' for each in cells) + "</tr>"
