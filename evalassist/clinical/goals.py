"""Goals with their numbers: baseline, four weeks, end of the plan, and the sentence for the record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from evalassist.clinical.case import Case
from evalassist.clinical.given import GivenGoal, SoFar
from evalassist.clinical.goal_edits import TERMS, edits_of, small_step, target_fault, with_words
from evalassist.clinical.result import Goal, Goals, GroupStrength, Schedule, SideStrength
from evalassist.clinical.schedule import after, day_in_words
from evalassist.clinical.standing import is_hindered, is_met, value_now
from evalassist.content.record_schema import GoalGroup, GoalRule, Target
from evalassist.evaluation import PlanEdit, Side, SoreKnee

if TYPE_CHECKING:
    from evalassist.content.loader import Content

CHOSEN = tuple(f"psfs-name-{number}" for number in range(1, 6))
"""The activities the patient chose for the PSFS."""
MOST_ACTIVITIES = 2
"""Of the activities that hurt, the most painful are named in a goal; a longer list is no purpose."""
LEGS: dict[SoreKnee, str] = {"right": "the right leg", "left": "the left leg", "both": "each leg"}

KEPT = "Kept from the last plan, not reached yet."
KEPT_UNMEASURED = "Kept from the last plan, not measured at this visit."
QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(?: (\D.*))?")
"""A target that is a number, with its unit."""

Number = float | str | None


class Baseline(NamedTuple):
    """Where a goal starts: the value, and for a muscle group which one, on which leg, in which unit."""

    value: Number
    unit: str
    suffix: str = ""
    group: str = ""
    side: SoreKnee | None = None
    legs: str = ""
    """Where both legs count and differ, the value of each; the weaker one is the baseline."""
    kept: tuple[Number, Number] | None = None
    """The targets of the last plan, where the goal stays with them; else the formulas give new ones."""


class Term(NamedTuple):
    """How far ahead a target lies: in weeks, and the day in words."""

    weeks: int
    day: str


class Terms(NamedTuple):
    """The short term, and the long one, which is the end of the plan."""

    short: Term
    long: Term

    @classmethod
    def of(cls, schedule: Schedule, short_weeks: int) -> Terms:
        short_ends = after(schedule.starts, 7 * short_weeks)
        return cls(
            Term(short_weeks, day_in_words(short_ends)), Term(schedule.weeks, day_in_words(schedule.ends))
        )


def goals_of(
    case: Case, schedule: Schedule, edits: Sequence[PlanEdit] = (), episode: SoFar | None = None
) -> Goals:
    """The goals as the formulas give them, with the therapist's edits laid over them."""
    stand: list[Goal] = []
    dropped: list[tuple[Goal, str]] = []
    told: list[str] = []
    edits = [edit for edit in edits if edit.goal]
    short_weeks = case.rules.goals.short_weeks
    terms = Terms.of(schedule, short_weeks)
    trained = Terms.of(schedule, short_weeks + schedule.home_exercise_from_week - 1)
    starts = _starts(case, episode)
    for rule in case.rules.goals.goals:
        task = _task(case, rule, episode)
        for baseline in starts.get(rule.id, ()):
            own = edits_of(rule.id + baseline.suffix, edits)
            goal, faults = _goal(case, rule, baseline, task, trained if rule.trained else terms, own)
            if "drop" in own:
                dropped.append((goal, own["drop"].reason or "taken out by the therapist"))
            else:
                stand.append(goal)
                told += faults
    known = {goal.id for goal in (*stand, *(goal for goal, _ in dropped))}
    titles = {rule.id: rule.title for rule in case.rules.goals.goals}
    unfit = dict.fromkeys(edit.goal for edit in edits if edit.goal not in known)
    left_out = tuple(f"the goal {titles.get(goal_id.partition('.')[0], goal_id)}" for goal_id in unfit)
    return Goals(tuple(stand), tuple(dropped), (*told, *_missing_kinds(case, stand, dropped)), left_out)


def lower_is_better(goal: Goal, content: Content) -> bool:
    """Less is better on this scale: pain, fear, the step-down score."""
    rule_id = goal.id.partition(".")[0]
    return any(rule.id == rule_id and rule.better == "lower" for rule in content.plan.goals.goals)


def scale_of(goal: Goal, content: Content) -> str:
    """The range of a questionnaire and its good end: `0 to 100, higher is better`; empty for all else."""
    fact = next((rule.fact for rule in content.plan.goals.goals if rule.id == goal.id.partition(".")[0]), "")
    measure = content.measures.get(fact)
    return f"{measure.low:g} to {measure.high:g}, {measure.better} is better" if measure else ""


def first_things_first(goals: tuple[Goal, ...], content: Content) -> tuple[Goal, ...]:
    """Pain, function and hip strength before the rest."""
    rules = {rule.id: rule for rule in content.plan.goals.goals}
    first: list[Goal] = []
    for kind in ("pain", "function"):
        first += [goal for goal in goals if rules[goal.id.partition(".")[0]].kind == kind][:1]
    for goal in goals:
        group = content.strength_groups.get(goal.id.partition(".")[2])
        if group is not None and group.region == "hip":
            first.append(goal)
    return (*first, *(goal for goal in goals if goal not in first))


def _missing_kinds(case: Case, stand: Sequence[Goal], dropped: Sequence[tuple[Goal, str]]) -> Iterator[str]:
    """Kinds of goal a plan needs and this one lacks: at least one of pain, function and impairment."""
    kind_of = {rule.id: rule.kind for rule in case.rules.goals.goals}
    present = {kind_of[goal.id.partition(".")[0]] for goal in stand}
    taken_out = {kind_of[goal.id.partition(".")[0]] for goal, _ in dropped}
    for kind in ("pain", "function", "impairment"):
        if kind not in present:
            why = "it was taken out" if kind in taken_out else "nothing that was measured calls for one"
            yield f"There is no {kind} goal: {why}."


# ---------------------------------------------------------------- where a goal starts


def _starts(case: Case, episode: SoFar | None) -> dict[str, list[Baseline]]:
    """Every goal of this plan by its rule: those that stay from the last plan, and those the formulas propose."""
    rules = case.rules.goals.goals
    found = {rule.id: [*_baselines(case, rule)] for rule in rules if not rule.only_without}
    kept = _kept(case, found, episode)
    for rule_id, several in kept.items():
        stay = {one.suffix for one in several}
        found[rule_id] = [one for one in found.get(rule_id, ()) if one.suffix not in stay]
    kinds = {rule.kind for rule in rules if found.get(rule.id) or kept.get(rule.id)}
    for rule in rules:
        if rule.only_without and rule.only_without not in kinds and (several := [*_baselines(case, rule)]):
            found[rule.id] = several
            kinds.add(rule.kind)
    return {rule.id: [*found.get(rule.id, ()), *kept.get(rule.id, ())] for rule in rules}


def _baselines(case: Case, rule: GoalRule) -> Iterator[Baseline]:
    if rule.each:
        for group in case.rules.goals.groups:
            yield from _group_baseline(case, rule, group)
    elif rule.sides:
        values = [
            value
            for side in case.evaluation.sore_sides
            if case.holds(rule.use, side) and (value := case.number(f"{rule.fact}.{side}")) is not None
        ]
        if values:
            yield Baseline(max(values) if rule.better == "lower" else min(values), rule.unit)
    elif case.holds(rule.use):
        value = case.number(rule.fact) if rule.fact else None
        if value is not None or not rule.fact:
            yield Baseline(rule.start or value, rule.unit)


def _group_baseline(case: Case, rule: GoalRule, group: GoalGroup) -> Iterator[Baseline]:
    """A weak group gets one goal: by symmetry, else by hand grade, else by its own force."""
    tested = case.assessment.strength.get(group.group)
    if tested is None or not case.assessment.met(group.deficit):
        return
    kind = _measured_by(case, tested)
    if kind != rule.each:
        return
    suffix = f".{group.group}"
    if kind == "symmetry":
        yield Baseline(tested.symmetry_percent, rule.unit, suffix, group.title, case.evaluation.sore_sides[0])
    elif kind == "grade":
        grades = _weak_grades(case, tested)
        order = case.rules.goals.grades
        side: SoreKnee = "both" if len(grades) > 1 else next(iter(grades))
        weakest_first = dict(sorted(grades.items(), key=lambda leg: order.index(leg[1])))
        weakest = next(iter(weakest_first.values()))
        yield Baseline(weakest, rule.unit, suffix, group.title, side, _legs(weakest_first))
    else:
        for weak, strength in _weak_forces(case, tested).items():
            value, unit = _force(strength)
            yield Baseline(value, unit, f"{suffix}.{weak}", group.title, weak)


def _legs(grades: Mapping[Side, str]) -> str:
    """The grade of each leg, the weaker one first, where they differ: right 4-, left 4."""
    differ = len(set(grades.values())) > 1
    return ", ".join(f"{side} {grade}" for side, grade in grades.items()) if differ else ""


def _measured_by(case: Case, tested: GroupStrength) -> str:
    limit = case.assessment.numbers["symmetry-deficit"]
    if tested.symmetry_percent is not None and tested.symmetry_percent < limit:
        return "symmetry"
    if _weak_grades(case, tested):
        return "grade"
    return "torque" if _weak_forces(case, tested) else ""


def _weak_grades(case: Case, tested: GroupStrength) -> dict[Side, str]:
    """Grades 4 and below on the sore sides; the ladder's last two rungs are not weak."""
    weak = case.rules.goals.grades[:-2]
    return {
        side: strength.grade
        for side in case.evaluation.sore_sides
        if (strength := tested.side(side)) is not None and strength.grade in weak
    }


def _weak_forces(case: Case, tested: GroupStrength) -> dict[Side, SideStrength]:
    """Sides with a force to start from: below the norm, or the weaker of two sore sides."""
    return {
        side: strength
        for side in case.evaluation.sore_sides
        if (strength := tested.side(side)) is not None
        and strength.score is not None
        and (
            (strength.z is not None and strength.z <= case.assessment.numbers["z-deficit"])
            or tested.weaker == side
        )
    }


def _force(strength: SideStrength) -> tuple[float | None, str]:
    if strength.torque_nm is not None:
        return strength.torque_nm, "Nm"
    return strength.score, "Nm" if strength.in_torque else "N"


# ---------------------------------------------------------------- what stays of the last plan


def _kept(
    case: Case, found: Mapping[str, Sequence[Baseline]], episode: SoFar | None
) -> dict[str, list[Baseline]]:
    """The goals of the last plan that are not reached, by their rule: they stay with their targets.

    What was not measured today is not reached by silence. A goal goes where another one of today takes its place: the
    same muscles by another test, the distance of a runner who runs again for the levels of one who stopped, a distance
    that the patient was asked for anew.
    """
    kept: dict[str, list[Baseline]] = {}
    stand = {f"{rule_id}{one.suffix}": one for rule_id, several in found.items() for one in several}
    for goal in episode.plan.goals if episode and episode.plan else ():
        rule = case.rules.goals.rule_of(goal.id)
        if rule is None or found.get(rule.instead_of):
            continue
        if goal.id in stand and rule.long is not None and rule.long.fact:
            continue
        muscles = goal.id.partition(".")[2]
        others = (name.partition(".")[2] for name in stand if name != goal.id)
        if muscles and any(_same_muscles(muscles, name) for name in others):
            continue
        stays = _kept_baseline(case, rule, goal)
        if stays is not None and (stays.value is not None or goal.id not in stand):
            kept.setdefault(rule.id, []).append(stays)
    return kept


def _same_muscles(one: str, other: str) -> bool:
    """The same group, on the same side where both name one: habd and habd.right, not habd.left and habd.right."""
    return bool(other) and (f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}."))


def _kept_baseline(case: Case, rule: GoalRule, goal: GivenGoal) -> Baseline | None:
    """Where the goal stands today, with the targets it has not reached; None once it is reached."""
    rules = case.rules.goals
    if rule.judged_by and all(case.meets_criterion(one) for one in rule.judged_by):
        return None
    value, measured_in = value_now(rule, goal.id, case.evaluation, case.assessment, rules)
    short, _ = _quantity(goal.short)
    long, unit = _quantity(goal.long)
    if rule.each == "torque" and unit != measured_in:
        value = None  # newtons do not tell whether a torque is reached
    if value is not None:
        reached = is_met(value, goal.long, rule, rules)
        if reached and not is_hindered(rule, case.evaluation, case.assessment):
            return None
        if goal.short and is_met(value, goal.short, rule, rules):
            short = None
    muscles = goal.id.partition(".")[2]
    group, _, side = muscles.partition(".")
    leg: SoreKnee | None = None
    if group:
        leg = case.evaluation.sore_knee if not side else "right" if side == "right" else "left"
    return Baseline(
        rule.start or value,
        unit or rule.unit,
        f".{muscles}" if muscles else "",
        next((row.title for row in rules.groups if row.group == group), ""),
        leg,
        kept=(short, long),
    )


def _quantity(aim: str) -> tuple[Number, str]:
    """A target of an earlier plan as it was set, and its unit: 89 /100, 4+, 0-1."""
    number = QUANTITY.fullmatch(aim)
    return (float(number[1]), number[2] or "") if number and number[2] else (aim or None, "")


# ---------------------------------------------------------------- where it goes


def _goal(
    case: Case, rule: GoalRule, baseline: Baseline, task: str, terms: Terms, own: dict[str, PlanEdit]
) -> tuple[Goal, list[str]]:
    """The goal, and why a target of the therapist was left out. A plan no longer than the short term has no short
    term."""
    goal = _proposed(case, rule, baseline, task, terms)
    lower = rule.better == "lower"
    faults: list[str] = []
    for term in TERMS:
        edit = own.get(term)
        if edit is None:
            continue
        value = edit.to or (None if edit.value is None else float(edit.value))
        if fault := target_fault(goal, value, lower_is_better=lower):
            faults.append(f"{goal.title}: a target you set was left out. {fault}")
        else:
            goal = goal._replace(edited=True, proposed=goal.proposed or (goal.short, goal.long))
            goal = goal._replace(short=value) if term == "short" else goal._replace(long=value)
    if "long" in own and "short" not in own and _not_in_order(case, goal, lower_is_better=lower):
        goal = goal._replace(short=None)  # what was proposed on the way lies beyond the therapist's target
    if goal.proposed is not None:
        mdc, mcid = _thresholds(case, rule, baseline)
        small = small_step(baseline.value, goal.long, mdc, mcid, by_hand=goal.long != goal.proposed[1])
        if not small and goal.short not in (None, goal.proposed[0]):
            small = small_step(baseline.value, goal.short, mdc, mcid)
        goal = goal._replace(
            sentences=_sentences(rule, baseline, task, terms, goal.short, goal.long),
            warning=" ".join(filter(None, (small, _not_in_order(case, goal, lower_is_better=lower)))),
        )
    return with_words(goal, own.get("words")), faults


def _thresholds(case: Case, rule: GoalRule, baseline: Baseline) -> tuple[float | None, float | None]:
    """MDC and MCID of the goal's measure; of a force, the share of it that counts as a real change."""
    if rule.each == "torque" and isinstance(baseline.value, float):
        return round(baseline.value * case.assessment.numbers["strength-change"] / 100, 1), None
    measure = case.measures.get(rule.fact)
    return (None, rule.mcid) if measure is None else (measure.mdc, measure.mcid)


def _not_in_order(case: Case, goal: Goal, *, lower_is_better: bool) -> str:
    short, long = (_rank(case, value) for value in (goal.short, goal.long))
    if short is None or long is None or (short >= long if lower_is_better else short <= long):
        return ""
    return "The long-term target is not as good as the short-term one."


def _rank(case: Case, value: Number) -> float | None:
    grades = case.rules.goals.grades
    return float(grades.index(value)) if isinstance(value, str) and value in grades else _number(value)


def _number(value: Number) -> float | None:
    return value if isinstance(value, float) else None


def _proposed(case: Case, rule: GoalRule, baseline: Baseline, task: str, terms: Terms) -> Goal:
    note = rule.note if rule.note and case.holds(rule.note_when) else ""
    if baseline.legs:
        note = f"Now {baseline.legs}: the weaker leg counts.{f' {note}' if note else ''}"
    if baseline.kept is None:
        short: Number = _target(case, rule.short, baseline.value, None, rule)
        long = _target(case, rule.long, baseline.value, short, rule)
    else:
        short, long = baseline.kept
        note = " ".join(filter(None, (KEPT_UNMEASURED if baseline.value is None else KEPT, note)))
    if terms.long.weeks <= terms.short.weeks:
        short = None
    group = f", {baseline.group}s" if baseline.group and not baseline.group.endswith("s") else ""
    title = f"{rule.title}{group or (f', {baseline.group}' if baseline.group else '')}"
    return Goal(
        id=rule.id + baseline.suffix,
        title=title,
        measure=rule.measure,
        baseline=_shown(baseline.value),
        short=short,
        long=long,
        unit=baseline.unit,
        sentences=_sentences(rule, baseline, task, terms, short, long),
        note=note,
        limits=rule.limits,
        grades=case.rules.goals.grades if rule.each == "grade" else (),
        leg=LEGS[baseline.side] if baseline.side else "",
        short_weeks=terms.short.weeks,
    )


def _sentences(
    rule: GoalRule, baseline: Baseline, task: str, terms: Terms, short: Number, long: Number
) -> tuple[str, ...]:
    same = {
        "now": baseline.legs or _word(_shown(baseline.value)),
        "unit": baseline.unit,
        "task": task,
        "group": baseline.group,
        "leg": LEGS[baseline.side] if baseline.side else "",
    }
    said = [
        _unmeasured(each) if baseline.value is None else each for each in (rule.sentence, rule.sentence_long)
    ]
    return tuple(
        template.format(weeks=term.weeks, date=term.day, target=_word(target), **same)
        for template, target, term in (
            (said[0], short, terms.short),
            (said[1] or said[0], long, terms.long),
        )
        if target is not None
    )


def _unmeasured(sentence: str) -> str:
    """The sentence without the value of today."""
    return re.sub(r" \(now [^)]*\)", "", sentence)


def _target(case: Case, target: Target | None, start: Number, short: Number, rule: GoalRule) -> Number:
    if target is None:
        return None
    if target.text:
        return target.text
    if target.grade_steps is not None:
        grades = case.rules.goals.grades
        return grades[min(grades.index(str(start)) + target.grade_steps, len(grades) - 1)]
    if target.fact:
        return _round(case.number(target.fact))
    if not isinstance(start, float):
        return None
    value = start * target.times + target.add
    ceiling = case.number(target.at_most_fact) if target.at_most_fact else target.at_most
    if ceiling is not None:
        value = min(value, ceiling)
    if target.at_least is not None:
        value = max(value, target.at_least)
    if target.least_change is not None:
        value = max(value, start + target.least_change)
    goal = _round(value, rule.rounding)
    if target.beyond_short is not None and isinstance(short, float) and goal is not None and goal >= short:
        goal = max(0.0, short - target.beyond_short)
    return goal


def _round(value: float | None, rounding: str = "half") -> float | None:
    """Whole points; `up` where rounding down would make the step smaller than the MCID."""
    if value is None:
        return None
    whole = int(value + 0.5)
    return float(whole + 1 if rounding == "up" and whole < value else whole)


def _shown(value: Number) -> Number:
    return round(value, 1) if isinstance(value, float) else value


def _word(value: Number) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _task(case: Case, rule: GoalRule, episode: SoFar | None) -> str:
    """What the patient wants to do ("in order to …"), as it was told at this visit or earlier in the episode.

    The purpose that was written comes first, then the activities the patient chose, then those that hurt. A goal
    names no activity that nobody spoke of.
    """

    def told(item_id: str) -> object:
        now = case.value(item_id)
        return episode.answers.get(item_id) if now is None and episode is not None else now

    if purpose := str(told("goal-function") or "").strip().rstrip(".").removeprefix("to "):
        return purpose
    named = (str(told(item_id) or "").strip().rstrip(".") for item_id in CHOSEN)
    if chosen := list(filter(None, named)):
        return f"do the chosen activit{'y' if len(chosen) == 1 else 'ies'} ({', '.join(chosen)})"
    ticked = told("aggravating")
    hurts = [
        activity
        for activity in case.rules.goals.activities
        if activity.id != rule.activity
        and ((isinstance(ticked, tuple) and activity.id in ticked) or told(activity.test) == "yes")
    ]
    hurts.sort(key=lambda activity: case.number(f"agg-{activity.id}") or 0.0, reverse=True)
    *most, last = [activity.says for activity in hurts[:MOST_ACTIVITIES]] or [case.rules.goals.task]
    return f"{', '.join(most)} and {last}" if most else last
