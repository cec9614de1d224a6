"""The clinic's logo: whatever picture a clinic brings, the sheet stays small, gray and whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import load_content
from evalassist.documents import fitted_logo, handout_pdf
from evalassist.errors import DocumentError
from evalassist.note import Clinic, Note
from evalassist.noting import note_of
from evalassist.settings import Settings, clinic_logo, clinic_notice, keep_logo, logo_file, notice_file
from ui.dialogs.preferences import PreferencesDialog

CASES = Path(__file__).parent / "cases"


def picture(
    file: Path, size: tuple[int, int], mode: str = "RGB", color: object = "red", **save: object
) -> Path:
    Image.new(mode, size, color).save(file, **save)  # type: ignore[arg-type]
    return file


def opened(logo: bytes) -> Image.Image:
    shown = Image.open(BytesIO(logo))
    shown.load()
    return shown


def test_a_huge_picture_becomes_a_small_gray_one_that_keeps_its_shape(tmp_path: Path) -> None:
    logo = fitted_logo(picture(tmp_path / "logo.png", (8000, 2000)))
    shown = opened(logo)
    assert shown.mode == "L"
    assert shown.width / shown.height == pytest.approx(4, rel=0.02)
    assert shown.width <= 532
    assert len(logo) < 50_000


@pytest.mark.parametrize("size", [(4000, 40), (40, 4000)])
def test_a_very_wide_or_tall_logo_is_never_stretched(tmp_path: Path, size: tuple[int, int]) -> None:
    shown = opened(fitted_logo(picture(tmp_path / "logo.png", size)))
    assert shown.width / shown.height == pytest.approx(size[0] / size[1], rel=0.25)


def test_what_is_transparent_becomes_paper_and_not_a_black_box(tmp_path: Path) -> None:
    shown = opened(fitted_logo(picture(tmp_path / "logo.png", (300, 100), "RGBA", (0, 0, 0, 0))))
    assert shown.getpixel((5, 5)) == 255


def test_a_photograph_taken_sideways_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    shown = opened(fitted_logo(picture(tmp_path / "logo.jpg", (300, 100), exif=exif)))
    assert shown.height > shown.width


@pytest.mark.parametrize(
    ("name", "mode", "color"), [("print.jpg", "CMYK", (0, 9, 9, 0)), ("few.gif", "P", 3)]
)
def test_print_colors_and_palettes_are_taken(tmp_path: Path, name: str, mode: str, color: object) -> None:
    assert opened(fitted_logo(picture(tmp_path / name, (300, 100), mode, color))).mode == "L"


def test_a_file_that_cannot_be_a_logo_is_told_in_a_sentence(tmp_path: Path) -> None:
    drawing = tmp_path / "logo.svg"
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    cut = picture(tmp_path / "cut.png", (300, 100))
    cut.write_bytes(cut.read_bytes()[:60])
    large = tmp_path / "large.png"
    with large.open("wb") as made:
        os.truncate(made.fileno(), 30_000_000)
    for file, words in (
        (drawing, "Choose a PNG or JPEG picture"),
        (cut, "Choose a PNG or JPEG picture"),
        (large, "30 MB"),
        (tmp_path / "gone.png", "No such file"),
        (tmp_path, "Choose a PNG or JPEG picture"),
    ):
        with pytest.raises(DocumentError, match=words):
            fitted_logo(file)


@pytest.fixture(scope="module")
def note() -> Note:
    content = load_content()
    evaluation = read_case(CASES / "ex1.toml", content)
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    return note_of(evaluation, content, assessment, plan, Clinic(name="Riverside", phone="555-0100"))


def pages(pdf: bytes) -> list[bytes]:
    return [page.render(scale=1).to_pil().tobytes() for page in pypdfium2.PdfDocument(pdf)]


def test_the_logo_stands_on_the_first_side_and_moves_nothing(tmp_path: Path, note: Note) -> None:
    logo = fitted_logo(picture(tmp_path / "logo.png", (600, 200)))
    plain, dressed = (handout_pdf(note, logo=each) for each in (b"", logo))
    before, after = pages(plain), pages(dressed)
    assert before[0] != after[0]
    assert before[1:] == after[1:]
    assert len(dressed) < 400_000


def test_a_broken_logo_leaves_the_sheet_as_it_is_without_one(note: Note) -> None:
    assert pages(handout_pdf(note, logo=b"not a picture")) == pages(handout_pdf(note))


def push(dialog: PreferencesDialog, name: str) -> None:
    found = [one for one in dialog.findChildren(QPushButton) if one.accessibleName() == name]
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_clinic_chooses_its_logo_in_the_settings_and_takes_it_away_again(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = picture(tmp_path / "logo.png", (600, 200))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen), ""))
    dialog = PreferencesDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.applied):
        push(dialog, "Choose a picture for the logo")
    assert clinic_logo() == fitted_logo(chosen)
    with qtbot.waitSignal(dialog.applied):
        push(dialog, "Remove the logo")
    assert clinic_logo() == b""


def test_a_picture_that_cannot_be_used_leaves_the_earlier_logo(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_logo(b"earlier")
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"?")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(bad), ""))
    dialog = PreferencesDialog(Settings())
    qtbot.addWidget(dialog)
    push(dialog, "Choose a picture for the logo")
    assert clinic_logo() == b"earlier"


@pytest.mark.parametrize(("file", "read"), [(logo_file, clinic_logo), (notice_file, clinic_notice)])
def test_a_pipe_in_the_place_of_the_logo_or_the_notice_holds_nobody_up(
    home: Path, file: Callable[[], Path], read: Callable[[], bytes]
) -> None:
    """A window that waited for it was never locked."""
    file().parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(file())
    assert read() == b""
