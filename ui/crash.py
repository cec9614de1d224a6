"""When something goes wrong that nobody foresaw: what was typed is kept, the therapist is told in plain words."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

from evalassist.errors import ContentError, EvalAssistError
from evalassist.translate import tr
from ui import style
from ui.faults import log_fault
from ui.widgets.cards import Card
from ui.widgets.marks import StateGlyph

log = logging.getLogger(__name__)

KEPT = tr("Every finished answer is kept.")
NOT_KEPT = tr("The last changes could not be kept; they are still on the screen.")


class CrashHook:
    """Takes the place of `sys.excepthook`: keeps the draft, logs where it happened, and tells once."""

    def __init__(self, keep: Callable[[], bool], evaluation_id: Callable[[], str]) -> None:
        self._keep, self._evaluation_id = keep, evaluation_id
        self._telling = False
        self.last_said = ""

    def install(self) -> None:
        sys.excepthook = self

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log_fault(log, "unforeseen", error.with_traceback(trace), self._evaluation_id())
        kept = self._try_to_keep()
        if isinstance(error, EvalAssistError):
            self._tell(tr("That did not work."), f"{error} {KEPT if kept else NOT_KEPT}")
        else:
            self._tell(
                tr("Something in EvalAssist went wrong."),
                tr("{kept} You can go on. If it happens again, close EvalAssist and start it anew.").format(
                    kept=KEPT if kept else NOT_KEPT
                ),
            )

    def _try_to_keep(self) -> bool:
        try:
            return self._keep()
        except (
            Exception
        ) as error:  # the draft is tried again by the session; this must not hide the first fault
            log_fault(log, "not kept after a fault", error)
            return False

    def _tell(self, headline: str, words: str) -> None:
        self.last_said = f"{headline} {words}"
        if self._telling:
            return
        self._telling = True
        QTimer.singleShot(0, lambda: self._show(headline, words))

    def _show(self, headline: str, words: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "EvalAssist", headline)
        box.setInformativeText(words)
        box.addButton(tr("Go on"), QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        self._telling = False


class FaultPage(QWidget):
    """The whole window when EvalAssist cannot start: what is wrong, where, and what to do."""

    def __init__(
        self,
        headline: str,
        error: EvalAssistError,
        what_to_do: str,
        *,
        way_out: str = "",
        take_it: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        card = Card()
        card.setMaximumWidth(style.px(720))
        line = style.row(spacing=10)
        title = QLabel(headline)
        title.setProperty("t", "h1")
        title.setWordWrap(True)
        line.addWidget(StateGlyph("danger", size=20))
        line.addWidget(title, 1)
        card.body.addLayout(line)
        if isinstance(error, ContentError):
            for label, words in (
                (tr("File"), error.file),
                (tr("Place"), error.key),
                (tr("What"), error.what),
            ):
                if words:
                    card.body.addWidget(_words(f"{label}:  {words}"))
        else:
            card.body.addWidget(_words(str(error)))
        card.body.addWidget(_words(what_to_do, quiet=True))
        close = QPushButton(tr("Close EvalAssist"))
        close.clicked.connect(lambda: self.window().close())
        acts = style.row(spacing=8)
        if take_it is not None:
            out = QPushButton(way_out)
            out.setProperty("kind", "primary")
            out.clicked.connect(lambda: take_it())
            acts.addWidget(out)
        manual = QPushButton(tr("Manual"))
        manual.setProperty("kind", "flat")
        manual.clicked.connect(self._show_manual)
        acts.addWidget(close)
        acts.addWidget(manual)
        acts.addStretch(1)
        card.body.addLayout(acts)
        stack = style.column(self, (24, 24, 24, 24))
        stack.addStretch(1)
        middle = style.row(spacing=0)
        middle.addStretch(1)
        middle.addWidget(card, 1000)  # not centred by a flag: its words wrap, and need the height for it
        middle.addStretch(1)
        stack.addLayout(middle)
        stack.addStretch(2)
        card.setMinimumWidth(style.px(520))

    def _show_manual(self) -> None:
        from ui.dialogs.manual import show_manual

        show_manual(self.window(), "it")


def _words(text: str, *, quiet: bool = False) -> QLabel:
    made = QLabel(text)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if quiet:
        made.setProperty("t", "q")
    return made
