"""Running scores: what the answers of a group add up to, the missing rule, and change since the last visit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from evalassist.clinical.derived import sentences
from evalassist.clinical.facts import shown as number_text
from evalassist.clinical.result import Assessment
from evalassist.content.schema import Group, Measure, Rating
from evalassist.evaluation import ItemId
from evalassist.translate import tr
from evalassist.words import upper_first
from ui import spoken, style
from ui.widgets.dates import date_text

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from ui.session import EvaluationSession


def measures_of(group: Group, content: Content) -> Iterator[Measure]:
    """The measures whose items, or whose total typed from paper, stand in this group."""
    here = {item.id for item in group.items}
    for measure in content.measures.values():
        if here & {*measure.items, measure.total_item}:
            yield measure


def running_findings(group: Group, session: EvaluationSession) -> Iterator[str]:
    """What the answers of this group come to ("Step-down right 3 of 6: medium"), and the limits beside them."""
    here, content = {item_id for item in group.items for item_id in item.ids}, session.content
    scores = {measure.id for measure in content.measures.values()}
    told = {name for entry in content.derived.values() for name in entry.of}
    for fact in session.assessment.facts.values():
        computed = fact.id not in content.asked and fact.id not in scores
        told_below = fact.id in told or fact.id.rpartition(".")[0] in told
        if (
            computed
            and not told_below
            and fact.text
            and len(fact.inputs) > 1
            and here.issuperset(fact.inputs)
        ):
            yield upper_first(fact.text)
    found = [one for one in session.derived if here.intersection(one.inputs[:1])]
    yield from (f"{text}." for text in sentences(found))


def findings_to_come(asked: frozenset[ItemId], assessment: Assessment, content: Content) -> int:
    """How many lines the answers still open in this group may come to: they have their room before they are told."""
    elsewhere = {*content.rules, *(measure.id for measure in content.measures.values())}
    return sum(
        len(missing) > 1 and asked.issuperset(missing) and fact_id not in elsewhere
        for fact_id, missing in assessment.known.sources.items()
    )


def changed_scores(group: Group, session: EvaluationSession) -> Iterator[str]:
    """What a score of several answers of this group changed to since the last visit: step-down, 2 of 6 to 1 of 6."""
    found = session.follow_up
    here = {item_id for item in group.items for item_id in item.ids}
    for change in found.since_last if found else ():
        scored = change.kind not in ("measure", "strength") and len(change.items) > 1
        if found and scored and change.then and change.now and here.issuperset(change.items):
            by = f"{change.by}: " if change.by and change.direction != "same" else ""
            yield tr("{name}: {then} on {last}, now {now} · {by}{verdict}").format(
                name=change.name,
                then=change.then,
                last=date_text(found.last),
                now=change.now,
                by=by,
                verdict=change.verdict,
            )


class MeasureLine(QWidget):
    """The score of one measure, or why there is none yet; and how it changed since the last visit."""

    def __init__(self, measure: Measure, session: EvaluationSession) -> None:
        super().__init__()
        self._measure, self._session = measure, session
        self.summary = ""
        """The score in a few words, for the head of its card."""
        self._left: int | None = None
        """How many answers the score lacked when it was last shown; none before it was ever shown."""
        stack = style.column(self, spacing=2)
        line = style.row(spacing=10)
        self._score, self._rule, self._change = style.label(), style.label(), style.label("s", wrap=True)
        self._score.setProperty("t", "num")
        self._rule.setProperty("t", "s")
        line.addWidget(self._score)
        line.addWidget(self._rule)
        line.addStretch(1)
        stack.addLayout(line)
        stack.addWidget(self._change)
        stack.addWidget(RatingLine(measure))

    def refresh(self, assessment: Assessment) -> None:
        """Score it again."""
        measure, score = self._measure, assessment.scores[self._measure.id]
        needed = measure.min_answered - score.answered
        asked = self._session.content.items
        left_out = [item_id for item_id in score.missing if not asked[item_id].optional]
        if score.value is None:
            self._score.setText("")
            items = "answer" if needed == 1 else "answers"
            several = tr("Scored from {min_answered} of {count} answers on: {needed} {items} to go.").format(
                min_answered=measure.min_answered, count=len(measure.items), needed=needed, items=items
            )
            self._rule.setText(several)
            self.summary = (
                tr("{answered} of {count}").format(answered=score.answered, count=len(measure.items))
                if score.answered
                else ""
            )
        else:
            value = number_text(score.value, measure.decimals)
            self._score.setText(tr("{value} of {high:g}").format(value=value, high=measure.high))
            missing = (
                tr(", {count} left out").format(count=len(left_out)) if score.answered and left_out else ""
            )
            paper = (
                tr("total from paper")
                if not score.answered
                else tr("{answered} answers{missing}").format(answered=score.answered, missing=missing)
            )
            self._rule.setText(paper)
            self.summary = tr("{value} of {high:g}").format(value=value, high=measure.high)
        self._change.setText(self._changed())
        self._change.setVisible(bool(self._change.text()))
        style.say(self._change, c="ink")
        self._tell(0 if score.value is not None and not score.answered else max(len(left_out), needed))

    def _tell(self, left: int) -> None:
        """Have the score read aloud when its last missing answer came: it stands far from the keyboard."""
        before, self._left = self._left, left
        if before and not left:
            parts = (f"{self._measure.short}: {self.summary}", self._rule.text(), self._change.text())
            spoken.say(self, ". ".join(part for part in (*parts, *_means(self._measure)) if part))

    def _changed(self) -> str:
        """The change since the last visit that has this measure."""
        found = self._session.follow_up
        if found is None:
            return ""
        for day, changes in ((found.last, found.since_last), (found.first, found.since_first)):
            for change in changes:
                if change.id == self._measure.id and change.then:
                    by = f"{change.by}: " if change.by and change.direction != "same" else ""
                    return f"{date_text(day)} {change.then} · {by}{change.verdict}"
        return ""


def meaning(rating: Rating) -> str:
    """What a therapist needs to read a score: range, direction, error, what matters, rights."""
    span, *limits = _means(rating)
    return " · ".join((f"{rating.short}: {span}", *limits, rating.licence))


def _means(rating: Rating) -> list[str]:
    """Range and direction of a score, then its error and what matters where they are known."""
    limits = [("MDC", rating.mdc, rating.mdc_mark), ("MCID", rating.mcid, rating.mcid_mark)]
    known = [
        f"{name} {value:g}{tr(' (not checked)') if mark == 'K' else ''}"
        for name, value, mark in limits
        if value is not None
    ]
    span = tr("{low:g} to {high:g}").format(low=rating.low, high=rating.high).replace("-", "−")
    return [tr("{span}, {better} is better").format(span=span, better=rating.better), *known]


def ratings_of(group: Group, content: Content) -> Iterator[Rating]:
    """The single ratings that stand in this group."""
    here = {item.id for item in group.items}
    return (rating for rating in content.ratings.values() if here.intersection(rating.items))


def _more(rating: Rating) -> str:
    return "\n".join(part for part in (rating.change_note, rating.missing) if part)


class RatingLine(QLabel):
    """What a change of a single rating means, as one quiet line."""

    def __init__(self, rating: Rating) -> None:
        super().__init__(meaning(rating))
        self.setProperty("t", "s")
        self.setWordWrap(True)
        self.setToolTip(_more(rating))
