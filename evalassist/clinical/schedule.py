"""How often and how long, the days of the Medicare clocks, and what is asked of the record.

A plan runs from the day of its visit; the clocks count from the day care began, or from the last certification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from evalassist.clinical.case import Case
from evalassist.clinical.given import SoFar, target_text
from evalassist.clinical.result import Certification, Goal, Schedule, Visits
from evalassist.content.record_schema import DatedRow, RecordFact, ScheduleRow
from evalassist.evaluation import PlanEdit

# Not from `calendar`: its names follow the language of the computer.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
VISIT_LIMITS = {"per_week_1": (1, 7), "weeks_1": (1, 26), "per_week_2": (1, 7), "weeks_2": (0, 26)}
"""What the therapist may set: first so often for so long, then a taper, which may be left out [P]."""
LAST_DAY = date(9999, 12, 31)


def day_in_words(day: date) -> str:
    """March 30, 2026."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def schedule_of(case: Case, edits: Sequence[PlanEdit] = (), episode: SoFar | None = None) -> Schedule:
    """The first row that fits the patient, with the therapist's numbers laid over it."""
    row = next(row for row in case.rules.schedules if case.holds(row.when))
    proposed = tuple(Visits(block.per_week, block.weeks) for block in row.blocks)
    blocks, warnings = _with_edits(proposed or (Visits(1, row.weeks),), edits)
    edited = any(edit.kind == "visits" for edit in edits) and blocks != proposed
    if not edited:
        blocks = proposed
    weeks = sum(block.weeks for block in blocks) or row.weeks
    starts = case.evaluation.visit_date
    every = case.rules.certification.report_day
    before = episode.days_before(starts) if episode else 0
    report_day = every * (before // every + 1)
    weeks_of_care = (starts - episode.start_of_care).days // 7 if episode else 0
    in_weeks = _treatment_weeks(row, blocks)
    left = report_day - before
    owed = case.value("medicare") != "no"  # the clock is Medicare's; another payer has its own, or none
    schedule = Schedule(
        id=row.id,
        text=_text(row, blocks),
        visits=len(in_weeks),
        weeks=weeks,
        starts=starts,
        ends=after(starts, weeks * 7),
        because=row.because,
        progress_report=case.rules.certification.report.format(day=report_day) if owed else "",
        home_exercise_from_week=max(row.home_exercise_from_week - weeks_of_care, 1),
        blocks=blocks,
        treatment_weeks=tuple(in_weeks),
        report_day=report_day if owed else None,
        report_by=after(starts, in_weeks[left - 1] * 7) if owed and len(in_weeks) >= left else None,
        warnings=tuple(warnings),
    )
    return replace(schedule, proposed=_text(row, proposed)) if edited else schedule


def _with_edits(
    blocks: tuple[Visits, ...], edits: Sequence[PlanEdit]
) -> tuple[tuple[Visits, ...], list[str]]:
    """The blocks with the numbers the therapist set; a number outside its range is told and left out."""
    first, taper = blocks[0], blocks[1] if len(blocks) > 1 else Visits(1, 0)
    warnings: list[str] = []
    for edit in edits:
        if edit.kind != "visits":
            continue
        if fault := visits_fault(edit.field, edit.value):
            warnings.append(f"A change of the visits was left out. {fault}")
            continue
        match edit.field, edit.value or 0:
            case "per_week_1", times:
                first = replace(first, per_week=times)
            case "weeks_1", weeks:
                first = replace(first, weeks=weeks)
            case "per_week_2", times:
                taper = replace(taper, per_week=times)
            case "weeks_2", weeks:
                taper = replace(taper, weeks=weeks)
    return ((first, taper) if taper.weeks else (first,)), warnings


def visits_fault(field: str, value: int | None) -> str:
    """Why a number of the schedule cannot be meant, as a sentence; empty when it can."""
    low, high = VISIT_LIMITS.get(field, (1, 0))
    if value is not None and low <= value <= high:
        return ""
    what = "visits a week" if field.startswith("per_week") else "weeks"
    return f"From {low} to {high} {what} are possible."


def _treatment_weeks(row: ScheduleRow, blocks: Sequence[Visits]) -> list[int]:
    """The week in which each treatment day falls, by the end of which it is over; the evaluation is the first day."""
    if row.at_weeks and not blocks:
        return list(row.at_weeks)
    found: list[int] = []
    week = 0
    for block in blocks:
        for _ in range(block.weeks):
            week += 1
            found += [week] * block.per_week
    return found


def after(day: date, days: int) -> date:
    """So many days later; a calendar has an end."""
    return day + timedelta(days=min(days, (LAST_DAY - day).days))


def certification_of(
    case: Case, schedule: Schedule, goals: Sequence[Goal] = (), episode: SoFar | None = None
) -> Certification:
    """The clocks run for Medicare only; for other payers, or one that is not recorded, the words say so.

    The first certification counts from the day care began. A later visit renews it when its plan goes past it, or
    when a long-term goal changes; else the certification in force stands.
    """
    rules = case.rules.certification
    if case.value("medicare") != "yes":
        text = rules.not_medicare if case.value("medicare") == "no" else rules.unknown
        return Certification(False, text, None, None, None, None, ())
    visit, kind = schedule.starts, case.evaluation.kind
    began = episode.start_of_care if episode else visit
    in_force = episode.certified_until if episode else None
    first = in_force is None and kind == ("re-evaluation" if episode else "initial")
    why = _why_renewed(case, schedule, goals, episode) if kind == "re-evaluation" and not first else ""
    starts = began
    if why:
        starts = visit
    elif episode and episode.plan:
        starts = episode.plan.certified_from or began
    limit = after(starts, rules.limit_days)
    ends = in_force if in_force and not why else min(schedule.ends, limit)
    lapsed = next((day for day in (in_force, ends) if day and day < visit), None)
    due = after(began, rules.due_days) if first else in_force if why and not lapsed else None
    by = f"by {day_in_words(due)}" if due else rules.until_ends
    if lapsed:
        by = rules.has_ended.format(day=day_in_words(lapsed))
    rows = [
        row
        for row in rules.rules
        if _in_force(row, visit, first=first, later=bool(why)) and case.holds(row.when)
    ]
    words = {"due": day_in_words(due) if due else "", "by": by, "because": why}
    return Certification(
        applies=True,
        text=" ".join(row.says.format(**words) for row in rows),
        due=due,
        ends=ends,
        recertification_warning=max(visit, ends - timedelta(days=rules.warning_days))
        if visit <= ends
        else None,
        conservative_limit=limit,
        rules=tuple(row.id for row in rows),
        starts=starts,
        renews=bool(why),
        lapsed=lapsed,
        signature_needed=any(row.sign for row in rows),
    )


def record_facts(case: Case) -> tuple[RecordFact, ...]:
    """What billing and documentation ask at this visit, in the order of the content."""
    day, kind = case.evaluation.visit_date, case.evaluation.kind
    first, later = kind == "initial", kind == "re-evaluation"
    return tuple(
        row
        for row in case.rules.codes.facts
        if _in_force(row, day, first=first, later=later) and case.holds(row.when)
    )


def _why_renewed(case: Case, schedule: Schedule, goals: Sequence[Goal], episode: SoFar | None) -> str:
    """Why a later plan has to be certified anew; empty while the certification in force covers it."""
    rules = case.rules.certification
    if episode is None or episode.plan is None or episode.certified_until is None:
        return rules.renews_unknown
    if schedule.ends > episode.certified_until:
        return rules.renews_past.format(until=day_in_words(episode.certified_until))
    before = {goal.id: goal.long for goal in episode.plan.goals}
    changed = any(before.get(goal.id) != target_text(goal.long, goal.unit) for goal in goals)
    return rules.renews_goals if changed else ""


def _in_force(row: DatedRow, day: date, *, first: bool, later: bool) -> bool:
    if (row.since is not None and day < row.since) or (row.before is not None and day >= row.before):
        return False
    return {"": True, "first": first, "later": later}[row.visit]


def _text(row: ScheduleRow, blocks: Sequence[Visits]) -> str:
    if row.at_weeks and not blocks:
        weeks = [str(week) for week in row.at_weeks]
        text = f"{len(weeks)} visits, in weeks {', '.join(weeks[:-1])} and {weeks[-1]}"
    else:
        text = ", then ".join(
            f"{block.per_week} a week for {block.weeks} week{'s' if block.weeks != 1 else ''}"
            for block in blocks
        )
    return f"{text}, {row.note}" if row.note else text
