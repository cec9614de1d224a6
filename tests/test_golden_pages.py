"""The pages of the sheet beside pictures of how they looked when somebody last looked at them.

A letter that moves by a hair is no difference; a line that moves, is gone or runs into another is. Where a page was
meant to change, look at it and draw the pictures anew: `python tests/test_golden_pages.py`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import handout_pdf
from evalassist.documents.look import PaperName
from evalassist.note import Clinic, Language, Note, SheetForm
from evalassist.noting import note_of

CASES, PICTURES = Path(__file__).parent / "cases", Path(__file__).parent / "golden"
SHEETS: tuple[tuple[Language, PaperName, SheetForm], ...] = (
    ("en", "letter", "standard"),
    ("en", "a4", "standard"),
    ("es", "letter", "standard"),
    ("es", "a4", "standard"),
    ("en", "letter", "large"),
    ("es", "a4", "large"),
    ("en", "letter", "moves"),
)
SCALE = 0.6
"""43 dots an inch: enough to see a line that moves, small enough to keep."""
SOFT = 2.0
"""Pixels over which both are blurred, so that the edges of letters do not count."""
MOST = 40
"""Of 255: how much darker or lighter a blurred spot may be."""


@cache
def note() -> Note:
    content = load_content()
    evaluation = read_case(CASES / "ex1.toml", content).with_answer("goal-text", "Run 5 km")
    assessment = assess(evaluation, content)
    clinic = Clinic(
        name="Harbor Physical Therapy", phone="555-0100", address="12 Pier Road", therapist="A. Chen"
    )
    return note_of(evaluation, content, assessment, plan_of_care(evaluation, assessment, content), clinic)


def drawn(language: Language, paper: PaperName, form: SheetForm) -> Image.Image:
    """All pages of a sheet beside each other, seven in a row."""
    pdf = handout_pdf(note(), language, paper, form=form, replaces=date(2026, 2, 2))
    pages = [page.render(scale=SCALE, grayscale=True).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    wide, high = pages[0].size
    rows = -(-len(pages) // 7)
    whole = Image.new("L", (wide * min(len(pages), 7), high * rows), "white")
    for at, page in enumerate(pages):
        whole.paste(page, (at % 7 * wide, at // 7 * high))
    return whole


def picture(language: Language, paper: PaperName, form: SheetForm) -> Path:
    return PICTURES / f"{form}-{language}-{paper}.png"


def differing(one: Image.Image, other: Image.Image) -> int:
    """How much the two differ where they differ most, of 255."""
    soft = [each.filter(ImageFilter.GaussianBlur(SOFT)) for each in (one, other)]
    return int(ImageStat.Stat(ImageChops.difference(*soft)).extrema[0][1])


@pytest.mark.parametrize(("language", "paper", "form"), SHEETS)
def test_the_pages_look_as_they_did_when_they_were_looked_at(
    language: Language, paper: PaperName, form: SheetForm
) -> None:
    now, then = drawn(language, paper, form), Image.open(picture(language, paper, form))
    assert now.size == then.size
    assert differing(now, then) <= MOST


def test_a_line_of_words_that_moves_is_seen_and_a_hair_is_not() -> None:
    page = drawn("en", "letter", "moves")
    hair, line = page.copy(), page.copy()
    hair.paste(
        page.transform(page.size, Image.Transform.AFFINE, (1, 0, 0.25, 0, 1, 0), Image.Resampling.BILINEAR)
    )
    line.paste(page.crop((30, 60, 300, 72)), (30, 66))
    assert differing(page, hair) <= MOST
    assert differing(page, line) > MOST


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for each in SHEETS:
        drawn(*each).save(picture(*each), optimize=True)
