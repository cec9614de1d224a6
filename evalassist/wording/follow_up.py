"""What a later visit adds to the note, in the words that paper and plain text share."""

from __future__ import annotations

from evalassist.note import NoteChange, NoteChanges, NoteCriterion, NoteExerciseCourse, NoteFollowUp
from evalassist.wording.findings import day

NOT_MEASURED = "not measured"
DISCHARGE = "Discharge criteria"
APP_DEFAULTS = (
    "When to go on, hold and end, and the band of the step-down, are app defaults, not from a guideline."
)


def head(found: NoteFollowUp) -> str:
    """The name of the part."""
    visits = "the last visit" if len(found.changes) == 1 else "the earlier visits"
    return f"Change since {visits}"


def since(changes: NoteChanges) -> str:
    """The visit that is looked back on."""
    return f"Since {day(changes.since)}"


def values(row: NoteChange) -> tuple[str, str]:
    """The value then and now."""
    return row.then or NOT_MEASURED, row.now or NOT_MEASURED


def rests(changes: NoteChanges) -> tuple[tuple[str, str], ...]:
    """What is the same, and what was not measured again, a line each."""
    return (
        ("No change", "; ".join(changes.unchanged)),
        ("Not measured again", "; ".join(changes.not_measured)),
    )


def course(found: NoteFollowUp) -> tuple[tuple[str, str], ...]:
    """How the patient does, why, what is new, and where the goals of the last plan stand."""
    title = found.course or "not decided, too little was measured again"
    says = " ".join(part for part in (f"{title}.", found.course_says) if part)
    return (
        ("New since the last visit", "; ".join(found.new_signs)),
        ("Course", says),
        ("A red log asks for less", "; ".join(one.name for one in found.exercises if one.move == "regress")),
        ("Because", found.course_because),
        ("Against the findings at the last visit, no word at this one", "; ".join(found.disagreed)),
        *(("" if at else "Goals of the last plan", goal) for at, goal in enumerate(found.goals)),
    )


def exercise_why(one: NoteExerciseCourse) -> str:
    """The findings and the rule."""
    return "; ".join(part for part in (one.because, one.rule) if part)


def criteria(found: NoteFollowUp) -> tuple[tuple[str, tuple[NoteCriterion, ...]], ...]:
    """The criteria under their heads; what is not judged in this note is left out."""
    phase = f"To leave phase {found.phase}"
    told = ((phase, found.exits if found.phase is not None else ()), (DISCHARGE, found.discharge))
    return tuple((title, rows) for title, rows in told if rows)
