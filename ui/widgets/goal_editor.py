"""One goal, changed by the therapist: its targets, its sentence, or taken out with a reason."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from evalassist.clinical.goal_edits import MOST_LETTERS, TERMS, better_grades, target_fault, target_words
from evalassist.clinical.result import Goal
from evalassist.evaluation import PlanEdit
from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.choices import ChoiceField
from ui.widgets.editors import is_undo_elsewhere
from ui.widgets.fields import NumberField, TextField
from ui.widgets.marks import LinkButton
from ui.widgets.segments import Choice
from ui.widgets.typed import Typed


class GoalEditor(QFrame):
    """Opens below the goals. Each change is told as a `PlanEdit`; what cannot be meant is said and not told."""

    edited = Signal(object)
    back_wanted = Signal(str)
    """Take back what was changed in the goal of this id."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "sunk")
        self._goal: Goal | None = None
        self._lower = False
        self._stack = style.column(self, (10, 8, 10, 9), spacing=6)
        self._place: QWidget | None = None

    @property
    def goal_id(self) -> str:
        """The goal that is open, or an empty word."""
        return self._goal.id if self._goal is not None else ""

    def show_goal(self, goal: Goal, weeks: int, *, lower_is_better: bool) -> None:
        """Open this goal; the same goal again is left as it is being typed in, unless its figures changed."""
        if self._goal == goal:
            return
        same = self._goal is not None and self._goal.id == goal.id
        self._goal, self._lower = goal, lower_is_better
        if same:
            self._fill(goal)
            return
        if self._place is not None:
            self._place.hide()
            self._place.deleteLater()
        self._place = self._build(goal, weeks)
        self._stack.addWidget(self._place)
        self._fill(goal)
        self.setAccessibleName(tr("Change the goal: {title}").format(title=goal.title))

    @property
    def title(self) -> str:
        """The name of the goal that is open, or an empty word."""
        return self._goal.title if self._goal is not None else ""

    @property
    def refused(self) -> list[tuple[Typed, str]]:
        """The fields in which something stands that was refused, with what stands there."""
        goal, found = self._goal, list[tuple[Typed, str]]()
        if goal is None:
            return found
        numbers = [field for field in self._targets.values() if isinstance(field, NumberField)]
        for field in numbers:
            aimed = field.value
            if aimed not in (None, goal.short, goal.long) and target_fault(
                goal, aimed, lower_is_better=self._lower
            ):
                found.append((field, field.text.strip()))
        words = self.words.value or ""
        if len(words) > MOST_LETTERS:
            found.append((self.words, words))
        return found

    def focus_first(self) -> None:
        """Put the keyboard on the first thing that can be changed."""
        first: QWidget = next(iter(self._targets.values()), self.words)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return is_undo_elsewhere(watched, event) or super().eventFilter(watched, event)

    def close_goal(self) -> None:
        """Forget the goal."""
        self._goal = None

    # ------------------------------------------------------------ building

    def _build(self, goal: Goal, weeks: int) -> QWidget:
        place = QWidget()
        stack = style.column(place, spacing=6)
        head = style.row(spacing=8)
        head.addWidget(style.label("b", goal.title))
        head.addStretch(1)
        self._back = LinkButton(tr("Back to the proposal"))
        self._back.setAccessibleName(tr("{title}: back to the proposal").format(title=goal.title))
        self._back.clicked.connect(lambda: self.back_wanted.emit(self.goal_id))
        close = LinkButton(tr("Close"))
        close.setAccessibleName(tr("{title}: close").format(title=goal.title))
        close.clicked.connect(self.closed)
        head.addWidget(self._back)
        head.addWidget(close)
        stack.addLayout(head)
        self._targets: dict[str, NumberField | ChoiceField] = {}
        self._proposed: dict[str, QLabel] = {}
        for term, said, has in (
            ("short", tr("{weeks} weeks").format(weeks=goal.short_weeks), goal.short is not None),
            ("long", tr("{weeks} weeks").format(weeks=weeks), goal.long is not None),
        ):
            if has and (goal.grades or goal.limits):
                stack.addLayout(self._target(goal, term, said))
        self._said = spoken.Said("s", wrap=True)
        self._said.hide()  # until there is something to say
        self._said.setProperty("c", "att")
        stack.addWidget(self._said)
        stack.addWidget(style.label("s", tr("In your own words (left empty, the proposed sentence stands)")))
        self.words = TextField(
            tr("{title}: the goal in your own words").format(title=goal.title), lines=2, most_lines=5
        )
        self.words.answered.connect(self._write)
        self.words.edit.installEventFilter(self)
        stack.addWidget(self.words)
        stack.addLayout(self._removal(goal))
        return place

    def _target(self, goal: Goal, term: str, said: str) -> QHBoxLayout:
        row = style.row(spacing=8)
        label = style.label("s", tr("Target in {said}").format(said=said))
        style.at_least(label, 110)
        row.addWidget(label)
        name = tr("{title}: target in {said}").format(title=goal.title, said=said)
        field: NumberField | ChoiceField
        if goal.grades:
            field = ChoiceField([Choice(grade, grade) for grade in better_grades(goal)], name, shape="combo")
        else:
            field = NumberField(f"{name}, {goal.unit}", possible=goal.limits, whole=True)
            field.edit.installEventFilter(self)
        field.answered.connect(lambda value: self._aim(term, value))
        self._targets[term] = field
        self._proposed[term] = style.label("s")
        row.addWidget(field)
        row.addWidget(self._proposed[term], 1)
        return row

    def _removal(self, goal: Goal) -> QHBoxLayout:
        row = style.row(spacing=8)
        row.addWidget(style.label("s", tr("Take it out because")))
        self.removal_reason = TextField(tr("{title}: why it is taken out").format(title=goal.title))
        self.take_out = LinkButton(tr("Take it out"))
        self.take_out.setProperty("field", True)  # Enter comes here from the reason
        self.take_out.setAccessibleName(tr("{title}: take it out").format(title=goal.title))
        self.take_out.clicked.connect(self._take_out)
        row.addWidget(self.removal_reason, 1)
        row.addWidget(self.take_out)
        return row

    def _fill(self, goal: Goal) -> None:
        for term, field in self._targets.items():
            value = goal.short if term == "short" else goal.long
            if isinstance(field, NumberField):
                field.set_value(value if isinstance(value, float) else None)
            else:
                field.set_value(value if isinstance(value, str) else None)
        proposed = goal.proposed or (goal.short, goal.long)
        for term, value in zip(TERMS, proposed, strict=True):
            if term in self._proposed:
                self._proposed[term].setText(
                    tr("{unit} · proposed {value}")
                    .format(unit=goal.unit, value=target_words(value))
                    .lstrip(" ·")
                )
        self.words.set_value(goal.sentences[0] if goal.own_words else None)
        if not goal.edited and self._back.hasFocus():  # what hides loses the keyboard
            self.focus_first()
        self._back.setVisible(goal.edited)
        if goal.warning != self._said.text():
            self._say(goal.warning)

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))

    # ------------------------------------------------------------ telling

    def _aim(self, term: str, value: object) -> None:
        if self._goal is None or not isinstance(value, str | float | int):
            return
        aimed = value if isinstance(value, str) else float(value)
        fault = target_fault(self._goal, aimed, lower_is_better=self._lower)
        if fault:
            self._say(fault)
        elif isinstance(aimed, str):
            self.edited.emit(PlanEdit("goal-target", goal=self._goal.id, field=term, to=aimed))
        else:
            self.edited.emit(PlanEdit("goal-target", goal=self._goal.id, field=term, value=int(aimed)))

    def _write(self, value: object) -> None:
        if self._goal is None:
            return
        words = value if isinstance(value, str) else ""
        if len(words) > MOST_LETTERS:
            self._say(
                tr("A sentence of at most {most_letters} letters is kept; this one has {count}.").format(
                    most_letters=MOST_LETTERS, count=len(words)
                )
            )
        elif words or self._goal.own_words:
            self.edited.emit(PlanEdit("goal-words", goal=self._goal.id, to=words))

    def _take_out(self) -> None:
        if self._goal is not None:
            reason = self.removal_reason.value or ""
            self.edited.emit(PlanEdit("goal-drop", goal=self._goal.id, reason=reason))
