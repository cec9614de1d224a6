"""About EvalAssist: which version and content this is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from evalassist import __version__
from evalassist.content.schema import Release
from evalassist.settings import settings_file
from evalassist.translate import tr
from ui import style
from ui.widgets.roomy import roomy


class AboutDialog(QDialog):
    """Accepted when the clinical content is wanted."""

    def __init__(self, release: Release, where: str = "", parent: QWidget | None = None) -> None:
        """`where`: in what place the records lie."""
        super().__init__(parent)
        self.setWindowTitle(tr("About EvalAssist"))
        inner = QWidget()
        stack = style.column(inner, (0, 0, 8, 0), spacing=6)
        stack.addWidget(style.label("h1", "EvalAssist"))
        for words in (
            tr("Version {version__}").format(version__=__version__),
            tr(
                "License: Apache-2.0. It is made with Qt and Qt for Python, used under the LGPL, version 3, and with "
                "other free software; their licenses lie in the folder “licences” of the installed program."
            ),
            tr("Clinical content {version}, evidence checked {evidence_checked}").format(
                version=release.version, evidence_checked=release.evidence_checked
            ),
        ):
            line = style.label("", words, wrap=True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            stack.addWidget(line)
        stack.addSpacing(style.px(8))
        stack.addWidget(style.label("cap", tr("FOR IT")))
        for words in (
            tr("Records: {where}").format(where=where),
            tr("Settings: {settings_file}").format(settings_file=settings_file()),
        ):
            place = style.label("s", words, wrap=True)
            place.setTextFormat(Qt.TextFormat.PlainText)
            place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            stack.addWidget(place)
        stack.addStretch(1)
        content, done = QPushButton(tr("Clinical content")), QPushButton(tr("Done"))
        content.clicked.connect(self.accept)
        done.setProperty("kind", "primary")
        done.setDefault(True)
        done.clicked.connect(self.reject)
        ends = style.row(margins=(0, 10, 0, 0), spacing=8)
        ends.addWidget(content)
        ends.addStretch(1)
        ends.addWidget(done)
        whole = style.column(self, (20, 16, 20, 16), spacing=0)
        whole.addWidget(roomy(inner, 390, parent), 1)
        whole.addLayout(ends)
        done.setFocus()
