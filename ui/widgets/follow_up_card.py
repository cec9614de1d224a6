"""The look back on the plan page of a later visit: course, exercises, next phase, end of care."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout

from evalassist.clinical.case import PHASE_ITEM
from evalassist.clinical.discharge import goal_words, goals_of_last_plan
from evalassist.clinical.follow_up import Criterion, FollowUp
from evalassist.clinical.progression import ExerciseCourse, edits_of_advice, edits_of_all, is_past
from evalassist.clinical.result import PlanOfCare, Reason, Verdict
from evalassist.evaluation import ItemId
from evalassist.follow_up_noting import STATES
from evalassist.note_text import follow_up_text
from evalassist.translate import tr
from evalassist.words import lower_first, upper_first
from ui import icons, spoken, style
from ui.session import EvaluationSession
from ui.widgets.cards import Card, Rule
from ui.widgets.conclusion_card import ReasonList
from ui.widgets.dates import date_text
from ui.widgets.exercise_log_row import ExerciseLogRow
from ui.widgets.focus import is_stop, reach
from ui.widgets.glyph import State
from ui.widgets.marks import LinkButton, StateGlyph
from ui.widgets.plan_cards import empty

GLYPHS: dict[Verdict | None, State] = {
    Verdict.MET: "complete",
    Verdict.NOT_MET: "not-met",
    Verdict.UNDECIDED: "empty",
    None: "not-met",
}
APPLY_ALL_KEY = "Shift+F7"
EXERCISES = tr("EXERCISES OF THE LAST PLAN")


class FollowUpCard(Card):
    """How the patient does since the first visit, and what follows. It proposes; each act is the therapist's."""

    go_to = Signal(str)
    spoken_role = spoken.Role.Form
    """Of a panel Orca reads all words in it, at each coming in: here some 350."""

    def __init__(self, session: EvaluationSession) -> None:
        super().__init__(tr("Since the first visit"), kind="plain", spacing=6)
        self._session = session
        self._drawn: dict[int, tuple[Criterion, ...]] = {}
        self.rows: dict[str, ExerciseLogRow] = {}
        """The exercises of the last plan, by id."""
        self._build_course()
        self._rows_head = style.label("cap", wrap=True)
        self.apply_all = LinkButton(tr("Apply all"))
        self.apply_all.setAccessibleName(tr("Apply the advice on all exercises"))
        self.apply_all.setToolTip(
            tr("Make all of it edits of the plan ({apply_all_key})").format(apply_all_key=APPLY_ALL_KEY)
        )
        self.apply_all.clicked.connect(self.apply_everything)
        key = QShortcut(QKeySequence(APPLY_ALL_KEY), self)
        key.activated.connect(self.apply_everything)
        line = style.row(spacing=10)
        line.addWidget(self._rows_head, 1)
        line.addWidget(self.apply_all)
        self.body.addLayout(line)
        self._rows_place: QVBoxLayout = style.column(spacing=6)
        self.body.addLayout(self._rows_place)
        self.body.addWidget(Rule())
        self._build_phase()
        self._build_goals()
        self._build_discharge()

    # ------------------------------------------------------------ building

    def _build_course(self) -> None:
        line = style.row(spacing=8)
        self._glyph, self.course = StateGlyph("empty", size=17), style.label("b", wrap=True)
        line.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.course, 1)
        self.as_text = LinkButton(tr("As text"))
        self.as_text.setAccessibleName(tr("The look back, as text"))
        self.as_text.setToolTip(tr("All that the look back says, to read line by line"))
        self.as_text.clicked.connect(self._read)
        line.addWidget(self.as_text, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(line)
        self._reasons, self._missing = ReasonList(), ReasonList()
        for reasons in (self._reasons, self._missing):
            reasons.go_to.connect(self.go_to)
            self.body.addWidget(reasons)
        self._refer = style.label("s", wrap=True)
        self.body.addWidget(self._refer)

    def _build_phase(self) -> None:
        line = style.row(spacing=10)
        self._phase_head = style.label("cap")
        self._phase_words = style.label("s", wrap=True)
        self.go_on = QPushButton()
        icons.put_icon(self.go_on, "forward")
        self.go_on.clicked.connect(self._go_on)
        line.addWidget(self._phase_head)
        line.addWidget(self._phase_words, 1)
        line.addWidget(self.go_on)  # after the words that speak for it or against it, for eye, ear and Tab
        self.body.addLayout(line)
        self._exits: QGridLayout = style.scaled(QGridLayout(), spacing=2)
        self._exits.setColumnStretch(3, 1)
        self._exits.setHorizontalSpacing(style.px(10))
        self.body.addLayout(self._exits)

    def _build_goals(self) -> None:
        line = style.row(spacing=10)
        self._goals_head = style.label("cap", tr("GOALS OF THE LAST PLAN"))
        self._goals = style.label("s", wrap=True)
        line.addWidget(self._goals_head, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._goals, 1)
        self.body.addLayout(line)

    def _show_goals(self, found: FollowUp) -> None:
        told = goal_words(goals_of_last_plan(found, self._session.content))
        self._goals.setText("; ".join(told))
        for part in (self._goals_head, self._goals):
            part.setVisible(bool(told))

    def _build_discharge(self) -> None:
        line = style.row(spacing=10)
        self._discharge_head = style.label("cap", tr("DISCHARGE"))
        self._discharge_words = style.label("s")
        self.all_discharge = LinkButton(tr("Show"))
        self.all_discharge.setCheckable(True)
        self.all_discharge.setAccessibleName(tr("Show the discharge criteria"))
        self.all_discharge.clicked.connect(self.refresh)
        line.addWidget(self._discharge_head)
        line.addWidget(self._discharge_words)
        line.addWidget(self.all_discharge)
        line.addStretch(1)
        self.body.addLayout(line)
        self._discharge: QGridLayout = style.scaled(QGridLayout(), spacing=2)
        self._discharge.setColumnStretch(3, 1)
        self._discharge.setHorizontalSpacing(style.px(10))
        self.body.addLayout(self._discharge)

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show the look back as it is now."""
        found = self._session.follow_up
        if found is None:
            return
        since = tr("Since {first}").format(first=date_text(found.first))
        says = _course(found)
        self.set_title(since, _visits(found), heard=f"{since}: {says}")
        self._show_course(found, says)
        self._show_exercises(found)
        self._show_phase(found)
        self._show_goals(found)
        self._show_discharge(found)

    def _show_course(self, found: FollowUp, says: str) -> None:
        course = found.course
        labels = self._session.content.label
        self.course.setText(says)
        self._glyph.set_state("look" if course and course.refer else "complete" if course else "empty")
        style.say(self.course, c="att" if course and course.refer else "")
        new = [Reason(tr("new: {sign}").format(sign=sign)) for sign in found.new_signs]
        self._reasons.show_reasons([*new, *found.course_reasons])
        missing = () if course else found.course_missing
        self._missing.show_reasons(
            [Reason(tr("missing: {i}").format(i=lower_first(labels(i))), (i,)) for i in missing]
        )
        if course is not None and (course.refer or found.ends):
            self._refer.hide()
            return
        by = tr("from {refer_back_from} on, at the latest {refer_back_by}").format(
            refer_back_from=date_text(found.refer_back_from), refer_back_by=date_text(found.refer_back_by)
        )
        self._refer.setText(
            tr("Without a change that matters in 8 to 12 weeks: refer back, {by}.").format(by=by)
        )
        self._refer.show()

    def _show_exercises(self, found: FollowUp) -> None:
        plan, edits = self._session.plan, self._session.evaluation.plan_edits
        for one in found.exercises:
            exercise_id = one.planned.exercise.id
            if exercise_id not in self.rows:
                row = self.rows[exercise_id] = ExerciseLogRow(one)
                row.logged.connect(self._session.log_exercise)
                row.apply_wanted.connect(self._apply)
                self._rows_place.addWidget(row)
            advice, stands = None, tr("in the plan")
            if isinstance(plan, PlanOfCare):
                advice = edits_of_advice(one, plan, edits)
                if is_past(one, plan, edits):
                    stands = tr("ends with phase {phase}").format(phase=one.phase)
            self.rows[exercise_id].show_course(
                one, read_only=self._session.signed, advice=advice, stands=stands
            )
        waits = edits_of_all(found.exercises, plan, edits)
        self.apply_all.setVisible(bool(waits) and not self._session.signed)
        gone = "; ".join(found.given.unknown) if found.given else ""
        self._rows_head.setText(
            tr("{exercises} · no longer in this release: {gone}").format(exercises=EXERCISES, gone=gone)
            if gone
            else EXERCISES
        )
        self._rows_head.setVisible(bool(found.exercises or gone))

    def _show_phase(self, found: FollowUp) -> None:
        phase, after = found.phase_in_force, found.next_phase
        self._phase_head.setText(tr("TO LEAVE PHASE {phase}").format(phase=phase))
        self._phase_head.setVisible(bool(found.exits))
        left = [criterion for criterion in found.exits if criterion.verdict is Verdict.NOT_MET]
        unknown = [criterion for criterion in found.exits if criterion.verdict is Verdict.UNDECIDED]
        parts = [tr("{count} not met").format(count=len(left))] if left else []
        parts += [tr("{count} not known").format(count=len(unknown))] if unknown else []
        words = ", ".join(parts) if parts else tr("all met; they are to hold on 2 visits, or 2 weeks apart")
        if found.eased:
            words += tr("; a red log asks for less: {names}").format(names=", ".join(found.eased))
        chosen = self._session.evaluation.answers.get(PHASE_ITEM)
        gone_on = after is not None and chosen == str(after)
        if self._session.assessment.irritability == "HIGH":
            words += tr("; irritability is high, so the plan is of phase 1")
        self._phase_words.setText(words)
        self._phase_words.setVisible(bool(found.exits))
        high = self._session.assessment.irritability == "HIGH"
        self.go_on.setVisible(after is not None and (gone_on or not high))
        stay = (
            tr("Not phase {after}").format(after=after)
            if high
            else tr("Stay in phase {phase}").format(phase=phase)
        )
        self.go_on.setText(stay if gone_on else tr("Go on to phase {after}").format(after=after))
        against = self._against_going_on(found)
        self.go_on.setToolTip(against)
        spoken.describe(self.go_on, against or self.of_phase)
        self.go_on.setEnabled(not self._session.signed)
        self._fill(self._exits, found.exits)

    @property
    def of_phase(self) -> str:
        """What stands for and against the next phase, or why there is none, in a sentence."""
        found = self._session.follow_up
        if found is None:
            return ""
        if found.exits:
            head = tr("To leave phase {phase}").format(phase=found.phase_in_force)
            return f"{head}: {self._phase_words.text()}"
        if found.ends:
            return tr("Care ends with this visit: no phase comes next")
        if found.phase_in_force is None:
            return tr("The last visit had no plan: there is no phase to leave")
        return tr("Phase {phase} is the last one").format(phase=found.phase_in_force)

    def reach_phase(self) -> None:
        """Put the keyboard on what decides the phase; where nothing does, on the words that say why, read aloud."""
        if is_stop(self.go_on):
            reach(self.go_on, Qt.FocusReason.OtherFocusReason)
            return
        reach(self.as_text, Qt.FocusReason.OtherFocusReason)
        spoken.say(self.as_text, self.of_phase)

    @staticmethod
    def _against_going_on(found: FollowUp) -> str:
        parts = [
            f"{STATES[criterion.verdict]}: {lower_first(criterion.exit.says)}" for criterion in found.not_met
        ]
        if found.eased:
            parts.append(tr("a red log asks for less: {names}").format(names=", ".join(found.eased)))
        return upper_first("; ".join(parts))

    def _show_discharge(self, found: FollowUp) -> None:
        asked = [criterion for criterion in found.discharge if criterion.verdict is not None]
        met = sum(criterion.met for criterion in asked)
        self._discharge_words.setText(tr("{met} of {count} criteria met").format(met=met, count=len(asked)))
        ends = found.next_phase is None
        everything = ends or self.all_discharge.isChecked()
        spoken.describe(self.all_discharge, self._discharge_words.text())
        self.all_discharge.setVisible(not ends)
        self.all_discharge.setText(tr("Hide") if everything else tr("Show"))
        self._fill(self._discharge, found.discharge if everything else ())

    def _fill(self, grid: QGridLayout, criteria: Sequence[Criterion]) -> None:
        """Draw the criteria again, when they are others than those that stand there."""
        if self._drawn.get(id(grid)) == tuple(criteria):
            return
        self._drawn[id(grid)] = tuple(criteria)
        empty(grid)
        for line, criterion in enumerate(criteria):
            says = style.label("", criterion.exit.says, wrap=True)
            state = STATES[criterion.verdict]
            says.setAccessibleName(
                f"{criterion.exit.says}: {state}"
            )  # in one, as a screen reader skips short labels
            grid.addWidget(
                StateGlyph(GLYPHS[criterion.verdict], name=state), line, 0, Qt.AlignmentFlag.AlignTop
            )
            grid.addWidget(says, line, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(style.label("b", state), line, 2, Qt.AlignmentFlag.AlignTop)
            because = ReasonList()
            because.go_to.connect(self.go_to)
            grid.addWidget(because, line, 3, Qt.AlignmentFlag.AlignTop)
            because.show_reasons(self._why(criterion), most=3)
            grid.setColumnStretch(1, 1)

    def _why(self, criterion: Criterion) -> Sequence[Reason]:
        if criterion.verdict is not Verdict.UNDECIDED:
            return criterion.reasons
        labels = self._session.content.label
        missing: Sequence[ItemId] = [i for i in criterion.missing if i in self._session.content.asked]
        if not missing:
            return [Reason(criterion.exit.unknown)]
        return [
            Reason(tr("missing: {item_id}").format(item_id=lower_first(labels(item_id))), (item_id,))
            for item_id in missing
        ]

    # ------------------------------------------------------------ telling

    def _read(self) -> None:
        from ui.dialogs.as_text import AsText

        found = self._session.follow_up
        if found is None:
            return
        asked = [each for each in found.discharge if each.verdict is not None and not found.ends]
        ends = [f"{self._discharge_head.text()}: {self._discharge_words.text()}"]
        ends += [f"- {each.exit.says}: {STATES[each.verdict]}" for each in asked]
        refer = "" if self._refer.isHidden() else self._refer.text()
        parts = (refer, self.of_phase, follow_up_text(self._session.note()), "\n".join(ends))
        words = "\n\n".join(filter(None, parts))
        AsText(tr("The look back"), words, self.window()).exec()

    def _go_on(self) -> None:
        found = self._session.follow_up
        if found is None or found.next_phase is None:
            return
        wanted = str(found.next_phase)
        gone_on = self._session.evaluation.answers.get(PHASE_ITEM) == wanted
        self._session.answer(PHASE_ITEM, None if gone_on else wanted)

    def _apply(self, exercise_id: str) -> None:
        found = self._session.follow_up
        courses = found.exercises if found else ()
        self._edit(one for one in courses if one.planned.exercise.id == exercise_id)

    def apply_everything(self) -> None:
        """Make the advice on all exercises edits of the plan, as one act."""
        self.commit()
        found = self._session.follow_up
        self._edit(found.exercises if found else ())

    def _edit(self, courses: Iterable[ExerciseCourse]) -> None:
        session = self._session
        edits = edits_of_all(courses, session.plan, session.evaluation.plan_edits)
        if edits and not session.signed:
            session.edit_plan(*edits)

    def commit(self) -> None:
        """Tell what is typed and not yet told."""
        for row in self.rows.values():
            row.commit()


def _course(found: FollowUp) -> str:
    """How the patient does and what is advised, in short."""
    course = found.course
    return f"{course.title}. {found.advice}".strip() if course else tr("The course is not decided yet.")


def _visits(found: FollowUp) -> str:
    last = "" if found.first == found.last else tr("last visit {last} · ").format(last=date_text(found.last))
    return tr("{last}app defaults, not from a guideline").format(last=last)
