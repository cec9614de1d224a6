"""Rules are judged here: a condition over facts is met, not met, or undecided, with its reasons and what is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain
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

SWAPPED = {MET: NOT_MET, NOT_MET: MET, UNDECIDED: UNDECIDED}


class Judgement(NamedTuple):
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[ItemId, ...]


Judged = tuple[Verdict, tuple[Reason, ...], tuple[ItemId, ...]]
"""A judgement as it is found within a rule: hundreds for every answer, and a bare tuple is made fastest."""
Judge = Callable[[Knowledge, Side | None], Judged]
Asked = Callable[[Knowledge, Side | None], Verdict]


def judge(condition: Condition, known: Knowledge, side: Side | None = None) -> Judgement:
    """Judge one condition; `side` fills `{side}` in the names of facts."""
    return Judgement._make(_read(condition).judge(known, side))


def verdict_of(condition: Condition, known: Knowledge, side: Side | None = None) -> Verdict:
    """The verdict alone, found faster: a plan asks hundreds of conditions and tells the reasons of few."""
    return (_READ.get(id(condition)) or _read(condition)).verdict(known, side)


class _Read(NamedTuple):
    judge: Judge
    verdict: Asked
    condition: Condition
    """Kept, so that no other condition can get its identity."""


MOST_READ = 20_000
_READ: dict[int, _Read] = {}
"""Each condition is read once, for the same few hundred are judged after every answer."""


def read_ahead(conditions: Iterable[Condition]) -> None:
    """Read these before an answer waits for them."""
    for condition in conditions:
        _read(condition)


def _read(condition: Condition) -> _Read:
    read = _READ.get(id(condition))
    if read is None:
        if len(_READ) >= MOST_READ:
            _READ.clear()  # contents come and go where a clinic changes its defaults
        read = _READ[id(condition)] = _Read(_judge_of(condition), _verdict_of(condition), condition)
    return read


def _judge_of(condition: Condition) -> Judge:
    return _qualifying(_found_by(condition)) if condition.qualifies else _found_by(condition)


def _found_by(condition: Condition) -> Judge:
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


def _verdict_of(condition: Condition) -> Asked:
    if condition.all is not None:
        return _decided([_verdict_of(part) for part in condition.all], by=NOT_MET, otherwise=MET)
    if condition.any is not None:
        return _decided([_verdict_of(part) for part in condition.any], by=MET, otherwise=NOT_MET)
    if condition.any_tested is not None:
        return _tested([_verdict_of(part) for part in condition.any_tested])
    if condition.not_ is not None:
        inner = _verdict_of(condition.not_)
        return lambda known, side: SWAPPED[inner(known, side)]
    names = _names(condition)
    if condition.answered is not None:
        wanted = condition.answered
        return lambda known, side: MET if (names[side] in known.facts) == wanted else NOT_MET
    holds = _comparison(condition)[0]

    def compared(known: Knowledge, side: Side | None) -> Verdict:
        fact = known.facts.get(names[side])
        return UNDECIDED if fact is None else MET if holds(fact.value) else NOT_MET

    return compared


def _decided(parts: list[Asked], by: Verdict, otherwise: Verdict) -> Asked:
    """Decided by the first part with that verdict; open while another part is open."""

    def verdict(known: Knowledge, side: Side | None) -> Verdict:
        found = otherwise
        for part in parts:
            one = part(known, side)
            if one is by:
                return by
            if one is UNDECIDED:
                found = UNDECIDED
        return found

    return verdict


def _tested(parts: list[Asked]) -> Asked:
    """Met by the first part that is met; open only while every part is open."""

    def verdict(known: Knowledge, side: Side | None) -> Verdict:
        found = UNDECIDED
        for part in parts:
            one = part(known, side)
            if one is MET:
                return MET
            if one is NOT_MET:
                found = NOT_MET
        return found

    return verdict


def judge_rule(rule: Rule, known: Knowledge, sore_sides: tuple[Side, ...]) -> Conclusion:
    """Judge a rule, on each sore side when it asks for that; met on one side is met."""
    judge_on = _read(rule.when).judge
    if not rule.each_side:
        verdict, reasons, missing = judge_on(known, None)
        return Conclusion(rule, verdict, (), _one_a_finding(reasons), missing)
    by_side = {side: judge_on(known, side) for side in sore_sides}
    verdict, reasons, missing = _any(by_side.values())
    met = tuple(side for side, (on_side, _, _) in by_side.items() if on_side is MET)
    return Conclusion(rule, verdict, met, _one_a_finding(reasons), missing)


def _one_a_finding(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """A finding compared with two limits is told once, with the limit that came last."""
    if len(reasons) < 2:
        return reasons
    return tuple({reason.items or reason.text: reason for reason in reasons}.values())


# ---------------------------------------------------------------- joined


def _all_of(judges: list[Judge]) -> Judge:
    """Not met by the first part that is not met; open while another part is open."""

    def judged(known: Knowledge, side: Side | None) -> Judged:
        parts = []
        for part in judges:
            found = verdict, reasons, _ = part(known, side)
            if verdict is NOT_MET:
                return NOT_MET, reasons, ()
            parts.append(found)
        return _told(parts, otherwise=MET)

    return judged


def _any_of(judges: list[Judge]) -> Judge:
    return lambda known, side: _any([part(known, side) for part in judges])


def _any_tested(judges: list[Judge]) -> Judge:
    def judged(known: Knowledge, side: Side | None) -> Judged:
        parts = [part(known, side) for part in judges]
        return _any([part for part in parts if part[0] is not UNDECIDED] or parts)

    return judged


def _any(parts: Collection[Judged]) -> Judged:
    """Met by every part that is met, and all of them are told; open while a part is open."""
    met = [reasons for verdict, reasons, _ in parts if verdict is MET]
    return (MET, _unique(met), ()) if met else _told(parts, otherwise=NOT_MET)


def _told(parts: Collection[Judged], otherwise: Verdict) -> Judged:
    """No part decided: open with what is missing, or what all of them say together."""
    told = _unique([reasons for _, reasons, _ in parts])
    open_for = [missing for verdict, _, missing in parts if verdict is UNDECIDED]
    return (UNDECIDED, told, _unique(open_for)) if open_for else (otherwise, told, ())


def _not(inner: Judge) -> Judge:
    def judged(known: Knowledge, side: Side | None) -> Judged:
        verdict, reasons, missing = inner(known, side)
        return SWAPPED[verdict], reasons, missing

    return judged


def _qualifying(inner: Judge) -> Judge:
    def judged(known: Knowledge, side: Side | None) -> Judged:
        verdict, reasons, missing = inner(known, side)
        return verdict, () if verdict is MET else reasons, missing

    return judged


# ---------------------------------------------------------------- compared


def _answered(condition: Condition) -> Judge:
    names, wanted = _names(condition), condition.answered
    return lambda known, side: (MET if (names[side] in known.facts) == wanted else NOT_MET, (), ())


def _compared(condition: Condition) -> Judge:
    names, (holds, yes, no) = _names(condition), _comparison(condition)

    def judged(known: Knowledge, side: Side | None) -> Judged:
        name = names[side]
        fact = known.facts.get(name)
        if fact is None:
            return UNDECIDED, (), known.sources.get(name, (name,))
        met = holds(fact.value)
        reasons = known.reasons.get(name)
        if reasons is None:
            reasons = _reasons(fact, yes if met else no)
        return MET if met else NOT_MET, reasons, ()

    return judged


def _names(condition: Condition) -> dict[Side | None, str]:
    """The fact's name without a side and on each."""
    name = condition.fact or ""
    return {side: name.replace("{side}", side or "") for side in (None, *SIDES)}


def _comparison(condition: Condition) -> tuple[Callable[[FactValue], bool], str, str]:
    """Whether a value holds; and where it has a limit, how that reads when it does and when it does not."""
    if (wanted := condition.is_) is not None:
        return _words(wanted), "", ""
    if (words := condition.one_of) is not None:
        return _words(*words), "", ""
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


def _words(*words: str) -> Callable[[FactValue], bool]:
    """Whether a value is one of these words; what is true or false is "yes" or "no"."""
    told: dict[str, bool] = {"yes": True, "no": False}
    return frozenset((*words, *(told[word] for word in words if word in told))).__contains__


@lru_cache(maxsize=8192)  # most findings stay as they were; a patient's own words are never compared
def _reasons(fact: Fact, words: str) -> tuple[Reason, ...]:
    remark = f" ({fact.remark})" if fact.remark else ""
    words = "" if fact.told_whole else in_unit(words, fact.unit) if words else words
    return (Reason(fact.text + words + remark, fact.inputs),) if fact.text else ()


def _unique(groups: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    if len(groups) == 1:  # what one condition tells is without repetition already
        return groups[0]
    return tuple(dict.fromkeys(chain.from_iterable(groups)))
