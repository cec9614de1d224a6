"""How fast the app answers, as ratios to a bare baseline in the same run: `python3 dev.py bench`."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count, cycle
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlcipher3 import dbapi2 as sqlcipher

from evalassist.evaluation import Evaluation, Patient
from evalassist.records.entrance import Entrance
from evalassist.records.vault import Keys, new_keys

if TYPE_CHECKING:
    from evalassist.records.store import Store

KEYS = new_keys()

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
RUNS = 7
STALL_S = 0.05

EMPTY_WINDOW = """
import time; begun = time.perf_counter()
import ui
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.perf_counter() - begun, flush=True)
app = QApplication([])
window = Window(); window.resize(1366, 768); window.show()
app.processEvents(); app.processEvents()
import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
"""

OUR_WINDOW = """
import time; begun = time.perf_counter()
import sys
from ui.measuring import measure_start
painted, usable = measure_start(sys.argv)
print(painted - begun); print(usable - begun, flush=True)
import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
"""


BACKING_UP = """
from ui.measuring import measure_backup
print(*measure_backup("bench", "correct horse"), sep="\\n", flush=True)
"""
LONG_DAY = """
from pathlib import Path
from ui.measuring import measure_growth
print(*measure_growth(Path({case!r}), first=10, then=50), sep="\\n", flush=True)
"""


def median_s(work: Callable[[], object], runs: int = 30) -> float:
    """Median seconds of one call, after one call to warm up."""
    work()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def program(text: str, runs: int = RUNS, folder: Path | None = None) -> list[float]:
    """The numbers a fresh process prints, with its records in a folder; the median of each over several runs."""
    printed = []
    with tempfile.TemporaryDirectory() as fresh:
        home = str(folder or fresh)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "EVALASSIST_HOME": home}
        for _ in range(runs):
            done = subprocess.run(
                [sys.executable, "-c", text],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            printed.append([float(line) for line in done.stdout.split()])
    return [statistics.median(column) for column in zip(*printed, strict=False)]


def start() -> dict[str, float]:
    empty_s, empty_kb = program(EMPTY_WINDOW)[:2]
    painted_s, usable_s, our_kb = program(OUR_WINDOW)
    return {
        "empty window painted, s": empty_s,
        "first window painted, x empty": painted_s / empty_s,
        "first page usable, x empty": usable_s / empty_s,
        "memory at the first page, x empty": our_kb / empty_kb,
    }


def reasoning() -> dict[str, float]:
    from evalassist.case_file import read_case
    from evalassist.clinical.assessment import assess
    from evalassist.clinical.plan import plan_of_care
    from evalassist.clinical.whatif import compare, outcome_of
    from evalassist.content import load_content

    content = load_content()
    evaluation = read_case(CASES / "ex1.toml", content)
    now = outcome_of(evaluation, content)
    pain = cycle(range(11))

    def what_if() -> None:
        compare(now, outcome_of(evaluation.with_answer("nprs-worst", next(pain)), content), content)

    return {
        "assessment and plan, ms": 1000
        * median_s(lambda: plan_of_care(evaluation, assess(evaluation, content), content)),
        "one thousand what-if variants, s": 1000 * median_s(what_if, 110),
    }


def saving() -> dict[str, float]:
    from evalassist.case_file import read_case
    from evalassist.content import load_content
    from evalassist.evaluation import answer_to_plain
    from evalassist.records.store import Store

    evaluation = read_case(CASES / "ex1.toml", load_content())
    answers = json.dumps({key: answer_to_plain(answer) for key, answer in evaluation.answers.items()})
    with tempfile.TemporaryDirectory() as folder:
        bare = sqlite3.connect(Path(folder) / "bare.sqlite", isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, answers TEXT, kept_at TEXT)")

        def insert() -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute(
                "INSERT INTO kept (answers, kept_at) VALUES (?, ?)", (answers, str(datetime.now(UTC)))
            )
            bare.execute("COMMIT")

        bare_s = median_s(insert, 200)
        bare.close()
        with Store(Path(folder) / "records.sqlite", KEYS) as store:
            number = iter(range(10_000))
            autosave_s = median_s(lambda: store.save(evaluation.with_impression(f"{next(number)}")), 200)
        plain_s = _saving_plain(evaluation, Path(folder))
    return {
        "autosave, ms": 1000 * autosave_s,
        "autosave, x bare insert": autosave_s / bare_s,
        "autosave, x the same not encrypted": autosave_s / plain_s,
    }


def _saving_plain(evaluation: Evaluation, folder: Path) -> float:
    """The same save into a file that is not encrypted."""
    from evalassist.records import database
    from evalassist.records.store import Store

    def connect_plain(path: Path, _key: bytes, wait_s: float = 2.0) -> object:
        return sqlcipher.connect(path, timeout=wait_s, isolation_level=None, check_same_thread=False)

    with patch.object(database, "connect", connect_plain), Store(folder / "plain.sqlite", KEYS) as store:
        number = iter(range(10_000))
        return median_s(lambda: store.save(evaluation.with_impression(f"{next(number)}")), 200)


def opening() -> dict[str, float]:
    """Signing in, and how much longer a large clinic's records take to open than a small one's."""
    from evalassist.records.store import Store

    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        few, keys = _clinic(Path(small), 100)
        few_s = median_s(lambda: Store(few.records, keys).close(), 15)
        many, keys = _clinic(Path(large), 100_000)
        many_s = median_s(lambda: Store(many.records, keys).close(), 15)
        unlock_s = median_s(lambda: many.sign_in("bench", "correct horse").close(), 5)
        with Store(many.records, keys) as store:
            keys_s = [least_cpu_s(partial(store.search_patients, typed, 9)) for typed in _keys()]
            shown_s = _keys_shown(store)
    return {
        "unlock with 100,000 patients, s": unlock_s,
        "open with 100,000 patients, x with 100": many_s / few_s,
        "a key in 100,000 patients, ms of processor (worst)": 1000 * max(keys_s),
        "a key in 100,000 patients, ms of processor (median)": 1000 * statistics.median(keys_s),
        "the same until its answer is drawn, ms (worst)": 1000 * max(shown_s),
        "the same until its answer is drawn, ms (median)": 1000 * statistics.median(shown_s),
    }


TYPED = ("surname12, mar", "mario su", "m s", "may 1990", "9 May 1990", "5/9/1990", "100", "zz", "maria")
"""What people type into the search; each is asked letter by letter."""
FIRST_NAMES = ("Maria", "Mario", "Anna", "José", "Zoe", "Tomás", "Elke", "Daniel", "Noor", "May")


def _keys() -> list[str]:
    return sorted({typed[: n + 1].strip() for typed in TYPED for n in range(len(typed))})


def _keys_shown(store: Store) -> list[float]:
    """Seconds of processor time from a key in the search of the start page until its answer is drawn."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    import ui  # noqa: F401  # before Qt
    from evalassist.settings import Settings
    from ui import style
    from ui.pages.start import StartPage

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    style.apply_style(app)
    page = StartPage(store, Settings())
    page.resize(1366, 768)
    page.show()
    page.refresh()
    for _ in range(30):  # what is made while nobody types
        app.processEvents()

    def press(typed: str) -> None:
        page.search.setText(typed)
        app.processEvents()

    def key(typed: str) -> float:
        press("")
        return least_cpu_s(partial(press, typed), 1)

    found = [min(key(typed) for _ in range(3)) for typed in _keys()]
    page.close()
    return found


def least_cpu_s(work: Callable[[], object], runs: int = 5) -> float:
    """The fewest seconds of processor time one call took."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def _clinic(folder: Path, patients: int) -> tuple[Entrance, Keys]:
    from evalassist.records.accounts import Account
    from evalassist.records.connection import connect
    from evalassist.records.search import name_key, words_of

    entrance = Entrance(folder)
    store, _ = entrance.begin(Account("", "bench", "Bench", "1", "administrator"), "correct horse")
    store.close()
    with closing(connect(entrance.records, store.keys.database)) as db:
        db.execute("BEGIN")
        for number in range(patients):
            name = f"Surname{number * 7919 % patients}, {FIRST_NAMES[number % len(FIRST_NAMES)]}"
            born = date(1930, 1, 1) + timedelta(days=number * 31 % 30_000)
            one = Patient(
                name, born, "F", record_number=str(number), id=f"{number * 40503 % 65_537:05}{number}"
            )
            row = (one.id, name, name_key(name), born.isoformat(), "F", "en", one.record_number)
            db.execute("INSERT INTO patient VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            db.executemany("INSERT INTO patient_word VALUES (?, ?)", [(w, one.id) for w in words_of(one)])
        db.execute("COMMIT")
    return entrance, store.keys


def paper() -> dict[str, float]:
    from evalassist.case_file import read_case
    from evalassist.clinical.assessment import assess
    from evalassist.clinical.plan import plan_of_care
    from evalassist.content import load_content
    from evalassist.documents import handout_pdf
    from evalassist.note import Clinic
    from evalassist.noting import note_of

    content = load_content()
    evaluation = read_case(CASES / "ex1.toml", content)
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content)
    note = note_of(evaluation, content, assessment, plan, Clinic(name="Bench Clinic", phone="555-0100"))
    return {
        "handout of four pages, warm, s": median_s(lambda: handout_pdf(note), 7),
        "handout, KB": len(handout_pdf(note)) / 1000,
    }


def steps() -> dict[str, float]:
    """Changing the step, answering, and how long the event loop stands still while pages are made."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.measuring import measure_steps

    with tempfile.TemporaryDirectory() as home:
        os.environ["EVALASSIST_HOME"] = home
        walk = measure_steps(CASES / "ex1.toml")
    return {
        "first visit in haste, ms (worst)": 1000 * max(walk.cold.values()),
        "first visit in haste, ms (median)": 1000 * statistics.median(walk.cold.values()),
        "first visit after a rest, ms (worst)": 1000 * max(walk.prepared.values()),
        "first visit after a rest, ms (median)": 1000 * statistics.median(walk.prepared.values()),
        "step change, ms (worst)": 1000 * max(walk.again.values()),
        "step change, ms (median)": 1000 * statistics.median(walk.again.values()),
        "event loop stands still, ms (worst)": 1000 * max(walk.stalls),
        "event loop stands still, ms (median)": 1000 * statistics.median(walk.stalls),
        "one answer, ms of processor (worst step)": 1000 * max(walk.answers.values()),
        "one answer, ms of processor (median)": 1000 * statistics.median(walk.answers.values()),
    }


def typed() -> dict[str, float]:
    """How long the event loop stands still while the robot of the tests types the standard case, step after step."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import test_robot
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget

    from ui.measuring import measure_typing

    turns: list[float] = []

    def timed(act: Callable[..., None], *how: object) -> None:
        begun = time.perf_counter()
        act(*how)
        turns.append(time.perf_counter() - begun)

    def letters(at: QWidget, words: str) -> None:
        for letter in words:
            timed(QTest.keyClicks, at, letter)

    keys = SimpleNamespace(keyClick=partial(timed, QTest.keyClick), keyClicks=letters)
    loop = SimpleNamespace(processEvents=partial(timed, QApplication.processEvents))
    with (
        tempfile.TemporaryDirectory() as home,
        patch.object(test_robot, "QTest", keys),
        patch.object(test_robot, "QApplication", loop),
        patch("ui.hands_busy.monotonic", count(1).__next__),
    ):
        os.environ["EVALASSIST_HOME"] = home
        for hands in measure_typing(test_robot.Keyboard):
            hands.walk(hands.view.step)
            if hands.view.step == "assessment":
                hands.press(Qt.Key.Key_N, test_robot.CONTROL_SHIFT)
            if hands.view.step != "sign":
                hands.press(Qt.Key.Key_Return, test_robot.CONTROL)
    longest = sorted(turns)
    return {
        "standard case typed, turns of the event loop": len(turns),
        "one turn, ms (worst)": 1000 * longest[-1],
        "one turn, ms (99 of 100)": 1000 * longest[len(longest) * 99 // 100],
        "turns over 50 ms": sum(turn > STALL_S for turn in turns),
    }


def backing_up() -> dict[str, float]:
    """How long the window stands still while records of 100,000 patients are backed up and somebody types."""
    with tempfile.TemporaryDirectory() as folder:
        many, _ = _clinic(Path(folder), 100_000)
        size_mb = many.records.stat().st_size / 2**20
        still_s, with_backup_s, took_s = program(BACKING_UP, 1, Path(folder))
    return {
        "records backed up, MB": size_mb,
        "a backup takes, s": took_s,
        "window stands still without a backup, ms (worst)": 1000 * still_s,
        "window stands still during a backup, ms (worst)": 1000 * with_backup_s,
    }


def long_day() -> dict[str, float]:
    """How much the window grows over 50 evaluations, each with every step looked at, after the first ten."""
    before, after = program(LONG_DAY.format(case=str(CASES / "ex1.toml")), runs=1)
    return {"memory after 10 evaluations, MB": before, "growth over 50 more, %": 100 * (after / before - 1)}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    for part in (start, reasoning, saving, opening, paper, steps, typed, backing_up, long_day):
        for name, value in part().items():
            print(f"{name:45} {value:10.2f}", flush=True)


if __name__ == "__main__":
    main()
