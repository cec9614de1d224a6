"""What the records know to be due: re-evaluations and certifications, as the signed notes say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from evalassist.note import Note
from evalassist.records.rows import EvaluationRow

WEEK = timedelta(days=7)
LONGEST = timedelta(days=120)
"""A note older than this names no day that is due now: certifications run 90 days at most."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing and its day: `Re-evaluation`, `Plan to certify`, `Plan to recertify`, `Certification ends`."""

    what: str
    day: date


def dues_of(note: Note) -> tuple[Due, ...]:
    """The days this signed note names; what it does not name is left out."""
    plan, sheet = note.plan, note.sheet
    found: list[tuple[str, date | None]] = [("Re-evaluation", sheet.retest_date if sheet else None)]
    if plan is not None:
        certify = "Plan to recertify" if plan.certification_renews else "Plan to certify"
        found.append((certify, plan.certification_due if plan.signature_needed else None))
        found.append(("Certification ends", plan.certification_ends))
    return tuple(Due(what, day) for what, day in found if day is not None)


def notes_in_force(rows: Iterable[EvaluationRow], today: date) -> Iterator[tuple[EvaluationRow, bool]]:
    """The latest signed note of every episode that goes on, and whether a later visit is already begun."""
    episodes: dict[str, list[EvaluationRow]] = {}
    for row in rows:
        if not row.in_error:
            episodes.setdefault(row.episode_id, []).append(row)
    for visits in episodes.values():
        visits.sort(key=lambda row: row.visit_date)
        signed = [row for row in visits if not row.is_draft]
        if signed and not any(row.kind == "discharge" for row in visits):
            last = signed[-1]
            if today - last.visit_date <= LONGEST:
                yield last, visits[-1] is not last


def due_this_week(
    notes: Iterable[tuple[EvaluationRow, bool]], dues: Mapping[str, tuple[Due, ...]], today: date
) -> tuple[tuple[Due, EvaluationRow], ...]:
    """What is due within a week, or was in the last one, the earliest first; a visit that was begun is not due.

    A re-evaluation that nobody began stays, last, for nothing else tells of a patient who does not come.
    """
    found = [
        (due.day < today - WEEK, due, row)
        for row, begun in notes
        for due in dues.get(row.id, ())
        if due.day <= today + WEEK and (not begun if due.what == "Re-evaluation" else due.day >= today - WEEK)
    ]
    found.sort(key=lambda one: (one[0], one[1].day, one[2].patient.name))
    return tuple((due, row) for _, due, row in found)
