"""How a label stands inside a sentence."""

import pytest

from evalassist.words import lower_first


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Worst pain, last 7 days", "worst pain, last 7 days"),
        ("Hip abduction", "hip abduction"),
        ("HipSIT difference", "HipSIT difference"),
        ("AKPS total", "AKPS total"),
        ("FPI-6, right", "FPI-6, right"),
        ("Thessaly test", "Thessaly test"),
        ("Y-balance forward reach", "Y-balance forward reach"),
        ("A new loading task", "a new loading task"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_keeps_the_capitals_that_are_part_of_its_name(
    label: str, inside: str
) -> None:
    assert lower_first(label) == inside
