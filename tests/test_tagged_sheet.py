"""The patient's sheet as a reader program says it aloud: its tags, read by Poppler and PDFium."""

from __future__ import annotations

import ctypes
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pypdfium2 import raw
from reportlab.pdfgen.canvas import Canvas

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import handout_pdf
from evalassist.documents.look import PaperName
from evalassist.note import Clinic, Language, Note
from evalassist.noting import note_of

CASES = Path(__file__).parent / "cases"
CLINIC = Clinic(
    name="Harbor Physical Therapy", phone="555-0100", address="12 Pier Road", therapist="A. Chen, PT"
)
SHEETS = [(case, paper) for case in ("ex1", "ex2", "ex3") for paper in ("letter", "a4")]
every_sheet = pytest.mark.parametrize(("case", "paper"), SHEETS)
"""One knee, a runner's five moves on six sides, and both knees of a teen."""


@cache
def noted(case: str) -> Note:
    content = load_content()
    evaluation = read_case(CASES / f"{case}.toml", content)
    assessment = assess(evaluation, content)
    return note_of(evaluation, content, assessment, plan_of_care(evaluation, assessment, content), CLINIC)


@cache
def sheet(case: str, paper: PaperName = "letter", language: Language = "en") -> bytes:
    return handout_pdf(noted(case), language, paper)


def asked(*command: str, pdf: bytes) -> str:
    """What a program says of the file, given to it from a pipe."""
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


@dataclass
class Tag:
    """A node of the tree as Poppler prints it."""

    role: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    kids: list[Tag] = field(default_factory=list)

    def all(self, *roles: str) -> Iterator[Tag]:
        for kid in self.kids:
            if kid.role in roles:
                yield kid
            yield from kid.all(*roles)

    @property
    def said(self) -> str:
        """Its own words and those of what is in it, with single spaces."""
        return " ".join(f"{self.text} {' '.join(kid.said for kid in self.kids)}".split())


@cache
def tree(case: str, paper: PaperName = "letter", language: Language = "en") -> Tag:
    open_tags: list[tuple[int, Tag]] = [(-1, Tag("file"))]
    for line in asked("pdfinfo", "-struct-text", "-", pdf=sheet(case, paper, language)).splitlines():
        depth, what = len(line) - len(line.lstrip()), line.strip()
        while open_tags[-1][0] >= depth:
            open_tags.pop()
        inside = open_tags[-1][1]
        if what.startswith("/"):
            name, _, value = what.partition(" ")
            inside.attributes[name[1:]] = value.strip("/")
        elif what.startswith('"'):
            inside.text += what[1:-1]
        else:
            tag = Tag(re.sub(r"( \(\w+\))?:?$", "", what))
            inside.kids.append(tag)
            open_tags.append((depth, tag))
    return open_tags[0][1]


@every_sheet
def test_the_file_says_its_language_and_title_and_that_it_is_tagged(case: str, paper: PaperName) -> None:
    pdf = sheet(case, paper)
    title = "Your knees and your hips" if noted(case).sore_knee == "both" else "Your knee and your hip"
    assert re.search(rf"Title: +{title}\n", asked("pdfinfo", "-", pdf=pdf))
    assert re.search(r"Tagged: +yes\n", asked("pdfinfo", "-", pdf=pdf))
    assert f">{title}</rdf:li>" in asked("pdfinfo", "-meta", "-", pdf=pdf)
    assert b"/DisplayDocTitle true" in pdf


def test_the_file_names_its_language() -> None:
    assert language_of(sheet("ex1")) == "en-US"


def language_of(pdf: bytes) -> str:
    name = (ctypes.c_ushort * 20)()
    raw.FPDFCatalog_GetLanguage(pypdfium2.PdfDocument(pdf), name, 20)
    return bytes(name).decode("utf-16-le").rstrip("\0")


@every_sheet
def test_a_checker_finds_no_fault_in_the_file(case: str, paper: PaperName, tmp_path: Path) -> None:
    file = tmp_path / "sheet.pdf"
    file.write_bytes(sheet(case, paper))
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    plain = subprocess.run(["qpdf", "--qdf", file, "-"], capture_output=True, check=True).stdout
    for page in re.findall(rb"stream\n(.*?)\nendstream", plain, re.DOTALL):
        marks = re.findall(rb"\b(BDC|BMC|EMC)$", page, re.MULTILINE)
        assert all(each != b"EMC" for each in marks[::2])
        assert all(each == b"EMC" for each in marks[1::2])
        assert len(marks) % 2 == 0


def test_headings_lead_through_the_sheet() -> None:
    read = [(each.role, each.said) for each in tree("ex1").all("H1", "H2", "H3")]
    assert read == [
        ("H1", "Your knee hurts. Why work on your hip?"),
        ("H2", "What we found"),
        ("H2", "How your hip helps your knee"),
        ("H2", "My plan"),
        ("H3", "Each time"),
        *[("H3", f"{n} {each.patient_name['en']}") for n, each in enumerate(moves("ex1"), start=1)],
        ("H2", "My log"),
        ("H2", "How much pain is OK?"),
        ("H2", "When to call"),
        ("H3", "Call us at 555-0100 if:"),
        ("H3", "Get care today if:"),
        ("H2", "Does it work?"),
        ("H2", "How sure are we?"),
        ("H2", "Say it back in your words"),
    ]


def moves(case: str) -> tuple[Any, ...]:
    plan = noted(case).plan
    assert plan is not None
    return plan.exercises


@every_sheet
def test_steps_and_bullets_are_lists(case: str, paper: PaperName) -> None:
    lists = [each for each in tree(case, paper).all("L") if each.attributes.get("ListNumbering")]
    assert all(item.kids[0].role == "Lbl" for each in lists for item in each.kids)
    steps = [each for each in lists if each.attributes["ListNumbering"] == "Decimal"]
    numbered = [[item.kids[0].said for item in each.kids] for each in steps]
    assert [["1", "2"]] * len(moves(case)) == [each[:2] for each in numbered if each[0] == "1"]
    calls = next(each for each in lists if "knee swells or gives way." in each.said)
    assert calls.kids[0].kids[1].said == "Your pain stays worse for 3 days."


@every_sheet
def test_no_list_has_more_than_five_points(case: str, paper: PaperName) -> None:
    assert max(len(each.kids) for each in tree(case, paper).all("L")) == 5


def test_a_dose_is_a_list_of_its_parts() -> None:
    assert ["3 sets", "10 times", "hold 2 seconds", "right leg"] in [
        [item.said for item in each.kids] for each in tree("ex1").all("L")
    ]


@every_sheet
def test_the_log_is_a_table_whose_weeks_and_moves_are_headers(case: str, paper: PaperName) -> None:
    week = 1
    for table in tree(case, paper).all("Table"):
        head, *rows = table.kids
        assert [(each.role, each.attributes.get("Scope")) for each in head.kids] == [
            ("TD", None),
            ("TH", "Column"),
            ("TH", "Column"),
        ]
        days = "Mon Tue Wed Thu Fri Sat Sun"
        assert [each.said for each in head.kids[1:]] == [f"Week {n} {days}" for n in (week, week + 1)]
        assert {tuple(each.role for each in row.kids) for row in rows} == {("TH", "TD", "TD")}
        assert {row.kids[0].attributes["Scope"] for row in rows} == {"Row"}
        names = [f"{n} {each.patient_name['en']}" for n, each in enumerate(moves(case), start=1)]
        assert [row.kids[0].said for row in rows] == [*names, "Worst pain 0-10"]
        week += 2
    assert week > 4


def words_shown(pdf: bytes) -> list[str]:
    """Every word that is printed, in the order in which it is drawn, but for head, foot and the slow-down sign."""
    head = r"\n[^\n]+ 555-0100(?=\nHarbor Physical Therapy\n)"
    clinic = "Harbor Physical Therapy"
    foot = rf"(?<=\n)({clinic}\n)?[^\n]+ \d \w+ \d\n[^\n]+ · A\. Chen, PT · {clinic} 555-0100\n$"
    slow_sign = r"(?m)^!$"
    pages = asked("pdftotext", "-raw", "-", "-", pdf=pdf).split("\f")
    shown = [re.sub(f"{head}|{foot}", "", page) for page in pages]
    return re.sub(slow_sign, "", " ".join(shown)).split()


@every_sheet
def test_every_word_is_in_the_tree_in_the_order_of_the_sides(case: str, paper: PaperName) -> None:
    assert tree(case, paper).said.split() == words_shown(sheet(case, paper))


@pytest.mark.parametrize("case", ["ex1", "ex2", "ex3"])
def test_a_spanish_sheet_is_tagged_in_spanish(case: str) -> None:
    spanish = sheet(case, "letter", "es")
    assert language_of(spanish) == "es-US"
    assert tree(case, "letter", "es").said.split() == words_shown(spanish)
    said = alternate_texts(spanish)
    assert len(said) == len(alternate_texts(sheet(case)))
    assert all(said)
    assert not {*said} & {*alternate_texts(sheet(case))}


class Pages:
    """The tree as PDFium finds it from each page, and what is drawn on that page."""

    def __init__(self, pdf: bytes) -> None:
        self.pages = list(pypdfium2.PdfDocument(pdf))

    def elements(self, page: Any) -> Iterator[Any]:
        found = raw.FPDF_StructTree_GetForPage(page)
        for at in range(raw.FPDF_StructTree_CountChildren(found)):
            yield from self._in(raw.FPDF_StructTree_GetChildAtIndex(found, at))

    def _in(self, element: Any) -> Iterator[Any]:
        if element:
            yield element
            for at in range(raw.FPDF_StructElement_CountChildren(element)):
                yield from self._in(raw.FPDF_StructElement_GetChildAtIndex(element, at))


def string(ask: Any, element: Any) -> str:
    text = ctypes.create_string_buffer(2000)
    length = ask(element, text, len(text))
    return text.raw[: max(length - 2, 0)].decode("utf-16-le")


def alternate_texts(pdf: bytes) -> list[str]:
    read = Pages(pdf)
    return [
        string(raw.FPDF_StructElement_GetAltText, element)
        for page in read.pages
        for element in read.elements(page)
        if string(raw.FPDF_StructElement_GetType, element) == "Figure"
    ]


def test_every_figure_says_what_it_shows() -> None:
    said = alternate_texts(sheet("ex1"))
    leg = {"right": "right leg", "left": "left leg", "both": "both legs"}
    pictured = [
        f"{each.patient_name['en']}, {leg[each.side]}: drawing of the {what}."
        for each in moves("ex1")
        for what in ("start", "move")
    ]
    assert said == [
        "How hard each hip pushed. Left hip: 100. Right hip: 82, 18% less.",
        "Drawing: the hip is steady. Numbers show the hip muscles, the thigh bone and the kneecap.",
        "Drawing: the hip drops, the thigh turns in and the knee drifts in.",
        *pictured,
        "Ruler of pain from 0 to 10.",
        "Ruler from 0 to 10, filled up to 3.3, likely range 1.1 to 5.6.",
        "Ruler from 0 to 10, filled up to 1.5, likely range 0.8 to 2.3.",
        "Ruler from 0, not sure, to 10, very sure.",
    ]


@pytest.mark.parametrize(
    ("language", "alt"),
    [
        ("en", "Notice of the clinic: free help in other languages."),
        ("es", "Aviso de la clínica: ayuda gratis en otros idiomas."),
    ],
)
def test_the_notice_of_the_clinic_is_one_figure_of_a_sheet_that_stays_tagged(
    language: Language, alt: str, tmp_path: Path
) -> None:
    notice, file = BytesIO(), tmp_path / "sheet.pdf"
    canvas = Canvas(notice)
    canvas.drawString(60, 700, "Language help is free")
    canvas.save()
    pdf = handout_pdf(noted("ex1"), language, notice=notice.getvalue())
    assert alternate_texts(pdf) == [*alternate_texts(sheet("ex1", "letter", language)), alt]
    assert re.search(r"Tagged: +yes\n", asked("pdfinfo", "-", pdf=pdf))
    assert language_of(pdf) == language_of(sheet("ex1", "letter", language))
    assert [int(n) for n in re.findall(rb"/StructParents (\d+)", pdf)] == [0, 1, 2, 3, 4, 5]
    file.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@every_sheet
def test_no_figure_is_mute(case: str, paper: PaperName) -> None:
    said = alternate_texts(sheet(case, paper))
    assert len(said) == len(list(tree(case, paper).all("Figure")))
    assert all(said)


@every_sheet
def test_whatever_is_drawn_is_either_in_the_tree_of_its_page_or_decoration(
    case: str, paper: PaperName
) -> None:
    pdf = sheet(case, paper)
    read = Pages(pdf)
    for page in read.pages:
        drawn = list(page.get_objects(max_depth=1))
        numbers = [raw.FPDFPageObj_GetMarkedContentID(each) for each in drawn]
        for number, each in zip(numbers, drawn, strict=True):
            if number < 0:
                assert raw.FPDFPageObj_CountMarks(each) == 1
        in_tree = [
            number
            for element in read.elements(page)
            if (number := raw.FPDF_StructElement_GetMarkedContentID(element)) >= 0
        ]
        assert in_tree == list(range(len(in_tree)))  # each once, in the order in which they are read
        assert set(numbers) - {-1} == set(in_tree)
    number_of_pages = len(read.pages)
    parents = [int(n) for n in re.findall(rb"/StructParents (\d+)", pdf)]
    assert parents == list(range(number_of_pages))
    assert pdf.count(b"/Tabs /S") == number_of_pages
    assert b"/Marked true" in pdf
