"""Rules are judged here: a condition over facts is met, not met, or undecided, with its reasons and what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from evalassist.clinical.result import (
    MET,
    NOT_MET,
    UNDECIDED,
    Conclusion,
    Fact,
    FactValue,
    Knowledge,
    Reason,
    Verdict,
)
from evalassist.content.schema import Condition, Rule
from evalassist.evaluation import SIDES, ItemId, Side
from evalassist.words import in_unit

T = TypeVar("T")

SWAPPED = {MET: NOT_MET, NOT_MET: MET}


class Judgement(NamedTuple):  # made hundreds of times for every answer, and a tuple is made fastest
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    missing: tuple[ItemId, ...] = ()


Judge = Callable[[Knowledge, Side | None], Judgement]
Value = Callable[[Knowledge, Side | None], int]
VERDICTS = {1: MET, 0: UNDECIDED, -1: NOT_MET}
"""As numbers, `all` is the least of its parts, `any` the greatest, `not` the opposite."""


def judge(condition: Condition, known: Knowledge, side: Side | None = None) -> Judgement:
    """Judge one condition; `side` fills `{side}` in the names of facts."""
    return _read(condition).judge(known, side)


def verdict_of(condition: Condition, known: Knowledge, side: Side | None = None) -> Verdict:
    """The verdict alone, found faster: a plan asks hundreds of conditions and tells the reasons of few."""
    return VERDICTS[_read(condition).value(known, side)]


class _Read(NamedTuple):
    judge: Judge
    value: Value
    condition: Condition
    """Kept, so that no other condition can get its identity."""


MOST_READ = 20_000
_READ: dict[int, _Read] = {}
"""Each condition is read once, for the same few hundred are judged after every answer."""


def _read(condition: Condition) -> _Read:
    read = _READ.get(id(condition))
    if read is None:
        if len(_READ) >= MOST_READ:
            _READ.clear()  # contents come and go where a clinic changes its defaults
        read = _READ[id(condition)] = _Read(_judge_of(condition), _value_of(condition), condition)
    return read


def _judge_of(condition: Condition) -> Judge:
    if condition.fact is not None:
        return _answered(condition) if condition.answered is not None else _compared(condition)
    if condition.all is not None:
        return _all_of([_judge_of(part) for part in condition.all])
    if condition.any is not None:
        return _any_of([_judge_of(part) for part in condition.any])
    if condition.any_tested is not None:
        return _any_tested([_judge_of(part) for part in condition.any_tested])
    if condition.not_ is not None:
        return _not(_judge_of(condition.not_))
    raise AssertionError("the schema allows no other condition")


def _value_of(condition: Condition) -> Value:
    if condition.all is not None:
        parts = [_value_of(part) for part in condition.all]
        return lambda known, side: min([part(known, side) for part in parts])
    if condition.any is not None:
        parts = [_value_of(part) for part in condition.any]
        return lambda known, side: max([part(known, side) for part in parts])
    if condition.any_tested is not None:
        parts = [_value_of(part) for part in condition.any_tested]
        return lambda known, side: max([one for part in parts if (one := part(known, side))], default=0)
    if condition.not_ is not None:
        inner = _value_of(condition.not_)
        return lambda known, side: -inner(known, side)
    names = _names(condition)
    if condition.answered is not None:
        wanted = condition.answered
        return lambda known, side: 1 if (names[side] in known.facts) == wanted else -1
    holds = _comparison(condition)[0]

    def compared(known: Knowledge, side: Side | None) -> int:
        fact = known.facts.get(names[side])
        return 0 if fact is None else 1 if holds(fact.value) else -1

    return compared


def judge_rule(rule: Rule, known: Knowledge, sore_sides: tuple[Side, ...]) -> Conclusion:
    """Judge a rule, on each sore side when it asks for that; met on one side is met."""
    if not rule.each_side:
        judged = judge(rule.when, known)
        return Conclusion(rule, judged.verdict, (), _one_a_finding(judged.reasons), judged.missing)
    by_side = {side: judge(rule.when, known, side) for side in sore_sides}
    merged = _any(list(by_side.values()))
    met = tuple(side for side, judged in by_side.items() if judged.verdict is MET)
    return Conclusion(rule, merged.verdict, met, _one_a_finding(merged.reasons), merged.missing)


def _one_a_finding(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """A finding compared with two limits is told once, with the limit that came last."""
    return tuple({reason.items or reason.text: reason for reason in reasons}.values())


# ---------------------------------------------------------------- joined


def _all_of(judges: list[Judge]) -> Judge:
    """Not met by the first part that is not met; open while another part is open."""

    def judged(known: Knowledge, side: Side | None) -> Judgement:
        parts = []
        for part in judges:
            found = part(known, side)
            if found.verdict is NOT_MET:
                return Judgement(NOT_MET, found.reasons)
            parts.append(found)
        return _told(parts, otherwise=MET)

    return judged


def _any_of(judges: list[Judge]) -> Judge:
    return lambda known, side: _any([part(known, side) for part in judges])


def _any_tested(judges: list[Judge]) -> Judge:
    def judged(known: Knowledge, side: Side | None) -> Judgement:
        parts = [part(known, side) for part in judges]
        return _any([part for part in parts if part.verdict is not UNDECIDED] or parts)

    return judged


def _any(parts: list[Judgement]) -> Judgement:
    """Met by every part that is met, and all of them are told; open while a part is open."""
    met = [part.reasons for part in parts if part.verdict is MET]
    return Judgement(MET, _unique(met)) if met else _told(parts, otherwise=NOT_MET)


def _told(parts: list[Judgement], otherwise: Verdict) -> Judgement:
    """No part decided: open with what is missing, or what all of them say together."""
    reasons = _unique([part.reasons for part in parts])
    missing = [part.missing for part in parts if part.verdict is UNDECIDED]
    return Judgement(UNDECIDED, reasons, _unique(missing)) if missing else Judgement(otherwise, reasons)


def _not(inner: Judge) -> Judge:
    def judged(known: Knowledge, side: Side | None) -> Judgement:
        verdict, reasons, missing = inner(known, side)
        return Judgement(SWAPPED.get(verdict, verdict), reasons, missing)

    return judged


# ---------------------------------------------------------------- compared


def _answered(condition: Condition) -> Judge:
    names, wanted = _names(condition), condition.answered
    return lambda known, side: Judgement(MET if (names[side] in known.facts) == wanted else NOT_MET)


def _compared(condition: Condition) -> Judge:
    names, (holds, yes, no) = _names(condition), _comparison(condition)

    def judged(known: Knowledge, side: Side | None) -> Judgement:
        name = names[side]
        fact = known.facts.get(name)
        if fact is None:
            return Judgement(UNDECIDED, (), known.sources.get(name, (name,)))
        met = holds(fact.value)
        reasons = known.reasons.get(name)
        if reasons is None:
            reasons = _reasons(fact, yes if met else no)
        return Judgement(MET if met else NOT_MET, reasons)

    return judged


def _names(condition: Condition) -> dict[Side | None, str]:
    """The fact's name without a side and on each."""
    name = condition.fact or ""
    return {side: name.replace("{side}", side or "") for side in (None, *SIDES)}


def _comparison(condition: Condition) -> tuple[Callable[[FactValue], bool], str, str]:
    """Whether a value holds; and where it has a limit, how that reads when it does and when it does not."""
    if (wanted := condition.is_) is not None:
        return (lambda value: _word(value) == wanted), "", ""
    if (words := condition.one_of) is not None:
        return (lambda value: _word(value) in words), "", ""
    if (part := condition.includes) is not None:
        return (lambda value: isinstance(value, tuple) and part in value), "", ""
    if (below := condition.below) is not None:
        return (lambda value: _number(value) < below), *_limit("below", "not below", below)
    if (above := condition.above) is not None:
        return (lambda value: _number(value) > above), *_limit("above", "not above", above)
    if (least := condition.at_least) is not None:
        return (lambda value: _number(value) >= least), *_limit("at least", "below", least)
    if (most := condition.at_most) is not None:
        return (lambda value: _number(value) <= most), *_limit("at most", "above", most)
    raise AssertionError("the schema allows no other comparison")


def _limit(yes: str, no: str, limit: float) -> tuple[str, str]:
    written = f"{limit:g}".replace("-", "−")
    return f", {yes} {written}", f", {no} {written}"


def _number(value: FactValue) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _word(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _reasons(fact: Fact, words: str) -> tuple[Reason, ...]:
    remark = f" ({fact.remark})" if fact.remark else ""
    words = "" if fact.sign_told else in_unit(words, fact.unit) if words else words
    return (Reason(fact.text + words + remark, fact.inputs),) if fact.text else ()


def _unique(groups: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    if len(groups) == 1:  # what one condition tells is without repetition already
        return groups[0]
    return tuple(dict.fromkeys(thing for group in groups for thing in group))
