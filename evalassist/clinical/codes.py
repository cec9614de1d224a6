"""Codes that are offered with their reason: diagnosis, evaluation, treatment; and the arithmetic of timed units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from evalassist.clinical.case import Case
from evalassist.clinical.result import Code
from evalassist.content.record_schema import CodeRules, EvaluationCode, TreatmentCode

PayerRule = Literal["CMS", "MIDPOINT"]
UNIT_MIN = 15
LEAST_MIN = 8


@dataclass(frozen=True, slots=True)
class Units:
    """Units of 15 minutes for one session; `choose` are codes with equal claim to the last unit."""

    by_code: Mapping[str, int]
    total: int
    minutes: int
    choose: tuple[str, ...] = ()


def treatment_units(
    minutes_by_code: Mapping[str, int], payer_rule: PayerRule = "CMS", *, untimed: Collection[str] = ()
) -> Units:
    """Units of a session. CMS adds up all timed minutes; the midpoint rule takes each code on its own."""
    timed = {code: minutes for code, minutes in minutes_by_code.items() if code not in untimed}
    once = {code: 1 for code, minutes in minutes_by_code.items() if code in untimed and minutes > 0}
    minutes = sum(timed.values())
    if payer_rule == "MIDPOINT":
        each = {code: _units(spent) for code, spent in timed.items()} | once
        return Units(each, sum(each.values()), minutes)
    whole = {code: spent // UNIT_MIN for code, spent in timed.items()}
    left = _units(minutes) - sum(whole.values())
    by_rest = sorted(timed, key=lambda code: timed[code] % UNIT_MIN, reverse=True)
    for code in by_rest[:left]:
        whole[code] += 1
    by_code = whole | once
    return Units(by_code, sum(by_code.values()), minutes, _equal_claims(timed, by_rest, left))


def _units(minutes: int) -> int:
    return 0 if minutes < LEAST_MIN else (minutes + UNIT_MIN - LEAST_MIN) // UNIT_MIN


def _equal_claims(timed: Mapping[str, int], by_rest: list[str], left: int) -> tuple[str, ...]:
    """Codes with the remainder of the last one served, when not all of them got a unit."""
    if not 0 < left < len(by_rest):
        return ()
    last = timed[by_rest[left - 1]] % UNIT_MIN
    equal = [code for code in by_rest if timed[code] % UNIT_MIN == last]
    return tuple(equal) if by_rest[left] in equal else ()


def evaluation_code(
    rules: CodeRules, personal_factors: int, exam_elements: int, presentation: str
) -> EvaluationCode | None:
    """The lowest level met by all three components; None without any element examined."""
    levels = rules.evaluation
    history = max(i for i, level in enumerate(levels) if personal_factors >= level.history)
    exam = max((i for i, level in enumerate(levels) if exam_elements >= level.exam), default=None)
    present = next((i for i, level in enumerate(levels) if level.presentation == presentation), None)
    if exam is None or present is None:
        return None
    return levels[min(history, exam, present)]


def codes_of(case: Case, exercise_ids: Collection[str]) -> tuple[Code, ...]:
    rules = case.rules.codes
    return (*_icd(case, rules), *_evaluation(case, rules), *_treatment(case, rules, exercise_ids))


def _icd(case: Case, rules: CodeRules) -> Iterator[Code]:
    for row in rules.icd:
        if case.holds(row.when):
            yield Code(row.code, row.label, row.because, row.offered)


def _evaluation(case: Case, rules: CodeRules) -> Iterator[Code]:
    if case.evaluation.kind == "re-evaluation":
        row = rules.re_evaluation
        yield Code(row.code, row.label, row.use)
    if case.evaluation.kind != "initial":
        return
    factors, elements = case.number("personal-factors"), case.number("exam-elements")
    presentation = case.value("presentation")
    if factors is None or elements is None or not isinstance(presentation, str):
        return
    found = evaluation_code(rules, int(factors), int(elements), presentation)
    if found is not None:
        because = (
            f"personal factors or comorbidities: {factors:g}; elements examined: {elements:g}; presentation: "
            f"{presentation}. The lowest level that all meet counts; 1 unit, not timed"
        )
        yield Code(found.code, found.label, because)


def _treatment(case: Case, rules: CodeRules, exercise_ids: Collection[str]) -> Iterator[Code]:
    minutes = {
        row.code: int(spent)
        for row in rules.treatment
        if (spent := case.number(f"minutes-{row.code}")) is not None and spent > 0
    }
    untimed = [row.code for row in rules.treatment if not row.timed]
    units = treatment_units(minutes, _payer_rule(case), untimed=untimed)
    for row in rules.treatment:
        if row.code in minutes:
            count = units.by_code[row.code]
            because = f"{row.use}: {minutes[row.code]} minutes of {units.minutes}, {count} unit"
            yield Code(row.code, row.label, f"{because}{'' if count == 1 else 's'}{_pick(units, row.code)}")
        elif not minutes and _serves(case, row, exercise_ids):
            yield Code(row.code, row.label, row.use)


def _payer_rule(case: Case) -> PayerRule:
    """Medicare always counts by CMS; another payer only otherwise when that is recorded."""
    if case.value("medicare") != "yes" and case.value("payer-rule") == "MIDPOINT":
        return "MIDPOINT"
    return "CMS"


def _pick(units: Units, code: str) -> str:
    """Codes with equal claim to the last unit: which one gets it is the therapist's choice, and said so."""
    if code not in units.choose:
        return ""
    others = ", ".join(other for other in units.choose if other != code)
    return f"; {others} has an equal claim to the last unit: the therapist picks"


def _serves(case: Case, row: TreatmentCode, exercise_ids: Collection[str]) -> bool:
    planned = any(exercise_id in exercise_ids for exercise_id in row.exercises)
    return planned or (row.when is not None and case.holds(row.when))
