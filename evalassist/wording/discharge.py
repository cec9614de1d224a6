"""The discharge summary in words that paper and plain text share."""

from __future__ import annotations

from collections.abc import Iterator

from evalassist.clinical.discharge import states_counted
from evalassist.note import Note, NoteDischarge, NoteGoalReached
from evalassist.wording.findings import day

TITLE = "Physical therapy discharge summary"
HEAD = "Discharge summary"
GOALS = ("Goal", "At the start", "Aim", "Now", "State")
NOT_MEASURED = "not measured"
NO_GOALS = "No goals were set in the plans of this episode."
NOT_WRITTEN = "not recorded"
NO_HOME = "No home program was given."

Told = tuple[tuple[str, str], ...]


def counted(found: NoteDischarge) -> str:
    """How many of the goals were reached, in a sentence."""
    if not found.goals:
        return NO_GOALS
    return f"{states_counted([goal.state for goal in found.goals])}."


def care(found: NoteDischarge) -> Told:
    """The episode: from when to when, how many visits, why it ends."""
    weeks = round((found.ended - found.began).days / 7)
    told = "1 week" if weeks == 1 else f"{weeks} weeks"
    attended = (
        f"{found.attended} took place"
        if found.attended is not None
        else "how many took place is not recorded"
    )
    return (
        ("Care", f"{day(found.began)} to {day(found.ended)}, {told}"),
        ("Visits", f"{attended}; {found.planned} were planned up to this one"),
        ("Evaluated on", "; ".join(day(when) for when in (*found.evaluations, found.ended))),
        ("Why care ends", found.reason or NOT_WRITTEN),
        ("Added", found.words),
    )


def goal_row(goal: NoteGoalReached) -> tuple[str, str, str, str, str]:
    """One goal as a row: title, start, its aim and every later one with its day, now, state."""
    aims = "; ".join(f"{aim.value} from {aim.label}" if n else aim.value for n, aim in enumerate(goal.aims))
    last = f"; last {goal.last}" if goal.last else ""
    now = goal.now or ("" if goal.state != "not measured" else f"{NOT_MEASURED}{last}")
    return goal.title, goal.start, aims, now, goal.state


def home(found: NoteDischarge) -> Told:
    """What the patient goes on with."""
    if found.home_since is None:
        return (("Home program", NO_HOME),)
    since = "of today" if found.home_since == found.ended else f"of {day(found.home_since)}"
    return (("Upkeep", found.upkeep), ("Exercises", f"from the plan {since}"))


def back(found: NoteDischarge, phone: str = "") -> Told:
    """When to come back, as the patient's sheet says it."""
    us = f"Call us at {phone} if" if phone else "Call us if"
    check = (
        f"By phone or form, about {day(found.check_on)}: worst pain, global change, home program"
        " (app default)."
        if found.check_on
        else ""
    )
    return (
        (us, " ".join(found.call)),
        ("Get care today if", " ".join(found.today)),
        ("At once", " ".join(found.emergency)),
        ("Asked again", check),
    )


def paper_changes(note: Note) -> Iterator[tuple[str, str, str, str, str]]:
    """Every value that was compared with the first visit: name, then, now, change, what it means."""
    if note.follow_up is None or not note.follow_up.changes:
        return
    for row in note.follow_up.changes[0].rows:
        limits = f" ({row.limits})" if row.limits else ""
        yield row.name, row.then or NOT_MEASURED, row.now, row.by, f"{row.verdict}{limits}"
