"""What a later visit adds to the note: the changes, the course, the exercises, the criteria, in words that stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from evalassist.clinical.change import Change
from evalassist.clinical.follow_up import Criterion, FollowUp
from evalassist.clinical.result import Reason, Verdict
from evalassist.evaluation import Evaluation
from evalassist.note import NoteChange, NoteChanges, NoteCriterion, NoteExerciseCourse, NoteFollowUp

MOVES = {"progress": "progress", "hold": "hold", "regress": "regress", "open": "not decided"}
STATES = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "not met",
    Verdict.UNDECIDED: "not known",
    None: "does not apply",
}
"""How a criterion stands, in words."""


def follow_up_note(found: FollowUp, evaluation: Evaluation) -> NoteFollowUp:
    """Exercises and exit criteria stand in a re-evaluation, discharge criteria in a discharge note."""
    ends = evaluation.kind == "discharge"
    since = [_changes(found.first, found.since_first)]
    if found.last != found.first:
        since.append(_changes(found.last, found.since_last))
    course = found.course
    return NoteFollowUp(
        changes=tuple(since),
        new_signs=found.new_signs,
        course=course.title if course else "",
        course_says=course.says if course else "",
        course_because=_words(found.course_reasons),
        phase=found.phase_in_force,
        exercises=tuple(
            NoteExerciseCourse(
                name=one.planned.exercise.name,
                move=MOVES[one.move],
                says=one.says,
                rule=one.rule,
                because=_words(one.because),
            )
            for one in found.exercises
            if not one.log.is_empty
        ),
        exits=() if ends else tuple(_criterion(criterion) for criterion in found.exits),
        discharge=tuple(_criterion(criterion) for criterion in found.discharge) if ends else (),
    )


def _changes(since: date, changes: Iterable[Change]) -> NoteChanges:
    """Rows for what differs or cannot be compared; what is the same, or was measured then only, takes a line."""
    told = list(changes)
    return NoteChanges(
        since=since,
        rows=tuple(
            NoteChange(
                name=change.name,
                then=change.then,
                now=change.now,
                by=change.by,
                limits=change.limits,
                verdict=change.verdict,
            )
            for change in told
            if change.now and change.direction != "same"
        ),
        unchanged=tuple(f"{change.name} {change.now}" for change in told if change.direction == "same"),
        not_measured=tuple(change.name for change in told if not change.now),
    )


def _criterion(criterion: Criterion) -> NoteCriterion:
    return NoteCriterion(
        says=criterion.exit.says, state=STATES[criterion.verdict], because=_words(criterion.reasons)
    )


def _words(reasons: Iterable[Reason]) -> str:
    return "; ".join(reason.text for reason in reasons)
