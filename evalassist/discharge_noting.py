"""The discharge summary as it is frozen in the note: goals, visits, home program, why care ends, when to come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from evalassist.clinical.change import Visit
from evalassist.clinical.discharge import REASON, goals_reached, goes_on_with
from evalassist.clinical.follow_up import FollowUp, episode_of
from evalassist.clinical.result import Assessment, PlannedExercise, PlanOfCare
from evalassist.clinical.schedule import day_in_words
from evalassist.clinical.standing import GoalReached
from evalassist.content import Content
from evalassist.evaluation import Evaluation
from evalassist.note import Line, NoteDischarge, NoteGoalReached

ATTENDED, ADDED, UPKEEP = "visits-attended", "discharge-words", "upkeep-plan"
CALL, TODAY, TEEN = ("call_1", "call_2", "call_3"), tuple(f"today_{n}" for n in range(1, 6)), "today_teen"
UPKEEP_WORDS = {
    "yes": "Agreed: 3 to 4 of these exercises on 2 days a week, for at least 3 months.",
    "no": "No upkeep plan was agreed.",
}
CHECK_AFTER_MONTHS = 3


def discharge_note(
    found: FollowUp,
    earlier: Sequence[Visit],
    evaluation: Evaluation,
    assessment: Assessment,
    plan: PlanOfCare | None,
    content: Content,
) -> NoteDischarge:
    """What the end of care is told by. What was not recorded is said to be so, and not guessed."""
    home = goes_on_with(plan, earlier, evaluation.visit_date)
    reasons = {option.id: option.label for option in content.items[REASON].options}
    answers, both = evaluation.answers, evaluation.sore_knee == "both"
    upkeep = UPKEEP_WORDS.get(str(answers.get(UPKEEP)), "Whether an upkeep plan was agreed is not recorded.")
    return NoteDischarge(
        began=found.first,
        ended=evaluation.visit_date,
        evaluations=tuple(visit.day for visit in earlier),
        attended=_whole(answers.get(ATTENDED)),
        planned=_planned(earlier, evaluation),
        reason=reasons.get(str(answers.get(REASON)), ""),
        words=str(answers.get(ADDED, "")).strip(),
        goals=tuple(
            _goal(goal, found.first)
            for goal in goals_reached(earlier, evaluation, assessment, found, content)
        ),
        home=tuple(_exercise(one, days=answers.get(UPKEEP) != "yes") for one in home.exercises)
        if home
        else (),
        home_since=home.since if home else None,
        upkeep=upkeep if home else "",
        call=tuple(_texts(CALL, content, both=both)),
        today=tuple(_texts((*TODAY, *([TEEN] if evaluation.age_years < 18 else [])), content, both=both)),
        emergency=tuple(_emergency(content, both=both)),
        check_on=_months_on(evaluation.visit_date, CHECK_AFTER_MONTHS),
    )


def _whole(answer: object) -> int | None:
    return int(answer) if isinstance(answer, int | float) else None


def _planned(earlier: Sequence[Visit], evaluation: Evaluation) -> int:
    """Treatment days of the plans up to this one; which of them took place is not kept."""
    episode = episode_of(earlier)
    return episode.days_before(evaluation.visit_date) if episode else 0


def _goal(goal: GoalReached, began: date) -> NoteGoalReached:
    start = goal.start
    if start and goal.since != began:
        start = f"{start} on {day_in_words(goal.since)}"
    aims = tuple(Line(label=day_in_words(day), value=aim) for day, aim in goal.aims)
    last = f"{goal.last[1]} on {day_in_words(goal.last[0])}" if goal.last else ""
    return NoteGoalReached(
        title=goal.title, start=start, aims=aims, now=goal.now, state=goal.state, last=last
    )


def _exercise(one: PlannedExercise, *, days: bool) -> Line:
    """An exercise with its dose; with an upkeep plan the days of the week are those agreed."""
    dose = one.dose
    side = "both legs" if one.side == "both" else f"{one.side} leg"
    parts = [side, f"{dose.sets} × {dose.reps_text or dose.reps}"]
    parts += [f"hold {dose.hold_s} s"] if dose.hold_s >= 2 else []
    parts += [f"{dose.days_per_week} days a week"] if days else []
    return Line(label=one.exercise.name, value=", ".join(parts))


def _texts(keys: Sequence[str], content: Content, *, both: bool) -> Iterator[str]:
    found = content.patient_texts
    for key in keys:
        yield found.texts[found.form(key, both=both)].en.replace("<b>", "").replace("</b>", "")


def _emergency(content: Content, *, both: bool) -> Iterator[str]:
    texts, form = content.patient_texts.texts, content.patient_texts.form
    for name in ("emergency_room", "emergency_number"):
        yield f"{texts[name].en} {texts[form(f'{name}_if', both=both)].en}"


def _months_on(day: date, months: int) -> date:
    """So many months later; the last day of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, day.day)
