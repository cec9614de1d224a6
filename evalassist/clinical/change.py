"""What changed between two visits: a real change, one within the error of measurement, one that matters to patients.

Two facts are kept apart (examination 8.1): "beyond measurement error" (MDC) and "important to patients on average"
(MCID). What was measured at one of the visits only has no verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from evalassist.clinical.conditions import verdict_of
from evalassist.clinical.facts import shown
from evalassist.clinical.given import Given
from evalassist.clinical.result import Assessment, Fact, Knowledge, SideStrength, Verdict
from evalassist.clinical.strength import settled
from evalassist.content.follow_up_schema import Comparison
from evalassist.content.schema import Measure, StrengthGroup
from evalassist.evaluation import SIDES, Answer, Evaluation, ItemId, NotTested, Side, StrengthTest
from evalassist.units import to_si

if TYPE_CHECKING:
    from evalassist.content.loader import Content

Kind = Literal["measure", "pain", "strength", "movement", "length"]
Direction = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with what was concluded at it."""

    evaluation: Evaluation
    assessment: Assessment
    plan: Given | None = None
    """The plan it gave, once it is an earlier visit; None where it gave none."""

    @property
    def day(self) -> date:
        return self.evaluation.visit_date


@dataclass(frozen=True, slots=True)
class Change:
    """One value then and now. `real` and `important` are None where no limit is known or the visits do not compare."""

    id: str
    kind: Kind
    title: str
    side: Side | None
    then: str
    """As it is read, with its unit; empty when it was not measured."""
    now: str
    gain: float | None
    """How much better, in the direction that is better; negative when worse."""
    percent: float | None
    """The gain in % of the value then; for strength by device only."""
    by: str
    """The difference as it is read: `+11 points`, `−2`; empty when the visits do not compare."""
    direction: Direction | None
    real: bool | None
    important: bool | None
    limits: str
    """`MDC 9, MCID 10`, or where the limit comes from."""
    verdict: str
    items: tuple[ItemId, ...]
    note: str = ""

    @property
    def compared(self) -> bool:
        return self.direction is not None

    @property
    def in_short(self) -> str:
        """What it means, where it stands beside its field."""
        return self.verdict.removeprefix("no measurable change, ")

    @property
    def name(self) -> str:
        return f"{self.title}, {self.side}" if self.side else self.title


@dataclass(frozen=True, slots=True)
class Limits:
    """By how much a value must change: MDC and MCID in its own unit, None where none is known."""

    mdc: float | None
    mcid: float | None
    words: str
    strictly: bool = False
    """The change must be above the MDC, not only reach it (strength, examination 6.5)."""


def last_answers(earlier: Iterable[Evaluation], content: Content) -> Mapping[ItemId, tuple[Answer, date]]:
    """For every item its latest earlier answer, with the day of that visit; no judgment that was measured instead."""
    found: dict[ItemId, tuple[Answer, date]] = {}
    for visit in earlier:
        found |= {item_id: (answer, visit.visit_date) for item_id, answer in visit.answers.items()}
        found = {key: last for key, last in found.items() if not measured_instead(key, visit, content)}
    return found


def measured_instead(item_id: ItemId, evaluation: Evaluation, content: Content) -> bool:
    """Whether this was judged by eye, and then measured: the measurement counts."""
    item, side = content.asked.get(item_id, (None, None))
    return item is not None and any(
        not isinstance(evaluation.answers.get(each, NotTested("")), NotTested)
        for each in item.measured_by(side)
    )


def ever_known(earlier: Iterable[Visit], known: Knowledge, content: Content) -> Knowledge:
    """What is known of the patient, where it was not asked again from the latest visit at which it was."""
    facts: dict[str, Fact] = {}
    for visit in earlier:
        facts |= visit.assessment.facts
        facts = {
            key: fact for key, fact in facts.items() if not measured_instead(key, visit.evaluation, content)
        }
    return Knowledge({**facts, **known.facts}, known.sources, known.reasons)


def changes(then: Visit, now: Visit, content: Content) -> tuple[Change, ...]:
    """Everything that was measured at one of the two visits, in the order in which it is told."""
    return tuple(
        change
        for change in (
            *_findings(then, now, content, ("pain",)),
            *_measures(then, now, content),
            *_strength(then, now, content),
            *_findings(then, now, content, ("movement", "length")),
        )
        if change.then or change.now
    )


def gain_of(found: Iterable[Change], change_id: str) -> float | None:
    """How much better a value is; None when the two visits do not compare."""
    return next((change.gain for change in found if change.id == change_id), None)


# ---------------------------------------------------------------- questionnaires and findings


def _measures(then: Visit, now: Visit, content: Content) -> Iterator[Change]:
    for measure in content.measures.values():
        values = [visit.assessment.scores[measure.id].value for visit in (then, now)]
        yield _change(
            _Named(measure.id, "measure", measure.short, None, _inputs(measure), measure.change_note),
            values[0],
            values[1],
            f"/{measure.high:g}",
            measure.better,
            Limits(measure.mdc, measure.mcid, limit_words(measure.mdc, measure.mcid)),
            decimals=measure.decimals,
            apart=other_names(then, now, content.follow_up.same.get(measure.id, ())),
        )


def _inputs(measure: Measure) -> tuple[ItemId, ...]:
    return (*([measure.total_item] if measure.total_item else []), *measure.items)


def other_names(then: Visit, now: Visit, items: tuple[ItemId, ...]) -> str:
    """Why two scores do not compare, or "": activities that were named at both visits must be the same ones."""
    for item_id in items:
        names = [str(visit.evaluation.answers.get(item_id, "")).casefold().split() for visit in (then, now)]
        if all(names) and names[0] != names[1]:
            return "other activities than then"
    return ""


def _findings(then: Visit, now: Visit, content: Content, kinds: tuple[str, ...]) -> Iterator[Change]:
    for row in content.follow_up.comparisons:
        if row.kind not in kinds:
            continue
        sides: tuple[Side | None, ...] = now.evaluation.sore_sides if row.sides else (None,)
        for side in sides:
            fact = f"{row.fact}.{side}" if side else row.fact
            yield _finding(row, side, fact, then, now, content)


def _finding(
    row: Comparison, side: Side | None, fact: str, then: Visit, now: Visit, content: Content
) -> Change:
    visits = (then, now)
    unless = row.unless
    apart = unless is not None and any(
        verdict_of(unless, visit.assessment.known) is Verdict.MET for visit in visits
    )
    before, after = (visit.assessment.number(fact) for visit in visits)
    named = _Named(fact, row.kind, row.title, side, _items(fact, now, content), _note(row, content))
    if row.bands and not apart and before is not None and after is not None:
        return _banded(named, before, after, row)
    rating = content.ratings[row.rating] if row.rating else None
    mdc, mcid = (rating.mdc, rating.mcid) if rating else (row.mdc, None)
    limits = Limits(mdc, mcid, limit_words(mdc, mcid))
    why = row.apart if apart else ""
    return _change(named, before, after, row.unit, row.better, limits, decimals=1, apart=why)


def _note(row: Comparison, content: Content) -> str:
    about = content.ratings[row.rating].change_note if row.rating else ""
    return " ".join(part for part in (row.note, about) if part)


def _items(fact: str, now: Visit, content: Content) -> tuple[ItemId, ...]:
    """Where the value is asked: the item itself, or what it is computed from."""
    if fact in content.asked:
        return (fact,)
    known = now.assessment.facts.get(fact)
    return known.inputs if known else now.assessment.known.sources.get(fact, ())


def _banded(named: _Named, then: float, now: float, row: Comparison) -> Change:
    """A score in bands: one band up or down is the change that counts."""
    bands = [next(n for n, end in enumerate(row.bands) if value <= end) for value in (then, now)]
    change = _change(named, then, now, row.unit, row.better, Limits(None, None, "one band"), decimals=0)
    if change.direction == "same":
        return change
    moved = bands[0] != bands[1]
    word = f"real change, {change.direction}" if moved else f"{change.direction}, but within the same band"
    return replace(change, real=moved, verdict=word)


# ---------------------------------------------------------------- strength


def _strength(then: Visit, now: Visit, content: Content) -> Iterator[Change]:
    for group in content.strength_groups.values():
        for side in SIDES:
            before, after = (visit.assessment.strength[group.id].side(side) for visit in (then, now))
            tests = [visit.evaluation.answers.get(f"{group.id}.{side}") for visit in (then, now)]
            yield _one_strength(group, side, before, after, tests, content)


def _one_strength(
    group: StrengthGroup,
    side: Side,
    before: SideStrength | None,
    after: SideStrength | None,
    tests: list[Answer | None],
    content: Content,
) -> Change:
    item = f"{group.id}.{side}"
    named = _Named(item, "strength", group.title, side, (item,), "")
    if _graded(before) or _graded(after):
        return _grades(named, before, after, content)
    found = _comparable(before, after)
    if isinstance(found, str):
        return _uncompared(named, _strength_text(before), _strength_text(after), found)
    then, now, unit = found
    limits = strength_limits(group, unit, then, tests, content)
    return _change(named, then, now, unit, "higher", limits, decimals=1)


def _graded(side: SideStrength | None) -> bool:
    return side is not None and side.grade is not None


def _grades(
    named: _Named, before: SideStrength | None, after: SideStrength | None, content: Content
) -> Change:
    """Hand grades move along their ladder; no error of measurement is known, and a force is no grade."""
    texts = [_strength_text(before), _strength_text(after)]
    words = [side.grade if side else None for side in (before, after)]
    if not all(texts) or not all(words):
        apart = "by hand at one visit, by device at the other" if all(texts) else ""
        return _uncompared(named, texts[0], texts[1], apart)
    ladder = content.plan.goals.grades
    steps = ladder.index(words[1] or "") - ladder.index(words[0] or "")
    direction: Direction = "better" if steps > 0 else "worse" if steps < 0 else "same"
    by = "" if not steps else f"{'+' if steps > 0 else '−'}{abs(steps)} grade{'s' if abs(steps) > 1 else ''}"
    verdict = "no change" if not steps else f"{direction}, by hand: no limit is known"
    return replace(_uncompared(named, texts[0], texts[1], ""), by=by, direction=direction, verdict=verdict)


def _comparable(before: SideStrength | None, after: SideStrength | None) -> tuple[float, float, str] | str:
    """The two values and their unit, or why they are not compared. Force needs the same lever arm, else torque."""
    if before is None or after is None or before.score is None or after.score is None:
        return ""
    if before.protocol != after.protocol:
        return "tested in another way then"
    same_kind = before.in_torque == after.in_torque
    if same_kind and (before.in_torque or before.lever_arm_m == after.lever_arm_m):
        return before.score, after.score, "Nm" if before.in_torque else "N"
    if before.torque_nm is not None and after.torque_nm is not None:
        return before.torque_nm, after.torque_nm, "Nm"
    if same_kind and None in (before.lever_arm_m, after.lever_arm_m):
        return f"no lever arm {'today' if after.lever_arm_m is None else 'then'}"
    if same_kind:
        return "another lever arm than then"
    return "torque then, force now" if before.in_torque else "force then, torque now"


def strength_limits(
    group: StrengthGroup, unit: str, then: float, tests: list[Answer | None], content: Content
) -> Limits:
    """The published error between testers, which counts unless both values are by one tester; else a share."""
    testers = [test.tester if isinstance(test, StrengthTest) else None for test in tests]
    by_one = bool(testers[0]) and testers[0] == testers[1]
    if group.inter_tester_mdc_kgf is not None and unit == "N" and not by_one:
        mdc = to_si(group.inter_tester_mdc_kgf, "kgf")
        words = f"MDC {shown(mdc, 0)} N between testers"
        return Limits(mdc, None, words, strictly=True)
    percent = content.numbers["strength-change"]
    return Limits(settled(then * percent / 100), None, f"{percent:g} % of then (app default)", strictly=True)


def _strength_text(side: SideStrength | None) -> str:
    if side is None:
        return ""
    if side.grade is not None:
        return f"grade {side.grade}"
    return "" if side.score is None else f"{shown(side.score, 1)} {'Nm' if side.in_torque else 'N'}"


# ---------------------------------------------------------------- the verdict


@dataclass(frozen=True, slots=True)
class _Named:
    id: str
    kind: Kind
    title: str
    side: Side | None
    items: tuple[ItemId, ...]
    note: str


def _change(
    named: _Named,
    then: float | None,
    now: float | None,
    unit: str,
    better: Literal["higher", "lower"],
    limits: Limits,
    *,
    decimals: int,
    apart: str = "",
) -> Change:
    texts = [_text(value, unit, decimals) for value in (then, now)]
    if then is None or now is None or apart:
        return _uncompared(named, texts[0], texts[1], apart)
    difference = settled(now - then)
    gain = difference if better == "higher" else 0.0 - difference  # never -0
    direction: Direction = "same" if not gain else "better" if gain > 0 else "worse"
    size = abs(difference)
    real = None if limits.mdc is None else size > limits.mdc if limits.strictly else size >= limits.mdc
    important = None if limits.mcid is None or direction == "worse" else gain >= limits.mcid
    by = f"{'+' if difference > 0 else '−'}{shown(size, decimals)}" if difference else "0"
    return Change(
        id=named.id,
        kind=named.kind,
        title=named.title,
        side=named.side,
        then=texts[0],
        now=texts[1],
        gain=gain,
        percent=settled(100 * gain / then) if named.kind == "strength" and then else None,
        by=by,
        direction=direction,
        real=real if difference else None,
        important=important if difference else None,
        limits=limits.words,
        verdict=_verdict(direction, real, important),
        items=named.items,
        note=named.note,
    )


def _verdict(direction: Direction, real: bool | None, important: bool | None) -> str:
    """Both facts in words; a change below the smaller of the two limits is no measurable change (section 7)."""
    if direction == "same":
        return "no change"
    match real, important:
        case None, None:
            return f"{direction}; no limit is known"
        case None, _:
            return f"{direction}, {'important' if important else 'less than what is important'} to patients on average"
        case True, True:
            return "real and important, better"
        case True, False:
            return "real change, better, below what is important on average"
        case True, None:
            return f"real change, {direction}"
        case False, True:
            return "important on average, but within measurement error"
    return "no measurable change, within measurement error"


def _uncompared(named: _Named, then: str, now: str, apart: str) -> Change:
    verdict = f"not compared: {apart}" if then and now and apart else ""
    if not verdict:
        verdict = "not measured then" if now else "not measured now"
    return Change(
        id=named.id,
        kind=named.kind,
        title=named.title,
        side=named.side,
        then=then,
        now=now,
        gain=None,
        percent=None,
        by="",
        direction=None,
        real=None,
        important=None,
        limits="",
        verdict=verdict,
        items=named.items,
        note=named.note,
    )


def _text(value: float | None, unit: str, decimals: int) -> str:
    if value is None:
        return ""
    joined = unit if unit.startswith(("/", "°")) else f" {unit}"
    return f"{shown(value, decimals)}{joined}".rstrip().replace("-", "−")


def limit_words(mdc: float | None, mcid: float | None) -> str:
    known = [f"{name} {value:g}" for name, value in (("MDC", mdc), ("MCID", mcid)) if value is not None]
    return ", ".join(known)
