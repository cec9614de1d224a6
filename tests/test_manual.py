"""The manual says what the app does: each chapter, picture, key and button that it names is there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from evalassist import resources
from evalassist.case_file import read_case
from evalassist.cli import _parser
from evalassist.content import Content
from evalassist.managed import read_managed
from evalassist.manual import CHAPTERS, Chapter, chapters
from evalassist.settings import Settings
from ui import manual_pictures, style
from ui.dialogs.manual import FOR_STEP, Manual, show_manual
from ui.dialogs.palette import EVERYWHERE, IN_EVALUATION, KeysDialog, commands, fitting
from ui.main_window import MainWindow
from ui.pages.door import Door

HERE = Path(__file__).parent.parent

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = re.compile(
    r"(F\d+|(Ctrl|Shift)\+.+|Enter|Backspace|Esc.*|Up, Down|[-+=/*−]|−, /|\*, C|[YNPC]|Y, N, /|F11, Esc)"
)
SAYS_WHAT_IT_IS = re.compile(r".*[.:]|\d.*")
"""Bold words that begin a point, "Read it."; a button ends with neither."""


@cache
def all_chapters() -> tuple[Chapter, ...]:
    return chapters()


def bold(text: str) -> Iterator[str]:
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    for words in re.findall(r"\*\*(.+?)\*\*", " ".join(prose.split())):
        yield words.replace("\\", "")


@cache
def words_of_the_window() -> frozenset[str]:
    """Every text in the sources of the window, and the steps' names."""
    found: set[str] = set()
    for file in (HERE / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value.strip())
    return frozenset(found)


@cache
def keys_of_the_lists() -> frozenset[str]:
    """The keys as F1 lists them, and those the sources hold as shortcuts, one by one."""
    listed = {keys for keys, _ in (*EVERYWHERE, *IN_EVALUATION)}
    listed |= {words for words in words_of_the_window() if KEY.fullmatch(words)}
    return frozenset(listed | {one for keys in listed for one in keys.split(", ")})


# ------------------------------------------------------------ what it says is so


def test_every_chapter_is_in_the_contents_and_has_a_title_of_its_own() -> None:
    files = {file.stem for file in resources.path("manual").glob("*.md")}
    assert files == set(CHAPTERS)
    titles = [each.title for each in all_chapters()]
    assert len(set(titles)) == len(titles)
    assert all(titles)


@pytest.mark.parametrize("chapter", all_chapters(), ids=lambda each: each.id)
def test_every_link_leads_to_a_chapter(chapter: Chapter) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", chapter.text):
        assert target.removesuffix(".md") in CHAPTERS
        assert target.endswith(".md")


def test_every_picture_named_is_there_drawn_by_the_screenshots_and_every_one_drawn_is_named() -> None:
    named = [name for each in all_chapters() for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", each.text)]
    assert sorted(named) == sorted(f"pictures/{name}.png" for name in manual_pictures.names())
    assert {Path(name).name for name in named} == {
        file.name for file in resources.path("manual/pictures").iterdir()
    }


def test_the_pictures_are_small() -> None:
    files = list(resources.path("manual/pictures").glob("*.png"))
    assert sum(file.stat().st_size for file in files) < 1_000_000
    for file in files:
        with Image.open(file) as picture:
            assert picture.mode == "P", file.name


def test_a_picture_is_drawn_alike_each_time(dressed: None, tmp_path: Path) -> None:
    """In a process of its own, as `dev.py screenshots` does."""
    drawn = []
    for place in ("one", "two"):
        folder = str(tmp_path / place)
        code = f"import pathlib, ui.manual_pictures as m; m.draw(pathlib.Path({folder!r}), 'last-')"
        subprocess.run([sys.executable, "-c", code], cwd=HERE, check=True, capture_output=True)
        drawn.append((tmp_path / place / "last-value.png").read_bytes())
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("chapter", all_chapters(), ids=lambda each: each.id)
def test_every_key_and_button_in_bold_is_in_the_app(chapter: Chapter, content: Content) -> None:
    steps = {step.title for step in content.steps.values()}
    for words in bold(chapter.text):
        if KEY.fullmatch(words):
            assert words in keys_of_the_lists(), words
        elif not SAYS_WHAT_IT_IS.fullmatch(words):
            assert words in words_of_the_window() | steps, words


def test_a_button_that_is_renamed_is_noticed() -> None:
    assert list(bold("Push **Sign and\nlock**, `**not this**`, then **F8**.")) == ["Sign and lock", "F8"]
    assert "Sign and lock" in words_of_the_window()
    assert "Sign and lock it" not in words_of_the_window()
    assert "F8" in keys_of_the_lists()
    assert "F4" not in keys_of_the_lists()


def test_every_command_for_it_is_one_of_the_command_line() -> None:
    known = _parser().format_help()
    text = next(each.text for each in all_chapters() if each.id == "it")
    named = set(re.findall(r"(?:`|\n)evalassist ([\w-]+)", text))
    assert {"check-managed", "restore", "connect-to-postgres", "--self-test"} <= named
    for name in named:
        assert re.search(rf"(^|\s){re.escape(name)}(\s|$)", known), name


def test_the_example_of_managed_settings_is_sound(tmp_path: Path) -> None:
    text = next(each.text for each in all_chapters() if each.id == "it")
    example = tmp_path / "managed.toml"
    example.write_text(text.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    found = read_managed(example)
    assert found.database.startswith("postgresql://")
    assert found.fixed["idle_minutes"] == 5


# ------------------------------------------------------------ in the window


@pytest.fixture
def manual(dressed: None, qtbot: QtBot) -> Manual:
    made = Manual()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(manual: Manual) -> str:
    return manual.page.toPlainText()


def test_each_chapter_shows_its_words_and_pictures(manual: Manual) -> None:
    assert manual.list.count() == len(CHAPTERS)
    for at, each in enumerate(all_chapters()):
        manual.list.setCurrentRow(at)
        assert shown(manual).startswith(each.title)
        assert "**" not in shown(manual)
        pictures = shown(manual).count("\ufffc")
        assert pictures == each.text.count("![")


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_no_picture_is_wider_than_the_page(
    dressed: None, qapp: QApplication, qtbot: QtBot, scale: float
) -> None:
    style.apply_style(qapp, scale=scale)
    made = Manual()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.resize(960, 540)
    for chapter_id in ("first-start", "steps"):
        made.go_to(chapter_id)
        qtbot.waitUntil(lambda: made.page.document().idealWidth() <= made.page.viewport().width())


def test_a_link_leads_to_its_chapter(manual: Manual, qtbot: QtBot) -> None:
    manual.go_to("first-start")
    page = manual.page
    assert page.find("Practice", QTextDocument.FindFlag.FindCaseSensitively)
    while not page.textCursor().charFormat().isAnchor():
        assert page.find("Practice", QTextDocument.FindFlag.FindCaseSensitively)
    page.ensureCursorVisible()
    at = page.cursorRect().center() - QPoint(style.px(10), 0)
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: page.shown == "practice")


def test_the_search_counts_in_every_chapter_and_enter_goes_from_hit_to_hit(
    manual: Manual, qtbot: QtBot
) -> None:
    manual.go_to("strength")
    QTest.keyClick(manual, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(manual.search, "paper key")
    assert manual.page.shown == "first-start"  # the first chapter that has it
    assert manual.list.item(0).text() == "First start  (2)"
    assert len(manual.page.extraSelections()) == 2
    manual.resize(manual.width() - 100, manual.height())  # the page is drawn anew, and marked anew
    qtbot.waitUntil(lambda: manual.page.document().idealWidth() <= manual.page.viewport().width())
    assert len(manual.page.extraSelections()) == 2
    seen = set()
    for _ in range(20):
        assert manual.page.textCursor().selectedText().casefold() == "paper key"
        seen.add(manual.page.shown)
        QTest.keyClick(manual.search, Qt.Key.Key_Return)
    assert {"first-start", "accounts", "backups", "limits", "it"} <= seen
    assert manual.isVisible()


def test_what_is_not_there_is_said(manual: Manual) -> None:
    QTest.keyClicks(manual.search, "telepathy")
    assert manual.said.text() == "“telepathy” is not in the manual."
    assert manual.said.isVisible()
    manual.search.clear()
    assert not manual.said.isVisible()


@pytest.fixture
def window(dressed: None, qtbot: QtBot, content: Content, tmp_path: Path) -> Iterator[MainWindow]:
    from evalassist.records.store import Store
    from evalassist.records.vault import new_keys

    with Store(tmp_path / "records.db", new_keys()) as store:
        made = MainWindow()
        qtbot.addWidget(made)
        with qtbot.waitExposed(made):
            made.show()
        made.open_store(store, content, Settings())
        yield made
        made.close()


def manual_of(window: QWidget) -> Manual | None:
    return next((each for each in window.findChildren(Manual) if each.isVisible()), None)


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        *((typed, "Settings") for typed in ("dark", "colors", "text size")),
        *((typed, "Later visits") for typed in ("export", "import another")),
        ("worked", "Practice"),
    ],
)
def test_a_command_is_found_by_the_word_a_newcomer_has_for_it(
    window: MainWindow, typed: str, command: str
) -> None:
    window.show_start()
    assert command in [one.words for one in fitting(commands(window), typed)]


def test_a_signed_note_is_found_to_be_marked_as_entered_in_error(
    window: MainWindow, content: Content
) -> None:
    window.use_settings(Settings(therapist_name="A. Chen, PT"))
    window.begin(read_case(Path(__file__).parent / "cases" / "ex1.toml", content))
    assert window.view is not None
    window.view.session.sign()
    assert "Addendum" in [one.words for one in fitting(commands(window), "entered in error")]


def test_the_search_for_commands_finds_the_manual_and_each_chapter(window: MainWindow, qtbot: QtBot) -> None:
    found = commands(window)
    assert next(fitting(found, "manual")).words == "Manual"
    for each in all_chapters():
        assert any(one.words == each.title and one.where == "manual" for one in fitting(found, each.title))
    next(one for one in fitting(found, "backups restore manual")).act()
    manual = manual_of(window)
    assert manual is not None
    assert manual.page.shown == "backups"


def test_f1_shows_the_keys_and_leads_to_the_manual(window: MainWindow, qtbot: QtBot) -> None:
    def push() -> None:
        dialog = next(each for each in window.findChildren(KeysDialog) if each.isVisible())
        next(each for each in dialog.findChildren(QPushButton) if each.text() == "Manual").click()

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, push)
    window.show_keys()
    assert manual_of(window) is not None


def test_the_manual_opens_once_and_leaves_the_window_free(window: MainWindow, qtbot: QtBot) -> None:
    show_manual(window, "sign")
    show_manual(window, "it")
    shown_ones = [each for each in window.findChildren(Manual) if each.isVisible()]
    assert len(shown_ones) == 1
    assert shown_ones[0].page.shown == "it"
    assert not shown_ones[0].isModal()


def test_a_step_with_a_chapter_of_its_own_opens_there(content: Content) -> None:
    assert set(FOR_STEP) <= set(content.steps)
    assert set(FOR_STEP.values()) <= set(CHAPTERS)


def test_who_cannot_sign_in_can_read_how(dressed: None, qtbot: QtBot, opened: Callable[..., object]) -> None:
    def nobody() -> object:
        raise NotImplementedError

    door = Door(nobody, "chen", "Riverside")  # type: ignore[arg-type] # nobody comes in here
    qtbot.addWidget(door)
    with qtbot.waitExposed(door):
        door.show()
    QTest.keyClick(door, Qt.Key.Key_F1)
    manual = manual_of(door)
    assert manual is not None
    assert manual.page.shown == "accounts"
    assert "Use the paper key" in shown(manual)


def test_nothing_of_the_manual_is_loaded_at_the_start() -> None:
    code = "import sys, ui.app; print([m for m in sys.modules if 'manual' in m])"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
