"""The plan of care in the note: diagnosis, type, amount, frequency, duration and goals, as a plan must hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reportlab.platypus import Flowable, Spacer

from evalassist.documents import look
from evalassist.documents.flow import bold, cell, day, details, heading, knee, labelled, marked, table
from evalassist.documents.look import BOLD
from evalassist.note import Note, NoteAdvice, NoteExercise, NoteGoal, NotePlan
from evalassist.words import upper_first

SHORT_TARGET = 9
"""Letters of a target that fit a narrow column; a longer one is told as a sentence."""


def plan_of_care(note: Note, plan: NotePlan, width: float) -> Iterator[Flowable]:
    """The whole plan, in the order in which a colleague looks for it."""
    diagnoses = [code for code in plan.codes if code.label[:1].isalpha()]
    services = [code for code in plan.codes if not code.label[:1].isalpha()]
    offered = "; ".join(f"{code.label} {code.value}" for code in diagnoses)
    yield from heading("Plan of care")
    yield from labelled(
        [
            (
                "Diagnosis",
                f"patellofemoral pain, {knee(note.sore_knee)}"
                + (f"; codes offered: {offered}" if offered else ""),
            ),
            (
                "Visits",
                f"{plan.visits} in {plan.weeks} weeks, {day(plan.starts)} to {day(plan.ends)}: {plan.schedule_text}.",
            ),
            (
                "Exercise at home",
                f"phase {plan.phase}{_for_most(plan.exercises)}, {plan.minutes} minutes, effort {plan.effort}, "
                f"pain at most {plan.pain_cap}/10.",
            ),
        ]
    )
    if plan.exercises:
        yield Spacer(0, 2)
        yield _exercises(plan.exercises, width)
    yield from details(
        (
            ("Resistance", _once([exercise.load_text for exercise in plan.exercises])),
            ("Progress when", _once([exercise.progress_text for exercise in plan.exercises])),
            ("Next phase", "; ".join(plan.next_phase)),
            ("Education", _advice(plan.education)),
            ("Load", _advice(plan.load_advice)),
            ("Running", _advice(plan.running)),
            ("Also offered", _advice(plan.adjuncts)),
            ("Not advised", _advice(plan.not_advised)),
            ("Take care", " ".join(plan.warnings)),
        ),
        width,
    )
    if plan.goals:
        yield Spacer(0, 3)
        yield _goals(plan, width)
    yield from details(
        (
            ("Progress", plan.progress_report),
            ("Certification", plan.certification),
            ("Codes offered", "; ".join(f"{code.label} {code.value}" for code in services)),
        ),
        width,
    )


# ---------------------------------------------------------------- exercises


def _shared(exercises: Sequence[NoteExercise]) -> list[str]:
    """Reasons that hold for every exercise: told once in the head of the table."""
    if len(exercises) < 2:
        return []
    every = [{reason.text for reason in exercise.because} for exercise in exercises]
    return [r.text for r in exercises[0].because if all(r.text in reasons for reasons in every)]


def _exercises(exercises: Sequence[NoteExercise], width: float) -> Flowable:
    shared = _shared(exercises)
    because = "Because" + (f", for all: {'; '.join(shared)}" if shared else "")
    rows: list[list[Any]] = [[cell(look.escaped(words), BOLD) for words in ("Exercise", "Dose", because)]]
    for number, exercise in enumerate(exercises, start=1):
        side = "both legs" if exercise.side == "both" else f"{exercise.side} leg"
        reasons = [marked(reason.text) for reason in exercise.because if reason.text not in shared]
        reasons += ["changed by the therapist"] if exercise.edited else []
        rows.append(
            [
                cell(f"{bold(f'{number} {exercise.name}')} {exercise.chip.lower()}, {side}"),
                cell(look.escaped(_dose(exercise, exercises))),
                cell(look.escaped("; ".join(reasons))),
            ]
        )
    return table(rows, (138, 148, width - 286))


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
            titles.append(each.title.rstrip(".") + (f" ({inside})" if inside else ""))
        grade = f"grade {group[0].grade}" if one_grade and group[0].grade else ""
        why = ", ".join(part for part in (reason, grade) if part)
        told.append("; ".join(titles) + (f" ({why})." if why else "."))
    return " ".join(told)


def _goals(plan: NotePlan, width: float) -> Flowable:
    heads = ("Goal", "Now", "4 weeks", f"{plan.weeks} weeks", f"By {day(plan.ends)}")
    rows: list[list[Any]] = [[cell(words, BOLD) for words in heads]]
    for goal in plan.goals:
        targets = [each.replace(" /", "/") for each in (goal.baseline, goal.short, goal.long)]
        narrow = all(len(each) <= SHORT_TARGET for each in targets)
        measure = f", {look.escaped(goal.measure)}" if goal.measure and goal.measure not in goal.long else ""
        rows.append(
            [
                cell(bold(goal.title) + measure),
                *(cell(look.escaped(each) if narrow else "") for each in targets),
                cell(look.escaped(_goal_words(goal, plan, narrow=narrow))),
            ]
        )
    return table(rows, (112, 42, 40, 46, width - 240))


def _goal_words(goal: NoteGoal, plan: NotePlan, *, narrow: bool) -> str:
    """The goal as a sentence, without what the columns beside it say; a target in words is told here."""
    if narrow:
        sentences = [_undated(each) for each in goal.sentences[-1:]]
    else:
        targets = ((goal.baseline, "now"), (goal.short, "4 weeks"), (goal.long, f"{plan.weeks} weeks"))
        sentences = ["; ".join(f"{when}: {each}" for each, when in targets if each) + "."]
    told = " ".join(part for part in (*sentences, goal.note, goal.warning) if part)
    return upper_first(told)


def _undated(sentence: str) -> str:
    """The sentence without the date in the head of its column and the value in the column `Now`."""
    start, close, rest = sentence.partition(") ")
    told = rest if close and start.startswith("Within ") else sentence
    return re.sub(r" \(now [^)]*\)", "", told.removeprefix("the patient will "))
