"""The window in the hands of a screen reader, on a real display and over the real bus."""

from __future__ import annotations

import json
import sys

import pytest
from real_bus import ROOT, heard_of

APP = """
import sys
from pathlib import Path
import ui
from PySide6.QtWidgets import QApplication
from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.main_window import MainWindow
app = QApplication(["EvalAssist"])
app.setApplicationName("EvalAssist")
style.apply_style(app)
content, store = load_content(), Store(Path(sys.argv[1]), new_keys())
store.save(read_case(Path(sys.argv[2]), content))
window = MainWindow()
window.show()
window.open_store(store, content, Settings(therapist_name="A. Chen, PT"))
app.exec()
"""
Told = list[tuple[str, str, list[str], object]]
"""Role, name, states and value of everything that shows, from the top of the tree."""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Told], list[str]]:
    folder = tmp_path_factory.mktemp("s")
    app = [sys.executable, "-c", APP, str(folder / "evalassist.db"), str(ROOT / "tests/cases/ex1.toml")]
    pages, aloud = heard_of(folder, *app)[-2:]
    return json.loads(pages), json.loads(aloud)


@pytest.fixture
def pages(heard: tuple[dict[str, Told], list[str]]) -> dict[str, Told]:
    return heard[0]


def controls(told: Told, *roles: str) -> set[str]:
    return {name for role, name, states, _ in told if role in roles and "focusable" in states}


def named(told: Told, name: str) -> tuple[str, list[str], object]:
    """Role, states and value of what is called so."""
    return next((role, states, value) for role, own, states, value in told if own == name)


def test_the_window_and_the_page_say_what_they_are(pages: dict[str, Told]) -> None:
    assert [told[0][1] for told in pages.values()] == [
        "EvalAssist",
        "Example One – EvalAssist",
        "Example One – EvalAssist",
    ]
    for page, words in (("start", "Find a patient"), ("safety", "Safety"), ("history", "History")):
        assert named(pages[page], words)[0] == "label"


def test_everything_that_takes_the_keyboard_has_a_name_and_a_role(pages: dict[str, Told]) -> None:
    for page, least in (("start", 8), ("safety", 25), ("history", 50)):
        stops = [each for each in pages[page] if "focusable" in each[2]]
        assert len(stops) >= least, page
        known = {"push button", "radio button", "text", "check box", "toggle button", "combo box"}
        assert [each for each in stops if not each[1].strip() or each[0] not in known] == [], page


def test_the_start_page_can_be_worked_by_ear(pages: dict[str, Told]) -> None:
    start = pages["start"]
    assert {"New patient", "Settings", "Go on with Example One"} <= controls(start, "push button")
    role, states, value = named(start, "Find a patient by name, date of birth or record number")
    assert role == "text"
    assert "editable" in states
    assert value == ""


def test_a_step_tells_where_one_is_and_what_is_left(pages: dict[str, Told]) -> None:
    safety, history = pages["safety"], pages["history"]
    for told, here, there in ((safety, "1: Safety", "2: History"), (history, "2: History", "1: Safety")):
        assert "checked" in named(told, f"Step {here}, complete")[1]
        assert "checked" not in named(told, f"Step {there}, complete")[1]
    assert "Infection, complete, 2 of 2 no, folded" in controls(safety, "push button")
    assert "RIGHT knee" in controls(safety, "push button")


def test_a_step_is_read_aloud_as_it_comes(heard: tuple[dict[str, Told], list[str]]) -> None:
    assert heard[1] == ["Step 1: Safety, complete", "Step 2: History, complete"]


def test_answers_are_told_with_their_field(pages: dict[str, Told]) -> None:
    answered = {name for role, name, states, _ in pages["history"] if "checked" in states}
    assert "Worst pain, last 7 days: 6" in answered
    assert "Worst pain, last 7 days: 5" not in answered
    typed = {name: value for _, name, states, value in pages["history"] if "editable" in states}
    assert "" in typed.values()
    assert any(str(value).strip() for value in typed.values())
