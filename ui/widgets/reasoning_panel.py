"""What the findings say, beside every page: conclusions with their reasons as links and their sources as marks."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from evalassist.content.entries import TRUST
from evalassist.translate import tr
from evalassist.wording.assessment import source_mark
from ui import icons, spoken, style
from ui.session import EvaluationSession
from ui.widgets.cards import Rule
from ui.widgets.focus import held_by
from ui.widgets.marks import ReasonLink, SourceMark, StateGlyph
from ui.widgets.panel_lines import Line, PanelLines

PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


class ReasoningPanel(QFrame):
    """Safety, the three criteria, irritability, subcategories, other causes, and what is still needed here."""

    go_to = Signal(str)
    """A reason was clicked: the item it leads to."""
    fold_wanted = Signal()
    left = Signal()
    """Esc: the keyboard is to go back to where it came from."""

    def __init__(self, session: EvaluationSession) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName(tr("Reasoning"))
        self._session = session
        self._step_id = ""
        self._source: tuple[str, ...] = ()
        self._came_from: tuple[str, ...] = ()
        """The mark with the keyboard on it when its source was opened."""
        self._lines: tuple[Line, ...] = ()
        self._stale = True
        self._caption = style.label("", tr("REASONING"))
        self._caption.setProperty("t", "cap")
        self._fold = QToolButton()
        self._fold.setProperty("flat", True)
        self._fold.clicked.connect(self._fold_or_close)
        head = style.row(margins=(14, 8, 8, 0))
        head.addWidget(self._caption, 1)
        head.addWidget(self._fold)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        self._stack = style.column(self._inner, (14, 4, 8, 14), spacing=3)
        self._stack.addStretch(1)
        self._showing_source = False
        self._area.setWidget(self._inner)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(style.thin(), 0, 0, 0)
        stack.setSpacing(0)
        stack.addLayout(head)
        stack.addWidget(self._area, 1)
        self._show_fold_button()

    def show_step(self, step_id: str) -> None:
        """Say what is still needed on this step."""
        if step_id != self._step_id:
            self._step_id, self._source = step_id, ()
        self.refresh()

    def close_source(self) -> None:
        """Not show a source any more when it is drawn again."""
        self._source = ()

    def refresh(self) -> None:
        """Draw again what changed; nothing is touched when nothing did, or when nobody sees it."""
        self._stale = self.isHidden()
        if self._stale:
            return
        said = PanelLines(self._session, self._step_id)
        lines = tuple(said.source(self._source) if self._source else said.reasoning())
        if lines == self._lines:
            return
        former, self._lines = self._lines, lines
        turned = bool(self._source) != self._showing_source
        if turned:
            self._showing_source = bool(self._source)
            self._caption.setText(tr("SOURCE") if self._source else tr("REASONING"))
            self._show_fold_button()
            self._area.verticalScrollBar().setValue(0)
        same, most = 0, min(len(former), len(lines))
        while same < most and former[same] == lines[same]:
            same += 1
        after = 0
        while after < most - same and former[-1 - after] == lines[-1 - after]:
            after += 1
        with style.at_once(self._inner):
            self._redraw(same, len(former) - after, len(lines) - after, keeps_place=not turned)

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self.refresh()
        super().showEvent(event)

    def open_source(self, rules: tuple[str, ...]) -> None:
        """Show the source of these rules in place of the reasoning."""
        self._came_from = ()
        if self.has_keyboard():  # the mark goes, and the keyboard must not wander off with it
            self._came_from = rules
            self._fold.setFocus(Qt.FocusReason.OtherFocusReason)
        self._source = rules
        self.refresh()

    # ------------------------------------------------------------ keyboard

    def has_keyboard(self) -> bool:
        at = self.window().focusWidget()
        return at is not None and self.isAncestorOf(at)

    def take_keyboard(self) -> None:
        """Put the keyboard on the first reason; Tab goes on from there, line by line."""
        first = next((one for one in self._controls() if isinstance(one, ReasonLink)), self._fold)
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(first)
        spoken.say(self, ". ".join(PanelLines(self._session, self._step_id).found()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self._close_source() if self._source else self.left.emit()
        elif key in PAGES:
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + PAGES[key] * bar.pageStep())
        else:
            super().keyPressEvent(event)

    def _controls(self) -> list[QWidget]:
        """What takes the keyboard, from the top down."""
        return [
            part
            for line in held_by(self._stack)
            for part in line.findChildren(QWidget)
            if isinstance(part, ReasonLink | SourceMark) and part.isEnabled()
        ]

    def _fold_or_close(self) -> None:
        if self._source:
            self._close_source()
        else:
            self.fold_wanted.emit()

    def _close_source(self) -> None:
        had_keyboard, self._source = self.has_keyboard(), ()
        self.refresh()
        if had_keyboard:
            marks = (one for one in self._controls() if one.property("rules") == list(self._came_from))
            next(marks, self._fold).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_fold_button(self) -> None:
        icons.put_icon(self._fold, "close" if self._source else "fold", "quiet")
        says = tr("Back to the reasoning") if self._source else tr("Fold the reasoning away")
        self._fold.setToolTip(says)
        self._fold.setAccessibleName(says)

    # ------------------------------------------------------------ how it is drawn

    def _redraw(self, first: int, former_end: int, end: int, *, keeps_place: bool) -> None:
        """Draw these lines in place of the former ones; what stands above and below did not change."""
        held = self.window().focusWidget() if self.has_keyboard() else None
        name = held.accessibleName() if held is not None else ""
        for _ in range(first, former_end):
            item = self._stack.takeAt(first)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place in range(first, end):
            self._stack.insertWidget(place, self._draw_line(self._lines[place]))
        controls = [self._fold, *self._controls()]
        for one, other in pairwise(controls):
            self.setTabOrder(one, other)
        if held is not None and held not in controls and keeps_place:  # its line was drawn anew, or went
            same = (one for one in controls if one.accessibleName() == name)
            next(same, controls[min(1, len(controls) - 1)]).setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_line(self, line: Line) -> QWidget:
        if line.kind == "rule":
            return _spaced(Rule())
        if line.kind == "reason":
            link = ReasonLink(line.text)
            link.setEnabled(bool(line.item))
            link.clicked.connect(lambda: self.go_to.emit(line.item))
            return _indented(link)
        words = style.label("", line.text)
        words.setWordWrap(True)
        if line.kind == "title":
            return self._title(line, words)
        words.setProperty("t", {"caption": "cap", "words": "s"}[line.kind])
        words.setProperty("c", line.tone)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return words

    def _title(self, line: Line, words: QLabel) -> QWidget:
        words.setProperty("t", "b" if line.tone != "quiet" else "")
        words.setProperty("c", {"quiet": "q"}.get(line.tone, line.tone))
        made = QWidget()
        row = style.row(made, (0, 3, 0, 0), spacing=7)
        row.addWidget(StateGlyph(line.state), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        if line.rules:
            row.addWidget(self._mark(line.rules, line.text), 0, Qt.AlignmentFlag.AlignTop)
        return made

    def _mark(self, rules: tuple[str, ...], of: str) -> SourceMark:
        first = self._session.content.rules[rules[0]]
        mark = SourceMark(source_mark(first), first.says if first.cites else TRUST[first.mark])
        mark.setAccessibleName(f"{of}. {mark.accessibleName()}")
        mark.setProperty("rules", list(rules))
        mark.clicked.connect(lambda: self.open_source(rules))
        return mark


def _indented(widget: QWidget) -> QWidget:
    made = QWidget()
    row = style.row(made, (20, 0, 0, 0), spacing=0)
    row.addWidget(widget, 1)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def _spaced(widget: QWidget) -> QWidget:
    made = QWidget()
    style.column(made, (0, 6, 0, 6)).addWidget(widget)
    return made
