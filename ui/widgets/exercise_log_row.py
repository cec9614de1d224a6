"""How one exercise of the last plan went, as the therapist asks it, and what follows for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from evalassist.clinical.progression import ExerciseCourse, Move, can_apply
from evalassist.content.schema import Dose
from evalassist.evaluation import PlanEdit
from evalassist.translate import tr
from evalassist.words import lower_first, upper_first
from ui import spoken, style
from ui.widgets.fields import NumberField
from ui.widgets.glyph import State
from ui.widgets.marks import Chip, LinkButton, StateGlyph
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.typed import once_released

MOVES: dict[Move, tuple[str, State]] = {
    "progress": (tr("Progress"), "complete"),
    "hold": (tr("Hold"), "partly"),
    "regress": (tr("Regress"), "look"),
    "open": (tr("Not decided"), "empty"),
}
NUMBERS = {
    "sets": ("sets", tr("Sets"), 20),
    "reps": ("reps", tr("Reps, last set"), 200),
    "hold": ("hold_s", tr("Held, s"), 600),
    "effort": ("effort", tr("Effort, of 10"), 10),
}
"""Field of the log, its word and its largest number, by what the criterion asks."""
YES_NO = {"yes": True, "no": False}
APPLY_KEY = "F7"


class ExerciseLogRow(QFrame):
    """One exercise: its name and last dose, the fields its criterion asks, and hold, progress or regress with why."""

    logged = Signal(object)
    """The `ExerciseLog` as it is now."""
    apply_wanted = Signal(str)
    """Make the advice on this exercise an edit of the plan."""

    def __init__(self, course: ExerciseCourse) -> None:
        super().__init__()
        exercise = course.planned.exercise
        self.id, self.name, self._log = exercise.id, exercise.name, course.log
        self.setProperty("card", "sunk")
        self.setAccessibleName(tr("Last plan: {name}").format(name=self.name))
        stack = self._stack = style.column(self, (10, 5, 10, 6), spacing=3)
        head = style.row(spacing=8)
        title = style.label("b", f"{exercise.name} · {_dose(course.planned.dose)}", wrap=True)
        self._chip, self._glyph, self.verdict = Chip("", "plain"), StateGlyph("empty"), style.label("b")
        head.addWidget(title, 1)
        for part in (self._chip, self._glyph, self.verdict):
            head.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        stack.addLayout(head)
        self._fields = style.row(spacing=14)
        self._always, self._asked = style.row(spacing=14), style.row(spacing=14)
        self._fields.addLayout(self._always)
        self._fields.addLayout(self._asked)
        self._fields.addStretch(1)
        stack.addLayout(self._fields)
        self.fields: dict[str, NumberField | SegmentedControl] = {}
        self._told: tuple[str, str] | None = None
        """What follows, as it was told."""
        self._build(course)
        for group in (self._always, self._asked):
            group.addStretch(1)  # below each other, both begin at the left
        self.says = style.label("", wrap=True)
        self._why = style.label("s", wrap=True)
        self.apply, self._applied = LinkButton(tr("Apply")), style.label("s")
        self.apply.clicked.connect(self.apply_advice)
        line = style.row(spacing=8)
        line.addWidget(self.says, 1)
        line.addWidget(self._applied)
        line.addWidget(self.apply)
        stack.addLayout(line)
        stack.addWidget(self._why)
        key = QShortcut(QKeySequence(APPLY_KEY), self)
        key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(self.apply_advice)
        self.show_course(course, read_only=False)

    def _build(self, course: ExerciseCourse) -> None:
        self._number(self._always, "pain", tr("Most pain, of 10"), 10)
        settled = [
            Choice("hour", tr("1 h, morning too")),
            Choice("day", tr("1 day")),
            Choice("longer", tr("Longer")),
        ]
        self._choice(self._always, "settled", tr("Settled in"), settled)
        for asked in course.asks.asks:
            if asked in NUMBERS:
                self._number(self._asked, *NUMBERS[asked])
            else:
                words = course.asks.form if asked == "form" else upper_first(course.asks.twice)
                self._choice(self._asked, asked, words, [Choice("yes", tr("Yes")), Choice("no", tr("No"))])

    def _number(self, place: QBoxLayout, field: str, words: str, most: int) -> None:
        edit = NumberField(
            f"{self.name}: {words}", possible=(0, most), width=44, whole=True, messages="elsewhere"
        )
        edit.answered.connect(lambda value: self._tell(field, None if value is None else int(value)))
        self._add(place, field, words, edit)

    def _choice(self, place: QBoxLayout, field: str, words: str, choices: list[Choice]) -> None:
        control = SegmentedControl(choices, f"{self.name}: {words}")
        is_word = field == "settled"
        control.answered.connect(
            lambda value: self._tell(field, value if is_word or value is None else YES_NO[value])
        )
        self._add(place, field, words, control)

    def _add(
        self, place: QBoxLayout, field: str, words: str, control: NumberField | SegmentedControl
    ) -> None:
        cell = QWidget()
        line = style.row(cell, spacing=6)
        label = style.label("s", words, wrap=field == "form")
        line.addWidget(label, 1 if field == "form" else 0)
        line.addWidget(control)
        place.addWidget(cell)
        self.fields[field] = control

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider group of fields: where there is no room for both, they go below each other."""
        edges = self._stack.contentsMargins()
        fields = max(group.minimumSize().width() for group in (self._always, self._asked))
        return QSize(fields + edges.left() + edges.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = self._always.sizeHint().width() + self._asked.sizeHint().width() + self._fields.spacing()
        beside = needed <= self._fields.geometry().width()
        self._fields.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )

    def show_course(
        self,
        course: ExerciseCourse,
        *,
        read_only: bool,
        advice: Sequence[PlanEdit] | None = None,
        stands: str = "",
    ) -> None:
        """Show what was logged and what follows; what is being typed is left alone.

        `advice` holds the edits that would make it so: none when it stands in the plan or has nothing to change in
        it, which `stands` says, None when there is no plan.
        """
        self._log = course.log
        for field, control in self.fields.items():
            value: Any = getattr(course.log, field)
            if isinstance(control, NumberField):
                if not control.uncounted:
                    control.set_value(None if value is None else float(value))
                control.edit.setReadOnly(read_only)
            else:
                control.set_value({True: "yes", False: "no"}.get(value, value))
                control.setEnabled(not read_only)
        word, state = MOVES[course.move]
        at = self.window().focusWidget()
        if (
            course.move != "open"
            and (word, course.says) != self._told
            and at is not None
            and self.isAncestorOf(at)
        ):
            spoken.say(self, f"{course.colour.lower()}: {word}. {course.says}")
        self._told = word, course.says
        self.verdict.setText(word)
        self._glyph.set_state(state)
        style.say(self.verdict, c="att" if course.move == "regress" else "")
        self._chip.setText(course.colour.lower())
        self._chip.setVisible(bool(course.colour))
        missing = (
            tr(" Missing: {missing}.").format(missing=", ".join(course.missing)) if course.missing else ""
        )
        self.says.setText(f"{course.says}{missing}" if not course.log.is_empty else "")
        once_released(self, lambda: self.says.setVisible(bool(self.says.text())))
        because = "; ".join(reason.text for reason in course.because)
        self._applied.setText(stands)
        self._show_advice(course, None if read_only else advice)
        default = tr(" (app default)") if course.mark == "P" else ""
        self._why.setText("; ".join(part for part in (upper_first(because), course.rule) if part) + default)

    def _show_advice(self, course: ExerciseCourse, advice: Sequence[PlanEdit] | None) -> None:
        had_focus = self.apply.hasFocus()
        wanted = advice is not None and can_apply(course)
        self.apply.setVisible(wanted and bool(advice))
        self._applied.setVisible(wanted and not advice)
        self.apply.setAccessibleName(
            tr("{name}: apply, {says}").format(name=self.name, says=lower_first(course.says))
        )
        self.apply.setToolTip(tr("Make it an edit of the plan ({apply_key})").format(apply_key=APPLY_KEY))
        if had_focus and self.apply.isHidden():
            self.focusNextChild()

    def apply_advice(self) -> None:
        """Make the advice an edit of the plan, where it is not yet."""
        self.commit()
        self.apply_wanted.emit(self.id)

    def commit(self) -> None:
        """Tell what is typed and not yet told."""
        for control in self.fields.values():
            if isinstance(control, NumberField):
                control.commit()

    def _tell(self, field: str, value: object) -> None:
        self._log = replace(self._log, **{field: value})  # type: ignore[arg-type]  # the field's own kind of value
        self.logged.emit(self._log)


def _dose(dose: Dose) -> str:
    hold = tr(", hold {hold_s} s").format(hold_s=dose.hold_s) if dose.hold_s >= 2 else ""
    return f"{dose.sets} × {dose.reps_text or dose.reps}{hold}"
