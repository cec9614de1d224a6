"""The header, which says whose chart this is, and the footer, which says what is left."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from evalassist.translate import tr
from ui import icons, style
from ui.spoken import Role
from ui.widgets.elided import GivingLabel
from ui.widgets.glyph import State, StateGlyph
from ui.widgets.marks import KeptIndicator, KeyCap
from ui.widgets.side import Side, SideBadge

HIGH, LOW = 52, 44
BRIEFEST = 2
USER = 90
"""So wide at most is the name of who is signed in, where the text is large."""


class _Bar(QFrame):
    """A bar of 52 px, 44 in a low window, higher when the text needs it."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._low = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_low(False)

    def set_low(self, low: bool) -> None:
        """Be lower, for windows that are low."""
        self._low = low
        self.setMinimumHeight(style.px(LOW if low else HIGH))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.set_low(self._low)
        super().changeEvent(event)


class _SideChip(SideBadge):
    """The side in the header, which can be pressed to correct it."""

    spoken_role = Role.Button


TWO_LINES_FROM = 1.5
"""The size of the text from which on the name stands over the birth date: beside it, it would be cut."""
TWO_LINES_BELOW = 1100
"""So does it in a window that is narrower than this, in px at 100 % text."""


class HeaderBar(_Bar):
    """Who, how old, born when, which side, which visit; when it was kept; lock; who is signed in."""

    lock_wanted = Signal()
    user_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAccessibleName(tr("Patient and visit"))
        self._two_lines = False
        self._brief = 0
        """How far it gives way, up to BRIEFEST: the name of who is signed in first, then the words of the acts."""
        self._acts: list[QPushButton] = []
        self.visit_tip = ""
        """What a click on the visit does."""
        self._name, self._details, self._visit = GivingLabel(), GivingLabel(), GivingLabel()
        self._details.set_gives(False)
        self._name.setProperty("t", "h1")
        self._details.setProperty("t", "q")
        self._visit.setProperty("t", "q")
        self.side = _SideChip("right", tr("knee"), shape="chip")
        self.kept = KeptIndicator()
        self._lock = QPushButton(tr("Lock"))
        self._lock.setProperty("kind", "flat")
        self._lock.setToolTip(tr("Lock the screen (Ctrl+L)"))
        icons.put_icon(self._lock, "lock")
        self._lock.clicked.connect(self.lock_wanted)
        self._user = QPushButton()
        self._user.setProperty("kind", "flat")
        self._user.setProperty("t", "b")
        self._user.clicked.connect(self.user_clicked)
        self._line = style.row(self, (16, 4, 8, 5), spacing=8)
        self._who = style.column(spacing=0)
        self._who_line = style.row(spacing=9)
        self._who_line.addWidget(self._name, 0, Qt.AlignmentFlag.AlignVCenter)
        self._who_line.addWidget(self._details, 0, Qt.AlignmentFlag.AlignVCenter)
        self._who.addLayout(self._who_line)
        self._line.addLayout(self._who)
        self._line.addSpacing(style.px(14))
        self._line.addWidget(self.side, 0, Qt.AlignmentFlag.AlignVCenter)
        self._line.addSpacing(style.px(14))
        self._line.addWidget(self._visit, 0, Qt.AlignmentFlag.AlignVCenter)
        self.extra = style.row(spacing=4)
        """Room for the acts of the start page."""
        self._line.addStretch(1)
        self._line.addWidget(self.kept, 0, Qt.AlignmentFlag.AlignVCenter)
        self._line.addSpacing(style.px(12))
        self._line.addLayout(self.extra)
        self._line.addWidget(self._lock, 0, Qt.AlignmentFlag.AlignVCenter)
        self._line.addWidget(self._user, 0, Qt.AlignmentFlag.AlignVCenter)
        self._user_name, self._visits = "", ("", "")
        self.set_patient("", "")
        self.set_side(None)
        self.set_visit("")
        self.set_user("")

    @property
    def name(self) -> QLabel:
        """The patient's name, for pages on which it can be corrected."""
        return self._name

    @property
    def details(self) -> GivingLabel:
        """What stands by the name; a patient's never gives way."""
        return self._details

    @property
    def visit(self) -> QLabel:
        """The kind of visit and its date, for pages on which they can be corrected."""
        return self._visit

    def set_patient(self, name: str, details: str) -> None:
        """The patient's name, and age, sex and birth date in one line."""
        self._name.setText(name)
        self._details.setText(details)
        self._details.setVisible(bool(details))
        self._fit()

    def set_side(self, side: Side | None, part: str = "knee") -> None:
        """The involved side; None where no patient is open or no side is known yet."""
        if side is not None:
            self.side.set_side(side, tr("knees") if side == "both" and part == "knee" else part)
        self.side.setVisible(side is not None)
        self._fit()

    def set_visit(self, visit: str, short: str = "") -> None:
        """Which visit, and its date; `short` where the text is large."""
        self._visits = (visit, short)
        self._visit.setText(short if self._two_lines else visit)
        told = (visit if self._two_lines else "", self.visit_tip)
        self._visit.setToolTip(style.tip("\n".join(each for each in told if each)))
        self._visit.set_gives(self._two_lines)
        self._visit.setVisible(bool(self._visit.text()))
        self._fit()

    def add_act(self, words: str, icon: str) -> QPushButton:
        """A button in `extra`: its words where there is room for them, else its picture alone."""
        button = QPushButton(words)
        button.setProperty("kind", "flat")
        button.setAccessibleName(words)
        icons.put_icon(button, icon)
        self._acts.append(button)
        self.extra.addWidget(button)
        return button

    def set_user(self, name: str) -> None:
        """Who is signed in; empty hides the name and the lock. Where the text is large the letters behind go."""
        self._user_name = name
        self._user.setAccessibleName(tr("Signed in: {name}").format(name=name))
        self._user.setToolTip(style.tip(name))
        for part in (self._user, self._lock):
            part.setVisible(bool(name))
        self._fit()

    def set_two_lines(self, two_lines: bool) -> None:
        """Name over birth date, visit and user shortened: for large text."""
        if two_lines == self._two_lines:
            return
        self._two_lines = two_lines
        self._who_line.removeWidget(self._details)
        self._who.removeWidget(self._details)
        (self._who if two_lines else self._who_line).addWidget(self._details)
        style.say(self._name, t="h2" if two_lines else "h1")
        style.say(self._details, t="s" if two_lines else "q")
        self._lock.setText("" if two_lines else tr("Lock"))
        self._lock.setAccessibleName(tr("Lock the screen"))
        self.kept.set_short(two_lines)
        self.set_visit(*self._visits)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._give_way()
        return super().event(event)

    def _fit(self) -> None:
        """Name who is signed in as far as there is room: the patient and the visit must not be cut for it."""
        self._be_brief(0)
        self._give_way()

    def _give_way(self) -> None:
        while self._brief < BRIEFEST and self._line.sizeHint().width() > self.width():
            self._be_brief(self._brief + 1)

    def _be_brief(self, brief: int) -> None:
        self._brief = brief
        name, words = self._user_name, self._user_name.partition(",")[0].split()
        if self._two_lines:
            metrics = self._user.fontMetrics()
            name = metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, style.px(USER))
            if brief and len(words) > 1:
                name = "".join(word[0] for word in words)
        self._user.setText(name)
        for act in self._acts:
            says = act.accessibleName()
            act.setText(says if brief < BRIEFEST else "")
            act.setToolTip("" if brief < BRIEFEST else says)


class FooterBar(_Bar):
    """The step before, what is left here, the step after."""

    previous_wanted = Signal()
    next_wanted = Signal()
    left_clicked = Signal()
    """The therapist clicked what is left: go to the next gap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self.setAccessibleName(tr("Steps beside this one"))
        self._previous, self._next = QPushButton(), QPushButton()
        self._ready = False
        icons.put_icon(self._previous, "back")
        icons.put_icon(self._next, "forward")
        self._next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._previous.clicked.connect(self.previous_wanted)
        self._next.clicked.connect(self.next_wanted)
        self._next.setProperty("field", True)  # Enter comes here from the last field of the page
        self._glyph = StateGlyph("partly")
        self._left = QPushButton()
        self._left.setProperty("kind", "flat")
        self._left.setProperty("t", "b")
        self._left.clicked.connect(self.left_clicked)
        self._key, self._hint = KeyCap("F8"), style.label()
        self._hint.setProperty("t", "s")
        line = style.row(self, (16, 5, 16, 4), spacing=0)
        line.addWidget(self._previous, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addStretch(1)
        for part in (self._glyph, self._left, self._key):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addSpacing(style.px(6))
        line.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addStretch(1)
        line.addWidget(self._next, 0, Qt.AlignmentFlag.AlignVCenter)
        self.set_previous("")
        self.set_next("")
        self.set_left("", "empty")

    def take_keyboard(self) -> None:
        """Put the keyboard on the step after: Enter goes there."""
        self._next.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_previous(self, name: str) -> None:
        """The step before; empty hides the button."""
        self._previous.setText(name)
        self._previous.setAccessibleName(tr("Back to {name}").format(name=name))
        self._previous.setVisible(bool(name))

    def set_next(self, name: str, *, ready: bool = False) -> None:
        """The step after; `ready` fills the button once this step is complete."""
        self._next.setText(name)
        self._next.setAccessibleName(tr("On to {name}").format(name=name))
        self._next.setVisible(bool(name))
        if ready != self._ready:
            self._ready = ready
            style.say(self._next, kind="primary" if ready else "")
            icons.put_icon(self._next, "forward", "accent_ink" if ready else "ink")

    def set_left(self, text: str, state: State, *, key: str = "F8", hint: str = "") -> None:
        """What is left here ("2 left here"), its shape, and the key that goes there."""
        self._glyph.set_state(state)
        self._left.setText(text)
        self._key.setText(key)
        self._hint.setText(hint)
        self._glyph.setVisible(bool(text))
        self._left.setVisible(bool(text))
        self._key.setVisible(bool(text and key))
        self._hint.setVisible(bool(text and hint))
