"""Assessment: what the findings say, as cards with their reasons; the therapist accepts, or disagrees and says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from evalassist.clinical.assessment import (
    FAR_BELOW,
    FAR_BELOW_REASON,
    IRRITABILITY,
    SUBCATEGORIES,
    far_below_unexplained,
)
from evalassist.clinical.opposing import against
from evalassist.clinical.progress import accepted_ids
from evalassist.clinical.result import Assessment, Conclusion, Reason, Verdict, advised
from evalassist.content.schema import Rule
from evalassist.evaluation import ItemId, Opinion
from evalassist.translate import tr
from evalassist.wording.assessment import PAIN_LIMITED, decided_by, prognosis_flags, source_mark, stands_on
from evalassist.words import lower_first
from ui import icons, spoken, style
from ui.pages.base import Page
from ui.session import EvaluationSession
from ui.widgets.cards import Card
from ui.widgets.cause_card import CauseCard
from ui.widgets.change_card import ChangeCard
from ui.widgets.choices import ChoiceField
from ui.widgets.conclusion_card import ConclusionCard, ReasonList
from ui.widgets.dates import date_text
from ui.widgets.fields import TextField
from ui.widgets.glyph import State
from ui.widgets.irritability_card import IrritabilityCard
from ui.widgets.segments import Choice

HINT = tr("what the findings say; you decide")
PRIMARY = "primary-subcategory"
CLASSIFIES = "REC17"
"""The guideline's word on the four subcategories."""
BESIDE_FROM = 640
"""In less room, at 100 % text, what is met stands above what is not."""
STATES: dict[Verdict, State] = {
    Verdict.MET: "complete",
    Verdict.NOT_MET: "not-met",
    Verdict.UNDECIDED: "partly",
}


class AssessmentPage(Page):
    """The diagnosis, the subcategories met and not met, irritability, outlook, other causes, free words."""

    step_id = "assessment"
    offers_show = True
    source_wanted = Signal(tuple)
    """The ids of the rules whose source is to be shown."""
    what_if_wanted = Signal()
    """Try other findings beside the present ones."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        step = session.content.steps["assessment"]
        super().__init__(session, step.title, HINT, step.short, parent)
        self._accept = QPushButton(tr("Accept all met"))
        icons.put_icon(self._accept, "accept-all")
        self._accept.clicked.connect(self.accept_all_met)
        self.what_if = QPushButton(tr("What if…"))
        self.what_if.setToolTip(tr("Try other findings; nothing is kept (F6)"))
        icons.put_icon(self.what_if, "what-if")
        self.what_if.clicked.connect(self.what_if_wanted)
        self.tools.addWidget(self.what_if)
        self.tools.addWidget(self._accept)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._page: QVBoxLayout = style.column(inner, spacing=7)
        self._knee = QWidget()
        """All that is concluded of the knee: it waits while a child's hip is not cleared."""
        self._stack: QVBoxLayout = style.column(self._knee, spacing=7)
        self._pairs: list[QBoxLayout] = []
        """What stands side by side, or below each other where the text is large for the page."""
        self._build_hip_first()
        self._page.addWidget(self._knee)
        self.cards: dict[str, ConclusionCard] = {}
        """By the id an opinion is given on: `pfp`, `MPD`, `MOB-hyper`."""
        self.parts = self._make_cards()
        self.area.setWidget(inner)
        self.body.addWidget(self.area, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_pairs()

    # ------------------------------------------------------------ building

    def _pair(self) -> QBoxLayout:
        self._pairs.append(style.row(spacing=8))
        self._place_pairs()
        return self._pairs[-1]

    def _place_pairs(self) -> None:
        flow = QBoxLayout.Direction
        below = self.width() < style.px(BESIDE_FROM)
        for pair in self._pairs:
            pair.setDirection(flow.TopToBottom if below else flow.LeftToRight)

    def _make_cards(self) -> Iterator[None]:
        self.change = ChangeCard() if self.session.earlier else None
        """Only at a later visit."""
        if self.change is not None:
            self.change.go_to.connect(self.go_to)
            self._stack.addWidget(self.change)
            yield
        self._stack.addWidget(self._conclusion_card("pfp", tr("Patellofemoral pain"), across=True))
        yield
        yield from self._build_subcategories()
        self._build_outlook()
        yield
        self._causes = CauseCard(self.session.content)
        self._causes.go_to.connect(self.go_to)
        self._stack.addWidget(self._causes)
        self._build_impression()
        self._page.addStretch(1)
        yield

    def _build_hip_first(self) -> None:
        self._hip_first = Card(
            tr("Hip first"), tr("under 18 the hip is cleared before any knee result is shown")
        )
        self._hip_words = style.label("b")
        self._hip_words.setWordWrap(True)
        self._hip_positive, self._hip_open = ReasonList(), ReasonList()
        self._hip_first.body.addWidget(self._hip_words)
        self._hip_first.body.addWidget(self._hip_positive)
        self._hip_unasked = style.label("cap", tr("NOT ANSWERED"))
        self._hip_first.body.addWidget(self._hip_unasked)
        self._hip_first.body.addWidget(self._hip_open)
        for links in (self._hip_positive, self._hip_open):
            links.go_to.connect(self.go_to)
        self._page.addWidget(self._hip_first)

    def _conclusion_card(self, key: str, name: str, *, across: bool = False) -> ConclusionCard:
        card = ConclusionCard(name, across=across)
        card.go_to.connect(self.go_to)
        card.said.connect(partial(self.session.say, key))
        card.source_wanted.connect(lambda: self.source_wanted.emit(self._rules_of(key)))
        self.cards[key] = card
        return card

    def _build_subcategories(self) -> Iterator[None]:
        line = style.row(spacing=8)
        line.addWidget(style.label("b", tr("Subcategories")))
        said = self.session.content.recommendations[CLASSIFIES].conditions
        line.addWidget(
            style.label("s", tr("more than one can be met. {said}").format(said=said), wrap=True), 1
        )
        self.primary: ChoiceField | None = None
        item = self.session.content.items.get(PRIMARY)
        if item is not None:
            self._primary_word = style.label("q", tr("Primary"))
            line.addWidget(self._primary_word)
            self.primary = ChoiceField(
                [Choice(option.id, option.label) for option in item.options],
                tr("Primary subcategory"),
                shape="combo",
            )
            self.primary.setMinimumWidth(style.px(190))
            self.primary.answered.connect(lambda code: self.session.answer(PRIMARY, code))
            line.addWidget(self.primary)
        self._stack.addLayout(line)
        columns = self._pair()
        self._met_head, self._not_met_head = style.label("cap", tr("MET")), style.label("cap", tr("NOT MET"))
        self._met: QVBoxLayout = style.column(spacing=7)
        self._not_met: QVBoxLayout = style.column(spacing=7)
        for head, column in ((self._met_head, self._met), (self._not_met_head, self._not_met)):
            column.addWidget(head)
            columns.addLayout(column, 1)
            columns.setAlignment(column, Qt.AlignmentFlag.AlignTop)
        self._stack.addLayout(columns)
        self._undecided: QVBoxLayout = style.column(spacing=7)
        self._stack.addLayout(self._undecided)
        for rule_id, code in SUBCATEGORIES:
            self._conclusion_card(code, self.session.content.rules[rule_id].title)
            yield
        self._places: dict[str, QVBoxLayout] = {}

    def _build_outlook(self) -> None:
        line = self._pair()
        self.irritability = IrritabilityCard()
        self.irritability.go_to.connect(self.go_to)
        self.irritability.said.connect(partial(self.session.say, IRRITABILITY))
        self._flags = Card(tr("Prognosis flags"))
        self._flag_count = style.label("s")
        self._flags.title_row.addWidget(self._flag_count)
        self._flags_met = ReasonList()
        self._flags_met.go_to.connect(self.go_to)
        self._flags_rest = style.label("s")
        self._flags_rest.setWordWrap(True)
        self._flags.body.addWidget(self._flags_met)
        self._flags.body.addWidget(self._flags_rest)
        self._flags.body.addStretch(1)
        line.addWidget(self.irritability, 1)
        line.addWidget(self._flags, 1)
        self._stack.addLayout(line)

    def _build_impression(self) -> None:
        card = Card(tr("Impression"), tr("in your own words; it stands in the note"))
        self.impression = TextField(tr("Impression"), lines=2)
        self.impression.answered.connect(lambda words: self.session.write_impression(str(words or "")))
        card.body.addWidget(self.impression)
        self._page.addWidget(card)

    # ------------------------------------------------------------ showing

    def pieces(self) -> Iterator[None]:
        for _ in self.parts:
            yield
        yield from self._draw()
        self.prepare()
        yield

    def refresh(self) -> None:
        for _ in self._draw():
            pass

    def _draw(self) -> Iterator[None]:
        """Everything, one card after the other."""
        assessment = self.session.assessment
        asked = accepted_ids(assessment)
        self._show_hip_first(assessment)
        found = self.session.follow_up
        if self.change is not None and found is not None:
            self.change.show_found(found)
            yield
        self._show_diagnosis(assessment)
        yield
        yield from self._show_subcategories(assessment, asked)
        self._show_irritability(assessment)
        yield
        self._show_flags(assessment)
        yield
        yield from self._causes.pieces(self.session.causes.values())
        self.impression.set_value(self.session.evaluation.impression or None)
        self.impression.setEnabled(not self.read_only)
        self._show_what_waits(assessment, asked)
        if assessment.red_flags and assessment.stopped:
            titles = "; ".join(flag.rule.title for flag in assessment.stops)
            self.show_banner("danger", f"{titles}.", " ".join(advised(assessment.stops)))
        elif far_below_unexplained(assessment):
            rule = assessment.conclusions[FAR_BELOW].rule
            self.show_banner("att", f"{rule.title}.", rule.do_now, act=tr("Say why it is safe to go on"))
        else:
            self.hide_banner()

    def _show_what_waits(self, assessment: Assessment, asked: tuple[str, ...]) -> None:
        """Offer to accept what is met; where a later visit has nothing to accept, say so."""
        left = [key for key in asked if key not in assessment.opinions]
        accepted = any(opinion.accepts for opinion in assessment.opinions.values())
        self._accept.setEnabled(bool(left) and not self.read_only)
        self._accept.setVisible(bool(asked) or accepted)
        found = self.session.follow_up
        nothing = not asked and not accepted and not self.session.progress[self.step_id].gaps
        hint = HINT
        if found is not None and nothing and not assessment.hip_first:
            hint = tr("nothing waits for your word now")
            if found.diagnosed:
                stands = tr("the diagnosis of {day} stands; nothing waits for your word now")
                hint = stands.format(day=date_text(found.diagnosed))
        self.set_hint(hint)
        self.fit_title()

    def banner_acted(self) -> None:
        self.go_to.emit(FAR_BELOW_REASON)

    def _show_hip_first(self, assessment: Assessment) -> None:
        waits = assessment.hip_first
        self._hip_first.setVisible(waits is not None)
        self._knee.setVisible(waits is None)
        if waits is not None:
            self._hip_words.setText(waits.words)
            for links, ids in ((self._hip_positive, waits.positive), (self._hip_open, waits.open)):
                labels = [Reason(self.session.content.label(i), (i,)) for i in ids]
                links.show_reasons(labels, most=len(labels))
            self._hip_unasked.setVisible(bool(waits.positive and waits.open))

    def _show_diagnosis(self, assessment: Assessment) -> None:
        criteria = assessment.criteria
        met = sum(criterion.met for criterion in criteria)
        evaluation = self.session.evaluation
        worse = (
            tr(", {worse_knee} worse").format(worse_knee=evaluation.worse_knee)
            if evaluation.worse_knee
            else ""
        )
        side = (
            tr("both knees{worse}").format(worse=worse)
            if evaluation.sore_knee == "both"
            else evaluation.sore_knee
        )
        rule = criteria[0].rule
        undecided = [criterion for criterion in criteria if criterion.verdict is Verdict.UNDECIDED]
        missing = tuple(item for criterion in undecided for item in criterion.missing)
        remark = {
            Verdict.MET: tr("{met} of {count} criteria").format(met=met, count=len(criteria)),
            Verdict.NOT_MET: tr("criteria not met"),
            Verdict.UNDECIDED: tr("undecided, {met} of {count} criteria met").format(
                met=met, count=len(criteria)
            ),
        }[assessment.pfp]
        decided = assessment.decided("pfp", assessment.pfp)
        since = self.session.follow_up.diagnosed if self.session.follow_up else None
        if since is not None:
            tested, missing, decided = len(criteria) - len(undecided), (), Verdict.MET
            remark = tr("stands since {since}, not decided again").format(since=date_text(since))
            if tested:
                remark = tr("stands since {since}; tested again: {met} of {tested} met").format(
                    since=date_text(since), met=met, tested=tested
                )
        self.cards["pfp"].show_conclusion(
            tr("Patellofemoral pain, {side}").format(side=side),
            "good" if decided is Verdict.MET else STATES[decided],
            remark=remark,
            remark_tone={Verdict.MET: "good", Verdict.UNDECIDED: "att"}.get(decided, "q"),
            source=source_mark(rule),
            source_says=self._citation(rule),
            reasons=[_criterion(criterion) for criterion in criteria],
            against=[reason for criterion in criteria for reason in self._opposing(criterion.id)],
            rule=tr("Rule: all three. {rule}").format(rule=stands_on(rule, self.session.content.references)),
            note=self._missing_words(missing) if missing else self._last_word("pfp"),
            missing=missing,
            asks="both" if assessment.pfp is Verdict.MET else "disagree" if not missing else "",
            opinion=self.session.assessment.opinions.get("pfp"),
            read_only=self.read_only,
        )

    def _show_subcategories(self, assessment: Assessment, asked: tuple[str, ...]) -> Iterator[None]:
        count = {Verdict.MET: 0, Verdict.NOT_MET: 0, Verdict.UNDECIDED: 0}
        for rule_id, code in SUBCATEGORIES:
            conclusion = assessment.conclusions[rule_id]
            decided = assessment.decided(code, conclusion.verdict)
            count[decided] += 1
            self._place(code, decided)
            title = conclusion.rule.title
            if code == "MPD" and assessment.muscle_performance:
                title = f"{title}: {assessment.muscle_performance}"
            undecided = conclusion.verdict is Verdict.UNDECIDED
            # where the diagnosis of an earlier visit stands nothing is asked, and it may be objected to all the same
            open_to_word = not undecided and (not conclusion.met or bool(self.session.earlier))
            missing = self._missing_words(conclusion.missing) if undecided else ""
            wants = "both" if code in asked else "disagree" if open_to_word else ""
            self.cards[code].show_conclusion(
                title,
                STATES[decided],
                remark=tr("undecided") if undecided else "",
                remark_tone="att",
                reasons=() if undecided else conclusion.reasons,
                most=4 if conclusion.met else 2,
                against=self._opposing(rule_id),
                rule=decided_by(conclusion.rule, self.session.content.references),
                note=" ".join(filter(None, (missing, self._last_word(code)))),
                missing=conclusion.missing if undecided else (),
                asks=wants,
                opinion=self.session.assessment.opinions.get(code),
                read_only=self.read_only,
            )
            yield
        self._met_head.setText(tr("MET   {count}").format(count=count[Verdict.MET]))
        self._not_met_head.setText(tr("NOT MET   {count}").format(count=count[Verdict.NOT_MET]))
        self._met_head.setVisible(count[Verdict.UNDECIDED] < len(SUBCATEGORIES))
        self._not_met_head.setVisible(count[Verdict.UNDECIDED] < len(SUBCATEGORIES))
        if self.primary is not None:
            self.primary.setVisible(len(assessment.subcategories) > 1)
            self._primary_word.setVisible(len(assessment.subcategories) > 1)
            self.primary.setEnabled(not self.read_only)
            self.primary.set_value(assessment.primary if assessment.primary != "NONE" else None)

    def _last_word(self, key: str) -> str:
        """What the therapist disagreed with at the last visit, where the findings say so again and no word is given."""
        last = self.session.disagreed_last(key)
        if last is None:
            return ""
        said = (
            tr("At the last visit you disagreed: {reason}.")
            if last.reason
            else tr("At the last visit you disagreed.")
        )
        return said.format(reason=last.reason.rstrip("."))

    def _place(self, code: str, verdict: Verdict) -> None:
        places = {Verdict.MET: self._met, Verdict.NOT_MET: self._not_met, Verdict.UNDECIDED: self._undecided}
        wanted = places[verdict]
        if self._places.get(code) is not wanted:
            if (before := self._places.get(code)) is not None:
                before.removeWidget(self.cards[code])
            wanted.addWidget(self.cards[code], 1)
            self._places[code] = wanted

    def _show_irritability(self, assessment: Assessment) -> None:
        found = assessment.irritability_found
        rule_id = f"irritability-{found.lower()}" if found else ""
        self.irritability.show_irritability(
            assessment,
            self._opposing(rule_id) if rule_id else (),
            [
                Reason(tr("missing: {label}").format(label=lower_first(self.session.content.label(i))), (i,))
                for i in assessment.irritability_missing
            ],
            decided_by(self.session.content.rules[rule_id], self.session.content.references)
            if rule_id
            else "",
            self.session.assessment.opinions.get(IRRITABILITY),
            self.session.disagreed_last(IRRITABILITY),
            read_only=self.read_only,
        )

    def _show_flags(self, assessment: Assessment) -> None:
        kept = prognosis_flags(assessment)
        found = self.session.follow_up
        not_again = found.not_again if found is not None else frozenset()
        flags = [
            c
            for c in assessment.conclusions.values()
            if c.id in kept and not (c.missing and not_again.issuperset(c.missing))
        ]
        met = [flag for flag in flags if flag.met]
        self._flag_count.setText(
            tr("{count} of {flags_count}").format(count=len(met), flags_count=len(flags))
        )
        self._flags_met.show_reasons([Reason(flag.rule.says, _items(flag)) for flag in met], most=len(flags))
        open_flags = [flag.rule.title for flag in flags if flag.verdict is Verdict.UNDECIDED]
        rest = [flag.rule.title for flag in flags if flag.verdict is Verdict.NOT_MET and flag.reasons]
        parts = (
            [tr("Not: {rest}.").format(rest="; ".join(lower_first(title) for title in rest))] if rest else []
        )
        parts += (
            [
                tr("Open: {open_flags}.").format(
                    open_flags="; ".join(lower_first(title) for title in open_flags)
                )
            ]
            if open_flags
            else []
        )
        parts += self._flags_before([flag.id for flag in flags])
        limited = assessment.conclusions[PAIN_LIMITED]
        parts += (
            [tr("No prognosis, but a remark: {title}.").format(title=lower_first(limited.rule.title))]
            if limited.met
            else []
        )
        self._flags_rest.setText(" ".join(parts))
        self._flags_rest.setVisible(bool(parts))

    def _flags_before(self, judged: Sequence[str]) -> list[str]:
        """What was found at the first visit and is not asked again: the outlook still rests on it."""
        found = self.session.follow_up
        if found is None:
            return []
        before = found.visits[0].assessment
        stood = [
            lower_first(before.conclusions[flag].rule.title)
            for flag in prognosis_flags(before)
            if flag not in judged and before.conclusions[flag].met
        ]
        words = tr("At the first visit: {flags}.").format(flags="; ".join(stood))
        return [words] if stood else []

    # ------------------------------------------------------------ telling

    def accept_all_met(self) -> None:
        """Accept what is met and has no word yet."""
        given = [
            key
            for key in accepted_ids(self.session.assessment)
            if key not in self.session.assessment.opinions
        ]
        for key in given:
            self.session.say(key, Opinion(True))
        if given:
            spoken.say(self, tr("Accepted: {count}").format(count=len(given)))

    def none_of_these(self) -> None:
        """Ctrl+Shift+N, the key of every act that answers several things at once."""
        if not self.read_only:
            self.accept_all_met()

    # ------------------------------------------------------------ how the window talks to it

    def focus_item(self, item_id: ItemId) -> bool:
        if item_id == PRIMARY and self.primary is not None and not self.primary.isHidden():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if item_id == IRRITABILITY and self.session.assessment.irritability_by_hand:
            self.irritability.why.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if item_id == IRRITABILITY:
            self.irritability.level.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if item_id in self.cards:
            card = self.cards[item_id]
            wanted = card.why if self.session.assessment.disagrees(item_id) else card.opinion
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(self.cards[item_id], 0, style.px(24))
            return True
        return False

    def focus_start(self) -> None:
        if self._accept.isVisible():
            self._accept.setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        self.impression.commit()
        self.irritability.why.commit()
        for card in self.cards.values():
            card.why.commit()

    def keys(self) -> list[tuple[str, str]]:
        return [
            ("A", tr("accept, on a conclusion")),
            ("D", tr("disagree, and say why")),
            ("Ctrl+Shift+N", tr("accept all that is met")),
            ("F6", tr("what if")),
        ]

    def set_compact(self, compact: bool) -> None:
        for column in (self._page, self._stack):
            column.setSpacing(style.px(5 if compact else 7))

    # ------------------------------------------------------------ words

    def _rules_of(self, key: str) -> tuple[str, ...]:
        if key == "pfp":
            return tuple(criterion.id for criterion in self.session.assessment.criteria)
        return tuple(rule_id for rule_id, code in SUBCATEGORIES if code == key)

    def _citation(self, rule: Rule) -> str:
        return "\n".join(self.session.content.references[cite].citation for cite in rule.cites)

    def _opposing(self, rule_id: str) -> tuple[Reason, ...]:
        """What points the other way, each line saying which way that is."""
        session = self.session
        way = "against" if session.assessment.conclusions[rule_id].met else "for"
        found = against(session.assessment, rule_id, session.evaluation.sore_sides)
        return tuple(Reason(f"{way}: {lower_first(reason.text)}", reason.items) for reason in found)

    def _missing_words(self, missing: Iterable[ItemId]) -> str:
        return tr("Missing: {labels}.").format(labels=self.session.content.labels(missing))


def _criterion(criterion: Conclusion) -> Reason:
    items = _items(criterion) or criterion.missing
    before = {Verdict.NOT_MET: tr("not met: "), Verdict.UNDECIDED: tr("open: ")}.get(criterion.verdict, "")
    title = criterion.rule.title
    return Reason(f"{before}{lower_first(title) if before else title}", items)


def _items(conclusion: Conclusion) -> tuple[ItemId, ...]:
    return tuple(item for reason in conclusion.reasons for item in reason.items)
