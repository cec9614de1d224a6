"""What the findings say, beside every page: conclusions with their reasons as links and their sources as marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from evalassist.clinical.assessment import CAUTION_REASON, CODES, caution_unexplained
from evalassist.clinical.result import Assessment, Conclusion, Verdict
from evalassist.content.accuracy_words import accuracy_of_tests
from evalassist.content.cause_schema import PFP
from evalassist.content.entries import TRUST
from evalassist.content.schema import Reference
from evalassist.evaluation import ItemId
from evalassist.wording.assessment import gap_words, source_mark
from evalassist.words import lower_first, upper_first
from ui import icons, style
from ui.session import EvaluationSession
from ui.widgets.cards import Rule
from ui.widgets.dates import date_text
from ui.widgets.glyph import State
from ui.widgets.marks import ReasonLink, SourceMark, StateGlyph

MOST_REASONS = 4
MOST_GAPS = 6
OPEN_WHEN_STOPPED = ("history", "questionnaires", "knee", "assessment", "sign")
ACTIONS = {
    "EMERGENCY": "Emergency: act now",
    "URGENT": "Urgent: refer now",
    "REFER": "Refer before treatment",
    "CAUTION": "Go on with caution",
}

LineKind = Literal["caption", "title", "reason", "words", "rule"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the panel."""

    kind: LineKind
    text: str = ""
    state: State = "empty"
    tone: str = ""
    item: ItemId = ""
    rules: tuple[str, ...] = ()
    """The rules whose source its mark opens."""


class ReasoningPanel(QFrame):
    """Safety, the three criteria, irritability, subcategories, and what is still needed here."""

    go_to = Signal(str)
    """A reason was clicked: the item it leads to."""
    fold_wanted = Signal()

    def __init__(self, session: EvaluationSession) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Reasoning")
        self._session = session
        self._step_id = ""
        self._source: tuple[str, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._stale = True
        self._caption = style.label("", "REASONING")
        self._caption.setProperty("t", "cap")
        self._fold = QToolButton()
        self._fold.setProperty("flat", True)
        self._fold.clicked.connect(self._fold_or_close)
        head = style.row(margins=(14, 8, 8, 0))
        head.addWidget(self._caption, 1)
        head.addWidget(self._fold)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._stack = style.column(inner, (14, 4, 8, 14), spacing=3)
        self._stack.addStretch(1)
        self._showing_source = False
        self._area.setWidget(inner)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(style.thin(), 0, 0, 0)
        stack.setSpacing(0)
        stack.addLayout(head)
        stack.addWidget(self._area, 1)
        self._show_fold_button()

    def show_step(self, step_id: str) -> None:
        """Say what is still needed on this step."""
        self._step_id = step_id
        self._source = ()
        self.refresh()

    def refresh(self) -> None:
        """Draw again what changed; nothing is touched when nothing did, or when nobody sees it."""
        self._stale = self.isHidden()
        if self._stale:
            return
        lines = tuple(self._source_lines() if self._source else self._reasoning_lines())
        if lines == self._lines:
            return
        former, self._lines = self._lines, lines
        if bool(self._source) != self._showing_source:
            self._showing_source = bool(self._source)
            self._caption.setText("SOURCE" if self._source else "REASONING")
            self._show_fold_button()
            self._area.verticalScrollBar().setValue(0)
        same, most = 0, min(len(former), len(lines))
        while same < most and former[same] == lines[same]:
            same += 1
        after = 0
        while after < most - same and former[-1 - after] == lines[-1 - after]:
            after += 1
        self._redraw(same, len(former) - after, len(lines) - after)

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self.refresh()
        super().showEvent(event)

    def open_source(self, rules: tuple[str, ...]) -> None:
        """Show the source of these rules in place of the reasoning."""
        self._source = rules
        self.refresh()

    def _fold_or_close(self) -> None:
        if self._source:
            self._source = ()
            self.refresh()
        else:
            self.fold_wanted.emit()

    def _show_fold_button(self) -> None:
        icons.put_icon(self._fold, "close" if self._source else "fold", "quiet")
        says = "Back to the reasoning" if self._source else "Fold the reasoning away"
        self._fold.setToolTip(says)
        self._fold.setAccessibleName(says)

    # ------------------------------------------------------------ what it says

    def _reasoning_lines(self) -> Iterator[Line]:
        assessment = self._session.assessment
        yield from self._safety(assessment)
        yield from self._contradictions(assessment)
        if assessment.stopped:
            yield from self._blocked()
            return
        if assessment.hip_first is not None:
            yield Line("rule")
            yield Line("title", assessment.hip_first.words, "partly", "att")
            yield from self._links(assessment.hip_first.open, most=MOST_GAPS)
            return
        yield Line("rule")
        yield from self._criteria(assessment)
        yield Line("rule")
        yield from self._irritability(assessment)
        yield Line("rule")
        yield Line("caption", "SUBCATEGORIES")
        for conclusion in assessment.conclusions.values():
            if conclusion.rule.kind == "subcategory" and conclusion.id != "none":
                yield from self._subcategory(conclusion)
        yield from self._still_needed()

    def _safety(self, assessment: Assessment) -> Iterator[Line]:
        for flag in assessment.red_flags:
            level = flag.rule.level or "CAUTION"
            state: State = "look" if level == "CAUTION" else "danger"
            tone = "att" if level == "CAUTION" else "danger"
            if flag is assessment.red_flags[0]:
                yield Line("title", ACTIONS[level], state, tone, rules=(flag.id,))
            yield from self._reasons(flag, first=flag.rule.title)
        if caution_unexplained(assessment):
            yield from self._links((CAUTION_REASON,), most=1, before="missing: ")
        if assessment.open_flags:
            open_items = tuple(dict.fromkeys(item for flag in assessment.open_flags for item in flag.missing))
            begun = self._session.progress["safety"].state != "empty"
            yield Line("title", "Safety: still open", "partly" if begun else "empty")
            yield from self._links(open_items, most=3)
        elif not assessment.red_flags:
            asked = self._session.progress["safety"].left
            yield Line("title", "Safe to go on", "good")
            yield Line(
                "reason", "all answered, none positive" if not asked else "none positive", item="safety"
            )

    def _contradictions(self, assessment: Assessment) -> Iterator[Line]:
        if not assessment.contradictions:
            return
        yield Line("rule")
        yield Line("title", "Does not fit", "look", "att")
        for found in assessment.contradictions:
            yield Line("reason", found.text, item=found.items[0] if found.items else "assessment")

    def _criteria(self, assessment: Assessment) -> Iterator[Line]:
        met = sum(criterion.met for criterion in assessment.criteria)
        states: dict[Verdict, State] = {
            Verdict.MET: "good",
            Verdict.NOT_MET: "not-met",
            Verdict.UNDECIDED: "partly" if met else "empty",
        }
        rules = tuple(criterion.id for criterion in assessment.criteria)
        title = f"Patellofemoral pain {met}/{len(assessment.criteria)}"
        if assessment.disagrees("pfp"):
            decided = assessment.decided("pfp", assessment.pfp)
            yield from self._your_decision("Patellofemoral pain", decided, "pfp", rules)
            return
        found = self._session.follow_up
        since = found.diagnosed if found else None
        if since is not None:
            yield Line("title", f"Patellofemoral pain since {date_text(since)}", "good", rules=rules)
        else:
            yield Line("title", title, states[assessment.pfp], rules=rules)
        for criterion in assessment.criteria:
            if since is not None and criterion.verdict is Verdict.UNDECIDED:
                continue  # it stands, and is not asked again
            what = lower_first(criterion.rule.title)
            if criterion.met:
                items = [item for reason in criterion.reasons for item in reason.items]
                yield Line("reason", what, item=items[0] if items else "")
            elif criterion.verdict is Verdict.NOT_MET:
                items = [item for reason in criterion.reasons for item in reason.items]
                yield Line("reason", f"not met: {what}", item=items[0] if items else "", tone="att")
            else:
                missing = criterion.missing[0] if criterion.missing else ""
                yield Line("reason", f"open: {what}", item=missing)

    def _irritability(self, assessment: Assessment) -> Iterator[Line]:
        if assessment.irritability is None:
            yield Line("title", "Irritability: open", "empty", "quiet")
        else:
            word, found = assessment.irritability.lower(), (assessment.irritability_found or "").lower()
            title = f"Irritability: {word}" + (", your word" if assessment.irritability_by_hand else "")
            yield Line("title", title, "complete", rules=(f"irritability-{found}",))
            if assessment.irritability_by_hand:
                yield Line("words", f"The findings say {found}:")
            for reason in assessment.irritability_reasons[:MOST_REASONS]:
                yield Line("reason", reason.text, item=reason.items[0] if reason.items else "")
        yield from self._links(assessment.irritability_missing, most=3, before="missing: ")

    def _subcategory(self, conclusion: Conclusion) -> Iterator[Line]:
        assessment, code = self._session.assessment, CODES.get(conclusion.id, "")
        decided = assessment.decided(code, conclusion.verdict)
        if decided is not conclusion.verdict:
            yield from self._your_decision(conclusion.rule.title, decided, code, (conclusion.id,))
        elif conclusion.met:
            yield Line("title", conclusion.rule.title, "complete", rules=(conclusion.id,))
            yield from self._reasons(conclusion)
        elif conclusion.verdict is Verdict.NOT_MET:
            yield Line(
                "title", f"{conclusion.rule.title}: not met", "not-met", "quiet", rules=(conclusion.id,)
            )
        elif (found := self._session.follow_up) and found.not_again.issuperset(conclusion.missing):
            said = f"{conclusion.rule.title}: not tested again"
            yield Line("title", said, "empty", "quiet", rules=(conclusion.id,))
        else:
            yield Line(
                "title", f"{conclusion.rule.title}: undecided", "empty", "quiet", rules=(conclusion.id,)
            )
            yield from self._links(conclusion.missing, most=3, before="missing: ")

    def _your_decision(
        self, title: str, decided: Verdict, key: str, rules: tuple[str, ...]
    ) -> Iterator[Line]:
        """What stands by the therapist's word, and why."""
        met, because = decided is Verdict.MET, self._session.assessment.opinions[key].reason
        verdict = "met" if met else "not met"
        yield Line("title", f"{title}: {verdict}", "complete" if met else "not-met", rules=rules)
        yield Line("reason", f"your decision, because {because or '(write the reason)'}", item=key)

    def _blocked(self) -> Iterator[Line]:
        blocked = [key for key, step in self._session.progress.items() if step.state == "blocked"]
        yield Line("rule")
        yield Line("caption", "BLOCKED")
        for step_id in blocked:
            yield Line("title", self._session.content.steps[step_id].short, "blocked")
        yield Line("rule")
        yield Line("caption", "STILL OPEN TO YOU")
        for step_id in OPEN_WHEN_STOPPED:
            if self._session.progress[step_id].state == "blocked":
                continue
            state = self._session.progress[step_id]
            left = f", {state.left} left" if state.left else ""
            glyph: State = "complete" if state.state == "complete" else "partly" if left else "empty"
            yield Line("title", f"{self._session.content.steps[step_id].title}{left}", glyph, "quiet")
        yield Line("title", "Referral letter", "empty", "quiet")

    def _still_needed(self) -> Iterator[Line]:
        progress = self._session.progress.get(self._step_id)
        if progress is None or not progress.gaps or self._step_id == "safety":
            return
        yield Line("rule")
        yield Line("caption", "STILL NEEDED HERE")
        yield from self._links(progress.gaps, most=MOST_GAPS)

    def _links(self, items: tuple[ItemId, ...], most: int, before: str = "") -> Iterator[Line]:
        for item_id in items[:most]:
            yield Line("reason", upper_first(f"{before}{self._label(item_id)}"), item=item_id)
        if len(items) > most:
            yield Line("words", f"and {len(items) - most} more")

    def _reasons(self, conclusion: Conclusion, first: str = "") -> Iterator[Line]:
        reasons = conclusion.reasons
        if first:
            items = [item for reason in reasons for item in reason.items]
            yield Line("reason", lower_first(first), item=items[0] if items else "safety")
            return
        for reason in reasons[:MOST_REASONS]:
            yield Line("reason", lower_first(reason.text), item=reason.items[0] if reason.items else "")
        if len(reasons) > MOST_REASONS:
            yield Line("words", f"and {len(reasons) - MOST_REASONS} more")

    def _label(self, item_id: str) -> str:
        return gap_words(item_id, self._session.assessment, self._session.content)

    # ------------------------------------------------------------ sources

    def _source_lines(self) -> Iterator[Line]:
        content = self._session.content
        rules = [content.rules[rule_id] for rule_id in self._source]
        cites = tuple(dict.fromkeys(cite for rule in rules for cite in rule.cites))
        for number, cite in enumerate(cites):
            if number:
                yield Line("rule")
            yield from _reference_lines(content.references[cite])
        if cites:
            yield Line("rule")
        yield Line("caption", "HOW SURE")
        grades = " ".join(sorted({rule.grade for rule in rules if rule.grade}))
        if grades:
            yield Line("words", f"Grade {grades} of the guideline.", tone="ink")
        read = [content.references[cite] for cite in cites if content.references[cite].read]
        for mark in sorted({rule.mark for rule in rules}):
            yield Line("words", "Read as far as said above." if mark == "V" and read else TRUST[mark])
        yield Line("rule")
        yield Line("caption", "THE RULE")
        for rule in rules:
            yield Line("words", rule.says, tone="ink")
            if rule.note:
                yield Line("words", rule.note)
        if any(rule.kind == "criterion" for rule in rules):
            yield Line("rule")
            yield Line("caption", "HOW ACCURATE THE TESTS ARE")
            for test in accuracy_of_tests(PFP, content):
                yield Line("words", test)

    def _mark(self, rules: tuple[str, ...]) -> SourceMark:
        first = self._session.content.rules[rules[0]]
        mark = SourceMark(source_mark(first), first.says if first.cites else TRUST[first.mark])
        mark.clicked.connect(lambda: self.open_source(rules))
        return mark

    # ------------------------------------------------------------ how it is drawn

    def _redraw(self, first: int, former_end: int, end: int) -> None:
        """Draw these lines in place of the former ones; what stands above and below did not change."""
        for _ in range(first, former_end):
            item = self._stack.takeAt(first)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place in range(first, end):
            self._stack.insertWidget(place, self._draw_line(self._lines[place]))

    def _draw_line(self, line: Line) -> QWidget:
        if line.kind == "rule":
            return _spaced(Rule())
        if line.kind == "reason":
            link = ReasonLink(line.text)
            link.setEnabled(bool(line.item))
            link.clicked.connect(lambda: self.go_to.emit(line.item))
            return _indented(link)
        words = style.label("", line.text)
        words.setWordWrap(True)
        if line.kind == "title":
            return self._title(line, words)
        words.setProperty("t", {"caption": "cap", "words": "s"}[line.kind])
        words.setProperty("c", line.tone)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return words

    def _title(self, line: Line, words: QLabel) -> QWidget:
        words.setProperty("t", "b" if line.tone != "quiet" else "")
        words.setProperty("c", {"quiet": "q"}.get(line.tone, line.tone))
        made = QWidget()
        row = style.row(made, (0, 3, 0, 0), spacing=7)
        row.addWidget(StateGlyph(line.state), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        if line.rules:
            row.addWidget(self._mark(line.rules), 0, Qt.AlignmentFlag.AlignTop)
        return made


def _reference_lines(reference: Reference) -> Iterator[Line]:
    yield Line("words", reference.citation, tone="ink")
    if reference.doi:
        said = " (from memory)" if reference.doi_from_memory else ""
        yield Line("words", f"doi {reference.doi}{said}")
    if reference.read:
        yield Line("words", f"What was read: {reference.read}.")
    if reference.mark != "V" or not reference.read:  # how far it was read says more than that it was
        yield Line("words", TRUST[reference.mark])


def _indented(widget: QWidget) -> QWidget:
    made = QWidget()
    row = style.row(made, (20, 0, 0, 0), spacing=0)
    row.addWidget(widget, 1)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made


def _spaced(widget: QWidget) -> QWidget:
    made = QWidget()
    style.column(made, (0, 6, 0, 6)).addWidget(widget)
    return made
