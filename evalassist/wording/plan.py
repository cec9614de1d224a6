"""The plan of care in words: diagnosis, type, amount, frequency, duration and goals, as a plan must hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalassist.note import Note, NoteAdvice, NoteExercise, NoteGoal, NotePlan
from evalassist.wording.findings import day, sore_knees
from evalassist.words import upper_first

SHORT_WEEKS = 4
"""What the column of the short term says."""
SHORT_TARGET = 9
"""Letters of a target that fit a narrow column; a longer one is told as a sentence."""


def frame(note: Note, plan: NotePlan) -> tuple[tuple[str, str], ...]:
    """For what, how often and how long, and how much at home."""
    told, codes = codes_told(plan, "diagnosis")
    proposed = f" Changed by the therapist; proposed: {plan.visits_proposed}." if plan.visits_proposed else ""
    return (
        (
            "Diagnosis",
            f"patellofemoral pain, {sore_knees(note)}" + (f"; {told.lower()}: {codes}" if codes else ""),
        ),
        (
            "Visits",
            f"{plan.visits} in {plan.weeks} weeks, {day(plan.starts)} to {day(plan.ends)}: {plan.schedule_text}."
            + proposed
            if plan.schedule_text
            else "",
        ),
        (
            "Exercise at home",
            f"{_begins(note)}phase {plan.phase}{_for_most(plan.exercises)}, {plan.minutes} minutes, "
            f"effort {plan.effort}, pain at most {plan.pain_cap}/10.",
        ),
    )


def _begins(note: Note) -> str:
    """When exercise at home begins, where other steps come first."""
    starts = note.sheet.start_date if note.sheet else None
    return f"begins {day(starts)}, after the activity ladder; " if starts else ""


def beside_exercises(plan: NotePlan) -> tuple[tuple[str, str], ...]:
    """What belongs to the exercises or is offered with them; a part without words is empty."""
    return (
        ("Resistance", _once([exercise.load_text for exercise in plan.exercises])),
        ("Progress when", _once([exercise.progress_text for exercise in plan.exercises])),
        ("Exercises left out", "; ".join(plan.taken_out)),
        ("Ended from the last plan", "; ".join(plan.ended)),
        ("Next phase", "; ".join(plan.next_phase)),
        ("Education", _advice(plan.education)),
        ("Load", _advice(plan.load_advice)),
        ("Running", _advice(plan.running)),
        ("Also offered", _advice(plan.adjuncts)),
        ("Not advised", _advice(plan.not_advised)),
        ("Take care", " ".join(plan.warnings)),
    )


def goals_left_out(plan: NotePlan) -> tuple[tuple[str, str], ...]:
    """The goals the therapist took out, each with the reason."""
    return (("Goals left out", "; ".join(plan.dropped_goals)),)


def after_goals(plan: NotePlan) -> tuple[tuple[str, str], ...]:
    """The clocks of the plan, the codes of its services and the units of this session."""
    return (
        ("Progress", plan.progress_report),
        ("Certification", plan.certification),
        codes_told(plan, "evaluation", "treatment"),
        ("Timed units", _units(plan)),
    )


# ---------------------------------------------------------------- codes


def codes_told(plan: NotePlan, *kinds: str) -> tuple[str, str]:
    """What is said of the codes of a kind: those the therapist chose, else those that are offered."""
    if (
        not plan.coded
    ):  # a note of the first releases: codes of diagnoses begin with a letter, others with a figure
        own = [code for code in plan.codes if code.label[:1].isalpha() == ("diagnosis" in kinds)]
        return "Codes offered", "; ".join(f"{code.label} {code.value}" for code in own)
    codes = [code for code in plan.coded if code.kind in kinds]
    chosen = [code for code in codes if code.chosen]
    words = []
    for code in chosen or codes:
        why = f" ({plan.complexity})" if code.kind == "evaluation" and plan.complexity else ""
        words.append(f"{code.code} {code.label}{why}")
    return "Codes used" if chosen else "Codes offered", "; ".join(words)


def _units(plan: NotePlan) -> str:
    """Minutes and units of each timed code of this session."""
    timed = [code for code in plan.coded if code.minutes]
    if not timed:
        return upper_first(whole_told(plan))
    each = "; ".join(f"{code.code} {code.minutes} min, {counted(code.units)}" for code in timed)
    told = f"{each}. Together {plan.timed_minutes} timed minutes, {counted(plan.timed_units)}."
    if not any(code.chosen for code in timed):
        told += " No code of these is chosen."
    if plan.equal_claim:
        told += f" Equal claim to the last unit: {', '.join(plan.equal_claim)}; the therapist picks."
    return " ".join(part for part in (told, upper_first(whole_told(plan))) if part)


def whole_told(plan: NotePlan) -> str:
    """How long the whole treatment was; empty while that is not recorded."""
    return "" if plan.whole_minutes is None else f"whole treatment {plan.whole_minutes} minutes."


def counted(units: int) -> str:
    return f"{units} unit{'' if units == 1 else 's'}"


# ---------------------------------------------------------------- exercises


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """One exercise: number and name, hip or knee and which leg, dose, and why it is there."""

    name: str
    where: str
    dose: str
    because: str


def because_for_all(exercises: Sequence[NoteExercise]) -> str:
    """The reasons that hold for every exercise, told once."""
    return "; ".join(_shared(exercises))


def exercise_rows(exercises: Sequence[NoteExercise]) -> list[ExerciseRow]:
    """The exercises in their order, each with what is its own."""
    shared = _shared(exercises)
    rows = []
    for number, exercise in enumerate(exercises, start=1):
        side = "both legs" if exercise.side == "both" else f"{exercise.side} leg"
        reasons = [reason.text for reason in exercise.because if reason.text not in shared]
        reasons += ["changed by the therapist"] if exercise.edited else []
        rows.append(
            ExerciseRow(
                name=f"{number} {exercise.name}",
                where=f"{exercise.chip.lower()}, {side}",
                dose=_dose(exercise, exercises),
                because="; ".join(reasons),
            )
        )
    return rows


def _shared(exercises: Sequence[NoteExercise]) -> list[str]:
    """Reasons that hold for every exercise: told once in the head of the table."""
    if len(exercises) < 2:
        return []
    every = [{reason.text for reason in exercise.because} for exercise in exercises]
    return [r.text for r in exercises[0].because if all(r.text in reasons for reasons in every)]


def _once(sentences: Sequence[str]) -> str:
    """Each sentence once, with the numbers of the exercises it holds for unless it holds for all."""
    told = []
    for sentence in dict.fromkeys(each for each in sentences if each):
        numbers = [str(n) for n, each in enumerate(sentences, start=1) if each == sentence]
        told.append(
            sentence if len(numbers) == len(sentences) else f"{sentence.rstrip('.')} ({', '.join(numbers)})."
        )
    return " ".join(told)


def _commonest(numbers: Iterable[int]) -> int:
    """The number most exercises share: told once above the table, and others tell their own."""
    return Counter(numbers).most_common(1)[0][0]


def _days(days: int) -> str:
    return "every day" if days == 7 else f"{days} days a week"


def _for_most(exercises: Sequence[NoteExercise]) -> str:
    if not exercises:
        return ""
    rest = _commonest(exercise.rest_s for exercise in exercises)
    days = _days(_commonest(exercise.days_per_week for exercise in exercises))
    return f", {days}" + (f", rest {rest} s between sets" if rest else "")


def _dose(exercise: NoteExercise, exercises: Sequence[NoteExercise]) -> str:
    parts = [f"{exercise.sets} × {exercise.reps_text or exercise.reps}"]
    if exercise.hold_s >= 2:
        parts.append(f"hold {exercise.hold_s} s")
    if exercise.rest_s and exercise.rest_s != _commonest(each.rest_s for each in exercises):
        parts.append(f"rest {exercise.rest_s} s")
    if exercise.days_per_week != _commonest(each.days_per_week for each in exercises):
        parts.append(_days(exercise.days_per_week))
    return ", ".join(parts) + (f"; {exercise.arc}" if exercise.arc else "")


# ---------------------------------------------------------------- advice and goals


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal: how it is measured, now and what is aimed at. Targets too long for a column stand in `words`."""

    title: str
    measure: str
    now: str
    short: str
    long: str
    words: str
    short_weeks: int = SHORT_WEEKS

    @property
    def in_column(self) -> str:
        """The short-term target under the head of its column, with its own weeks where they are others."""
        if self.short and self.short_weeks != SHORT_WEEKS:
            return f"{self.short} (in {self.short_weeks} weeks)"
        return self.short


def goal_rows(plan: NotePlan, *, remarks: bool = True) -> list[GoalRow]:
    """The goals in their order.

    `remarks` adds what is the record's own business: a warning, and that the therapist changed the goal.
    """
    rows = []
    for goal in plan.goals:
        targets = [each.replace(" /", "/") for each in (goal.baseline, goal.short, goal.long)]
        narrow = all(len(each) <= SHORT_TARGET for each in targets)
        now, short, long = targets if narrow else ("", "", "")
        measure = goal.measure if goal.measure not in goal.long else ""
        own = (goal.warning, "Changed by the therapist." if goal.edited else "") if remarks else ()
        words = " ".join(part for part in (_goal_words(goal, plan, narrow=narrow), goal.note, *own) if part)
        rows.append(GoalRow(goal.title, measure, now, short, long, upper_first(words), goal.short_weeks))
    return rows


def _advice(advice: Sequence[NoteAdvice]) -> str:
    """What is offered, with its grade; what has the same reason stands together, the reason once."""
    by_reason: dict[str, list[NoteAdvice]] = {}
    for each in advice:
        by_reason.setdefault(each.because.rstrip("."), []).append(each)
    told = []
    for reason, group in by_reason.items():
        one_grade = len(group) > 1 and len({each.grade for each in group}) == 1
        titles = []
        for each in group:
            aside = (f"grade {each.grade}" if each.grade and not one_grade else "", each.limit.rstrip("."))
            inside = "; ".join(part for part in aside if part)
            titles.append(_aside(each.title.rstrip("."), inside))
        grade = f"grade {group[0].grade}" if one_grade and group[0].grade else ""
        why = ", ".join(part for part in (reason, grade) if part)
        all_of_them = "; ".join(titles)
        if not why:
            told.append(f"{all_of_them}.")
        elif len(group) > 1 and all_of_them.endswith(")"):
            told.append(f"{all_of_them}; for all: {why}.")
        else:
            told.append(f"{_aside(all_of_them, why)}.")
    return " ".join(told)


def _aside(words: str, inside: str) -> str:
    """Words with more in brackets: one pair of brackets is enough."""
    if not inside:
        return words
    return f"{words[:-1]}; {inside})" if words.endswith(")") else f"{words} ({inside})"


def _goal_words(goal: NoteGoal, plan: NotePlan, *, narrow: bool) -> str:
    """The goal as a sentence, without what the columns beside it say; a target in words is told here."""
    if goal.own_words:
        return " ".join(goal.sentences)
    if narrow:
        return " ".join(_undated(each) for each in goal.sentences[-1:])
    targets = (
        (goal.baseline, "now"),
        (goal.short, f"{goal.short_weeks} weeks"),
        (goal.long, f"{plan.weeks} weeks"),
    )
    return "; ".join(f"{when}: {each}" for each, when in targets if each) + "."


def _undated(sentence: str) -> str:
    """The sentence without the date in the head of its column and the value in the column `Now`."""
    start, close, rest = sentence.partition(") ")
    told = rest if close and start.startswith("Within ") else sentence
    return re.sub(r" \(now [^)]*\)", "", told.removeprefix("the patient will "))
