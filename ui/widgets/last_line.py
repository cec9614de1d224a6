"""Below a field at a later visit: what was found last time, what the difference means, and "the same"."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.session import EvaluationSession
from ui.spoken import Said
from ui.widgets.marks import LinkButton

SAME_KEY = "F3"
TAKE_IT_AGAIN = tr(
    "Change is judged by this. Only if it was taken again and reads the same: {key} or Same once more."
)


class LastLine(QObject):
    """The last value of one field. Nothing is filled in by itself: "Same" is the therapist's act (F3).

    Its words stand in `place`, which goes into the cell of the field.
    """

    said = Signal()
    """The field was given the last answer."""

    def __init__(self, item_id: str, name: str, session: EvaluationSession, field: QWidget) -> None:
        super().__init__(field)
        self._item_id, self._session, self._field = item_id, session, field
        self._asks, self._shown = False, True
        self._words = style.label("s", wrap=True)
        self.same = LinkButton(tr("Same"))
        self.same.clicked.connect(self.say_same)
        self.same.ensurePolished()
        self._ask = Said("s", wrap=True)
        style.say(self._ask, c="att")
        line = style.row(spacing=8)
        line.addStrut(self.same.sizeHint().height())  # when it goes, the rows below stay where they are
        line.addWidget(self.same)
        line.addWidget(self._words, 1)
        self.place: QVBoxLayout = style.column(spacing=0)
        self.place.addLayout(line)
        self.place.addWidget(self._ask)
        self._name = name
        self._ask.hide()

    def refresh(self) -> None:
        """Show it as it stands now."""
        session = self._session
        told = session.last_told(self._item_id)
        self._words.setText(told.words)
        self._words.setToolTip(style.tip(told.limits))
        style.say(self._words, c="ink" if told.judged else "")
        offered = None if session.signed else session.same_offered(self._item_id)
        self._words.setVisible(self._shown)
        self.same.setVisible(self._shown and offered is not None)
        if offered is None:
            self.disarm()
        else:
            self.same.setAccessibleName(f"{self._name}: {told.same}, {told.words}")
            self.same.setToolTip(style.tip(f"{told.same} ({SAME_KEY})"))
        self._ask.setText(TAKE_IT_AGAIN.format(key=SAME_KEY) if self._asks else "")
        self._ask.setVisible(self._shown and self._asks)

    def set_shown(self, shown: bool) -> None:
        """Whether the field is asked now."""
        self._shown = shown
        self.refresh()

    def say_same(self) -> None:
        """Give the field its last answer; a number only when it is said twice, for it must have been taken again."""
        offered = self._session.same_offered(self._item_id)
        if offered is None or self._session.signed:
            return
        if offered.measured and not self._asks:
            self._asks = True
            QApplication.instance().focusChanged.connect(self._keyboard_moved)  # type: ignore[union-attr]
            self.refresh()
            spoken.say(self.same, self._words.text())
            return
        self.disarm()
        self._session.say_same({self._item_id: (offered.answer, offered.day)})
        self.said.emit()

    def disarm(self) -> None:
        """The field is left: what was said of it once is said anew."""
        if self._asks:
            QApplication.instance().focusChanged.disconnect(self._keyboard_moved)  # type: ignore[union-attr]
            self._asks = False
            self.refresh()

    def _keyboard_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Another program in front takes the keyboard from the window, not from its field."""
        if now not in (None, self.same, self._field) and not self._field.isAncestorOf(now):
            self.disarm()
