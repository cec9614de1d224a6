"""Strength as a measurement: examination sheet 6.1, 6.3, 6.5 and the clinical decisions 3, 27, 28."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalassist.clinical import strength
from evalassist.clinical.result import GroupStrength, SideStrength
from evalassist.content.schema import BreakNorm, Norm, StrengthGroup
from evalassist.evaluation import Discarded, Side, SoreKnee, StrengthTest

ABDUCTION = StrengthGroup(
    id="habd",
    title="Hip abduction",
    region="hip",
    position="side-lying",
    body_position="side-lying",
    stabilise="pelvis",
    pad="above the lateral malleolus",
    axis="greater trochanter",
    say="Push up.",
    inter_tester_mdc_kgf=5.0,
    decides="hip",
    mark="V",
)
LIMITS = strength.Limits(repeat_cv_percent=10, pain_in_test=3, pain_above_rest=2)
KNEE_EXTENSION_NORM = Norm(
    group="kext", sex="F", age_from=20, age_to=59, mean=122.6, sd=33.6, unit="Nm", enabled=True, mark="V2"
)


def side(*trials: float, unit: str = "N", **more: object) -> SideStrength:
    test = StrengthTest(trials=trials, unit=unit, **more)  # type: ignore[arg-type]  # the builder passes fields through
    return strength.side_strength(
        test, scoring="best", limits=LIMITS, body_mass_kg=62.0, rest_pain=0, norm=None
    )


def both(right: SideStrength, left: SideStrength, sore: SoreKnee = "right") -> GroupStrength:
    sides: dict[Side, SideStrength] = {"right": right, "left": left}
    return strength.group_strength(ABDUCTION, sides, sore)


@pytest.mark.parametrize(
    ("right", "left", "why"),
    [
        ({"position": "supine"}, {}, "positions"),
        ({"position": "supine"}, {"position": "standing"}, "positions"),
        ({"contraction": "break"}, {}, "contractions"),
        ({"position": "supine", "contraction": "break"}, {"position": "supine"}, "contractions"),
    ],
)
def test_values_of_different_protocols_are_never_compared(
    right: dict[str, str], left: dict[str, str], why: str
) -> None:
    group = both(side(80, **right), side(100, **left))
    assert group.symmetry_percent is None
    assert group.asymmetry_percent is None
    assert group.weaker is None
    assert group.not_compared == why


def test_values_of_the_same_protocol_are_compared_in_whatever_position() -> None:
    group = both(side(80, position="supine"), side(100, position="supine"))
    assert group.symmetry_percent == 80
    assert group.not_compared == ""


def test_lever_arms_that_differ_without_torque_of_both_are_told() -> None:
    assert both(side(80, lever_arm_m=0.4), side(100)).not_compared == "units"


def test_what_held_the_device_does_not_stand_in_the_way() -> None:
    assert both(side(80, fixation="belt"), side(100, fixation="hand")).symmetry_percent == 80


def test_a_discarded_trial_does_not_count_and_is_kept() -> None:
    test = StrengthTest(trials=(80, 82), unit="N", discarded=(Discarded(140, "N", "belt slipped"),))
    tested = strength.side_strength(
        test, scoring="best", limits=LIMITS, body_mass_kg=62.0, rest_pain=0, norm=None
    )
    assert tested.score == 82
    assert tested.reliable


def test_a_norm_is_for_the_standard_position_only() -> None:
    for position, expected in ((None, True), ("knee-60", False)):
        test = StrengthTest(trials=(400,), unit="N", lever_arm_m=0.34, position=position)
        tested = strength.side_strength(
            test, scoring="best", limits=LIMITS, body_mass_kg=62.0, rest_pain=0, norm=KNEE_EXTENSION_NORM
        )
        assert (tested.z is not None) is expected


def test_hip_norms_are_off_until_the_clinic_switches_them_on() -> None:
    hip = Norm(
        group="habd", sex="F", age_from=20, age_to=59, mean=113.1, sd=32.4, unit="N", enabled=False, mark="V2"
    )
    assert strength.norm_for("habd", "F", 24, [hip]) is None
    assert strength.norm_for("habd", "F", 24, [hip], hip_norms=True) is hip
    assert strength.norm_for("habd", "F", 19, [hip], hip_norms=True) is None


def test_a_break_test_is_compared_with_break_tests_by_age_and_sex() -> None:
    runners = BreakNorm.model_validate(
        {"group": "habd", "intercept": 1.6, "per-year": -0.005, "if-male": 0.215, "sd": 0.354, "mark": "V"}
    )
    woman, man = (strength.break_norm_for("habd", sex, 30, [runners]) for sex in ("F", "M"))
    assert woman is not None
    assert man is not None
    assert (round(woman.mean, 3), round(man.mean, 3), woman.unit) == (1.45, 1.665, "Nm/kg")
    assert strength.break_norm_for("habd", "X", 30, [runners]) is None
    assert strength.break_norm_for("habd", "F", 19, [runners]) is None
    assert strength.break_norm_for("her", "F", 30, [runners]) is None


def test_the_best_trial_is_the_score() -> None:
    assert side(88, 93, 90).score == 93


def test_torque_per_body_mass_needs_the_lever_arm() -> None:
    tested = side(88, 93, 90, lever_arm_m=0.78)
    assert tested.torque_nm == pytest.approx(72.54)
    assert tested.torque_nm_per_kg == pytest.approx(1.17, abs=0.005)
    assert side(88, 93, 90).torque_nm is None


def test_eighteen_kgf_at_75_cm_are_132_newton_metres() -> None:
    tested = side(18.0, unit="kgf", lever_arm_m=0.75)
    assert tested.score == pytest.approx(176.52, abs=0.005)
    assert tested.torque_nm == pytest.approx(132.4, abs=0.05)


def test_force_as_a_share_of_body_weight() -> None:
    assert side(93).percent_body_weight == pytest.approx(15.3, abs=0.05)


def test_symmetry_is_the_sore_side_over_the_other() -> None:
    group = both(side(88, 93, 90), side(112, 115, 109))
    assert group.symmetry_percent == pytest.approx(80.9, abs=0.05)
    assert group.weaker == "right"


def test_with_the_left_knee_sore_the_same_forces_give_the_reverse() -> None:
    assert both(side(93), side(115), sore="left").symmetry_percent == pytest.approx(123.7, abs=0.05)


def test_both_knees_sore_give_asymmetry_but_no_symmetry() -> None:
    group = both(side(80), side(100), sore="both")
    assert group.symmetry_percent is None
    assert group.asymmetry_percent == pytest.approx(80)


def test_equal_levers_leave_ninety_exactly_ninety() -> None:
    group = both(side(90, lever_arm_m=0.78), side(100, lever_arm_m=0.78))
    assert group.symmetry_percent == 90.0


def test_different_levers_are_compared_by_torque() -> None:
    group = both(side(100, lever_arm_m=0.40), side(100, lever_arm_m=0.80))
    assert group.symmetry_percent == pytest.approx(50)


def test_a_lever_on_one_side_only_cannot_be_compared() -> None:
    assert both(side(100, lever_arm_m=0.40), side(100)).asymmetry_percent is None


def test_trials_that_scatter_are_not_scored() -> None:
    tested = side(60, 100, 80)
    assert tested.cv_percent == pytest.approx(25)
    assert not tested.reliable
    assert tested.score is None


def test_a_grade_never_becomes_a_number() -> None:
    group = both(strength_by_hand("4"), side(100))
    assert group.asymmetry_percent is None
    assert group.symmetry_percent is None


def strength_by_hand(grade: str) -> SideStrength:
    return strength.side_strength(
        StrengthTest(grade=grade), scoring="best", limits=LIMITS, body_mass_kg=62.0, rest_pain=0, norm=None
    )


@pytest.mark.parametrize(
    ("pain", "rest", "inhibited"),
    [(2, 0, True), (2, 1, False), (3, 3, True), (1, 0, False), (2, None, False)],
)
def test_pain_of_three_or_two_above_rest_may_hide_strength(
    pain: int, rest: float | None, inhibited: bool
) -> None:
    test = StrengthTest(trials=(50,), unit="N", pain=pain)
    tested = strength.side_strength(
        test, scoring="best", limits=LIMITS, body_mass_kg=None, rest_pain=rest, norm=None
    )
    assert tested.pain_inhibited is inhibited


def test_a_small_difference_is_within_what_two_testers_differ_by() -> None:
    assert both(side(100), side(140)).within_tester_error is True  # 4.1 kgf
    assert both(side(100), side(160)).within_tester_error is False  # 6.1 kgf


def test_knee_extension_is_set_against_the_norm_of_sex_and_age() -> None:
    assert strength.z_score(136.7, KNEE_EXTENSION_NORM) == pytest.approx(0.42, abs=0.005)
    assert strength.norm_for("kext", "F", 24, [KNEE_EXTENSION_NORM]) is KNEE_EXTENSION_NORM


@pytest.mark.parametrize(("sex", "age"), [("X", 24), ("M", 24), ("F", 19), ("F", 60)])
def test_no_norm_is_used_for_another_sex_or_age(sex: str, age: int) -> None:
    young = KNEE_EXTENSION_NORM.model_copy(update={"age_from": 10})
    assert strength.norm_for("kext", sex, age, [young]) is None


def test_a_norm_that_is_switched_off_is_not_used() -> None:
    off = KNEE_EXTENSION_NORM.model_copy(update={"enabled": False})
    assert strength.norm_for("kext", "F", 24, [off]) is None


@given(st.lists(st.floats(5, 1000), min_size=2, max_size=6), st.floats(0.1, 10))
def test_the_scatter_of_trials_does_not_depend_on_the_unit(trials: list[float], factor: float) -> None:
    plain, scaled = strength.cv_percent(trials), strength.cv_percent([t * factor for t in trials])
    assert plain is not None
    assert scaled == pytest.approx(plain, abs=1e-6)


@given(st.floats(5, 1000), st.floats(5, 1000))
def test_swapping_the_sides_swaps_the_weaker_side(right: float, left: float) -> None:
    one, swapped = both(side(right), side(left)), both(side(left), side(right), sore="left")
    assert one.symmetry_percent == swapped.symmetry_percent
    assert (one.weaker is None) == (right == left)
    assert {one.weaker, swapped.weaker} in ({None}, {"right", "left"})
