"""How a label stands inside a sentence."""

import pytest

from evalassist.content import load_content
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
        ("Ober angle", "Ober angle"),
        ("Wells score", "Wells score"),
        ("Y-balance forward reach", "Y-balance forward reach"),
        ("A new loading task", "a new loading task"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_keeps_the_capitals_that_are_part_of_its_name(
    label: str, inside: str
) -> None:
    assert lower_first(label) == inside


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (("mass",), "body mass"),
        (("ely.right", "ober.right"), "Ely, knee bend; modified Ober, leg angle, right"),
        (("ely.right", "ely.left"), "Ely, knee bend, right and left"),
        (("ely.right", "ely.left", "mass"), "Ely, knee bend, right and left; body mass"),
        (("ely.right", "slr.right", "ober.right"), "Ely, knee bend; straight-leg raise and 1 more, right"),
    ],
)
def test_items_are_listed_with_a_side_told_once(items: tuple[str, ...], words: str) -> None:
    assert load_content().labels(items, most=2) == words
