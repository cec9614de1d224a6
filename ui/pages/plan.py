"""Plan of care: the problems found, the exercises that answer them, goals, visits and other care."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evalassist.clinical.case import PHASE_ITEM
from evalassist.clinical.codes import CHOSEN_ITEM
from evalassist.clinical.progression import load_rule
from evalassist.clinical.result import (
    NoPlan,
    PlanOfCare,
)
from evalassist.clinical.schedule import after
from evalassist.content.schema import Exercise
from evalassist.evaluation import ItemId, PlanEdit
from evalassist.translate import tr
from ui import icons, spoken, style
from ui.pages.base import GOALS, Page, Waiting, not_counted
from ui.session import EvaluationSession
from ui.widgets.codes_card import CodesCard
from ui.widgets.dates import date_text
from ui.widgets.exercise_card import ExerciseCard
from ui.widgets.exercise_library import ExerciseLibrary
from ui.widgets.exercise_log_row import APPLY_KEY
from ui.widgets.fields import TextField
from ui.widgets.focus import first_stop, is_field, reach
from ui.widgets.follow_up_card import APPLY_ALL_KEY, FollowUpCard
from ui.widgets.going_on import GoingOnCard
from ui.widgets.last_time_line import LastTimeLine
from ui.widgets.marks import LinkButton, StateGlyph
from ui.widgets.no_plan_card import NoPlanCard
from ui.widgets.plan_cards import CareCard, GoalsCard, empty, source_of
from ui.widgets.problems_card import ProblemsCard
from ui.widgets.typed import Typed, Where
from ui.widgets.visits_card import VisitsCard

PROBLEMS_WIDTH, LIBRARY_WIDTH, WIDE = 178, 250, 1000


class PlanPage(Page):
    """The proposal with the therapist's changes in it; without a plan, why there is none and what to do."""

    step_id = "plan"
    folds_panel = True
    referral_wanted = Signal()
    """Write the referral letter."""
    what_if_wanted = Signal()
    """Try other findings beside the present ones."""
    evidence_wanted = Signal(str)
    """Show what guideline and studies say; an id leads to one of them."""
    plan_paper_wanted = Signal()
    """Show the plan of care as a paper."""
    discharge_wanted = Signal()
    """Show the discharge summary as a paper."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        step = session.content.steps["plan"]
        super().__init__(
            session, step.title, tr("proposed from the findings; change anything"), step.short, parent
        )
        self._compact = False
        self._wide: bool | None = None
        self.back = QPushButton(tr("Back to the proposal"))
        icons.put_icon(self.back, "undo")
        self.back.clicked.connect(session.back_to_proposal)
        self.tools.addWidget(self.back)
        self.evidence, self.what_if = QPushButton(tr("Evidence")), QPushButton(tr("What if…"))
        self.evidence.setToolTip(tr("What the guideline and studies say, for and against"))
        self.what_if.setToolTip(tr("Try other findings; nothing is kept (F6)"))
        icons.put_icon(self.what_if, "what-if")
        self.evidence.clicked.connect(lambda: self.evidence_wanted.emit(""))
        self.what_if.clicked.connect(self.what_if_wanted)
        self.tools.addWidget(self.evidence)
        self.tools.addWidget(self.what_if)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = QWidget()
        outer = self._outer = style.column(self._inner, spacing=10)
        self.discharge = self._make_discharge()
        """Only at a discharge: why care ends, and the visits that took place."""
        if self.discharge is not None:
            outer.addWidget(self.discharge)
        self.look_back = FollowUpCard(session) if session.earlier else None
        """Only at a later visit: what follows from the last plan."""
        if self.look_back is not None:
            self.look_back.go_to.connect(self.go_to)
            outer.addWidget(self.look_back)
        self._grid: QGridLayout = style.scaled(QGridLayout(), spacing=10)
        outer.addLayout(self._grid, 1)
        self.cards: dict[str, ExerciseCard] = {}
        self._drawn: object = None
        """What the plan was drawn from last; drawn from the same it would look the same."""
        self._said: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self._problems, self._middle = ProblemsCard(session.content), self._build_middle()
        self._problems.go_to.connect(self.go_to)
        self.library = ExerciseLibrary()
        self.library.add_wanted.connect(self._add)
        self.library.details_wanted.connect(self.show_details)
        self._goals, self._visits, self._care = (
            GoalsCard(session.content),
            VisitsCard(session.content),
            CareCard(session.content),
        )
        self._care.evidence_wanted.connect(self.evidence_wanted)
        self._goals.edited.connect(session.edit_plan)
        self._goals.back_wanted.connect(session.back_to_proposed_goal)
        self._visits.edited.connect(session.edit_plan)
        self._visits.back_wanted.connect(session.back_to_proposed_visits)
        self.paper = self._visits.paper
        self.paper.clicked.connect(self.plan_paper_wanted)
        self._codes = CodesCard(session.content)
        self._codes.answered.connect(session.answer)
        self._codes.go_to.connect(self.go_to)
        self._aims = QWidget()
        """Goals beside visits."""
        self._aims_row: QBoxLayout = style.row(self._aims, spacing=10)
        for card, stretch in ((self._goals, 5), (self._visits, 3)):
            self._aims_row.addWidget(card, stretch)
        self._bottom = QWidget()
        below = style.column(self._bottom, spacing=10)
        below.addWidget(self._codes)
        below.addWidget(self._care)
        outer.addWidget(self._bottom)
        self._no_plan = NoPlanCard(session.content)
        self._no_plan.go_to.connect(self.go_to)
        self.letter = self._no_plan.letter
        self.letter.clicked.connect(self.referral_wanted)
        self.area.setWidget(self._inner)
        self.body.addWidget(self.area, 1)
        self._arrange(wide=True)

    # ------------------------------------------------------------ building

    @property
    def _ends(self) -> bool:
        """Care ends with this visit: no new goals, visits or certification."""
        return self.session.evaluation.kind == "discharge"

    def _make_discharge(self) -> GoingOnCard | None:
        if not self._ends or not self.session.earlier:
            return None
        groups = self.session.content.steps["plan"].groups
        card = GoingOnCard(next(group for group in groups if group.id == "discharge"), self.session)
        self.discharge_paper = QPushButton(tr("Discharge summary"))
        self.discharge_paper.setToolTip(tr("The summary as a paper, to print or save (Ctrl+P)"))
        icons.put_icon(self.discharge_paper, "print")
        self.discharge_paper.clicked.connect(self.discharge_wanted)
        card.title_row.addWidget(self.discharge_paper)
        return card

    def _build_middle(self) -> QWidget:
        place = QWidget()
        stack = style.column(place, spacing=6)
        head = style.row(spacing=8)
        head.addWidget(style.label("h2", tr("Home exercises")))
        self._summary = style.label("s", wrap=True)
        head.addWidget(self._summary, 1)
        self._see = style.row(spacing=6)
        head.addLayout(self._see)
        stack.addLayout(head)
        self._warnings: QVBoxLayout = style.column(spacing=4)
        stack.addLayout(self._warnings)
        self._reason_line = QFrame()
        self._reason_line.setProperty("card", "att")
        line = style.row(self._reason_line, (10, 5, 8, 5), spacing=8)
        self._reason_words = spoken.Said()
        self.add_reason = TextField(tr("Why so many exercises"))
        self._add_now, cancel = LinkButton(tr("Add")), LinkButton(tr("Leave it"))
        self._add_now.clicked.connect(self._add_with_reason)
        cancel.clicked.connect(self._reason_line.hide)
        line.addWidget(self._reason_words)
        line.addWidget(self.add_reason, 1)
        line.addWidget(self._add_now)
        line.addWidget(cancel)
        self._reason_line.hide()
        self._to_add = ""
        stack.addWidget(self._reason_line)
        self.last_time = LastTimeLine(self.session)
        self.last_time.decided.connect(self._focus_exercises)
        stack.addWidget(self.last_time)
        self._card_list: QVBoxLayout = style.column(spacing=6)
        stack.addLayout(self._card_list)
        self._next = style.label("s", wrap=True)
        stack.addWidget(self._next)
        stack.addStretch(1)
        return place

    def _arrange(self, *, wide: bool) -> None:
        """Three columns where there is room; else one below the other."""
        if wide == self._wide:
            return
        self._wide = wide
        along, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._aims_row.setDirection(along if wide else down)
        self._codes.set_wide(wide)
        self._problems.setFixedWidth(style.px(PROBLEMS_WIDTH) if wide else 16777215)
        self._problems.setMinimumWidth(style.px(PROBLEMS_WIDTH))
        self.library.setFixedWidth(style.px(LIBRARY_WIDTH) if wide else 16777215)
        self.library.setMinimumWidth(style.px(LIBRARY_WIDTH))
        # No part goes over several columns: hidden it would keep the room between them.
        places: tuple[tuple[QWidget, int, int], ...]
        if wide:
            places = ((self._problems, 0, 0), (self._middle, 0, 1), (self.library, 0, 2))
            self._outer.insertWidget(self._outer.indexOf(self._bottom), self._aims)
        else:
            below = (self._middle, self._aims, self._problems, self.library)
            places = tuple((widget, line, 1) for line, widget in enumerate(below))
        for widget, line, column in places:
            self._grid.addWidget(widget, line, column)
        self._grid.addWidget(self._no_plan, 0, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(0, 1)

    # ------------------------------------------------------------ showing

    def pieces(self) -> Iterator[None]:
        plan = self.session.plan
        if isinstance(plan, PlanOfCare):
            self._show_frame()
            yield
            for place, one in enumerate(plan.exercises):
                if self._card_list.indexOf(card := self._card(one.exercise.id)) < 0:
                    self._card_list.insertWidget(place, card)
                yield
            in_plan = [one.exercise.id for one in plan.exercises]
            refused = {refusal.exercise_id: refusal for refusal in plan.refused}
            exercises = tuple(self.session.content.exercises.values())
            yield from self.library.pieces(exercises, refused, in_plan, read_only=self.read_only)
            yield from self._drawn_in_pieces(plan)
        self.prepare()
        yield

    def _drawn_in_pieces(self, plan: PlanOfCare) -> Iterator[None]:
        """All cards, one after the other; given up as soon as the page is shown or the plan is another one."""
        drawn = self._state()
        if drawn == self._drawn:
            return
        self._drawn = None
        for _ in self._draw(plan):
            yield
            if self._drawn is not None or self._state() != drawn:
                return
        if self._drawn is None and self._state() == drawn:
            self._drawn = drawn

    def refresh(self) -> None:
        if self.look_back is not None:
            self.look_back.refresh()
        if self.discharge is not None:
            self.discharge.refresh(
                self.session.assessment, self.session.evaluation.answers, read_only=self.read_only
            )
        drawn = self._state()
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self._show_frame()
        plan = self.session.plan
        if isinstance(plan, PlanOfCare):
            with style.at_once(self._problems, self._goals, self._visits, self._care):
                for _ in self._draw(plan):
                    pass
        else:
            self._show_no_plan(plan)

    def _state(self) -> tuple[object, ...]:
        """All that the page is drawn from."""
        session = self.session
        met = [key for key, one in session.assessment.conclusions.items() if one.met]
        met += sorted(session.assessment.agreed)
        used = session.evaluation.answers.get(CHOSEN_ITEM)
        return (
            *(session.plan, session.evaluation.plan_edits, met, used, self._of_visits),
            *(session.signed, self._compact, session.assessment.opinions, session.evaluation.exercise_log),
        )

    @property
    def _of_visits(self) -> str:
        """What the last plan and the course since mean for the visits, which are proposed as at a first visit."""
        found = self.session.follow_up
        if found is None or found.given is None or not found.given.treatment_weeks:
            return ""
        ended = date_text(after(found.given.starts, max(found.given.treatment_weeks) * 7))
        told = tr("Proposed as at a first visit; the last plan ran to {ended}.").format(ended=ended)
        return " ".join(filter(None, (told, found.course.visits if found.course else "")))

    def _show_frame(self) -> None:
        """What is there at all."""
        edits, planned = self.session.evaluation.plan_edits, isinstance(self.session.plan, PlanOfCare)
        self.back.setVisible(bool(edits) and not self.read_only)
        self.back.setToolTip(tr("Take back {count} changes").format(count=len(edits)))
        for part in (self._problems, self._middle, self._aims, self._bottom):
            part.setVisible(planned and not (part is self._aims and self._ends))
        self._no_plan.setVisible(not planned)
        if planned:
            self.library.setVisible(True)
            self.set_hint(tr("proposed from the findings; change anything"))

    def _draw(self, plan: PlanOfCare) -> Iterator[None]:
        """The cards of a plan, one after the other."""
        self._problems.show_plan(plan, self.session.assessment)
        yield
        self._show_exercises(plan)
        yield
        self._show_library(plan)
        yield
        yield from self._goals.pieces(plan, read_only=self.read_only)
        self._visits.show_plan(plan, self._of_visits, read_only=self.read_only)
        yield
        yield from self._care.pieces(plan)
        self._codes.show_plan(plan, self.session.evaluation, read_only=self.read_only)
        yield

    def _say_beside(self, plan: PlanOfCare) -> None:
        """The sources and warnings of the whole plan."""
        empty(self._see)
        for statement_id in plan.see:
            source = source_of(statement_id, self.session.content)
            source.clicked.connect(partial(self.evidence_wanted.emit, statement_id))
            self._see.addWidget(source)
        empty(self._warnings)
        for warning in plan.warnings_now:
            self._warnings.addWidget(_warning(warning))

    def _show_exercises(self, plan: PlanOfCare) -> None:
        exercises = self.session.content.exercises
        days = sorted({one.dose.days_per_week for one in plan.exercises})
        rests = sorted({one.dose.rest_s for one in plan.exercises})
        parts = [
            tr("{count} exercises").format(count=len(plan.exercises)),
            tr("{days} days a week").format(days=_span(days)) if days else "",
        ]
        parts += [tr("rest {rests} s").format(rests=_span(rests)) if rests else "", plan.effort]
        self._summary.setText(" · ".join(part for part in parts if part))
        beside = (plan.see, plan.warnings_now)
        if beside != self._said:
            if self._said is not None and self.isVisible():
                spoken.say(self, " ".join(each for each in plan.warnings_now if each not in self._said[1]))
            self._said = beside
            self._say_beside(plan)
        self.last_time.show_plan(plan, read_only=self.read_only)
        wanted = [one.exercise.id for one in plan.exercises]
        if self.isVisible() and self.cards:
            before = sorted(self.cards, key=lambda each: self._card_list.indexOf(self.cards[each]))
            self._speak_changes(before, wanted)
        held, at = self.window().focusWidget(), None
        for exercise_id in [key for key in self.cards if key not in wanted]:
            card = self.cards.pop(exercise_id)
            if held is not None and card.isAncestorOf(held):
                at = self._card_list.indexOf(card)
            self._card_list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, one in enumerate(plan.exercises, start=1):
            card = self._card(one.exercise.id)
            if self._card_list.indexOf(card) != place - 1:
                self._card_list.removeWidget(card)
                self._card_list.insertWidget(place - 1, card)
            after = one.exercise.harder if one.exercise.harder in plan.next_phase else None
            card.show_planned(
                one,
                place,
                len(plan.exercises),
                then=exercises[after].name if after else "",
                load=load_rule(one, self.session.content),
                easier=self._other(one.exercise.easier, wanted),
                harder=self._other(one.exercise.harder, wanted),
                read_only=self.read_only,
                compact=self._compact,
            )
        focus = [self.cards[exercise_id] for exercise_id in wanted]
        for one_card, behind in pairwise(focus):
            QWidget.setTabOrder(one_card.harder, behind.picture)
            QWidget.setTabOrder(behind.picture, behind.steppers["sets"])
        if at is not None and focus:  # its card went: to the one that stands there now
            focus[min(at, len(focus) - 1)].steppers["sets"].setFocus(Qt.FocusReason.OtherFocusReason)
        names = "; ".join(exercises[exercise_id].name for exercise_id in plan.next_phase)
        then = (
            tr("Phase {phase} then holds: {names}.").format(phase=plan.phase + 1, names=names)
            if names
            else ""
        )
        ended = (
            tr("Ended from the last plan: {names}.").format(names="; ".join(plan.ended)) if plan.ended else ""
        )
        said = "\n".join(filter(None, (ended, then)))
        self._next.setText(said)
        self._next.setVisible(bool(said))

    def warns(self) -> list[str]:
        plan = self.session.plan
        if self.read_only or not isinstance(plan, PlanOfCare):
            return []
        return [*filter(None, [self.last_time.says]), *plan.warnings_now]

    def _speak_changes(self, before: list[str], now: list[str]) -> None:
        """What came and went, also where it went with a finding."""
        exercises = self.session.content.exercises
        came = [exercises[each].name for each in now if each not in before]
        went = [exercises[each].name for each in before if each not in now]
        parts = [
            tr("Taken out: {names}.").format(names="; ".join(went)) if went else "",
            tr("In the plan: {names}.").format(names="; ".join(came)) if came else "",
        ]
        if came or went:
            parts.append(tr("{count} exercises").format(count=len(now)))
            spoken.say(self, " ".join(part for part in parts if part))
        at = self.window().focusWidget()
        for place, each in enumerate(now, start=1):
            if before != now and at is not None and each in self.cards and self.cards[each].isAncestorOf(at):
                name, count = exercises[each].name, len(now)
                spoken.say(self, tr("{name}: {place} of {count}").format(name=name, place=place, count=count))

    def _card(self, exercise_id: str) -> ExerciseCard:
        if exercise_id not in self.cards:
            card = ExerciseCard(self.session.content.exercises[exercise_id])
            card.edited.connect(self.session.edit_plan)
            card.go_to.connect(self.go_to)
            card.details_wanted.connect(self.show_details)
            self.cards[exercise_id] = card
        return self.cards[exercise_id]

    def _other(self, exercise_id: str | None, in_plan: list[str]) -> Exercise | None:
        if exercise_id is None or exercise_id in in_plan:
            return None
        return self.session.content.exercises[exercise_id]

    def _show_library(self, plan: PlanOfCare | None) -> None:
        refused = {refusal.exercise_id: refusal for refusal in plan.refused} if plan else {}
        in_plan = [one.exercise.id for one in plan.exercises] if plan else []
        exercises = tuple(self.session.content.exercises.values())
        phase = tr("phase {phase}").format(phase=plan.phase) if plan else ""
        self.library.show_exercises(exercises, refused, in_plan, phase=phase, read_only=self.read_only)

    def _show_no_plan(self, plan: NoPlan) -> None:
        assessment = self.session.assessment
        self.set_hint("")
        by_hand = assessment.value("surgeon-cleared") == "yes" and not assessment.stopped
        self._no_plan.show_why(plan, stopped=assessment.stopped, by_hand=by_hand)
        self.library.setVisible(by_hand)
        if by_hand:
            self._show_library(None)

    # ------------------------------------------------------------ telling

    def show_details(self, exercise_id: str, why_not: str = "") -> None:
        """All about one exercise, and why it is not offered."""
        from ui.dialogs.exercise import ExerciseDialog

        dialog = ExerciseDialog(self.session.content, exercise_id, why_not, self)
        dialog.exec()
        dialog.deleteLater()

    def _add(self, exercise_id: str, reason: str) -> None:
        plan = self.session.plan
        most = self.session.content.plan.most_exercises
        if isinstance(plan, PlanOfCare) and len(plan.exercises) >= most and not reason:
            self._ask_why_so_many(exercise_id, len(plan.exercises) + 1)
            return
        self.session.edit_plan(PlanEdit("add", exercise_id, reason=reason))

    def _ask_why_so_many(self, exercise_id: str, count: int) -> None:
        self._to_add = exercise_id
        name = self.session.content.exercises[exercise_id].name
        self._reason_words.setText(
            tr("{name} would be number {count}. Why so many?").format(name=name, count=count)
        )
        self._reason_line.show()
        self.add_reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_with_reason(self) -> None:
        reason = self.add_reason.value
        if reason and self._to_add:
            self._reason_line.hide()
            self._add(self._to_add, reason)

    # ------------------------------------------------------------ how the window talks to it

    def go_group(self, by: int) -> None:
        """To the part of the plan after this one, or before: exercises, goals, visits, codes, other care."""
        at, there = self.window().focusWidget(), self.stretches()
        here = [place for place, part in enumerate(there) if at is not None and part.isAncestorOf(at)]
        place = here[0] + by if here else 0 if by > 0 else len(there) - 1
        if 0 <= place < len(there):
            self._reach(there[place])

    def stretches(self) -> list[QWidget]:
        """The parts that the keyboard can stand in, from the top down."""
        parts: list[QWidget | None] = [self.discharge, self.look_back, self._middle]
        parts += [self._goals, self._visits, self._codes, self._care]
        return [part for part in parts if part is not None and part.isVisible() and first_stop(part)]

    def _reach(self, part: QWidget) -> bool:
        """Put the keyboard on the first control of a part."""
        stop = first_stop(part)
        if stop is None:
            return False
        if part is self._middle and self.cards:
            self._focus_exercises()
        else:
            reach(stop, Qt.FocusReason.OtherFocusReason)
        return True

    def focus_item(self, item_id: ItemId) -> bool:
        if item_id == GOALS:
            return self._aims.isVisible() and self._reach(self._goals)
        if item_id == PHASE_ITEM and self.look_back is not None:
            self.look_back.reach_phase()
            return True
        if item_id in self.cards:
            self.cards[item_id].steppers["sets"].setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(self.cards[item_id], 0, style.px(24))
            return True
        own = self.discharge.editors.get(item_id) if self.discharge is not None else None
        if own is not None:
            own.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(own, 0, style.px(24))
            return True
        field = self._codes.field_of(item_id)
        if field is not None and isinstance(self.session.plan, PlanOfCare):
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(field, 0, style.px(24))
            return True
        return False

    def begins_with(self, item_id: ItemId) -> ItemId:
        return "" if item_id == PHASE_ITEM else item_id  # the next Enter would press the button

    def focus_start(self) -> None:
        own = next(iter(self.discharge.editors), None) if self.discharge is not None else None
        if own is not None and self.focus_item(own):  # at a discharge the work begins with why care ends
            return
        first = first_stop(self.look_back) if self.look_back is not None and not self.read_only else None
        if first is not None and is_field(first):  # a later visit begins with how the exercises went
            reach(first, Qt.FocusReason.OtherFocusReason)
        else:
            self._focus_exercises()

    def _focus_exercises(self) -> None:
        first = next(iter(self.cards), None)
        if first is not None:
            self.focus_item(first)

    def commit(self) -> None:
        if self.look_back is not None:
            self.look_back.commit()
        for editor in self.discharge.editors.values() if self.discharge is not None else ():
            editor.commit()
        for card in list(self.cards.values()):
            card.flush()
        self._visits.flush()
        self._codes.commit()

    def waiting(self) -> list[Waiting]:
        found = super().waiting()
        editor = self._goals.editor
        found += [not_counted(field, words) for field, words in editor.refused]
        add, out = (
            tr("{name} is not added; its reason stands beside Add."),
            tr("{name} is not taken out; the reason stands beside it."),
        )
        reasons = [
            (out, card.exercise.name, card.removal_reason)
            for card in self.cards.values()
            if card.removal_waits
        ]
        reasons += [(add, exercise.name, reason) for exercise, reason in self.library.waiting]
        if not self._reason_line.isHidden():
            reasons.append((add, self.session.content.exercises[self._to_add].name, self.add_reason))
        if editor.goal_id:
            reasons.append((out, editor.title, editor.removal_reason))
        return found + [
            (field, field.value, says.format(name=name)) for says, name, field in reasons if field.value
        ]

    def opens(self, field: Typed) -> tuple[str, str]:
        if field is self.add_reason:
            return "add", self._to_add
        if self._goals.editor.isAncestorOf(field):
            return "goal", self._goals.editor.goal_id
        for card in self.cards.values():
            if field is card.removal_reason:
                return "take out", card.exercise.id
        for exercise, reason in self.library.waiting:
            if field is reason:
                return "add all the same", exercise.id
        return super().opens(field)

    def open_again(self, where: Where) -> None:
        super().open_again(where)
        what, which = where.opens
        if what == "add" and isinstance(plan := self.session.plan, PlanOfCare):
            self._ask_why_so_many(which, len(plan.exercises) + 1)
        elif what == "goal":
            self._goals.open_goal(which)
        elif what == "take out" and which in self.cards:
            self.cards[which].ask_removal()
        elif what == "add all the same":
            self.library.ask_why(which)

    def print_paper(self) -> bool:
        if self.discharge is not None:
            self.discharge_wanted.emit()
            return True
        if not isinstance(self.session.plan, PlanOfCare):
            return False
        self.plan_paper_wanted.emit()
        return True

    def keys(self) -> list[tuple[str, str]]:
        last = [
            (APPLY_KEY, tr("apply the advice on the exercise the keyboard is on")),
            (APPLY_ALL_KEY, tr("apply all")),
        ]
        later = last if self.look_back is not None else []
        parts = ("Ctrl+Down, Ctrl+Up", tr("the part of the plan after, before"))
        return [
            ("+  −", tr("change the number with the keyboard on it")),
            parts,
            *later,
            ("F6", tr("what if")),
        ]

    def set_compact(self, compact: bool) -> None:
        if compact != self._compact:
            self._compact = compact
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(wide=self.width() >= style.px(WIDE))


def _span(values: list[int]) -> str:
    return (
        f"{values[0]}"
        if len(values) == 1
        else tr("{values} to {values_2}").format(values=values[0], values_2=values[-1])
    )


def _warning(words: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("card", "att")
    row = style.row(frame, (10, 4, 10, 4), spacing=8)
    text = style.label("", words)
    text.setWordWrap(True)
    row.addWidget(StateGlyph("look"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text, 1)
    return frame
