"""One muscle group: both sides and their comparison; opened while it is worked on, else one line of results."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QWidget

from evalassist.clinical.assessment import far_below_unexplained
from evalassist.clinical.facts import shown
from evalassist.clinical.result import Assessment, GroupStrength, SideStrength
from evalassist.clinical.strength_entry import begun_like
from evalassist.content.schema import StrengthGroup
from evalassist.evaluation import SIDES, Answer, Answers, NotTested, Side, SoreKnee, StrengthTest, other
from evalassist.translate import tr
from evalassist.units import convert, to_si
from evalassist.words import upper_first
from ui import spoken, style
from ui.widgets.elided import GivingLabel
from ui.widgets.glyph import StateGlyph
from ui.widgets.marks import KeyCap, LinkButton
from ui.widgets.segments import Choice, SegmentedControl
from ui.widgets.strength_parts import TRIALS, result, scatter_words
from ui.widgets.strength_side import Mode, StrengthSide
from ui.widgets.symmetry import SymmetryBar

NAME_WIDTH, GAP = 124, 12
KINDS = (Choice("force", tr("Force")), Choice("torque", "Nm", key="m"), Choice("grade", tr("Grade")))

WITHIN_ERROR_SHORT = tr("within tester error")

APART = {
    "positions": tr("positions differ"),
    "contractions": tr("make and break test"),
}
"""Why two measured sides are not compared, as the row says it."""

ReadingMark = Literal["look", "good", ""]


class StrengthRow(QFrame):
    """A row whose columns stand to the pixel: name, right, left, symmetry."""

    answered = Signal(str, object)
    """The id of the answer (`habd.right`) and a `StrengthTest`, or None when it is untouched again."""
    going_on = Signal(QWidget, bool)
    test_wanted = Signal()
    """An optional group is to be tested after all."""
    position_toggled = Signal(bool)
    reason_wanted = Signal()
    """The caution of a side far below the other is to be answered with a reason."""
    kind_changed = Signal()
    """Force, torque or grade was chosen: the fields are other ones now."""

    def __init__(self, group: StrengthGroup, title: str, *, optional: bool, pace: str) -> None:
        """`pace` is how fast every group is tested, as the content says it."""
        super().__init__()
        self._pace = pace
        self.group, self.optional = group, optional
        self._mode: Mode | None = None
        self._wanted = False
        """The therapist asked for a group that is otherwise one quiet line."""
        self.is_open = False
        self.last: dict[Side, str] = dict.fromkeys(SIDES, "")
        """What was found at the last visit, below each side."""
        self._given: dict[Side, Answer | None] = dict.fromkeys(SIDES)
        self._typed = False
        """Something was answered in this row: what it comes to is heard once it is shown."""
        self._come_to: dict[str, str] = {}
        """What both sides came to and how they compared, as it was shown last."""
        self._compared = ""
        """How the sides compare, for who hears it."""
        self.setProperty("card", "")
        self.setAccessibleName(title)
        self.sides: dict[Side, StrengthSide] = {}
        """Made when there is something to show: five of eight groups are mostly one quiet line."""
        self.kind: SegmentedControl | None = None
        self._caution: QFrame | None = None
        self._how: _HowTo | None = None
        stack = self._stack = style.column(self, (8, 5, 4, 5), spacing=4)
        self._parts = style.row(spacing=GAP)
        self._parts.addWidget(self._build_name(title), 0, Qt.AlignmentFlag.AlignTop)
        self._line = style.row(spacing=GAP)
        self._merged = self._build_merged()
        self._line.addWidget(self._merged, 1, Qt.AlignmentFlag.AlignTop)
        self._line.addStretch()
        self._parts.addLayout(self._line)
        self._reading = self._build_reading(title)
        self._parts.addWidget(self._reading, 1, Qt.AlignmentFlag.AlignTop)
        stack.addLayout(self._parts)

    # ------------------------------------------------------------ building

    def set_name_width(self, width: int) -> None:
        """Narrower where the window is; with no width left the name stands above its fields."""
        self._name_cell.setFixedWidth(style.px(width or 2 * NAME_WIDTH))
        room = style.px(width or 2 * NAME_WIDTH) - self.position.sizeHint().width() - style.px(7)
        self._key.setVisible((width >= NAME_WIDTH or not width) and room >= self._key.sizeHint().width())
        arrange(self._parts, width)

    def _build_name(self, title: str) -> QWidget:
        cell = self._name_cell = QWidget()
        cell.setFixedWidth(style.px(NAME_WIDTH))
        stack = style.column(cell, spacing=2)
        name = style.label("b", title)
        name.setWordWrap(True)
        name.setMinimumHeight(style.control_height())
        self._position = QWidget()
        row = style.row(self._position, (0, 5, 0, 0), spacing=7)
        self.position = LinkButton(tr("Position"))
        self.position.setAccessibleName(tr("{title}: position, pad and what to say").format(title=title))
        self.position.setCheckable(True)
        self.position.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.position.clicked.connect(self.position_toggled)
        row.addWidget(self.position)
        self._key = KeyCap("F2")
        row.addWidget(self._key)
        row.addStretch(1)
        self._position.setMinimumHeight(style.control_height())
        stack.addWidget(name)
        stack.addWidget(self._position)
        stack.addStretch(1)
        return cell

    def _build_merged(self) -> QWidget:
        """The one line of a group that nobody works on: optional and untouched, or left out on both sides."""
        cell = QWidget()
        cell.setFixedHeight(style.control_height())
        row = style.row(cell, spacing=6)
        self._merged_glyph, self._merged_words, self._merged_why = (
            StateGlyph("not-met"),
            style.label("b"),
            GivingLabel(),
        )
        style.say(self._merged_why, t="q")
        style.say(self._merged_words, c="q")
        self._test_it = LinkButton(tr("Test it"))
        self._test_it.setAccessibleName(tr("Test {title}").format(title=self.group.title))
        self._test_it.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._test_it.clicked.connect(self._ask_for_test)
        for part in (self._merged_glyph, self._merged_words, self._merged_why):
            row.addWidget(part)
        row.addSpacing(style.px(8))
        row.addWidget(self._test_it)
        row.addStretch(1)
        return cell

    def _build_reading(self, title: str) -> QWidget:
        cell = QWidget()
        stack = style.column(cell, spacing=2)
        line = QWidget()
        line.setFixedHeight(style.control_height())
        row = style.row(line, spacing=7)
        self.bar = SymmetryBar(title)
        self._mark, self._percent = StateGlyph("look"), style.label("b", wrap=True)
        for part in (self.bar, self._mark):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._percent, 1, Qt.AlignmentFlag.AlignVCenter)
        self._bar_line = line
        self._words, self._error = style.label("s"), style.label("s")
        self._words.setWordWrap(True)
        self._error.setWordWrap(True)
        stack.addWidget(line)
        stack.addWidget(self._words)
        stack.addWidget(self._error)
        stack.addStretch(1)
        self._reading_stack = stack
        return cell

    def _ensure_sides(self) -> None:
        for place, side in enumerate(SIDES, start=1):
            if side not in self.sides:
                cell = self.sides[side] = StrengthSide(self.group, side, self.last[side])
                cell.changed.connect(lambda test, side=side: self._answered(side, test))
                cell.going_on.connect(self.going_on)
                if side == "left":
                    cell.copy_wanted.connect(self._copy_lever)
                self._line.insertWidget(place, cell, 0, Qt.AlignmentFlag.AlignTop)

    def _ensure_kind(self) -> SegmentedControl:
        if self.kind is None:
            kinds = [kind for kind in KINDS if kind.value != "torque" or self.group.takes_torque]
            name = tr("{accessible_name}: force by device, or grade by hand").format(
                accessible_name=self.accessibleName()
            )
            self.kind = SegmentedControl(kinds, name)
            self.kind.answered.connect(self._kind_chosen)
            self._reading_stack.insertWidget(1, self.kind)
        return self.kind

    def _build_caution(self, headline: str, said: str) -> QFrame:
        frame = QFrame()
        frame.setProperty("card", "att")
        row = style.row(frame, (9, 5, 9, 5), spacing=8)
        row.addWidget(StateGlyph("look"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(style.label("b", headline), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(style.label("", said, wrap=True), 1)
        self._reason = LinkButton("")
        self._reason.clicked.connect(self.reason_wanted)
        row.addWidget(self._reason, 0, Qt.AlignmentFlag.AlignVCenter)
        return frame

    # ------------------------------------------------------------ showing

    def show_group(
        self,
        answers: Answers,
        assessment: Assessment,
        sore_knee: SoreKnee,
        *,
        unit: str,
        best: bool,
        is_open: bool,
        how: bool,
        compact: bool,
        read_only: bool,
    ) -> None:
        """Show this group as it is known now."""
        measured = assessment.strength[self.group.id]
        given = self._given = {side: answers.get(f"{self.group.id}.{side}") for side in SIDES}
        reasons = [_reason(answer) for answer in given.values()]
        untouched = self.optional and not self._wanted and all(answer is None for answer in given.values())
        merged = untouched or (None not in reasons and reasons[0] == reasons[1])
        self.is_open = is_open and not merged
        style.say(self, card="open" if self.is_open else "")
        self._show_merged(merged, untouched, reasons[0] or "", read_only)
        if not merged:
            self._ensure_sides()
        for side, cell in self.sides.items():
            mode = self._mode_of(given[side], given[other(side)])
            cell.setVisible(not merged)
            cell.show_test(
                given[side],
                measured.side(side),
                unit="Nm" if mode == "torque" else unit,
                mode=mode,
                best=best,
                is_open=self.is_open,
                compact=compact,
                read_only=read_only,
                scatter_limit_percent=assessment.numbers["repeat-cv"],
            )
        self._reading.setVisible(not merged)
        if self.is_open or self.kind is not None:
            kind = self._ensure_kind()
            kind.set_value(self.mode)
            kind.setVisible(self.is_open and not read_only)
        self._position.setVisible(self.is_open)
        self.position.setChecked(how)
        if self.is_open and how and self._how is None:
            self._how = _HowTo(self.group, self._pace)
            self._stack.addWidget(self._how)
        if self._how is not None:
            self._how.setVisible(self.is_open and how)
        line_percent = assessment.numbers["symmetry-deficit"]
        percent, words, mark = reading(measured, given, line_percent)
        self._show_reading(
            measured,
            unit,
            percent,
            words,
            mark,
            sore_knee,
            line_percent=line_percent,
            hide_words=compact and not self.is_open,
        )
        self._tell_results(measured, unit, assessment.numbers["repeat-cv"])
        self._show_caution(assessment)

    def _show_merged(self, merged: bool, untouched: bool, reason: str, read_only: bool) -> None:
        self._merged.setVisible(merged)
        style.scaled(self._stack, (8, 1, 4, 1) if merged else (8, 5, 4, 5), 4)
        self._merged_glyph.setVisible(not untouched)
        self._merged_words.setText("" if untouched else tr("Not tested, both sides"))
        self._merged_words.setVisible(not untouched)
        last = "; ".join(f"{side}, {words}" for side, words in self.last.items() if words)
        quiet = tr("optional · {last}").format(last=last) if last else tr("optional")
        self._merged_why.setText(quiet if untouched else f"· {reason}")
        self._test_it.setVisible(not read_only)

    def _show_reading(
        self,
        measured: GroupStrength,
        unit: str,
        percent: str,
        words: str,
        mark: ReadingMark,
        sore_knee: SoreKnee,
        *,
        line_percent: float,
        hide_words: bool,
    ) -> None:
        compared = measured.asymmetry_percent
        unsure = within_error(self.group, measured, unit, line_percent)
        self._compared = aloud(measured, percent, words, sore_knee, unsure)
        if compared is None:
            self.bar.set_sides(None, None)
        else:
            right = compared if measured.weaker == "right" else 100.0
            left = compared if measured.weaker == "left" else 100.0
            line = None if sore_knee == "both" else line_percent / 100
            self.bar.set_sides(right, left, line=line, words=self._compared)
        self.bar.setVisible(compared is not None)
        self._mark.setVisible(bool(mark))
        if mark:
            self._mark.set_state(mark)
        self._percent.setText(percent)
        # With no bar the words take its place, in the line of the fields.
        said_in_line = compared is None and bool(words) and not self.is_open
        if said_in_line:
            self._percent.setText(words)
        style.say(self._percent, t="q" if said_in_line else "b", c="att" if mark == "look" else "")
        self._words.setText("" if said_in_line else words)
        self._words.setVisible(bool(self._words.text()) and not hide_words)
        self._error.setText(WITHIN_ERROR_SHORT if hide_words else unsure)
        self._error.setToolTip(tr("{said}: two testers differ by as much.").format(said=upper_first(unsure)))
        self._error.setVisible(bool(unsure))
        style.say(self._words, c="att" if mark == "look" else "")
        self._bar_line.setToolTip(style.tip(words if hide_words else ""))

    def _show_caution(self, assessment: Assessment) -> None:
        rule = assessment.conclusions.get("very-low-symmetry")
        ids = {f"{self.group.id}.{side}" for side in SIDES}
        met = rule is not None and rule.met and any(ids & set(reason.items) for reason in rule.reasons)
        if met and rule is not None and self._caution is None:
            self._caution = self._build_caution(f"{rule.rule.title}.", rule.rule.do_now)
            self._stack.insertWidget(1, self._caution)
        if self._caution is not None:
            self._caution.setVisible(met)
            self._reason.setText(tr("Say why") if far_below_unexplained(assessment) else tr("Your reason"))

    def _tell_results(self, measured: GroupStrength, unit: str, scatter_limit_percent: float) -> None:
        """Say what a side came to with its last trial, and how both compare, where it was typed here.

        The keyboard is at the next field by then, and what stands beside the fields is no stop of its own.
        """
        sides = {
            side: _outcome(
                measured.side(side), "Nm" if self.mode == "torque" else unit, scatter_limit_percent
            )
            for side in SIDES
        }
        told: dict[str, str] = {side: f"{side}{words}" for side, words in sides.items() if words}
        if all(sides.values()):
            told["compared"] = upper_first(self._compared)
        news = [words for what, words in told.items() if words and words != self._come_to.get(what)]
        if self._typed and news:
            lines = " ".join(f"{words.rstrip('.')}." for words in news)
            spoken.say(self, f"{self.accessibleName()}: {lines}", instead=True)
        self._typed, self._come_to = False, told

    def _answered(self, side: Side, test: StrengthTest | None) -> None:
        """The second side begins in the way in which the first one was tested."""
        self._typed = True
        test = begun_like(self._given[side], test, self._given[other(side)])
        self.answered.emit(f"{self.group.id}.{side}", test)

    def _mode_of(self, answer: object, other_answer: object) -> Mode:
        if self._mode is not None:
            return self._mode
        for given in (answer, other_answer):
            if isinstance(given, StrengthTest) and (given.trials or given.grade):
                return "grade" if given.grade else "torque" if given.unit == "Nm" else "force"
        return "force"

    @property
    def mode(self) -> Mode:
        """Force, torque or hand grade: what its fields take now."""
        return self._mode_of(self._given["right"], self._given["left"])

    def _kind_chosen(self, kind: object) -> None:
        # Clicking the chosen one again clears a segment; a test is always of some kind.
        chosen: dict[object, Mode] = {"force": "force", "torque": "torque", "grade": "grade"}
        self._mode = chosen.get(kind, self._mode or "force")
        self.kind_changed.emit()

    def _copy_lever(self) -> None:
        right = self.sides["right"].extras
        self.sides["right"].commit()
        if right is not None and right.lever.value:
            self.sides["left"].take_lever(to_si(right.lever.value, "cm"))

    def _ask_for_test(self) -> None:
        self._wanted = True
        for side in SIDES:
            self.answered.emit(f"{self.group.id}.{side}", None)
        self.test_wanted.emit()

    def want(self) -> None:
        """Show the fields of a group that is otherwise one quiet line."""
        self._wanted = True

    def show_kind(self, kind: Mode) -> None:
        """Show the fields of this kind from now on, as if it had been chosen here."""
        self._mode = kind

    def fields(self, order: tuple[Side, ...]) -> list[QWidget]:
        """The fields in the order of the protocol: the trials of both sides, then what is asked of each."""
        if not self._merged.isHidden():
            return []
        cells = [self.sides[side] for side in order]
        return [
            *(field for cell in cells for field in cell.tries()),
            *(f for cell in cells for f in cell.asides()),
        ]


class _HowTo(QFrame):
    """How the group is tested: position, what to hold, where the pad goes, what to say."""

    def __init__(self, group: StrengthGroup, pace: str) -> None:
        super().__init__()
        self.setProperty("card", "sunk")
        grid = style.scaled(QGridLayout(self), (12, 7, 12, 8), spacing=3)
        grid.setHorizontalSpacing(style.px(12))
        warning = f"{group.pad}. {group.pad_warning}".rstrip(". ") + "."
        lines = (
            (tr("Position"), group.position, ""),
            (tr("Stabilize"), group.stabilise, ""),
            (tr("Pad"), warning, "att" if group.pad_warning else ""),
            (tr("Lever from"), group.axis, ""),
            (tr("Or"), "; ".join(other.title for other in group.other_positions), ""),
            (tr("Say"), f"“{group.say}”", ""),
            (tr("Pace"), pace, ""),
        )
        self._in_words = " ".join(
            f"{what}: {words if words[-1] in '.”' else f'{words}.'}" for what, words, _ in lines if words
        )
        for number, (what, words, tone) in enumerate(line for line in lines if line[1]):
            head, text = (
                style.label("s", what),
                style.label("b" if what in (tr("Say"), tr("Pad")) else "", words),
            )
            text.setWordWrap(True)
            style.say(text, c=tone)
            grid.addWidget(head, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, number, 1)
        grid.setColumnStretch(1, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard stays in its field."""
        super().showEvent(event)
        spoken.say(self, self._in_words)


def kinds_width() -> float:
    """How wide the choice of the kind of test is, at 100 % text."""
    return SegmentedControl(KINDS, "").sizeHint().width() / style.scale()


def arrange(parts: QBoxLayout, name_width: int) -> None:
    """Name, fields and reading in columns, or below each other where no width is left for the name."""
    flow = QBoxLayout.Direction
    parts.setDirection(flow.LeftToRight if name_width else flow.TopToBottom)
    parts.setSpacing(style.px(GAP if name_width else 0))


def reading(
    measured: GroupStrength, given: dict[Side, Answer | None], line_percent: float
) -> tuple[str, str, ReadingMark]:
    """The comparison as it reads: percentage, words, and whether it wants a look."""
    graded = [isinstance(answer, StrengthTest) and answer.grade is not None for answer in given.values()]
    if any(graded):
        return "", tr("by hand: no percentage") if all(graded) else tr("one side by hand: no percentage"), ""
    if measured.asymmetry_percent is None:
        if measured.not_compared in APART:
            return "", APART[measured.not_compared], "look"
        tested = [side for side in (measured.right, measured.left) if side is not None and side.trials]
        if any(side.score is None for side in tested):
            return "", tr("trials differ: no percentage"), ""
        if len({side.lever_arm_m is None for side in tested}) == 2:
            return "", tr("one side without its lever arm: no percentage"), ""
        return "", tr("lever arms or units differ: no percentage") if len(tested) == 2 else "", ""
    lower = 100 - measured.asymmetry_percent
    words = (
        tr("{weaker} {lower} % lower").format(weaker=measured.weaker, lower=shown(lower, 1))
        if measured.weaker
        else tr("both sides equal")
    )
    if measured.symmetry_percent is None:
        words = tr("{words}\nasymmetry only").format(words=words)
        return f"{shown(measured.asymmetry_percent, 1)} %", words, ""
    percent = measured.symmetry_percent
    return f"{shown(percent, 1)} %", words, "look" if percent < line_percent else "good"


def _reason(answer: object) -> str | None:
    if isinstance(answer, NotTested):
        return answer.reason
    return answer.not_tested if isinstance(answer, StrengthTest) else None


def _outcome(measured: SideStrength | None, unit: str, scatter_limit_percent: float) -> str:
    """What a side with all its trials came to: its score, or why it has none; "" before that."""
    if measured is None or len(measured.trials) < TRIALS:
        return ""
    if scattered := scatter_words(measured, scatter_limit_percent):
        return f": {scattered}"
    return f" {result(measured, unit)}" if measured.score is not None else ""


def within_error(group: StrengthGroup, measured: GroupStrength, unit: str, line_percent: float) -> str:
    """The remark on a difference that counts and is no larger than that of two testers, in this unit; or ""."""
    compared = measured.asymmetry_percent
    counts = compared is not None and compared < line_percent
    if not (measured.within_tester_error and measured.weaker and counts):
        return ""
    error = convert(group.inter_tester_mdc_kgf or 0, "kgf", unit)
    return tr("within {error} {unit}, the error between testers").format(
        error=shown(error, 0 if unit == "N" else 1), unit=unit
    )


def aloud(measured: GroupStrength, percent: str, words: str, sore_knee: SoreKnee, unsure: str) -> str:
    """The comparison for who hears it: also of which side the percentage tells, the sore one or else the weaker."""
    side = measured.weaker if sore_knee == "both" else sore_knee
    if percent and side:
        percent = tr("{side} side {percent} of the {other}").format(
            side=side, percent=percent, other=other(side)
        )
    return ", ".join(filter(None, (percent, words.replace("\n", ", "), unsure)))
