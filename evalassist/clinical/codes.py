"""Codes that are offered with their reason: diagnosis, evaluation, treatment; and the arithmetic of timed units."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from evalassist.clinical.case import Case
from evalassist.clinical.result import Code, Complexity, Component, Session
from evalassist.content.record_schema import CodeRules, EvaluationCode, TreatmentCode
from evalassist.evaluation import Answer

PayerRule = Literal["CMS", "MIDPOINT"]
UNIT_MIN = 15
LEAST_MIN = 8
CHOSEN_ITEM = "codes-used"
"""The codes the therapist has ticked: an answer like any other, and no change of the proposal."""
WHOLE_ITEM = "minutes-whole"
LEVELS = ("low", "moderate", "high")
NOT_LED_TO = "the findings do not lead to it"


@dataclass(frozen=True, slots=True)
class Units:
    """Units of 15 minutes for one session; `choose` are codes with equal claim to the last unit."""

    by_code: Mapping[str, int]
    total: int
    minutes: int
    choose: tuple[str, ...] = ()


def treatment_units(
    minutes_by_code: Mapping[str, int],
    payer_rule: PayerRule = "CMS",
    *,
    untimed: Collection[str] = (),
    picked: Collection[str] = (),
) -> Units:
    """Units of a session. CMS adds up all timed minutes; the midpoint rule takes each code on its own.

    Where two codes have an equal claim to a unit, one that the therapist picked goes first.
    """
    timed = {code: minutes for code, minutes in minutes_by_code.items() if code not in untimed}
    once = {code: 1 for code, minutes in minutes_by_code.items() if code in untimed and minutes > 0}
    minutes = sum(timed.values())
    if payer_rule == "MIDPOINT":
        each = {code: _units(spent) for code, spent in timed.items()} | once
        return Units(each, sum(each.values()), minutes)
    whole = {code: spent // UNIT_MIN for code, spent in timed.items()}
    left = _units(minutes) - sum(whole.values())

    def claim(code: str) -> tuple[int, bool]:
        return timed[code] % UNIT_MIN, code in picked

    by_rest = sorted(timed, key=claim, reverse=True)
    for code in by_rest[:left]:
        whole[code] += 1
    by_code = whole | once
    return Units(
        by_code, sum(by_code.values()), minutes, _equal_claims([claim(c) for c in by_rest], by_rest, left)
    )


def _units(minutes: int) -> int:
    return 0 if minutes < LEAST_MIN else (minutes + UNIT_MIN - LEAST_MIN) // UNIT_MIN


def _equal_claims(claims: list[tuple[int, bool]], by_rest: list[str], left: int) -> tuple[str, ...]:
    """Codes with the claim of the last one served, when not all of them got a unit."""
    if not 0 < left < len(by_rest) or claims[left] != claims[left - 1]:
        return ()
    return tuple(code for code, claim in zip(by_rest, claims, strict=True) if claim == claims[left])


def evaluation_levels(
    rules: CodeRules, personal_factors: int | None, exam_elements: int | None, presentation: str | None
) -> tuple[int | None, int | None, int | None]:
    """The level each of the three components reaches: 0 low, 1 moderate, 2 high; None while it reaches none."""
    levels = rules.evaluation
    return (
        max((i for i, level in enumerate(levels) if (personal_factors or 0) >= level.history), default=None)
        if personal_factors is not None
        else None,
        max((i for i, level in enumerate(levels) if (exam_elements or 0) >= level.exam), default=None),
        next((i for i, level in enumerate(levels) if level.presentation == presentation), None),
    )


def evaluation_code(
    rules: CodeRules, personal_factors: int, exam_elements: int, presentation: str
) -> EvaluationCode | None:
    """The lowest level met by all three components; None without any element examined."""
    found = evaluation_levels(rules, personal_factors, exam_elements, presentation)
    reached = [level for level in found if level is not None]
    return rules.evaluation[min(reached)] if len(reached) == len(found) else None


def complexity_of(case: Case) -> Complexity | None:
    """The components of the evaluation code and the code they lead to; None at a visit that has no such code."""
    if case.evaluation.kind != "initial":
        return None
    rules = case.rules.codes
    factors, elements = case.number("personal-factors"), case.number("exam-elements")
    presentation = case.value("presentation")
    said = presentation if isinstance(presentation, str) else None
    levels = evaluation_levels(
        rules, None if factors is None else int(factors), None if elements is None else int(elements), said
    )
    asked = (
        ("personal factors or comorbidities", _count(factors), "personal-factors"),
        ("elements examined", _count(elements), "exam-elements"),
        ("presentation", said or "", "presentation"),
    )
    components = tuple(
        Component(title, value, None if level is None else LEVELS[level], item)
        for (title, value, item), level in zip(asked, levels, strict=True)
    )
    reached = [level for level in levels if level is not None]
    code = rules.evaluation[min(reached)].code if len(reached) == len(levels) else ""
    return Complexity(components, code)


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def codes_of(
    case: Case, exercise_ids: Collection[str], complexity: Complexity | None
) -> tuple[tuple[Code, ...], Session]:
    """The codes offered, those the therapist has chosen marked, and the units of this session."""
    rules = case.rules.codes
    chosen = chosen_codes(case.evaluation.answers.get(CHOSEN_ITEM))
    treatment, session = _treatment(case, rules, exercise_ids, chosen)
    found = (*_icd(case, rules, chosen), *_evaluation(case, rules, complexity, chosen), *treatment)
    return found, session


def chosen_codes(answer: Answer | None) -> tuple[str, ...]:
    """The codes ticked so far; none while nothing was ticked."""
    return answer if isinstance(answer, tuple) else ()


def unfitting_codes(codes: Collection[Code]) -> tuple[str, ...]:
    """Codes that are chosen and do not fit what was found, as sentences."""
    return tuple(
        f"The code {code.code} is chosen. It is not offered: {code.because}."
        for code in codes
        if code.chosen and not code.offered and code.kind != "treatment"
    )


def _icd(case: Case, rules: CodeRules, chosen: Collection[str]) -> Iterator[Code]:
    for row in rules.icd:
        fits, used = case.holds(row.when), row.code in chosen
        if fits or used:
            because = row.because if fits else NOT_LED_TO
            yield Code(row.code, row.label, because, offered=row.offered and fits, chosen=used)


def _evaluation(
    case: Case, rules: CodeRules, complexity: Complexity | None, chosen: Collection[str]
) -> Iterator[Code]:
    def code(row: EvaluationCode | TreatmentCode, because: str, *, offered: bool) -> Code:
        return Code(row.code, row.label, because, offered, "evaluation", chosen=row.code in chosen)

    again = rules.re_evaluation
    if case.evaluation.kind == "re-evaluation":
        yield code(again, again.use, offered=True)
    elif again.code in chosen:
        yield code(again, "this is no re-evaluation", offered=False)
    for level in rules.evaluation:
        if complexity is not None and level.code == complexity.code:
            because = f"{complexity.words}. The lowest level that all meet counts; 1 unit, not timed"
            yield code(level, because, offered=True)
        elif level.code in chosen:
            yield code(level, NOT_LED_TO, offered=False)


def _treatment(
    case: Case, rules: CodeRules, exercise_ids: Collection[str], chosen: Collection[str]
) -> tuple[list[Code], Session]:
    minutes = {
        row.code: int(spent)
        for row in rules.treatment
        if (spent := case.number(f"minutes-{row.code}")) is not None and spent > 0
    }
    untimed = [row.code for row in rules.treatment if not row.timed]
    payer_rule = _payer_rule(case)
    units = treatment_units(minutes, payer_rule, untimed=untimed, picked=chosen)
    found = []
    for row in rules.treatment:
        spent = minutes.get(row.code)
        because, count = row.use, units.by_code.get(row.code, 0)
        if spent is not None:
            of = f"minutes of {units.minutes}" if row.timed else "minutes, not timed"
            because = f"{row.use}: {spent} {of}, {count} unit"
            because += f"{'' if count == 1 else 's'}{_pick(units, row.code)}"
        offered = spent is not None or _serves(case, row, exercise_ids)
        found.append(
            Code(
                row.code,
                row.label,
                because,
                offered=offered,
                kind="treatment",
                chosen=row.code in chosen,
                timed=row.timed,
                minutes=spent,
                units=count,
            )
        )
    whole = case.number(WHOLE_ITEM)
    return found, Session(
        units.minutes,
        units.total,
        rules.unit_rules[payer_rule],
        units.choose,
        None if whole is None else int(whole),
    )


def short_of_minutes(codes: Collection[Code], session: Session) -> tuple[str, ...]:
    """The whole treatment cannot be shorter than what was given in it, as a sentence."""
    given = sum(code.minutes or 0 for code in codes)
    if session.whole is None or session.whole >= given:
        return ()
    return (
        f"The whole treatment is recorded as {session.whole} minutes, and {given} minutes of codes in it.",
    )


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
