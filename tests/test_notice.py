"""The clinic's notice of free language help: the last page of every sheet; no file of it keeps a sheet back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from evalassist import cli
from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import fitted_notice, handout_pdf, lacks, notice_problem
from evalassist.documents.look import PaperName
from evalassist.errors import DocumentError
from evalassist.note import Clinic, Note, SheetForm
from evalassist.noting import note_of
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings, clinic_notice, keep_notice
from evalassist.sheet_checks import sheet_findings
from ui.dialogs.preferences import PreferencesDialog
from ui.pages.handout import HandoutPage
from ui.session import EvaluationSession

CASES = Path(__file__).parent / "cases"
SAYS = "Language help is free"


@pytest.fixture(scope="module")
def note() -> Note:
    content = load_content()
    evaluation = read_case(CASES / "ex1.toml", content)
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    return note_of(evaluation, content, assessment, plan, Clinic(name="Riverside", phone="555-0100"))


def written(
    file: Path, pages: int = 1, size: tuple[float, float] = (612, 792), turned: int = 0, password: str = ""
) -> Path:
    canvas = Canvas(
        str(file), pagesize=size, encrypt=StandardEncryption(password) if password else None, invariant=1
    )
    for page in range(1, pages + 1):
        canvas.setPageRotation(turned)
        canvas.drawString(60, size[1] - 90, f"{SAYS}, page {page}.")
        canvas.rect(30, 30, size[0] - 60, size[1] - 60)
        canvas.showPage()
    canvas.save()
    return file


def words(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(pdf)]


def shown(pdf: bytes, page: int = -1) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image: Image.Image = document[page % len(document)].render(scale=1, grayscale=True).to_pil()
    return image


# ---------------------------------------------------------------- on the sheet


@pytest.mark.parametrize("form", ["standard", "large", "moves", "why"])
@pytest.mark.parametrize("pages", [1, 2])
def test_the_notice_is_last_and_no_side_of_a_leaf_is_blank(
    note: Note, tmp_path: Path, form: SheetForm, pages: int
) -> None:
    notice = fitted_notice(written(tmp_path / "notice.pdf", pages))
    plain, whole = words(handout_pdf(note, form=form)), words(handout_pdf(note, form=form, notice=notice))
    assert whole[-pages:] == [f"{SAYS}, page {page}." for page in range(1, pages + 1)]
    assert len(whole) % 2 == 0
    filled = whole[len(plain) : -pages]
    assert len(filled) == (len(plain) + pages) % 2
    assert all("Questions for my next visit" in side for side in filled)
    for number, side in enumerate(whole[:-pages], start=1):
        assert side.endswith(f"Page {number} of {len(whole)}")


def test_the_sides_before_the_notice_are_those_of_the_sheet_without_it(note: Note, tmp_path: Path) -> None:
    plain, whole = handout_pdf(note), handout_pdf(note, notice=fitted_notice(written(tmp_path / "n.pdf")))
    for side in range(4):
        above_the_foot = (0, 0, 612, 750)
        before, after = (shown(pdf, side).crop(above_the_foot) for pdf in (plain, whole))
        assert before == after


@pytest.mark.parametrize(
    ("size", "turned"), [((612, 792), 0), ((612, 792), 180), ((500, 500), 90), ((300, 500), 270)]
)
def test_the_notice_looks_as_in_its_own_file(
    note: Note, tmp_path: Path, size: tuple[float, float], turned: int
) -> None:
    file = written(tmp_path / "notice.pdf", size=size, turned=turned)
    own, last = shown(file.read_bytes()), shown(handout_pdf(note, notice=fitted_notice(file)))
    left, top = (612 - own.width) // 2, (792 - own.height) // 2
    there = last.crop((left, top, left + own.width, top + own.height))
    hair = ImageChops.difference(own, there).point(lambda level: 255 * (level > 100))
    assert hair.getbbox() is None
    assert ImageChops.invert(there).getbbox() is not None


@pytest.mark.parametrize(
    ("paper", "size"), [("letter", (595, 842)), ("a4", (612, 792)), ("letter", (842, 595))]
)
def test_a_notice_for_another_paper_is_made_smaller_and_stays_whole(
    note: Note, tmp_path: Path, paper: PaperName, size: tuple[float, float]
) -> None:
    notice = fitted_notice(written(tmp_path / "notice.pdf", size=size))
    last = shown(handout_pdf(note, paper=paper, notice=notice))
    left, top, right, bottom = ImageChops.invert(last).getbbox() or (0, 0, 0, 0)
    assert left > 10
    assert top > 10
    assert right < last.width - 10
    assert bottom < last.height - 10
    assert (right - left) / (bottom - top) == pytest.approx((size[0] - 60) / (size[1] - 60), rel=0.01)


def test_a_picture_becomes_a_gray_page(note: Note, tmp_path: Path) -> None:
    scanned = Image.new("RGB", (1700, 2200), "white")
    ImageDraw.Draw(scanned).rectangle((850, 0, 1700, 2200), fill="blue")
    scanned.save(tmp_path / "notice.jpg")
    last = shown(handout_pdf(note, notice=fitted_notice(tmp_path / "notice.jpg")))
    assert [last.crop((x, 400, x + 1, 401)).getextrema() for x in (100, 500)] == [(255, 255), (36, 36)]


def test_the_same_notice_gives_the_same_bytes(note: Note, tmp_path: Path) -> None:
    notice = fitted_notice(written(tmp_path / "notice.pdf", pages=2))
    assert handout_pdf(note, notice=notice) == handout_pdf(note, notice=notice)


def test_a_sheet_without_a_notice_does_not_load_what_reads_one(home: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from evalassist import cli;"
        f"cli.main(['evaluate', {str(CASES / 'ex1.toml')!r}, '--out', {str(tmp_path / 'out')!r}]);"
        "assert 'reportlab' in sys.modules; assert 'pypdf' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, cwd=CASES.parent.parent)


# ---------------------------------------------------------------- files that cannot be used


def test_a_file_that_cannot_be_a_notice_is_told_in_a_sentence(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(written(tmp_path / "whole.pdf").read_bytes()[:600])
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.4")
    os.truncate(large, 30_000_000)
    heavy = tmp_path / "heavy.pdf"
    canvas = Canvas(str(heavy))
    canvas.drawImage(ImageReader(Image.effect_noise((1000, 1000), 80)), 0, 0, 500, 500)
    canvas.save()
    text = tmp_path / "notice.txt"
    text.write_text(SAYS)
    for file, said in (
        (written(tmp_path / "three.pdf", pages=3), "It has 3 pages, and 2 are the most"),
        (
            written(tmp_path / "locked.pdf", password="secret"),
            "protected with a password; save a copy without one",
        ),
        (cut, "It is damaged or no PDF"),
        (large, "has 30 MB. Choose one of at most 20 MB"),
        (heavy, r"would make every handout \d\.\d MB larger, and 0.5 MB are the most"),
        (text, "not a picture that can be read. Choose a PDF, or a PNG or JPEG picture"),
        (tmp_path / "gone.pdf", "No such file"),
        (tmp_path, "Choose a PDF"),
    ):
        with pytest.raises(DocumentError, match=said):
            fitted_notice(file)


@pytest.mark.parametrize("kept", [b"%PDF-1.4 damaged", b"no PDF"])
def test_a_notice_that_cannot_be_read_any_more_is_left_out_and_told(note: Note, kept: bytes) -> None:
    assert handout_pdf(note, notice=kept) == handout_pdf(note)
    problem = notice_problem(kept)
    found = sheet_findings(note, load_content(), today=note.visit_date, lacks=lacks, notice_problem=problem)
    told = {one.says: one for one in found}["The notice of language help is left out"]
    assert told.severity == "look"
    assert told.detail == "It is damaged or no PDF. Choose another one in the settings, or remove it there."


# ---------------------------------------------------------------- settings, page and command line


def push(dialog: QWidget, name: str) -> None:
    found = [
        one
        for one in dialog.findChildren(QAbstractButton)
        if name in (one.accessibleName(), one.text()) and one.isVisible()
    ]
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def reads(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_clinic_chooses_its_notice_in_the_settings_and_takes_it_away_again(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = written(tmp_path / "notice.pdf")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen), ""))
    dialog = PreferencesDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.applied):
        push(dialog, "Choose a page for the language notice")
    assert clinic_notice() == chosen.read_bytes()
    assert "Last in every handout" in reads(dialog)
    chosen.write_bytes(b"?")
    push(dialog, "Choose a page for the language notice")
    assert "The earlier notice stays." in reads(dialog)
    assert clinic_notice()
    with qtbot.waitSignal(dialog.applied):
        push(dialog, "Remove the language notice")
    assert clinic_notice() == b""


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_page_shows_the_sheet_with_the_notice_and_says_when_it_is_left_out(
    qtbot: QtBot, home: Path, tmp_path: Path
) -> None:
    content = load_content()
    evaluation = read_case(CASES / "ex1.toml", content)
    keep_notice(fitted_notice(written(tmp_path / "notice.pdf")))
    with Store(tmp_path / "records.db", new_keys()) as store:
        store.save(evaluation)
        page = HandoutPage(EvaluationSession(evaluation, content, store, Settings(clinic_phone="555-0100")))
        qtbot.addWidget(page)
        page.resize(1140, 900)
        with qtbot.waitExposed(page):
            page.show()
        qtbot.waitUntil(lambda: not page.at_work, timeout=20_000)
        assert page.print_button.text() == "Print 6 pages"
        assert "left out" not in reads(page)
        keep_notice(b"damaged")
        page.refresh()
        qtbot.waitUntil(lambda: page.print_button.text() == "Print 4 pages", timeout=20_000)
        qtbot.waitUntil(lambda: "The notice of language help is left out" in reads(page), timeout=20_000)
        with qtbot.waitSignal(page.preferences_wanted):
            push(page, "Open the settings")


def test_the_command_line_prints_the_notice_and_tells_when_it_is_left_out(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, out = tmp_path / "cases", tmp_path / "out"
    cases.mkdir()
    (cases / "ex1.toml").write_bytes((CASES / "ex1.toml").read_bytes())
    keep_notice(fitted_notice(written(tmp_path / "notice.pdf")))
    run = ["handouts", str(cases), "--out", str(out)]
    assert cli.main(run) == cli.DONE
    assert words((out / "ex1.pdf").read_bytes())[-1] == f"{SAYS}, page 1."
    assert "language help" not in capsys.readouterr().out
    keep_notice(b"damaged")
    assert cli.main(run) == cli.DONE
    assert len(words((out / "ex1.pdf").read_bytes())) == 4
    assert "ex1.toml: Handout, look: The notice of language help is left out." in capsys.readouterr().out
