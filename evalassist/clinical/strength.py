"""Strength as a measurement: trials kept raw, one score a side, symmetry only where it means something.

Formulas and rules: examination sheet 6.1, 6.3, 6.5, 6.6; a hand grade never becomes a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from statistics import mean, stdev
from typing import Literal

from evalassist.clinical.result import GroupStrength, SideStrength
from evalassist.content.schema import Norm, StrengthGroup
from evalassist.evaluation import Side, SoreKnee, StrengthTest
from evalassist.units import from_si, to_si

GRAVITY_M_S2 = 9.80665
REPEAT_CV_PERCENT = 10.0
"""Above this the trials scatter too much: one more trial is asked, and without it nothing is scored [P]."""

PAIN_IN_TEST = 3
PAIN_ABOVE_REST = 2
"""Pain of 3 or more in the test, or 2 above rest, means the value may be under-read [P]."""

Scoring = Literal["best", "mean"]


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


def norm_for(group: str, sex: str, age_years: int, norms: Iterable[Norm]) -> Norm | None:
    """The enabled norm of this group, sex and age; none under 20 years."""
    for norm in norms:
        fits = norm.group == group and norm.sex == sex and norm.age_from <= age_years <= norm.age_to
        if fits and norm.enabled and age_years >= 20:
            return norm
    return None


def side_strength(
    test: StrengthTest,
    *,
    scoring: Scoring,
    body_mass_kg: float | None,
    rest_pain: float | None,
    norm: Norm | None,
) -> SideStrength:
    """One muscle group on one side, from what was typed."""
    in_torque = test.unit == "Nm"
    trials = tuple(to_si(trial, test.unit) for trial in test.trials) if test.unit else ()
    scatter = cv_percent(trials)
    reliable = bool(trials) and (scatter is None or scatter <= REPEAT_CV_PERCENT)
    score = (max(trials) if scoring == "best" else mean(trials)) if reliable else None
    torque = _torque(score, in_torque, test.lever_arm_m)
    return SideStrength(
        score=score,
        in_torque=in_torque,
        trials=trials,
        lever_arm_m=test.lever_arm_m,
        cv_percent=scatter,
        reliable=reliable,
        torque_nm=torque,
        torque_nm_per_kg=torque / body_mass_kg if torque is not None and body_mass_kg else None,
        percent_body_weight=(
            percent_body_weight(score, body_mass_kg)
            if score is not None and not in_torque and body_mass_kg
            else None
        ),
        z=_z(score, torque, in_torque, norm),
        grade=test.grade,
        pain=test.pain,
        pain_inhibited=_pain_inhibited(test.pain, rest_pain),
        not_tested=test.not_tested,
    )


def group_strength(
    group: StrengthGroup, sides: Mapping[Side, SideStrength], sore_knee: SoreKnee
) -> GroupStrength:
    """Both sides together. Symmetry needs one sore knee and the same kind of value on both sides."""
    right, left = sides.get("right"), sides.get("left")
    pair = _comparable(right, left)
    if pair is None:
        return GroupStrength(group.id, right, left, None, None, None, None)
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


def _z(score: float | None, torque: float | None, in_torque: bool, norm: Norm | None) -> float | None:
    if norm is None:
        return None
    value = torque if norm.unit == "Nm" else (None if in_torque else score)
    return None if value is None else z_score(value, norm)


def _pain_inhibited(pain: int | None, rest_pain: float | None) -> bool:
    if pain is None:
        return False
    return pain >= PAIN_IN_TEST or (rest_pain is not None and pain - rest_pain >= PAIN_ABOVE_REST)


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
