"""Below the exercises of the plan: the goals, and the care beside the exercises."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from evalassist.clinical.facts import shown
from evalassist.clinical.goals import first_things_first, lower_is_better, scale_of
from evalassist.clinical.result import Advice, Goal, PlanOfCare
from evalassist.content import Content
from evalassist.content.schema import Recommendation
from evalassist.translate import tr, trn
from evalassist.wording.plan import SHORT_WEEKS
from evalassist.words import upper_first
from ui import spoken, style
from ui.widgets.cards import Card
from ui.widgets.elided import ElidedLabel, WrappedLabel
from ui.widgets.goal_editor import GoalEditor
from ui.widgets.marks import Chip, LinkButton, SourceMark
from ui.widgets.roomy import bring_into_view

GUIDELINE = {"DO": "do", "MAY": "may", "DO-NOT": tr("do not")}
MARK_WIDTH = 94
"""Room for "offered", "not advised" or "guideline: may" before what it is."""

TITLE_WIDTH = 110
"""The title of a goal goes over several lines before it gets narrower than this."""


class GoalsCard(Card):
    """The goals with what is measured now and what is aimed at; each can be opened and changed."""

    edited = Signal(object)
    back_wanted = Signal(str)
    """Take back what was changed in the goal of this id."""

    def __init__(self, content: Content) -> None:
        super().__init__(tr("Goals"), spacing=4)
        self._content = content
        self._plan: PlanOfCare | None = None
        self._read_only = False
        self._drawn: object = None
        self._links: dict[str, LinkButton] = {}
        """The way into each goal or back into the plan: it stays when the goal changes, and the keyboard on it."""
        self._grid: QGridLayout = style.scaled(QGridLayout(), spacing=4)
        self._grid.setHorizontalSpacing(style.px(14))
        self._grid.setColumnStretch(4, 1)
        self.body.addLayout(self._grid)
        self.editor = GoalEditor()
        self.editor.edited.connect(self.edited)
        self.editor.back_wanted.connect(self.back_wanted)
        self.editor.closed.connect(self._close)
        self.editor.hide()
        self.body.addWidget(self.editor)
        self._dropped: QVBoxLayout = style.column(spacing=2)
        self.body.addLayout(self._dropped)
        self.body.addWidget(style.label("s", content.plan.goals.expectation.says, wrap=True))
        self.body.addStretch(1)

    def pieces(self, plan: PlanOfCare, *, read_only: bool = False) -> Iterator[None]:
        """Show the goals of this plan, one after the other."""
        before, self._plan, self._read_only = self._plan, plan, read_only
        drawn = (plan.goals, plan.dropped_goals, plan.schedule, read_only)
        if drawn != self._drawn:
            self._drawn = None  # until all of them are there
            yield from self._draw(plan)
            self._drawn = drawn
            if before is not None and self.isVisible():
                self._speak_changes(before, plan)

    def _draw(self, plan: PlanOfCare) -> Iterator[None]:
        goals = first_things_first(plan.goals, self._content)
        links = self._links.values()
        empty(self._grid, but=links)
        empty(self._dropped, but=links)
        for column, head in enumerate(
            (
                tr("Goal"),
                tr("now"),
                tr("4 weeks") if plan.schedule.weeks > SHORT_WEEKS else "",
                tr("{weeks} weeks").format(weeks=plan.schedule.weeks),
                "",
            )
        ):
            self._grid.addWidget(style.label("s", head), 0, column)
        for line, goal in enumerate(goals, start=1):
            self._add(goal, line)
            yield
        for goal, why in plan.dropped_goals:
            self._dropped.addLayout(self._taken_out(goal, why))
        self._show_editor()
        there = {goal.id for goal in (*plan.goals, *(goal for goal, _ in plan.dropped_goals))}
        for goal_id in [each for each in self._links if self._read_only or each not in there]:
            link = self._links.pop(goal_id)
            link.hide()
            link.deleteLater()

    def _add(self, goal: Goal, line: int) -> None:
        title = WrappedLabel("b", goal.title, least=TITLE_WIDTH)
        in_words = [target for target in (goal.short, goal.long) if isinstance(target, str) and " " in target]
        if in_words:  # a sentence needs the room of all figures
            told = style.label("", "; ".join(f"→ {words}" for words in in_words), wrap=True)
            told.setToolTip(style.tip("\n".join(goal.sentences)))
            self._grid.addWidget(title, line, 0)
            self._grid.addWidget(told, line, 1, 1, 4)
        else:
            self._add_figures(goal, line, title)
        if goal.edited:
            chip = Chip(tr("edited"), "att")
            if goal.proposed is not None:
                chip.setToolTip(
                    tr("Proposed: ") + tr(", then ").join(filter(None, map(_number, goal.proposed)))
                )
            self._grid.addWidget(chip, line, 5)
        heard: QWidget = title
        if self._read_only:
            _let_tab_reach(title)
            title.setAccessibleName(f"{goal.title}, {goal.measure}")
        else:
            heard = self._link(goal, tr("Change"), tr("{title}, {measure}: change"))
            self._grid.addWidget(heard, line, 6)
        state = tr("In the plan, edited.") if goal.edited else tr("In the plan, as proposed.")
        parts = (state, *goal.sentences, goal.warning, goal.note)
        heard.setAccessibleDescription(" ".join(filter(None, parts)))

    def _add_figures(self, goal: Goal, line: int, title: QLabel) -> None:
        now = style.label("", _number(goal.baseline))
        short = style.label("", "" if goal.short is None else f"→ {_number(goal.short)}")
        if goal.short is not None and goal.short_weeks != self._content.plan.goals.short_weeks:
            short.setText(tr("{target} in {weeks} weeks").format(target=short.text(), weeks=goal.short_weeks))
        long = style.label("b", "" if goal.long is None else f"→ {_number(goal.long)}")
        measure = goal.measure if goal.measure not in (goal.title, goal.unit) else ""
        words = f"{measure} {scale_of(goal, self._content) or goal.unit}".strip()
        words += f", {goal.leg}" if goal.leg else ""
        said = goal.warning or (goal.sentences[0] if goal.own_words else "") or goal.note
        kind = style.label("s", ". ".join(part for part in (words, said) if part), wrap=True)
        style.say(kind, c="att" if goal.warning else "")
        for column, part in enumerate((title, now, short, long)):
            part.setToolTip(style.tip("\n".join(goal.sentences)))
            self._grid.addWidget(part, line, column)
        self._grid.addWidget(kind, line, 4)

    def _taken_out(self, goal: Goal, why: str) -> QHBoxLayout:
        row = style.row(spacing=8)
        words = ElidedLabel(align=Qt.AlignmentFlag.AlignLeft)
        words.set_text(_taken_out_words(goal, why))
        row.addWidget(words, 1)
        if self._read_only:
            _let_tab_reach(words)
        else:
            again = self._link(goal, tr("Put it back"), tr("{title}, {measure}: put it back"))
            state = tr("Taken out. {why}.").format(why=upper_first(why))
            again.setAccessibleDescription(" ".join((state, *goal.sentences)))
            row.addWidget(again)
        return row

    def _link(self, goal: Goal, words: str, name: str) -> LinkButton:
        if goal.id not in self._links:
            link = self._links[goal.id] = LinkButton("")
            link.clicked.connect(partial(self._pressed, goal.id))
        link = self._links[goal.id]
        link.setText(words)
        link.setAccessibleName(name.format(title=goal.title, measure=goal.measure))
        return link

    def _speak_changes(self, before: PlanOfCare, now: PlanOfCare) -> None:
        """What a change did to the goals; one that touches several is told by their number."""
        was = {goal.id: goal for goal in before.goals}
        parts = [_taken_out_words(goal, why) for goal, why in now.dropped_goals if goal.id in was]
        came = [f"{goal.title}, {goal.measure}" for goal in now.goals if goal.id not in was]
        parts += [tr("In the plan: {names}.").format(names="; ".join(came))] if came else []
        changed = [goal for goal in now.goals if goal.id in was and goal != was[goal.id]]
        if len(changed) == 1:
            (goal,) = changed
            new = [each for each in goal.sentences if each not in was[goal.id].sentences]
            said = tr("{title}, edited: {words}") if goal.edited else tr("{title}, as proposed: {words}")
            parts.append(said.format(title=goal.title, words=" ".join(new or goal.sentences)))
        elif changed:
            count = len(changed)
            parts.append(trn("1 goal changed", "{count} goals changed", count).format(count=count))
        spoken.say(self, " ".join(parts))

    # ------------------------------------------------------------ changing one

    def open_goal(self, goal_id: str) -> bool:
        """Open the goal of this id to be changed; False when it is not in the plan."""
        goal = next((goal for goal in self._plan.goals if goal.id == goal_id), None) if self._plan else None
        if goal is not None:
            self._show_goal(goal)
        return goal is not None

    def _pressed(self, goal_id: str) -> None:
        if self._plan is None:
            return
        if self.open_goal(goal_id):
            self.editor.focus_first()
            bring_into_view(self.editor, self.editor.first)
        else:
            self.back_wanted.emit(goal_id)

    def _close(self) -> None:
        at, link = self.window().focusWidget(), self._links.get(self.editor.goal_id)
        if (
            link is not None and at is not None and self.editor.isAncestorOf(at)
        ):  # what hides loses the keyboard
            link.setFocus(Qt.FocusReason.OtherFocusReason)
            bring_into_view(link)
        self.editor.close_goal()
        self.editor.hide()

    def _show_editor(self) -> None:
        """Keep the goal that is open open, with its figures as they are now."""
        goals = {goal.id: goal for goal in self._plan.goals} if self._plan else {}
        goal = goals.get(self.editor.goal_id)
        if goal is None or self._read_only:
            self._close()
        else:
            self._show_goal(goal)

    def _show_goal(self, goal: Goal) -> None:
        if self._plan is not None:
            lower = lower_is_better(goal, self._content)
            self.editor.show_goal(goal, self._plan.schedule.weeks, lower_is_better=lower)
            self.editor.show()


class CareCard(Card):
    """What is offered beside the exercises, and what is not advised, each with its reason and grade."""

    evidence_wanted = Signal(str)
    """The recommendation whose words and source are to be shown."""

    def __init__(self, content: Content) -> None:
        super().__init__(tr("Other care"))
        self._content = content
        self._recommendations = content.recommendations
        self._drawn: object = None

    def pieces(self, plan: PlanOfCare) -> Iterator[None]:
        """Show the other care of this plan, one line after the other."""
        drawn = (plan.adjuncts, plan.running, plan.load_advice, plan.not_advised, plan.education)
        if drawn == self._drawn:
            return
        self._drawn = None  # until all of it is there
        empty(self.body)
        for advice in (*plan.adjuncts, *plan.running, *plan.load_advice):
            self.body.addWidget(self._advice(advice, offered=True))
            yield
        for advice in plan.not_advised:
            self.body.addWidget(self._advice(advice, offered=False))
            yield
        if plan.education:
            words = style.label("s", tr("Education: {count} topics").format(count=len(plan.education)))
            words.setToolTip("\n".join(advice.title for advice in plan.education))
            self.body.addWidget(words)
        for statement_id in self._content.plan.see_beside:
            self.body.addWidget(self._statement(self._recommendations[statement_id]))
            yield
        self.body.addStretch(1)
        self._drawn = drawn

    def _advice(self, advice: Advice, *, offered: bool) -> QWidget:
        # A grade beside "not advised" may be one for it: who reads it must see what speaks against it here.
        why = "" if offered else f": {advice.because}"
        words = style.label("" if offered else "q", advice.title + why, wrap=True)
        recommendation = self._recommendations.get(advice.recommendation)
        place = self._row(tr("offered") if offered else tr("not advised"), words, recommendation)
        limit = f"\n{advice.limit}" if advice.limit else ""
        place.setToolTip(f"{upper_first(advice.because)}.{limit}")
        return place

    def _statement(self, said: Recommendation) -> QWidget:
        """What the guideline says and the plan does not: to be known, not offered."""
        place = self._row(
            tr("guideline: {guideline}").format(guideline=GUIDELINE[said.action]),
            style.label("q", said.intervention, wrap=True),
            said,
        )
        place.setToolTip(said.conditions)
        return place

    def _row(self, head: str, words: QLabel, recommendation: Recommendation | None) -> QWidget:
        place = QWidget()
        row = style.row(place, spacing=7)
        mark = style.label("s", head)
        mark.setMinimumWidth(style.px(MARK_WIDTH))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        if recommendation is not None:
            source = SourceMark(recommendation.grade or "source", recommendation.intervention)
            source.clicked.connect(lambda: self.evidence_wanted.emit(recommendation.id))
            row.addWidget(source, 0, Qt.AlignmentFlag.AlignTop)
        return place


def source_of(statement_id: str, content: Content) -> SourceMark:
    """A small link to a recommendation ("do A") or to a finding of a study."""
    said = content.recommendations.get(statement_id)
    if said is not None:
        return SourceMark(f"{GUIDELINE[said.action]} {said.grade}".strip(), said.intervention)
    return SourceMark(tr("study"), content.evidence[statement_id].claim)


def _let_tab_reach(words: QLabel) -> None:
    """In a signed plan nothing of a goal can be pressed: the keyboard stops on its words, which are read then."""
    words.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    words.setIndent(0)  # else one with an edge has more of it than the heads above
    style.say(words, reads=True)


def _number(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else shown(value, 1)


def _taken_out_words(goal: Goal, why: str) -> str:
    return tr("Taken out: {title}, {measure}. {why}.").format(
        title=goal.title, measure=goal.measure, why=upper_first(why)
    )


def empty(layout: QVBoxLayout | QHBoxLayout | QGridLayout, *, but: Collection[QWidget] = ()) -> None:
    """Take everything out of a layout, to fill it anew; what is to stand there again keeps the keyboard."""
    while (entry := layout.takeAt(0)) is not None:
        if (widget := entry.widget()) is not None:
            if widget not in but:
                widget.hide()
                widget.deleteLater()
        elif (inner := entry.layout()) is not None:
            empty(inner, but=but)  # type: ignore[arg-type]
            inner.deleteLater()
