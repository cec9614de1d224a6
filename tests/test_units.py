"""What is typed in a clinic's unit is stored in SI and shown again as it was typed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalassist.errors import EvalAssistError
from evalassist.units import DIMENSION, convert, from_si, to_si
from evalassist.words import unbroken

units = st.sampled_from(sorted(DIMENSION))
measured = st.floats(min_value=0.001, max_value=5000)


@pytest.mark.parametrize(
    ("value", "unit", "si"),
    [
        (18, "kgf", 176.5197),
        (40, "lbf", 177.928864612),
        (150, "lb", 68.0388555),
        (35, "cm", 0.35),
        (10, "in", 0.254),
        (132.4, "Nm", 132.4),
        (98.6, "°F", 37.0),
        (2, "weeks", 1_209_600),
    ],
)
def test_a_value_becomes_si_exactly_as_written(value: float, unit: str, si: float) -> None:
    assert to_si(value, unit) == si


def test_eighteen_kilograms_on_the_dynamometer_at_75_cm_are_132_newton_metres() -> None:
    assert to_si(18.0, "kgf") * to_si(75, "cm") == pytest.approx(132.4, abs=0.05)


@given(measured, units)
def test_a_value_comes_back_as_it_was_typed(value: float, unit: str) -> None:
    assert from_si(to_si(value, unit), unit) == pytest.approx(value, rel=1e-12, abs=1e-12)


@given(st.integers(0, 99_999), units)
def test_a_value_typed_with_one_decimal_shows_the_same_decimal(tenths: int, unit: str) -> None:
    assert f"{from_si(to_si(tenths / 10, unit), unit):.1f}" == f"{tenths / 10:.1f}"


@given(measured, measured, units)
def test_the_larger_of_two_values_stays_the_larger(one: float, other: float, unit: str) -> None:
    low, high = sorted((one, other))
    assert to_si(low, unit) <= to_si(high, unit)


def test_a_pound_of_mass_weighs_a_pound_of_force() -> None:
    newtons_by_mass = to_si(to_si(1, "lb"), "kgf")
    assert to_si(1, "lbf") == pytest.approx(newtons_by_mass, rel=1e-10)


SI_UNITS = ("N", "kg", "m", "Nm", "s", "°C")


def test_every_dimension_has_its_si_unit() -> None:
    assert [to_si(7.5, unit) for unit in SI_UNITS] == [7.5] * len(SI_UNITS)
    assert {DIMENSION[unit] for unit in SI_UNITS} == set(DIMENSION.values())


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [(9, "months", "weeks", 39.105), (35, "cm", "m", 0.35), (20, "kgf", "kgf", 20), (38, "°C", "°F", 100.4)],
)
def test_a_value_is_shown_in_another_unit_of_its_kind(
    value: float, unit: str, to: str, expected: float
) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-12)


def test_kilograms_of_body_mass_never_become_kilograms_of_force() -> None:
    with pytest.raises(EvalAssistError, match="kg measures mass, kgf measures force"):
        convert(70, "kg", "kgf")


@pytest.mark.parametrize("conversion", [to_si, from_si])
def test_an_unknown_unit_is_refused_with_the_known_ones(conversion: Callable[[float, str], float]) -> None:
    with pytest.raises(EvalAssistError, match=r"'stone' is not a unit .*kgf, lbf"):
        conversion(1.0, "stone")


def test_no_line_of_a_reason_ends_between_a_number_and_its_unit() -> None:
    told = unbroken("Right hip 80.9 % of the left, lower by 0.036 kgf/kg, 6 months in 2 steps")
    assert [part for part in told.split(" ") if part.endswith(("%", "kgf/kg,"))] == [
        "80.9\u00a0%",
        "0.036\u00a0kgf/kg,",
    ]
    assert told.endswith("6 months in 2 steps")
