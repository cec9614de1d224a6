"""Strength as a measurement: trials kept raw, one score a side, symmetry only where it means something.

Formulas and rules: examination sheet 6.1, 6.3, 6.5, 6.6; a hand grade never becomes a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from statistics import mean, stdev
from typing import Literal

from evalassist.clinical.result import GroupStrength, SideStrength
from evalassist.content.schema import BreakNorm, Norm, StrengthGroup
from evalassist.evaluation import Defaults, Side, SoreKnee, StrengthTest
from evalassist.units import from_si, to_si
from evalassist.words import lower_first

GRAVITY_M_S2 = 9.80665
NORMS_FROM_YEARS = 20
"""Norms are off for younger patients (clinical decision 27)."""

Scoring = Literal["best", "mean"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What makes trials unreliable, and pain a reason to read a value with care; the clinic's defaults."""

    repeat_cv_percent: float
    """Above this the trials scatter too much: one more is asked, and without it nothing is scored."""
    pain_in_test: float
    pain_above_rest: float

    @classmethod
    def of(cls, numbers: Defaults) -> Limits:
        return cls(numbers["repeat-cv"], numbers["pain-in-test"], numbers["pain-above-rest"])


def protocol_words(group: StrengthGroup, test: StrengthTest) -> str:
    """How a value was taken, where it was not the standard make test: `supine, break test, belt`."""
    position = lower_first(group.position_title(test.position))
    contraction = "break test" if test.contraction == "break" else ""
    return ", ".join(word for word in (position, contraction, test.fixation) if word)


def settled(value: float) -> float:
    """Without the last binary digits, which nobody measured: 80.1 of 89 is 90 %, and not a hair less."""
    return round(value, 9)


def torque_nm(force_n: float, lever_arm_m: float) -> float:
    """Decimal, so that 83 N at 0.35 m are 29.05 Nm, as on paper, and not a hair less."""
    return float(Decimal(str(force_n)) * Decimal(str(lever_arm_m)))


def torque_nm_per_kg(force_n: float, lever_arm_m: float, body_mass_kg: float) -> float:
    """Torque made comparable between people of different mass."""
    return torque_nm(force_n, lever_arm_m) / body_mass_kg


def percent_body_weight(force_n: float, body_mass_kg: float) -> float:
    return 100 * force_n / (body_mass_kg * GRAVITY_M_S2)


def cv_percent(trials: Iterable[float]) -> float | None:
    """Coefficient of variation, 100 x sample SD / mean; None with fewer than two trials."""
    return _scatter(tuple(trials))


@lru_cache(maxsize=512)  # the same trials are looked at again after every answer, and exact sums are slow
def _scatter(trials: tuple[float, ...]) -> float | None:
    middle = mean(trials) if len(trials) > 1 else 0
    return settled(100 * stdev(trials) / middle) if middle else None


def limb_symmetry_percent(sore: float, other: float) -> float:
    """The sore side as a percentage of the other; unrounded, for it is compared with a threshold."""
    return settled(100 * sore / other)


def z_score(value: float, norm: Norm) -> float:
    return settled((value - norm.mean) / norm.sd)


def norm_for(
    group: str, sex: str, age_years: int, norms: Iterable[Norm], *, hip_norms: bool = False
) -> Norm | None:
    """The norm of a make test of this group, sex and age; none under 20 years, hip force only when switched on."""
    for norm in norms:
        fits = norm.group == group and norm.sex == sex and norm.age_from <= age_years <= norm.age_to
        if fits and (norm.enabled or hip_norms) and age_years >= NORMS_FROM_YEARS:
            return norm
    return None


def break_norm_for(group: str, sex: str, age_years: int, norms: Iterable[BreakNorm]) -> Norm | None:
    """What a break test of this group is compared with; none under 20 years."""
    if sex not in ("F", "M") or age_years < NORMS_FROM_YEARS:
        return None
    return next((n.at(age_years, "M" if sex == "M" else "F") for n in norms if n.group == group), None)


def side_strength(
    test: StrengthTest,
    *,
    scoring: Scoring,
    limits: Limits,
    body_mass_kg: float | None,
    rest_pain: float | None,
    norm: Norm | None,
) -> SideStrength:
    """One muscle group on one side, from what was typed; `norm` is that of the same contraction."""
    in_torque = test.unit == "Nm"
    trials = tuple(to_si(trial, test.unit) for trial in test.trials) if test.unit else ()
    scatter = cv_percent(trials)
    reliable = bool(trials) and (scatter is None or scatter <= limits.repeat_cv_percent)
    score = (max(trials) if scoring == "best" else mean(trials)) if reliable else None
    torque = _torque(score, in_torque, test.lever_arm_m)
    per_kg = torque / body_mass_kg if torque is not None and body_mass_kg else None
    values = {"Nm": torque, "N": None if in_torque else score, "Nm/kg": per_kg}
    value = values[norm.unit] if norm is not None and test.position is None else None
    return SideStrength(
        score=score,
        in_torque=in_torque,
        trials=trials,
        lever_arm_m=test.lever_arm_m,
        cv_percent=scatter,
        reliable=reliable,
        torque_nm=torque,
        torque_nm_per_kg=per_kg,
        percent_body_weight=(
            percent_body_weight(score, body_mass_kg)
            if score is not None and not in_torque and body_mass_kg
            else None
        ),
        z=None if norm is None or value is None else z_score(value, norm),
        grade=test.grade,
        pain=test.pain,
        pain_inhibited=_pain_inhibited(test.pain, rest_pain, limits),
        not_tested=test.not_tested,
        protocol=test.protocol,
    )


def group_strength(
    group: StrengthGroup, sides: Mapping[Side, SideStrength], sore_knee: SoreKnee
) -> GroupStrength:
    """Both sides together. Symmetry needs one sore knee, and the same protocol and kind of value on both sides."""
    right, left = sides.get("right"), sides.get("left")
    apart = _not_compared(right, left)
    pair = None if apart else _comparable(right, left)
    if pair is None:
        return GroupStrength(group.id, right, left, None, None, None, None, apart)
    right_value, left_value = pair
    symmetry = None
    if sore_knee != "both":
        sore, other = (right_value, left_value) if sore_knee == "right" else (left_value, right_value)
        symmetry = limb_symmetry_percent(sore, other)
    weaker: Side | None = None
    if right_value != left_value:
        weaker = "right" if right_value < left_value else "left"
    return GroupStrength(
        group=group.id,
        right=right,
        left=left,
        symmetry_percent=symmetry,
        asymmetry_percent=limb_symmetry_percent(min(pair), max(pair)),
        weaker=weaker,
        within_tester_error=_within_error(group, right, left),
    )


def _torque(score: float | None, in_torque: bool, lever_arm_m: float | None) -> float | None:
    if score is None or in_torque:
        return score
    return torque_nm(score, lever_arm_m) if lever_arm_m else None


def _pain_inhibited(pain: int | None, rest_pain: float | None, limits: Limits) -> bool:
    if pain is None:
        return False
    above_rest = rest_pain is not None and pain - rest_pain >= limits.pain_above_rest
    return pain >= limits.pain_in_test or above_rest


def _not_compared(right: SideStrength | None, left: SideStrength | None) -> str:
    """Why two measured sides are not compared: another position reads 27 to 30 % higher at the hip (6.2)."""
    if right is None or left is None or not right.trials or not left.trials:
        return ""
    (position, contraction), (other_position, other_contraction) = right.protocol, left.protocol
    if position != other_position:
        return "positions"
    if contraction != other_contraction:
        return "contractions"
    if right.score is None or left.score is None:
        return ""
    return "" if _comparable(right, left) else "units"


def _comparable(right: SideStrength | None, left: SideStrength | None) -> tuple[float, float] | None:
    """The two values to compare: the scores as measured, or the torques when the lever arms differ."""
    if right is None or left is None or not right.score or not left.score:
        return None
    if right.in_torque == left.in_torque and (right.in_torque or right.lever_arm_m == left.lever_arm_m):
        return right.score, left.score
    return (right.torque_nm, left.torque_nm) if right.torque_nm and left.torque_nm else None


def _within_error(group: StrengthGroup, right: SideStrength | None, left: SideStrength | None) -> bool | None:
    """Smaller than the inter-tester MDC, which is published in kgf."""
    if group.inter_tester_mdc_kgf is None or right is None or left is None:
        return None
    if right.in_torque or left.in_torque or right.score is None or left.score is None:
        return None
    return from_si(abs(right.score - left.score), "kgf") < group.inter_tester_mdc_kgf
