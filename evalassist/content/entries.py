"""Every part of the clinical content that carries a mark, as one line with the place it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from evalassist.content.accuracy_words import accuracy_words
from evalassist.content.cause_schema import Sign
from evalassist.content.loader import Content
from evalassist.content.plan_words import plan_words
from evalassist.content.schema import (
    BreakNorm,
    Exercise,
    Mark,
    Measure,
    Norm,
    Rating,
    Rule,
    RuleKind,
    StrengthGroup,
)
from evalassist.words import in_unit

TRUST: dict[Mark, str] = {
    "V": "Read in the source.",
    "V2": "Reported in a secondary source.",
    "K": "General knowledge, not checked against a source. To be checked by a clinician.",
    "D": "Arithmetic or our own design.",
    "P": "App default, not from a guideline.",
}
"""How far each mark may be trusted, in words."""

RULES_OF: dict[RuleKind, str] = {
    "red-flag": "Safety screen",
    "criterion": "Criteria of patellofemoral pain",
    "irritability": "Irritability",
    "deficit": "Findings",
    "subcategory": "Subcategories",
    "modifier": "What changes the plan",
    "flag": "Prognosis",
}
ON_PURPOSE = {"DO": "Recommended", "MAY": "May be offered", "DO-NOT": "Advised against"}
_SLOT = re.compile(r"\{[a-z-]+\}")
_CITED = re.compile(r"\[(?:V2|V|K|D):([\w-]+)\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of the content: what it is called, what it says, and how far it may be trusted."""

    kind: str
    """What it is, in the plural, as it is counted: `rules`, `questions`."""
    where: str
    title: str
    says: str
    mark: Mark
    cites: tuple[str, ...] = ()


def entries(content: Content) -> tuple[Entry, ...]:
    """Every marked part of the content but its sources, in the order of the evaluation."""
    return tuple(_all(content))


def unfilled(text: str) -> str:
    """A sentence whose numbers come from a patient, as it reads without one: `within … weeks`."""
    return _SLOT.sub("…", text)


def _all(content: Content) -> Iterator[Entry]:
    for step in content.steps.values():
        for group in step.groups:
            for item in group.items:
                where = f"{step.title}: {group.title}"
                yield Entry("questions", where, item.label, unfilled(item.help), item.mark, item.cites)
    for rule in content.rules.values():
        yield Entry("rules", RULES_OF[rule.kind], rule.title, _rule(rule), rule.mark, rule.cites)
    yield from _strength(content)
    for measure in content.measures.values():
        yield Entry(
            "questionnaires", "Questionnaires", measure.name, _measure(measure), measure.mark, measure.cites
        )
    for rating in content.ratings.values():
        yield Entry(
            "questionnaires", "Questionnaires", rating.name, _measure(rating), rating.mark, rating.cites
        )
    yield from _computed(content)
    for told in content.information.values():
        title = f"{told.topic}: {told.group}" if told.group else told.topic
        says = " ".join(part for part in (told.value, told.note) if part)
        yield Entry("values to read", "Values to read", title, says, told.mark, told.cites)
    yield from _causes(content)
    for advice in content.recommendations.values():
        grade = f", grade {advice.grade}" if advice.grade else ""
        says = f"{ON_PURPOSE[advice.action]}{grade}. {advice.conditions}".strip()
        yield Entry("statements", "Guidelines", advice.intervention, says, advice.mark, advice.cites)
    for found in content.evidence.values():
        parts = (found.effect, found.population, found.comparison, found.time, found.certainty)
        says = "; ".join(part for part in parts if part)
        yield Entry("statements", "What studies found", found.claim, says, found.mark, found.cites)
    for disputed in content.disagreements.values():
        yield Entry(
            "statements", "Where sources disagree", disputed.says, disputed.app, disputed.mark, disputed.cites
        )
    for exercise in content.exercises.values():
        cites = tuple(dict.fromkeys(_CITED.findall(exercise.evidence)))
        yield Entry(
            "exercises", "Exercises", exercise.name, _exercise(content, exercise), exercise.mark, cites
        )
    for coded in (*content.load_rules.values(), *content.progressions.values()):
        kind = "Load" if coded.id in content.load_rules else "Progress"
        yield Entry("rules", "Exercises: load and progress", f"{kind} {coded.id}", coded.says, coded.mark)
    for care in content.precautions.values():
        yield Entry("rules", "Exercises: precautions", care.meaning, care.action, care.mark)
    for planned in (*content.plan.sourced(), *content.follow_up.sourced()):
        where, title, says = plan_words(planned, content)
        yield Entry("rules", where, unfilled(title), unfilled(says), planned.mark, planned.cites)


def _computed(content: Content) -> Iterator[Entry]:
    where = "Computed values"
    for value in content.derived.values():
        label = value.label or ", ".join(content.items[name].label for name in value.of)
        yield Entry("computed values", where, label, value.note, value.mark, value.cites)
        for limit in value.limits:
            says = limit.words(partial(_in_unit, value.unit))
            yield Entry("computed values", where, f"{label}: remarked on", says, limit.mark, limit.cites)


def _in_unit(unit: str, number: float) -> str:
    return in_unit(f"{number:g}", unit)


def _causes(content: Content) -> Iterator[Entry]:
    for other in content.differentials.values():
        says = f"{other.history} {other.tests}"
        yield Entry("other causes", "Other causes", other.title, says, other.mark, other.cites)
        for sign in other.signs:
            title = f"{other.title}: speaks {sign.speaks} it"
            yield Entry("signs", "Other causes", title, _sign(content, sign), sign.mark, sign.cites)
    for row in content.accuracy.values():
        for name, figure in row.figures():
            title = f"{row.test}: {name}"
            says = accuracy_words(row, content)
            yield Entry(
                "accuracy figures", "How accurate the tests are", title, says, figure.mark, figure.cites
            )


def _sign(content: Content, sign: Sign) -> str:
    """In our own words, or as the item and the answer that fulfils it: "Posterior sag: Normal"."""
    item = content.items.get((sign.when.fact or "").removesuffix(".{side}"))
    if sign.says or item is None:
        return sign.says
    answers = content.option_words[item.id]
    words = [answers.get(each, each) for each in (sign.when.is_, *(sign.when.one_of or ())) if each]
    return f"{item.label}: {' or '.join(words)}"


def _strength(content: Content) -> Iterator[Entry]:
    pace = content.pace
    says = (
        f"{pace.trials} trials, each held {pace.hold_s} s; rest {pace.rest_s} s between them, "
        f"{pace.rest_with_pain_s} s with pain."
    )
    yield Entry("strength tests", "Strength tests", "Pace of every test", says, pace.mark, pace.cites)
    for group in content.strength_groups.values():
        yield Entry("strength tests", "Strength tests", group.title, _test(group), group.mark, group.cites)
        for other in group.other_positions:
            title = f"{group.title}: {other.title}"
            yield Entry("strength tests", "Strength tests", title, other.note, other.mark, other.cites)
    norms: tuple[Norm | BreakNorm, ...] = (*content.norms, *content.break_norms)
    for norm in norms:
        title = _norm(content, norm)
        yield Entry("norms", "Strength of healthy people", title, _mean(norm), norm.mark, norm.cites)


def _rule(rule: Rule) -> str:
    return unfilled(" ".join(part for part in (rule.says, rule.note, rule.do_now) if part))


def _test(group: StrengthGroup) -> str:
    more = f" MDC between testers {group.inter_tester_mdc_kgf:g} kgf." if group.inter_tester_mdc_kgf else ""
    return f"{group.position}. Pad: {group.pad}. Held still: {group.stabilise}.{more}"


def _norm(content: Content, norm: Norm | BreakNorm) -> str:
    title = content.strength_groups[norm.group].title
    if isinstance(norm, BreakNorm):
        return f"{title}, break test"
    return f"{title}, {'women' if norm.sex == 'F' else 'men'} {norm.age_from} to {norm.age_to} years"


def _mean(norm: Norm | BreakNorm) -> str:
    if isinstance(norm, BreakNorm):
        return (
            f"Mean {norm.intercept:g} Nm/kg, {norm.per_year:+g} for each year of age, "
            f"{norm.if_male:+g} for men; SD {norm.sd:g}."
        )
    return f"Mean {norm.mean:g} {norm.unit}, SD {norm.sd:g}."


def _measure(measure: Measure | Rating) -> str:
    figures = [
        f"{name} {value:g}." for name, value in (("MDC", measure.mdc), ("MCID", measure.mcid)) if value
    ]
    return " ".join([f"{measure.low:g} to {measure.high:g}.", *figures, measure.change_note]).strip()


def _exercise(content: Content, exercise: Exercise) -> str:
    dose = exercise.dose
    hold = f", hold {dose.hold_s} s" if dose.hold_s else ""
    return (
        f"{exercise.id}. {exercise.position[:1].upper()}{exercise.position[1:]}. For {', '.join(exercise.targets)}. "
        f"Begins with {dose.sets} × {dose.reps_text or dose.reps}{hold}, rest {dose.rest_s} s, "
        f"{dose.days_per_week} days a week. Phases {', '.join(str(phase) for phase in exercise.phases)}. "
        f"{content.load_rules[dose.load].says} {content.progressions[dose.progress_when].says}"
    )
