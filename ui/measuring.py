"""How fast the window is, measured from inside it; `tests/bench.py` prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter, sleep, thread_time
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from ui.app import App, begin
from ui.way_in import WayIn

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from ui.main_window import MainWindow

R = TypeVar("R")
ANSWERS = 6
"""So many answers of a step are taken back and given again."""


def measure_start(argv: Sequence[str]) -> tuple[float, float]:
    """When the first window was painted and when a name could be typed, on `time.perf_counter`."""
    app, program = begin(argv)
    while program.window.door is None or not program.window.door.isVisible():
        app.processEvents()
    app.processEvents()
    usable_at = perf_counter()
    painted_at = program.window.painted_at
    _leave(program)
    return painted_at, usable_at


@dataclass(frozen=True, slots=True)
class Walk:
    """How a walk through the steps of one case felt, in seconds."""

    cold: dict[str, float]
    """Until a step is painted that was never looked at, going there without a rest."""
    again: dict[str, float]
    """Until it is painted the second time, when everything is made."""
    prepared: dict[str, float]
    """Until it is painted the first time, when there was a rest at the step before."""
    stalls: list[float]
    """The longest turn of the event loop before and at each step of that walk, while pages and papers were made."""
    answers: dict[str, float]
    """Processor time of one answer, with all that is drawn again because of it; the median of each step."""


def measure_steps(case: Path) -> Walk:
    """Walk through a case: in haste, once more, and anew with a rest at every step; and answer at every step."""
    from evalassist.case_file import read_case

    app, program = begin(["measure"])
    _come_in(app, program)
    content = program._content_now()
    program.window.begin(read_case(case, content))
    _rest(app, program)
    cold = {step_id: _show(app, program, step_id) for step_id in content.steps}
    _rest(app, program)
    again: dict[str, float] = {}
    for step_id in content.steps:
        again[step_id] = _show(app, program, step_id)
        _rest(app, program)
    program.window.begin(replace(read_case(case, content), id=f"{perf_counter()}"))
    stalls = [_rest(app, program)]
    prepared: dict[str, float] = {}
    for step_id in content.steps:
        prepared[step_id] = _show(app, program, step_id)
        stalls.append(_rest(app, program))
    answers = {step_id: _answer(app, program, step_id) for step_id in content.steps}
    _leave(program)
    return Walk(cold, again, prepared, stalls, {step_id: one for step_id, one in answers.items() if one})


def measure_typing(robot: Callable[[MainWindow, Content], R]) -> Iterator[R]:
    """The robot at each step of an evaluation in turn, once the step stands; the robot goes on to the next one."""
    app, program = begin(["measure"])
    _come_in(app, program)
    content = program._content_now()
    hands = robot(program.window, content)
    for _ in content.steps:
        _rest(app, program)
        yield hands
    _leave(program)


def measure_growth(case: Path, first: int, then: int) -> tuple[float, float]:
    """The memory of the process, in MB, after some evaluations and after some more; Linux only."""
    from evalassist.case_file import read_case

    app, program = begin(["measure"])
    _come_in(app, program)
    content = program._content_now()
    found: list[float] = []
    for count in (first, then):
        for _ in range(count):
            program.window.begin(replace(read_case(case, content), id=f"{perf_counter()}"))
            for step_id in content.steps:
                _show(app, program, step_id)
            _rest(app, program)
            view = program.window.view
            program.window.show_start()
            while isValid(view):
                app.processEvents()
                app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        status = Path("/proc/self/status").read_text(encoding="ascii")
        found.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)
    _leave(program)
    return found[0], found[1]


def measure_backup(name: str, password: str) -> tuple[float, float, float]:
    """The longest turn of the event loop while somebody types: without a backup, during one; and how long it took.

    Whoever has this name and password signs in to records that lie there already.
    """
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPlainTextEdit

    from evalassist.evaluation import Evaluation, Patient

    app, program = begin(["measure"])
    while not program.loaded:
        app.processEvents()
    program.window.enter(program._entrance().sign_in(name, password), WayIn(program._entrance()))
    program.window.begin(
        Evaluation.begin(Patient("Typed, Into", date(1990, 5, 2), "F"), "right", date.today())
    )
    view, keeper = program.window.view, program.window._backups
    assert view is not None
    assert keeper is not None
    view.show_step("assessment")
    _rest(app, program)
    field = next(each for each in view.page.findChildren(QPlainTextEdit) if each.isVisible())

    def longest(goes_on: Callable[[], bool]) -> float:
        worst = 0.0
        while goes_on():
            begun = perf_counter()
            QTest.keyClicks(field, "a")
            app.processEvents()
            worst = max(worst, perf_counter() - begun)
            sleep(0.01)
        return worst

    longest(lambda: keeper.at_work)
    quiet_until = perf_counter() + 5
    quiet = longest(lambda: perf_counter() < quiet_until)
    begun = perf_counter()
    keeper.look()
    busy = longest(lambda: keeper.at_work)
    took = perf_counter() - begun
    _leave(program)
    return quiet, busy, took


def _leave(program: App) -> None:
    program.window.close()
    program.end()


def _come_in(app: QApplication, program: App) -> None:
    """Begin records and sign in, as the first person does: after some seconds, when everything is loaded."""
    from evalassist.records.accounts import Account

    while not program.warm:
        app.processEvents()
    chen = Account("", "bench", "A. Chen, PT", "1", "administrator")
    store, _ = program._entrance().begin(chen, "measured only")
    program.window.enter(store, WayIn(program._entrance()))


def _show(app: QApplication, program: App, step_id: str) -> float:
    assert program.window.view is not None
    begun = perf_counter()
    program.window.view.show_step(step_id)
    app.processEvents()
    return perf_counter() - begun


def _rest(app: QApplication, program: App) -> float:
    """Wait until nothing is being made any more, and is shown; the longest turn of the event loop meanwhile."""
    view, longest, quiet_at = program.window.view, 0.0, perf_counter() + 0.1
    assert view is not None
    while view.at_work or perf_counter() < quiet_at:
        begun = perf_counter()
        app.processEvents()
        longest = max(longest, perf_counter() - begun)
        if view.at_work:
            quiet_at = perf_counter() + 0.1
        sleep(0.002)
    return longest


def _answer(app: QApplication, program: App, step_id: str) -> float:
    """Take some answers of a step back and give them again; the median of what one of them costs."""
    from statistics import median

    view = program.window.view
    assert view is not None
    session = view.session
    given = [
        i
        for item in session.content.steps[step_id].items
        for i in item.ids
        if i in session.evaluation.answers
    ]
    _show(app, program, step_id)
    _rest(app, program)
    times: list[float] = []
    for item_id in given[:ANSWERS]:
        answer = session.evaluation.answers[item_id]
        for value in (None, answer):
            begun = thread_time()
            session.answer(item_id, value, typing=True)
            app.processEvents()
            times.append(thread_time() - begun)
            app.processEvents()
    return median(times) if times else 0.0
