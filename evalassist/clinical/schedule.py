"""How often and how long, and the days of the Medicare clocks. Every date is counted from the day of the visit."""

from __future__ import annotations

from datetime import date, timedelta

from evalassist.clinical.case import Case
from evalassist.clinical.result import Certification, Schedule
from evalassist.content.record_schema import ScheduleRow

# Not from `calendar`: its names follow the language of the computer.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> str:
    """March 30, 2026."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def schedule_of(case: Case) -> Schedule:
    """The first row that fits the patient."""
    row = next(row for row in case.rules.schedules if case.holds(row.when))
    starts = case.evaluation.visit_date
    visits = len(row.at_weeks) or sum(block.per_week * block.weeks for block in row.blocks)
    return Schedule(
        id=row.id,
        text=_text(row, visits),
        visits=visits,
        weeks=row.weeks,
        starts=starts,
        ends=starts + timedelta(weeks=row.weeks),
        because=row.because,
        progress_report=case.rules.certification.report,
        home_exercise_from_week=row.home_exercise_from_week,
    )


def certification_of(case: Case, schedule: Schedule) -> Certification:
    """The clocks run for Medicare only; for other payers, or one that is not recorded, the words say so."""
    rules = case.rules.certification
    if case.value("medicare") != "yes":
        text = rules.not_medicare if case.value("medicare") == "no" else rules.unknown
        return Certification(False, text, None, None, None, None, ())
    evaluated = schedule.starts
    due = evaluated + timedelta(days=rules.due_days)
    limit = evaluated + timedelta(days=rules.limit_days)
    ends = min(schedule.ends, limit)
    rows = [row for row in rules.rules if case.holds(row.when)]
    return Certification(
        applies=True,
        text=" ".join(row.says.format(due=day_in_words(due)) for row in rows),
        due=due,
        ends=ends,
        recertification_warning=ends - timedelta(days=rules.warning_days),
        conservative_limit=limit,
        rules=tuple(row.id for row in rows),
    )


def _text(row: ScheduleRow, visits: int) -> str:
    if row.at_weeks:
        weeks = [str(week) for week in row.at_weeks]
        text = f"{visits} visits, in weeks {', '.join(weeks[:-1])} and {weeks[-1]}"
    else:
        text = ", then ".join(f"{block.per_week} a week for {block.weeks} weeks" for block in row.blocks)
    return f"{text}, {row.note}" if row.note else text
