"""How much: dose by irritability, which leg, minutes a session, and the order of the cards on the sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evalassist.clinical.result import PlannedExercise
from evalassist.content.schema import Dose, Exercise
from evalassist.evaluation import SoreKnee

if TYPE_CHECKING:
    from evalassist.clinical.case import Case

SECONDS_A_REPETITION = 5
"""Up and down; a longer hold counts alone from this on."""


def dose_for(case: Case, exercise: Exercise) -> Dose:
    """The starting dose. High irritability takes sets away, the last phase days; stretches and runs keep theirs.

    An upkeep plan that is agreed at discharge takes days from every one.
    """
    dose, row, phase = exercise.dose, case.row, case.rules.phase_of[case.phase]
    change: dict[str, int] = {}
    if row.sets is not None and exercise.id not in row.full_sets and dose.sets > row.sets:
        change["sets"] = row.sets
    days = phase.strength_days
    if days is not None and exercise.region not in ("mobility", "running") and dose.days_per_week > days:
        change["days_per_week"] = days
    if case.keeps_up:
        change["days_per_week"] = min(dose.days_per_week, case.rules.upkeep_days)
    return dose.model_copy(update=change) if change else dose


def side_for(exercise: Exercise, sore_knee: SoreKnee) -> SoreKnee:
    """One-sided exercises are for the sore leg, the others use both legs at once."""
    return "both" if exercise.sides == "both" else sore_knee


def seconds(planned: PlannedExercise) -> int:
    """Seconds of one session; running stands outside."""
    dose = planned.dose
    if planned.exercise.region == "running":
        return 0
    one = dose.hold_s if dose.hold_s >= SECONDS_A_REPETITION else SECONDS_A_REPETITION + dose.hold_s
    legs = 2 if planned.exercise.sides == "one" and planned.side == "both" else 1
    return dose.sets * dose.reps * one * legs + dose.rest_s * (dose.sets - 1)


def session_minutes(planned: Iterable[PlannedExercise]) -> int:
    """Minutes of one session at home, to the nearest 5."""
    exact = sum(seconds(one) for one in planned) / 60
    return int(exact / 5 + 0.5) * 5


def card_order(exercises: Iterable[PlannedExercise]) -> tuple[PlannedExercise, ...]:
    """The order on the sheet: hip and knee in turn, hip first, as far as it goes; then the others."""
    cards = list(exercises)
    hip = [card for card in cards if card.exercise.chip == "HIP"]
    knee = [card for card in cards if card.exercise.chip == "KNEE"]
    both = min(len(hip), len(knee))
    in_turn = [card for pair in zip(hip, knee, strict=False) for card in pair]
    others = [card for card in cards if card.exercise.chip == "OTHER"]
    return (*in_turn, *hip[both:], *knee[both:], *others)
