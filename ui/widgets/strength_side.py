"""One muscle group on one side: its trials or its hand grade, the pain in the test, the lever arm, the remarks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from evalassist.answers import LEVER_ARM_M, MMT_GRADES, MOST_TRIALS
from evalassist.clinical.facts import shown
from evalassist.clinical.result import SideStrength
from evalassist.clinical.strength import protocol_words
from evalassist.clinical.strength_entry import (
    MOST_FIGURES,
    OWN_WORDS,
    compensations,
    left_out,
    same_kind,
    usual_range,
    with_grade,
)
from evalassist.content.schema import StrengthGroup
from evalassist.evaluation import Answer, NotTested, StrengthTest
from evalassist.translate import tr
from evalassist.units import convert, from_si, to_si
from evalassist.words import lower_first
from ui import spoken, style
from ui.widgets.editors import NOT_TESTED_REASONS
from ui.widgets.fields import TextField
from ui.widgets.marks import StateGlyph
from ui.widgets.strength_parts import (
    GRADE_WORDS,
    TRIALS,
    Extras,
    GoingOnField,
    Message,
    is_filled,
    quiet_link,
    result,
    scatter_words,
    slip_of_unit,
    titled_menu,
    typed_or,
    written,
)
from ui.widgets.strength_protocol import discard_menu, protocol_link_words, protocol_menu
from ui.widgets.typed import quotable

Mode = Literal["force", "torque", "grade"]
WIDTH = 226
TRIAL_WIDTH = 50
"""Five characters, the best one bold: "122.3"."""
IN_A_LINE = 3


class StrengthSide(QWidget):
    """The cell of one side. It shows a test and tells a new one; it never writes into what is being typed."""

    changed = Signal(object)
    """A `StrengthTest`, or None when nothing is left of it."""
    going_on = Signal(QWidget, bool)
    """Enter in this field: on to the next one, or back."""
    copy_wanted = Signal()
    """`=` was pressed: the lever arm is that of the right side."""

    def __init__(self, group: StrengthGroup, side: str, last: str = "") -> None:
        super().__init__()
        self._last = last
        """What was found at the last visit; empty at a first one."""
        self.group, self.side = group, side
        self.name = f"{group.title}, {side}"
        self._test: StrengthTest | None = None
        self._reason: str | None = None
        self._unit = "N"
        self._mode: Mode = "force"
        self._scatter = ""
        self._raw: dict[int, tuple[float, float]] = {}
        """For each field the number it shows and the number that was typed, which may be in another unit."""
        self.trials: list[GoingOnField] = []
        self.grade: TextField | None = None
        self.extras: Extras | None = None
        self._grade_line: QWidget | None = None
        self._grade_words = style.label("s")
        self._message_line: Message | None = None
        self.setFixedWidth(style.px(WIDTH))
        self._build()

    # ------------------------------------------------------------ building

    def new_field(
        self, name: str, width: int, usual: tuple[float, float], possible: tuple[float, float]
    ) -> GoingOnField:
        """A field whose value goes into the test."""
        field = GoingOnField(name, usual=usual, possible=possible, width=width, messages="elsewhere")
        field.answered.connect(self._typed)
        field.going_on.connect(lambda back: self.going_on.emit(field, back))
        field.message_changed.connect(self._tell_message)
        field.edit.installEventFilter(self)
        return field

    def _build(self) -> None:
        self._stack = style.column(self, spacing=2)
        self._force_line, self._trial_grid = QWidget(), QGridLayout()
        force = style.row(self._force_line, (0, 0, 2, 0), spacing=0)
        style.scaled(self._trial_grid, spacing=3)
        force.addLayout(self._trial_grid)
        force.addStretch(1)
        self._result = style.label("num")
        force.addWidget(self._result, 0, Qt.AlignmentFlag.AlignVCenter)
        self._left_out = QWidget()
        self._test_it = quiet_link(tr("Test it"), tr("Test {name} after all").format(name=self.name))
        self._test_it.clicked.connect(self._test_after_all)
        out = style.row(self._left_out, spacing=6)
        words = style.label("b", tr("Not tested"))
        style.say(words, c="q")
        for part in (StateGlyph("not-met"), words, self._test_it):
            out.addWidget(part)
        out.addStretch(1)
        for line in (self._force_line, self._left_out):
            line.setFixedHeight(style.control_height())
            self._stack.addWidget(line)
        self._detail = style.label("s", wrap=True)
        self._stack.addWidget(self._detail)
        self._last_line = style.label("s", self._last, wrap=True)
        self._last_line.setVisible(bool(self._last))
        self._stack.addWidget(self._last_line)
        self._stack.addStretch(1)
        self._make_trials(TRIALS)

    def show_last(self, words: str, *, judged: bool, limits: str) -> None:
        """What was found last time, and what today's value means beside it; heard with the first trial."""
        self._last_line.setText(words)
        self._last_line.setToolTip(limits)
        style.say(self._last_line, c="ink" if judged else "")
        spoken.hint(self.trials[0].edit, f"{words}." if words else "")

    def _ensure_grade(self) -> TextField:
        """The line of the hand grade, made when a grade is first wanted."""
        if self.grade is None:
            self._grade_line = QWidget()
            self._grade_line.setFixedHeight(style.control_height())
            row = style.row(self._grade_line, spacing=7)
            choose = quiet_link(tr("Grade"), tr("{name}: choose a grade").format(name=self.name))
            choose.clicked.connect(lambda: self._grade_menu(choose))
            self.grade = TextField(tr("{name}: grade by hand").format(name=self.name))
            self.grade.setFixedWidth(style.px(40))
            self.grade.answered.connect(self._grade_typed)
            self.grade.edit.installEventFilter(self)
            for part in (choose, self.grade, self._grade_words):
                row.addWidget(part)
            row.addStretch(1)
            self._stack.insertWidget(0, self._grade_line)
        return self.grade

    def _ensure_extras(self) -> Extras:
        if self.extras is None:
            made = self.extras = Extras(self.name, self.new_field)
            made.compensation.clicked.connect(lambda: self._compensation_menu(made.compensation))
            made.not_tested.clicked.connect(lambda: self.not_tested_menu(made.not_tested))
            made.own.answered.connect(self._own_words)
            made.protocol.clicked.connect(lambda: self._protocol_menu(made.protocol))
            made.discard.clicked.connect(lambda: self._discard_menu(made.discard))
            self._stack.insertWidget(self._stack.indexOf(self._detail) + 1, made)
        return self.extras

    def _make_trials(self, count: int) -> None:
        while len(self.trials) < count:
            number = len(self.trials) + 1
            field = self.new_field(
                tr("{name}, trial {number}").format(name=self.name, number=number),
                TRIAL_WIDTH,
                (0, 0),
                (0, MOST_FIGURES),
            )
            self.trials.append(field)
            field.trials = self.trials
            field.edit.setProperty("tight", True)
            self._trial_grid.addWidget(field, (number - 1) // IN_A_LINE, (number - 1) % IN_A_LINE)
        for number, field in enumerate(self.trials):
            field.setVisible(number < count)
        lines = 1 + (count - 1) // IN_A_LINE
        self._force_line.setFixedHeight(lines * style.control_height() + (lines - 1) * style.px(4))

    # ------------------------------------------------------------ showing

    def show_test(
        self,
        answer: Answer | None,
        measured: SideStrength | None,
        *,
        unit: str,
        mode: Mode,
        best: bool,
        is_open: bool,
        compact: bool,
        read_only: bool,
        scatter_limit_percent: float,
    ) -> None:
        """Show what is known of this side: `measured` in `unit`, opened for work or as one line."""
        test = answer if isinstance(answer, StrengthTest) else None
        reason = answer.reason if isinstance(answer, NotTested) else test.not_tested if test else None
        self._test, self._mode, self._reason = test, mode, reason
        self._force_line.setVisible(reason is None and mode != "grade")
        self._left_out.setVisible(reason is not None)
        self._test_it.setVisible(not read_only)
        self._show_trials(test, measured, unit, best=best)
        self._show_grade(test, read_only=read_only)
        detail = tr("because of: {reason}").format(reason=reason) if reason else self._details(test, measured)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail) and (reason is not None or not is_open) and not compact)
        self._force_line.setToolTip(style.tip(detail if compact and not is_open else ""))
        style.say(self._detail, c="att" if measured and measured.pain_inhibited else "")
        for field in self.trials:
            field.edit.setReadOnly(read_only)
        if is_open or self.extras is not None:
            self._show_extras(self._ensure_extras(), test, is_open=is_open, read_only=read_only)
        self._scatter = scatter_words(measured, scatter_limit_percent)
        self._tell_message()

    def _show_grade(self, test: StrengthTest | None, *, read_only: bool) -> None:
        wanted = self._reason is None and self._mode == "grade"
        if wanted:
            self._ensure_grade()
        if self.grade is None or self._grade_line is None:
            return
        self._grade_line.setVisible(wanted)
        given = test.grade if test else None
        if given or not self._grade_is_open():
            self.grade.set_value(given)
        self._grade_words.setText(GRADE_WORDS.get(given or "", ""))
        self._grade_words.setToolTip(style.tip(self._grade_words.text()))
        self._grade_line.setEnabled(not read_only)

    def _show_extras(
        self, extras: Extras, test: StrengthTest | None, *, is_open: bool, read_only: bool
    ) -> None:
        working = is_open and self._reason is None
        extras.setVisible(is_open)
        extras.numbers.setVisible(working)
        extras.links.setVisible(working and not read_only)
        extras.taken.setVisible(working and self._mode != "grade" and not read_only)
        extras.protocol.setText(protocol_link_words(self.group, test))
        extras.protocol.setToolTip(self.group.position)
        discarded = len(test.discarded) if test else 0
        extras.discard.setText(
            tr("{discarded} discarded").format(discarded=discarded) if discarded else tr("Discard…")
        )
        extras.discard.setEnabled(bool(test and (test.trials or test.discarded)))
        if not extras.pain.uncounted:
            extras.pain.set_value(test.pain if test else None)
        if not extras.lever.uncounted:
            extras.lever.set_value(from_si(test.lever_arm_m, "cm") if test and test.lever_arm_m else None)
        for part in (*extras.lever_words, extras.lever):
            part.setVisible(self._mode == "force")
        for field in (extras.pain, extras.lever):
            field.edit.setReadOnly(read_only)
        extras.own.setEnabled(not read_only)
        seen = test.compensation if test else None
        extras.compensation.setText(tr("Compensation ✓") if seen else tr("Compensation…"))
        extras.compensation.setToolTip(style.tip(seen or ""))
        own = seen is not None and seen not in compensations(self.group)
        extras.own.setVisible(working and own)
        extras.own.set_value(seen if own and seen != OWN_WORDS else None)

    def _show_trials(
        self, test: StrengthTest | None, measured: SideStrength | None, unit: str, *, best: bool
    ) -> None:
        typed = test.trials if test else ()
        scattered = measured is not None and bool(measured.trials) and not measured.reliable
        wanted = max(TRIALS, len(typed), TRIALS + 1 if scattered and len(typed) >= TRIALS else 0)
        self._make_trials(min(MOST_TRIALS, wanted))
        self._use_unit(unit)
        kept_unit = test.unit if test and test.unit else unit
        pairs = [
            (written(convert(raw, kept_unit, unit), unit), raw) for raw in typed if same_kind(kept_unit, unit)
        ]
        filled = [number for number, field in enumerate(self.trials) if field.value is not None]
        standing = [self.trials[number].value for number in filled]
        if standing == [show for show, _ in pairs]:
            self._raw = dict(zip(filled, pairs, strict=True))
        else:
            self._raw = dict(enumerate(pairs))
            for number, field in enumerate(self.trials):
                field.set_value(pairs[number][0] if number < len(pairs) else None)
        top = max((show for show, _ in self._raw.values()), default=None)
        marked = best and measured is not None and measured.score is not None
        best_at = next((n for n, (show, _) in self._raw.items() if show == top), None) if marked else None
        for number, field in enumerate(self.trials):
            field.set_best(number == best_at)
        self._result.setText(result(measured, unit))
        self._result.setToolTip(
            tr("Not scored: the trials differ too much.") if self._result.text() == "–" else ""
        )

    def _use_unit(self, unit: str) -> None:
        self._unit = unit
        bounds = usual_range(unit)
        for field in self.trials:
            if field.property("unit") != unit:
                field.set_bounds(bounds, (0, MOST_FIGURES))
                field.setProperty("unit", unit)
                field.edit.setAccessibleName(f"{field.accessibleName()}, {unit}")

    def _details(self, test: StrengthTest | None, measured: SideStrength | None) -> str:
        if test is None or measured is None:
            return ""
        parts = (
            [
                tr("pain {pain}/10").format(pain=test.pain)
                + (tr(", may read low") if measured.pain_inhibited else "")
            ]
            if test.pain is not None
            else []
        )
        if test.lever_arm_m and test.trials and test.unit != "Nm":
            parts.append(
                tr("lever {lever_arm_m} cm").format(lever_arm_m=shown(from_si(test.lever_arm_m, "cm"), 1))
            )
        if measured.torque_nm_per_kg is not None:
            parts.append(
                tr("{torque_nm_per_kg:.2f} Nm/kg").format(torque_nm_per_kg=measured.torque_nm_per_kg)
            )
        elif measured.torque_nm is not None and test.unit != "Nm":
            parts.append(f"{shown(measured.torque_nm, 1)} Nm")
        if test.compensation:
            parts.append(tr("compensation: {seen}").format(seen=lower_first(test.compensation)))
        if protocol := protocol_words(self.group, test):
            parts.append(protocol)
        if test.discarded:
            parts.append(tr("{count} discarded").format(count=len(test.discarded)))
        return " · ".join(parts)

    def _numbers(self) -> list[GoingOnField]:
        return [*self.trials, *([self.extras.pain, self.extras.lever] if self.extras else [])]

    def _tell_message(self, _sentence: str = "") -> None:
        """The one thing this side has to say: about a number first, then about a swap, then about the scatter."""
        asking = next((field for field in self._numbers() if field.message), None)
        words, bad = self._words_about(asking), asking is not None and asking.value is None
        if self._message_line is None:
            if not words:
                return
            self._message_line = Message(self.name)
            self._message_line.keep.clicked.connect(self._keep_asked)
            self._stack.insertWidget(self._stack.count() - 1, self._message_line)
        self._message_line.say(words, bad=bad, asks=asking is not None and not bad)

    def _words_about(self, asking: GoingOnField | None) -> str:
        test = self._test
        grade = self.grade.value if self.grade else None
        if asking is not None:
            if self.extras is not None and asking is self.extras.pain:
                return f"{tr('Pain is 0 to 10, in whole numbers.')} {self._earlier(asking)}".rstrip()
            lever = self.extras is not None and asking is self.extras.lever
            said = f"{asking.text.strip()} {'cm' if lever else self._unit}: {asking.message}"
            return f"{said} {self._slip(asking)}{self._earlier(asking)}".rstrip()
        if self._reason is not None:
            return ""
        if self._mode == "grade" and grade and grade not in MMT_GRADES:
            return tr("“{grade}” is not a grade: {mmt_grades}. It is not counted.").format(
                grade=quotable(grade), mmt_grades=", ".join(MMT_GRADES)
            )
        if test and test.trials and self._mode == "grade":
            return tr("A grade takes the place of the {count} trials. Ctrl+Z brings them back.").format(
                count=len(test.trials)
            )
        if test and test.grade and self._mode != "grade":
            return tr("A trial takes the place of the grade {grade}. Ctrl+Z brings it back.").format(
                grade=test.grade
            )
        if test and test.unit and not same_kind(test.unit, self._unit):
            return tr("Typed in {unit}. A value in {unit_2} takes its place; Ctrl+Z brings it back.").format(
                unit=test.unit, unit_2=self._unit
            )
        return self._scatter

    def _slip(self, asking: GoingOnField) -> str:
        """Newtons while the page shows kgf or lbf, the commonest slip with a dynamometer; metres for a lever."""
        value = asking.value
        is_lever = self.extras is not None and asking is self.extras.lever
        if is_lever and value is not None and LEVER_ARM_M[0] <= value <= LEVER_ARM_M[1]:
            return tr("{value:g} m is {shown} cm: type it in cm. ").format(
                value=value, shown=shown(from_si(value, "cm"), 1)
            )
        return slip_of_unit(value, self._unit) if asking in self.trials else ""

    def _earlier(self, asking: GoingOnField) -> str:
        """What still counts while the field holds something that cannot be counted."""
        test = self._test
        if test is None or self.extras is None or not asking.uncounted:
            return ""
        if asking is self.extras.pain and test.pain is not None:
            return tr("{pain} still counts.").format(pain=test.pain)
        if asking is self.extras.lever and test.lever_arm_m:
            return tr("{lever_arm_m} cm still counts.").format(
                lever_arm_m=shown(from_si(test.lever_arm_m, "cm"), 1)
            )
        return ""

    # ------------------------------------------------------------ telling

    def _typed(self, _value: object) -> None:
        test = self._test if self._test and not self._test.not_tested else StrengthTest()
        if self.extras is not None:
            pain, lever = typed_or(self.extras.pain, test.pain), self.extras.lever.value
            arm = to_si(lever, "cm") if lever else None
            if self.extras.lever.uncounted:
                arm = test.lever_arm_m
            test = replace(test, pain=None if pain is None else int(pain), lever_arm_m=arm)
        if self._mode != "grade":
            test = self._with_trials(test)
        self._tell(test)

    def _with_trials(self, test: StrengthTest) -> StrengthTest:
        """The trials as they stand; what was typed in another unit stays as typed unless it was changed."""
        same = test.trials and test.unit and same_kind(test.unit, self._unit)
        left = any(field.value == self._raw[at][0] for at, field in enumerate(self.trials) if at in self._raw)
        unit = test.unit if same and left and test.unit else self._unit
        trials = []
        for number, field in enumerate(self.trials):
            if field.value is None:
                continue
            show, raw = self._raw.get(number, (None, 0.0))
            trials.append(raw if same and field.value == show else convert(field.value, self._unit, unit))
        if not trials:
            return replace(test, trials=(), unit=None) if same else test
        return replace(test, trials=tuple(trials), unit=unit, grade=None)

    def _grade_typed(self, words: object) -> None:
        typed = str(words).replace("−", "-").replace("–", "-").strip() if words else None
        if typed is not None and typed not in MMT_GRADES:
            self._tell_message()
            return
        self._tell_message()
        base = self._test if self._test and not self._test.not_tested else StrengthTest()
        if typed is None:
            self._tell(replace(base, grade=None) if base.grade else base)
        else:
            self._tell(with_grade(base, typed))

    def _own_words(self, words: object) -> None:
        if self._test is not None:
            self._tell(replace(self._test, compensation=str(words) if words else OWN_WORDS))

    def _tell(self, test: StrengthTest | None) -> None:
        if test == StrengthTest():
            test = None
        self.changed.emit(test)

    def _test_after_all(self) -> None:
        gone = self._test.discarded if self._test else ()
        self._tell(StrengthTest(discarded=gone))
        if tries := self.tries():  # the button went, and the keyboard must not wander off with it
            tries[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def leave_out(self, reason: str) -> None:
        """This side is not tested, and why."""
        self._tell(left_out(self._test, reason))

    def _keep_asked(self) -> None:
        for field in self._numbers():
            if field.message and field.value is not None:
                field.keep()
                return

    # ------------------------------------------------------------ keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """`/` leaves the side out, `=` takes the lever arm of the right side, undo means the evaluation's."""
        if isinstance(event, QKeyEvent) and isinstance(watched, QLineEdit):
            if event.type() == QEvent.Type.ShortcutOverride and (
                event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            ):
                event.ignore()
                return True
            if event.type() == QEvent.Type.KeyPress and not watched.isReadOnly():
                if event.text() == "/":
                    self.not_tested_menu(watched)
                    return True
                if event.text() == "=":
                    self.copy_wanted.emit()
                    return True
        return super().eventFilter(watched, event)

    def take_lever(self, lever_arm_m: float) -> None:
        """The same lever arm as on the other side."""
        self._tell(replace(self._test or StrengthTest(), lever_arm_m=lever_arm_m))

    # ------------------------------------------------------------ menus

    def not_tested_menu(self, beside: QWidget) -> None:
        """Offer the reasons for leaving it out."""
        menu = titled_menu(self, tr("Not tested, because of"))
        for reason in NOT_TESTED_REASONS:
            menu.addAction(reason.capitalize(), partial(self.leave_out, reason))
        menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    def _compensation_menu(self, beside: QWidget) -> None:
        menu = titled_menu(self, tr("Compensation seen"))
        base = self._test or StrengthTest()
        for seen in compensations(self.group):
            action = menu.addAction(seen)
            action.setCheckable(True)
            action.setChecked(base.compensation == seen)
            action.triggered.connect(lambda _=False, seen=seen: self._tell(replace(base, compensation=seen)))
        menu.addAction(tr("Something else…"), lambda: self._tell(replace(base, compensation=OWN_WORDS)))
        if base.compensation:  # what nobody looked for is not "none"
            menu.addAction(tr("Take it back"), lambda: self._tell(replace(base, compensation=None)))
        menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    def _protocol_menu(self, beside: QWidget) -> None:
        menu = protocol_menu(self, self.group, self._test or StrengthTest(), self._tell)
        menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    def _discard_menu(self, beside: QWidget) -> None:
        menu = discard_menu(self, self._test or StrengthTest(), self._tell)
        menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    def _grade_menu(self, beside: QWidget) -> None:
        menu = titled_menu(self, tr("Manual muscle test"))
        for grade in reversed(MMT_GRADES):
            menu.addAction(f"{grade}   {GRADE_WORDS[grade]}", partial(self._grade_typed, grade))
        menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    @property
    def ungraded(self) -> str:
        """What stands in the grade field and is no grade, or ""."""
        shut = self.grade is None or self.grade.isHidden() or not self._grade_is_open()
        return "" if shut or self.grade is None else self.grade.value or ""

    def _grade_is_open(self) -> bool:
        """Whether something stands in the grade field that cannot be read and must be left standing."""
        return self.grade is not None and self.grade.value is not None and self.grade.value not in MMT_GRADES

    # ------------------------------------------------------------ where the keyboard goes

    def tries(self) -> list[QWidget]:
        """The fields of the trials, or that of the grade."""
        if self._reason is not None:
            return []
        if self._mode == "grade":
            return [self._ensure_grade()]
        return [field for field in self.trials if not field.isHidden()]

    def asides(self) -> list[QWidget]:
        """The fields of what is asked once the trials are done: pain, then the lever arm of a force."""
        if self._reason is not None or self.extras is None:
            return []
        return [self.extras.pain, *([self.extras.lever] if self._mode == "force" else [])]

    def commit(self) -> None:
        """Tell what is typed and was not told yet."""
        for field in (*self._numbers(), *([self.grade] if self.grade else [])):
            field.commit()
        if self.extras is not None:
            self.extras.own.commit()

    def first_gap(self) -> QWidget | None:
        """The field to work on: the first empty one, else the first; of a side not tested, the way to test it."""
        if self._reason is not None:
            return self._test_it if self._test_it.isVisibleTo(self) else None
        fields = [*self.tries(), *self.asides()]
        return next((field for field in fields if not is_filled(field)), fields[0] if fields else None)
