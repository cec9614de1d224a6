"""One goal, changed by the therapist: its targets, its sentence, or taken out with a reason."""

from __future__ import annotations

from collections.abc import Collection

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
        if self._goal is not None and self._goal.id == goal.id:
            held = self._held()  # what stood against the goal as it was until now
            self._goal, self._lower = goal, lower_is_better
            self._fill(goal, held)
            return
        self._goal, self._lower = goal, lower_is_better
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
        return [
            (field, field.text.strip() if isinstance(field, NumberField) else self.words.value or "")
            for field, _ in self._faults()
        ]

    @property
    def first(self) -> QWidget:
        """The first thing that can be changed."""
        return next(iter(self._targets.values()), self.words)

    def focus_first(self) -> None:
        """Put the keyboard on the first thing that can be changed."""
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _faults(self) -> list[tuple[Typed, str]]:
        """The fields in which something stands that was refused, with the sentence that says why."""
        goal, found = self._goal, list[tuple[Typed, str]]()
        if goal is None:
            return found
        for field in self._numbers:
            aimed = field.value
            if aimed is not None and aimed not in (goal.short, goal.long):
                fault = target_fault(goal, aimed, lower_is_better=self._lower)
                found += [(field, fault)] if fault else []
        if (count := len(self.words.value or "")) > MOST_LETTERS:
            says = tr("A sentence of at most {most_letters} letters is kept; this one has {count}.")
            found.append((self.words, says.format(most_letters=MOST_LETTERS, count=count)))
        return found

    def _held(self) -> list[Typed]:
        """The fields whose words are not in the goal and stay until they are mended."""
        return [*(field for field, _ in self._faults()), *(each for each in self._numbers if each.uncounted)]

    @property
    def _numbers(self) -> list[NumberField]:
        return [field for field in self._targets.values() if isinstance(field, NumberField)]

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
        self._back.clicked.connect(self._take_back)
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
        says = tr("{title}: take it out; the reason, if there is one, stands before it")
        self.take_out.setAccessibleName(says.format(title=goal.title))
        self.take_out.clicked.connect(self._take_out)
        row.addWidget(self.removal_reason, 1)
        row.addWidget(self.take_out)
        return row

    def _fill(self, goal: Goal, held: Collection[Typed] = ()) -> None:
        """Show the goal in every field but these."""
        for term, field in self._targets.items():
            if field in held:
                continue
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
        if self.words not in held:
            self.words.set_value(goal.sentences[0] if goal.own_words else None)
        if not goal.edited and self._back.hasFocus():  # what hides loses the keyboard
            self.focus_first()
        self._back.setVisible(goal.edited)
        self._say_what_stands()

    def _say_what_stands(self) -> None:
        """Why something is refused, until all of it is mended; else what is to be known of the goal."""
        whys = [why for _, why in self._faults()]
        words = whys[0] if whys else self._goal.warning if self._goal is not None else ""
        if self._said.text() not in (*whys, words):
            self._say(words)

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))

    # ------------------------------------------------------------ telling

    def _aim(self, term: str, value: object) -> None:
        if self._goal is None:
            return
        if not isinstance(value, str | float | int):
            self._say_what_stands()
            return
        aimed = value if isinstance(value, str) else float(value)
        fault = target_fault(self._goal, aimed, lower_is_better=self._lower)
        if fault:
            self._say(fault)
            return
        self._say_what_stands()
        if isinstance(aimed, str):
            self.edited.emit(PlanEdit("goal-target", goal=self._goal.id, field=term, to=aimed))
        else:
            self.edited.emit(PlanEdit("goal-target", goal=self._goal.id, field=term, value=int(aimed)))

    def _write(self, value: object) -> None:
        if self._goal is None:
            return
        words = value if isinstance(value, str) else ""
        if len(words) > MOST_LETTERS:
            self._say(self._faults()[-1][1])
            return
        self._say_what_stands()
        if words or self._goal.own_words:
            self.edited.emit(PlanEdit("goal-words", goal=self._goal.id, to=words))

    def _take_back(self) -> None:
        if self._goal is not None:
            self._fill(self._goal)  # what was refused goes too
            self.back_wanted.emit(self._goal.id)

    def _take_out(self) -> None:
        if self._goal is not None:
            reason = self.removal_reason.value or ""
            self.edited.emit(PlanEdit("goal-drop", goal=self._goal.id, reason=reason))
