"""The safety screen: six groups of plain questions that fold when all is no, and open wide when one is yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from evalassist.clinical.assessment import CAUTION_REASON
from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment, Conclusion, advised
from evalassist.content.loader import Content
from evalassist.content.schema import GOING_ON, Group, Item
from evalassist.evaluation import ItemId
from evalassist.findings import screen_questions
from evalassist.translate import tr
from evalassist.words import lower_first
from ui import icons, spoken, style
from ui.pages.base import Page
from ui.pages.filling import Filling
from ui.session import EvaluationSession
from ui.widgets.cards import FoldingGroup
from ui.widgets.editors import Editor, editor_for
from ui.widgets.glyph import State
from ui.widgets.going_on import GoingOnCard
from ui.widgets.marks import KeyCap, LinkButton, StateGlyph
from ui.widgets.panel_lines import ACTIONS

STOPS = ("EMERGENCY", "URGENT", "REFER")
CONTACT = "medical-contact-made"


@dataclass(slots=True)
class Question:
    """A question of the screen with the items that a positive answer opens."""

    item: Item
    details: list[Item] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        return [self.item, *self.details]

    def flags(self, assessment: Assessment) -> list[Conclusion]:
        """The red flags met because of an answer to it, the most severe first."""
        here = {item.id for item in self.items}
        return [
            flag
            for flag in assessment.red_flags
            if here & {item for reason in flag.reasons for item in reason.items}
        ]


def questions(group: Group, content: Content) -> list[Question]:
    """An item shown because of another answer on this screen belongs to the question before it."""
    found: list[Question] = []
    for item in group.items:
        depends = item.shown_when is not None and any(
            part.fact in content.asked for part in item.shown_when.walk()
        )
        if depends and found:
            found[-1].details.append(item)
        else:
            found.append(Question(item))
    return found


def alarming(content: Content) -> set[str]:
    """Questions where "yes" alone or with others leads to a stop; what lifts a stop ("cleared") does not alarm."""
    found: set[str] = set()
    for rule in content.rules.values():
        if rule.kind == "red-flag" and rule.level in STOPS:
            parts = list(rule.when.walk())
            lifts = [part for whole in parts if whole.not_ for part in whole.not_.walk()]
            said = [part for part in parts if part.is_ == "yes" and part not in lifts]
            found |= {part.fact for part in said if part.fact}
    return found


def last_unless_no(item: Item, session: EvaluationSession) -> str:
    """What was answered at the last visit; a "no" goes without saying."""
    answer, _ = session.last_answers.get(item.id, ("no", None))
    return "" if answer == "no" else session.last_words(item.id)


class QuestionCard(QFrame):
    """One question; a positive answer opens what must be known, what to do now, and the letter."""

    referral_wanted = Signal()

    def __init__(self, question: Question, page: SafetyPage, parent: QWidget) -> None:
        super().__init__(parent)
        self.question, self._page = question, page
        self.editors: dict[ItemId, Editor] = {}
        self._stack = style.column(self, (9, 2, 9, 2), spacing=6)
        self._glyph: StateGlyph | None = None
        self._label = style.label("", question.item.label)
        self._label.setWordWrap(True)
        editor = self._editor(question.item)
        self._line = style.row(spacing=9)
        self._line.addWidget(self._label, 1)
        self._line.addWidget(editor)
        self._stack.addLayout(self._line)
        self._help: QLabel | None = None
        if last := last_unless_no(question.item, page.session):
            self._stack.addWidget(_quiet(last))
        self._label.setToolTip(question.item.help)
        self._rows: dict[str, QWidget] = {}
        self._sums: dict[str, QLabel] = {}
        """What the ticked points of a list add up to, beside its name."""
        self._do_now: QWidget | None = None

    @property
    def main(self) -> Editor:
        """The editor of the question itself."""
        return self.editors[self.question.item.id]

    def refresh(self, assessment: Assessment) -> bool:
        """Show the answers; False when the question is not asked of this patient."""
        answers = self._page.session.evaluation.answers
        asked = shown(self.question.item, assessment)
        for item in self.question.details:
            wanted = shown(item, assessment)
            if wanted and item.id not in self._rows:
                self._add_detail(item)
            if item.id in self._rows:
                self._rows[item.id].setVisible(wanted)
        for item_id, editor in self.editors.items():
            editor.show_answer(answers.get(item_id))
        self._show_sums()
        flags = self.question.flags(assessment)
        positive = answers.get(self.question.item.id) == "yes"
        stop = any(flag.rule.level in STOPS for flag in flags)
        kind = "danger" if stop else "att" if flags else "sunk" if positive else ""
        style.say(self, card=kind)
        edge = (9, 7, 9, 9) if kind else (9, 2, 9, 2)
        self._stack.setContentsMargins(*(style.px(side) for side in edge))
        if flags and self._glyph is None:
            self._glyph = StateGlyph("danger")
            self._line.insertWidget(0, self._glyph)
        if self._glyph is not None:
            self._glyph.set_state("danger" if stop else "look")
            self._glyph.setVisible(bool(flags))
        style.say(self._label, t="b" if positive else "")
        if positive and self._help is None and self.question.item.help:
            self._help = _quiet(self.question.item.help)
            self._stack.insertWidget(1, self._help)
        if self._help is not None:
            self._help.setVisible(positive)
        self._say_what_to_do(flags, stop)
        return asked or bool(flags)

    def _say_what_to_do(self, flags: list[Conclusion], stop: bool) -> None:
        if not flags:
            if self._do_now is not None:
                self._do_now.hide()
            return
        if self._do_now is None:
            self._make_do_now()
        assert self._do_now is not None
        orders = [f"{flag.rule.do_now}" for flag in flags if flag.rule.do_now]
        self._orders.setText(" ".join(dict.fromkeys(orders)))
        self._why.setText(" ".join(flag.rule.says for flag in flags))
        self._letter.setVisible(stop)
        told = CONTACT in self._page.session.evaluation.answers
        self._contact.setText(tr("Medical contact made") if told else tr("Record the medical contact"))
        self._contact.setVisible(stop)
        self._do_now.show()

    def _show_sums(self) -> None:
        """What a list comes to, in the words of the content: "2: DVT likely"."""
        if not self._sums:
            return
        found = self._page.session.derived
        for item_id, told in self._sums.items():
            told.setText("; ".join(one.told for one in found if item_id in one.inputs))

    def _make_do_now(self) -> None:
        self._do_now = QWidget()
        stack = style.column(self._do_now, spacing=6)
        self._why = _quiet("")
        line = style.row(spacing=6)
        head = style.label("", tr("Do now:"))
        head.setProperty("t", "b")
        self._orders = style.label()
        self._orders.setWordWrap(True)
        line.addWidget(head, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._orders, 1)
        self._letter = QPushButton(tr("Write the referral letter"))
        self._letter.setProperty("kind", "danger")
        icons.put_icon(self._letter, "letter", "card")
        self._letter.clicked.connect(self.referral_wanted)
        stack.addWidget(self._why)
        stack.addLayout(line)
        self._contact = LinkButton("")
        self._contact.clicked.connect(lambda: self._page.focus_item(CONTACT))
        acts = style.row(spacing=12)
        acts.addWidget(self._letter)
        acts.addWidget(self._contact)
        acts.addStretch(1)
        stack.addLayout(acts)
        self._stack.addWidget(self._do_now)

    def _add_detail(self, item: Item) -> None:
        row = QWidget()
        lists = item.kind == "choices"  # from the edge, so that it stands in two columns
        stack = style.column(row, (0 if lists else 25, 0, 0, 0), spacing=2)
        label = style.label("", item.label)
        label.setWordWrap(True)
        editor = self._editor(item)
        if item.kind in ("choices", "text"):
            label.setProperty("t", "b")
            head = style.row(spacing=9)
            sums = any(option.points is not None for option in item.options)
            head.addWidget(label, 0 if sums else 1)
            if sums:
                self._sums[item.id] = style.label("b", wrap=True)
                head.addWidget(self._sums[item.id], 1)
            stack.addLayout(head)
            stack.addWidget(editor)
        else:
            line = style.row(spacing=9)
            line.addWidget(label, 1)
            line.addWidget(editor)
            stack.addLayout(line)
        if item.help:
            stack.addWidget(_quiet(item.help))
        if last := last_unless_no(item, self._page.session):
            stack.addWidget(_quiet(last))
        before = self.question.details[: self.question.details.index(item)]
        above = 1 if self._help is None else 2
        self._stack.insertWidget(above + sum(1 for other in before if other.id in self._rows), row)
        self._rows[item.id] = row

    def _editor(self, item: Item) -> Editor:
        editor = editor_for(item, item.label, 420, alarming=item.id in self._page.alarming)
        editor.ask_in(self._page.session.settings.first_units)
        editor.answered.connect(partial(self._page.session.answer, item.id))
        self.editors[item.id] = editor
        return editor


class SafetyGroup(FoldingGroup):
    """Questions that stand together; folds to one line once each of them is answered no."""

    referral_wanted = Signal()

    def __init__(self, group: Group, page: SafetyPage) -> None:
        super().__init__(group.title, group.hint, page.inner)
        self.group, self._page = group, page
        self._questions = questions(group, page.session.content)
        self._made: dict[ItemId, QuestionCard] = {}
        """The questions that were seen so far; those of a folded group wait until it is opened."""
        style.scaled(self.body, (9, 0, 5, 6), spacing=3)
        self._none = LinkButton(tr("None of these"))
        self._none.setAccessibleName(tr("{title}: none of these").format(title=group.title))
        self._none.clicked.connect(lambda: page.none_of(self))
        self.body.addWidget(self._none, 0, Qt.AlignmentFlag.AlignRight)
        self._was_all_no = False

    def asked(self) -> list[Item]:
        """The questions asked of this patient."""
        assessment = self._page.session.assessment
        return [question.item for question in self._questions if shown(question.item, assessment)]

    def open_questions(self) -> list[ItemId]:
        answers = self._page.session.evaluation.answers
        return [item.id for item in self.asked() if item.id not in answers]

    def holds(self, item_id: ItemId) -> bool:
        """Whether an item is asked in this group."""
        return any(item.id == item_id for item in self.group.items)

    def card_of(self, item_id: ItemId) -> QuestionCard:
        """The card where an item of this group stands; the group is opened for it."""
        self.set_folded(False)
        self.make_rows()
        question = next(each for each in self._questions if item_id in {item.id for item in each.items})
        if question.item.id not in self._made:  # it is not asked of this patient
            self._make(question, self._page.session.assessment)
        return self._made[question.item.id]

    @property
    def cards(self) -> list[QuestionCard]:
        """The cards made so far, in their order."""
        found = (self._made.get(question.item.id) for question in self._questions)
        return [card for card in found if card is not None]

    def rows_made(self) -> int:
        return len(self._made)

    def lacks_rows(self, assessment: Assessment, *, folded: bool = False) -> bool:
        """Whether a question that is asked has no card yet; a folded group needs none, unless `folded` is asked for."""
        return (folded or not self.folded) and self._next_question(assessment) is not None

    def make_row(self, assessment: Assessment) -> None:
        """Make the card of the first question that has none."""
        question = self._next_question(assessment)
        if question is not None:
            self._make(question, assessment)

    def _next_question(self, assessment: Assessment) -> Question | None:
        lacking = (question for question in self._questions if question.item.id not in self._made)
        return next(
            (each for each in lacking if shown(each.item, assessment) or each.flags(assessment)), None
        )

    def _make(self, question: Question, assessment: Assessment) -> None:
        card = QuestionCard(question, self._page, self._content)
        card.referral_wanted.connect(self.referral_wanted)
        self._made[question.item.id] = card
        self.body.insertWidget(self.cards.index(card), card)
        self._show(card, assessment)

    def make_rows(self) -> None:
        """Make the cards of all questions now."""
        assessment = self._page.session.assessment
        while self.lacks_rows(assessment):
            self.make_row(assessment)

    def _show(self, card: QuestionCard, assessment: Assessment) -> None:
        wanted = card.refresh(assessment)
        if self.isVisible():
            card.setVisible(wanted)  # now, not with a later event: the keyboard may go there next
        else:
            style.show_where_hidden(card, wanted)
        card.setEnabled(not self._page.read_only)

    def refresh(self, assessment: Assessment) -> None:
        """Show the answers; fold when the last question was answered no, stay open with a yes or a gap."""
        for card in self.cards:
            self._show(card, assessment)
        answers = self._page.session.evaluation.answers
        said = [answers.get(item.id) for item in self.asked()]
        flags = [flag for question in self._questions for flag in question.flags(assessment)]
        style.show_where_hidden(self, bool(said or flags))
        counted = self._counted([answers.get(item.id) for item in screen_questions(self.group, assessment)])
        self.set_state(self._state(said, flags), counted)
        self._none.setVisible(bool(self.open_questions()) and not self._page.read_only)
        all_no = bool(said) and all(answer == "no" for answer in said)
        if all_no and not self._was_all_no:
            self.fold_when_done()
        elif not all_no and self._was_all_no:
            self.set_folded(False)
        self._was_all_no = all_no

    def _state(self, said: Sequence[object], flags: list[Conclusion]) -> State:
        if any(flag.rule.level in STOPS for flag in flags):
            return "danger"
        here = {item.id for item in self.group.items}
        doubted = any(here & set(one.items) for one in self._page.session.contradictions)
        if flags or doubted:
            return "look"
        if not any(said):
            return "empty"
        open_ = {item.id for item in self.group.items}.intersection(
            self._page.session.progress["safety"].gaps
        )
        return "partly" if open_ else "complete"

    def _counted(self, said: Sequence[object]) -> str:
        yes, no, unknown = (said.count(word) for word in ("yes", "no", "not-assessed"))
        if said and no == len(said):
            return tr("{no} of {no} no").format(no=no)
        parts = [
            (yes, tr("yes")),
            (no, tr("no")),
            (unknown, tr("not assessed")),
            (said.count(None), tr("left")),
        ]
        return ", ".join(f"{count} {word}" for count, word in parts if count)


class SafetyPage(Page):
    """Every question is answered yes, no or not assessed; nothing is ticked beforehand."""

    referral_wanted = Signal()
    """The therapist wants the referral letter."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        step = session.content.steps["safety"]
        super().__init__(session, step.title, "", step.short, parent)
        self.step_id = step.id
        self.alarming = alarming(session.content)
        self._none = QPushButton(tr("None of these"))
        icons.put_icon(self._none, "accept-all")
        self._none.clicked.connect(self.none_of_these)
        self.tools.addWidget(self._none)
        self.spare = [KeyCap("Ctrl+Shift+N")]
        self.tools.addWidget(self.spare[0])
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inner = QWidget()
        self.area.setWidget(self.inner)
        self.body.addWidget(self.area, 1)
        self._cards: QVBoxLayout = style.column(self.inner, spacing=6)
        self.groups = [SafetyGroup(group, self) for group in step.groups if group.id != GOING_ON]
        self._filling = Filling(self, session, self.groups)
        for group in self.groups:
            group.referral_wanted.connect(self.referral_wanted)
            group.folded_changed.connect(self._filling.begin)
            self._cards.addWidget(group)
        self.going_on = GoingOnCard(next(group for group in step.groups if group.id == GOING_ON), session)
        self._cards.addWidget(self.going_on)
        self._cards.addStretch(1)

    def refresh(self) -> None:
        assessment = self.session.assessment
        for group in self.groups:
            group.refresh(assessment)
        self.going_on.refresh(assessment, self.session.evaluation.answers, read_only=self.read_only)
        self._count()
        self._warn(assessment)
        current = self.current_group()
        for group in self.groups:
            style.say(group, card="open" if group is current else "plain")
        self._none.setEnabled(current is not None and not self.read_only)
        self._none.setText(
            tr("None of these: {title}").format(title=current.group.title) if current else tr("None of these")
        )
        self._filling.begin()

    @property
    def at_work(self) -> bool:
        return self._filling.at_work

    def pieces(self) -> Iterator[None]:
        self.prepare()
        yield from self._filling.pieces()

    def current_group(self) -> SafetyGroup | None:
        """The one group that "none of these" answers: where the keyboard is, else the first with a gap."""
        focused = self.window().focusWidget()
        open_groups = [group for group in self.groups if group.open_questions()]
        for group in open_groups:
            if focused is not None and group.isAncestorOf(focused) and not group.folded:
                return group
        return open_groups[0] if open_groups else None

    def none_of_these(self) -> None:
        group = self.current_group()
        if group is not None:
            self.none_of(group)

    def none_of(self, group: SafetyGroup) -> None:
        """Answer the open questions of one group with no; a folded group is opened first, to be read."""
        if self.read_only:
            return
        if group.folded:
            group.set_folded(False)
            group.make_rows()
            return
        open_ids = group.open_questions()
        if not open_ids:
            return
        self.session.answer_all(dict.fromkeys(open_ids, "no"))
        spoken.say(
            self, tr("{title}: {count} answered no").format(title=group.group.title, count=len(open_ids))
        )
        self._go_to_next_gap()

    def focus_item(self, item_id: ItemId) -> bool:
        if item_id in self.going_on.editors:
            self._cards.activate()
            self.going_on.editors[item_id].setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(self.going_on, 0, style.px(40))
            return True
        for group in self.groups:
            if group.holds(item_id):
                card = group.card_of(item_id)
                self._cards.activate()
                editor = card.editors.get(item_id, card.main)
                editor.setFocus(Qt.FocusReason.OtherFocusReason)
                self.area.ensureWidgetVisible(card, 0, style.px(40))
                return True
        return False

    def focus_start(self) -> None:
        """All is answered and folded: the line of its first group."""
        first = next((group for group in self.groups if not group.isHidden()), None)
        if first is not None and not self.read_only:
            first.focus_head()

    def commit(self) -> None:
        for editor in self._editors():
            editor.commit()

    def keys(self) -> list[tuple[str, str]]:
        return [
            ("Y, N, /", tr("yes, no, not assessed")),
            ("Ctrl+Shift+N", tr("none of these: answers the open questions of one group with no")),
        ]

    def show_focused(self) -> None:
        """Scroll so that the field with the keyboard can be seen."""
        focused = self.window().focusWidget()
        if focused is not None and self.inner.isAncestorOf(focused):
            self.area.ensureWidgetVisible(focused, 0, style.px(48))
            self.refresh()

    def banner_acted(self) -> None:
        if self.session.assessment.stopped:
            self.referral_wanted.emit()
        else:
            self.focus_item(CAUTION_REASON)

    def _go_to_next_gap(self) -> None:
        for group in self.groups:
            for item_id in group.open_questions():
                self.focus_item(item_id)
                return
        self.answered_all.emit()

    def _editors(self) -> Iterator[Editor]:
        for group in self.groups:
            for card in group.cards:
                yield from card.editors.values()
        yield from self.going_on.editors.values()

    def _count(self) -> None:
        answers = self.session.evaluation.answers
        questions = screen_questions(self.session.content.steps[self.step_id], self.session.assessment)
        said = [answers.get(item.id) for item in questions]
        parts = [("yes", tr("yes")), ("no", tr("no")), ("not-assessed", tr("not assessed"))]
        counted = [f"{said.count(word)} {shown_as}" for word, shown_as in parts if said.count(word)]
        self.set_hint(" · ".join([tr("{count} questions").format(count=len(said)), *counted]))

    def _warn(self, assessment: Assessment) -> None:
        if assessment.stopped:
            level = assessment.stops[0].rule.level or "REFER"
            testing = (
                tr("Movement, strength and mobility tests, plan of care and handout")
                if assessment.testing_locked
                else tr("Plan of care and handout")
            )
            anyway = (
                tr(" Tested anyway: {tested_anyway}").format(tested_anyway=assessment.tested_anyway)
                if assessment.tested_anyway
                else ""
            )
            self.show_banner(
                "danger",
                tr("{actions}. {testing} are blocked.").format(actions=ACTIONS[level], testing=testing),
                f"{_advised(assessment)}{anyway}",
                act=tr("Write the referral letter"),
            )
        elif assessment.red_flags:
            flag = assessment.red_flags[0].rule
            reason = assessment.value(CAUTION_REASON) if assessment.action == "CAUTION" else None
            act = (
                (tr("Change the reason") if reason else tr("Write the reason"))
                if assessment.action == "CAUTION"
                else ""
            )
            self.show_banner(
                "att",
                f"{flag.title}: {lower_first(ACTIONS[flag.level or 'CAUTION'])}.",
                tr("{do_now} Reason: {reason}").format(do_now=flag.do_now, reason=reason)
                if reason
                else flag.do_now,
                act=act,
            )
        else:
            self.hide_banner()


def _advised(assessment: Assessment) -> str:
    """Every stop with what it asks for at once."""
    return " ".join(f"{'; '.join(titles)}: {do_now}" for do_now, titles in advised(assessment.stops).items())


def _quiet(text: str) -> QLabel:
    made = style.label("", text)
    made.setProperty("t", "s")
    made.setWordWrap(True)
    return made
