"""Rules are judged here: a condition over facts is met, not met, or undecided, with its reasons and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from evalassist.clinical.result import Conclusion, Fact, FactValue, Knowledge, Reason, Verdict
from evalassist.content.schema import Condition, Rule
from evalassist.evaluation import ItemId, Side

T = TypeVar("T")

SWAPPED = {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}


class Judgement(NamedTuple):  # made hundreds of times for every answer, and a tuple is made fastest
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    missing: tuple[ItemId, ...] = ()


def judge(condition: Condition, known: Knowledge, side: Side | None = None) -> Judgement:
    """Judge one condition; `side` fills `{side}` in the names of facts."""
    if condition.fact is not None:
        return _compared(condition, condition.fact, known, side)
    if condition.all is not None:
        return _joined([judge(part, known, side) for part in condition.all], decisive=Verdict.NOT_MET)
    if condition.any is not None:
        return _joined([judge(part, known, side) for part in condition.any], decisive=Verdict.MET)
    if condition.any_tested is not None:
        parts = [judge(part, known, side) for part in condition.any_tested]
        tested = [part for part in parts if part.verdict is not Verdict.UNDECIDED]
        return _joined(tested or parts, decisive=Verdict.MET)
    if condition.not_ is not None:
        inner = judge(condition.not_, known, side)
        return Judgement(SWAPPED.get(inner.verdict, inner.verdict), inner.reasons, inner.missing)
    raise AssertionError("the schema allows no other condition")


def judge_rule(rule: Rule, known: Knowledge, sore_sides: tuple[Side, ...]) -> Conclusion:
    """Judge a rule, on each sore side when it asks for that; met on one side is met."""
    if not rule.each_side:
        judged = judge(rule.when, known)
        return Conclusion(rule, judged.verdict, (), _one_a_finding(judged.reasons), judged.missing)
    by_side = {side: judge(rule.when, known, side) for side in sore_sides}
    merged = _joined(list(by_side.values()), decisive=Verdict.MET)
    met = tuple(side for side, judged in by_side.items() if judged.verdict is Verdict.MET)
    return Conclusion(rule, merged.verdict, met, _one_a_finding(merged.reasons), merged.missing)


def _one_a_finding(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """A finding compared with two limits is told once, with the limit that came last."""
    return tuple({reason.items or reason.text: reason for reason in reasons}.values())


def _joined(parts: list[Judgement], decisive: Verdict) -> Judgement:
    """`all` is decided by the first part not met, `any` by each part met; otherwise one open part leaves it open."""
    deciding = [part for part in parts if part.verdict is decisive]
    undecided = [part for part in parts if part.verdict is Verdict.UNDECIDED]
    if deciding:
        told = deciding if decisive is Verdict.MET else deciding[:1]
        return Judgement(decisive, _unique([part.reasons for part in told]))
    if undecided:
        known_so_far = _unique([part.reasons for part in parts])
        return Judgement(Verdict.UNDECIDED, known_so_far, _unique([part.missing for part in undecided]))
    return Judgement(SWAPPED[decisive], _unique([part.reasons for part in parts]))


def _compared(condition: Condition, name: str, known: Knowledge, side: Side | None) -> Judgement:
    if "{" in name:
        name = name.replace("{side}", side or "")
    fact = known.facts.get(name)
    if condition.answered is not None:
        return Judgement(_verdict((fact is not None) == condition.answered))
    if fact is None:
        return Judgement(Verdict.UNDECIDED, (), known.sources.get(name, (name,)))
    met, words = _compare(condition, fact.value)
    return Judgement(_verdict(met), _reasons(fact, words, known))


def _compare(condition: Condition, value: FactValue) -> tuple[bool, str]:
    """Whether it holds, and the comparison in words where it has a limit."""
    if condition.is_ is not None:
        return _word(value) == _word(condition.is_), ""
    if condition.one_of is not None:
        return _word(value) in condition.one_of, ""
    if condition.includes is not None:
        return isinstance(value, tuple) and condition.includes in value, ""
    number = float(value) if isinstance(value, int | float) else float("nan")
    if (limit := condition.below) is not None:
        return _limited(number < limit, "below", "not below", limit)
    if (limit := condition.above) is not None:
        return _limited(number > limit, "above", "not above", limit)
    if (limit := condition.at_least) is not None:
        return _limited(number >= limit, "at least", "below", limit)
    if (limit := condition.at_most) is not None:
        return _limited(number <= limit, "at most", "above", limit)
    raise AssertionError("the schema allows no other comparison")


def _limited(holds: bool, yes: str, no: str, limit: float) -> tuple[bool, str]:
    return holds, f", {yes if holds else no} {limit:g}"


def _word(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _verdict(met: bool) -> Verdict:
    return Verdict.MET if met else Verdict.NOT_MET


def _reasons(fact: Fact, words: str, known: Knowledge) -> tuple[Reason, ...]:
    behind = known.reasons.get(fact.id)
    if behind is not None:
        return behind
    remark = f" ({fact.remark})" if fact.remark else ""
    return (Reason(fact.text + words + remark, fact.inputs),) if fact.text else ()


def _unique(groups: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    if len(groups) == 1:  # what one condition tells is without repetition already
        return groups[0]
    return tuple(dict.fromkeys(thing for group in groups for thing in group))
