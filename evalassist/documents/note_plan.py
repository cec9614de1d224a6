"""The plan of care of the note on paper: what it holds in lines, exercises and goals as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.platypus import Flowable, Spacer

from evalassist.documents import look
from evalassist.documents.flow import bold, cell, details, heading, labelled, table
from evalassist.documents.look import BOLD
from evalassist.note import Note, NoteExercise, NotePlan
from evalassist.wording.findings import day, marked
from evalassist.wording.plan import (
    SHORT_WEEKS,
    after_goals,
    because_for_all,
    beside_exercises,
    exercise_rows,
    frame,
    goal_rows,
    goals_left_out,
)


def plan_of_care(note: Note, plan: NotePlan, width: float) -> Iterator[Flowable]:
    """The whole plan, in the order in which a colleague looks for it."""
    yield from heading("Plan of care")
    yield from labelled(line for line in frame(note, plan) if line[1])
    if plan.exercises:
        yield Spacer(0, 2)
        yield _exercises(plan.exercises, width)
    yield from details(beside_exercises(plan), width)
    if plan.goals:
        yield Spacer(0, 3)
        yield _goals(plan, width)
    yield from details((*goals_left_out(plan), *after_goals(plan)), width)


def _exercises(exercises: Sequence[NoteExercise], width: float) -> Flowable:
    shared = because_for_all(exercises)
    because = "Because" + (f", for all: {shared}" if shared else "")
    rows: list[list[Any]] = [[cell(look.escaped(words), BOLD) for words in ("Exercise", "Dose", because)]]
    rows += [
        [
            cell(f"{bold(row.name)} {row.where}"),
            cell(look.escaped(row.dose)),
            cell(look.escaped(marked(row.because))),
        ]
        for row in exercise_rows(exercises)
    ]
    return table(rows, (138, 148, width - 286))


def _goals(plan: NotePlan, width: float) -> Flowable:
    short = f"{SHORT_WEEKS} weeks" if plan.weeks > SHORT_WEEKS else ""
    heads = ("Goal", "Now", short, f"{plan.weeks} weeks", f"By {day(plan.ends)}")
    rows: list[list[Any]] = [[cell(words, BOLD) for words in heads]]
    rows += [
        [
            cell(bold(row.title) + (f", {look.escaped(row.measure)}" if row.measure else "")),
            *(cell(look.escaped(words)) for words in (row.now, row.in_column, row.long, row.words)),
        ]
        for row in goal_rows(plan)
    ]
    return table(rows, (110, 42, 44, 46, width - 242))
