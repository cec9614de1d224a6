"""One evaluation in the real window, unattended: what `--self-test` walks through after the core's own test.

It uses records of its own in a folder that is removed again; what the person keeps is never touched.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic, sleep
from uuid import uuid4

from PySide6.QtWidgets import QApplication

MOST_S = 60.0
"""So long one part may take on a slow computer."""


class SelfTestError(Exception):
    """A part of the walk did not come to its end."""


def walk() -> int:
    """Begin records, walk through a worked example, save its sheet, lock and come back; the exit code."""
    from evalassist import resources, settings

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    case = next(path for path in resources.worked_cases() if path.stem == "ex1")
    before = os.environ.get(settings.HOME)
    with tempfile.TemporaryDirectory(prefix="evalassist-self-test-", ignore_cleanup_errors=True) as folder:
        os.environ[settings.HOME] = folder
        try:
            steps, pages = _walk(case, Path(folder, "sheet.pdf"))
        finally:
            os.environ.pop(settings.HOME)
            if before is not None:
                os.environ[settings.HOME] = before
    print(f"Window passed: {steps} steps, a sheet of {pages} pages, locked and opened again.")
    return 0


def _walk(case: Path, sheet: Path) -> tuple[int, int]:
    from evalassist.case_file import read_case
    from evalassist.content import load_content
    from ui.app import begin
    from ui.pages.door import Door
    from ui.pages.first_run import FirstRun
    from ui.pages.handout import HandoutPage

    app, program = begin(["evalassist"])
    window, password, content = program.window, token_urlsafe(18), load_content()
    _wait(app, "the first page", lambda: isinstance(window.door, FirstRun))
    first = window.door
    assert isinstance(first, FirstRun)
    first.next.click()
    first.fields.name.set_value("Self Test, PT")
    first.fields.licence.set_value("0")
    first.fields.sign_in.set_value("self-test")
    for secret in (first.password.first, first.password.again):
        secret.edit.setText(password)
    first.button.click()
    _wait(app, "the paper key", lambda: hasattr(first, "paper_key"))
    first.paper_key.has_it.click()
    first.paper_key.go_on.click()
    first.to_start.click()
    _wait(app, "the start page", lambda: window.door is None and window.start is not None)

    evaluation = replace(read_case(case, content), id=str(uuid4()))
    window.begin(evaluation)
    for step_id in content.steps:
        view = window.view
        assert view is not None
        view.show_step(step_id)
        _wait(app, f"the step {step_id}", lambda: window.view is not None and not window.view.at_work)
    view = window.view
    assert view is not None
    page = view.show_step("handout")
    assert isinstance(page, HandoutPage)
    _wait(app, "the sheet", lambda: page.pages.page_count > 0 and not page.at_work)
    page.save_as(sheet)
    if not sheet.is_file() or not sheet.read_bytes().startswith(b"%PDF"):
        raise SelfTestError("the sheet was not saved")
    pages = page.pages.page_count

    window.lock()
    _wait(app, "the lock", lambda: isinstance(window.door, Door) and not hasattr(window, "_store"))
    door = window.door
    assert isinstance(door, Door)
    door.name.set_value("self-test")
    door.password.edit.setText(password)
    door.unlock()
    _wait(app, "the evaluation again", lambda: window.door is None and window.view is not None)
    if window.evaluation_id() != evaluation.id:
        raise SelfTestError("after the lock another evaluation was open")
    window.close()
    program.close()
    return len(content.steps), pages


def _wait(app: QApplication, what: str, until: Callable[[], bool]) -> None:
    end = monotonic() + MOST_S
    while not until():
        if monotonic() > end:
            raise SelfTestError(f"{what} did not come in {MOST_S:.0f} s")
        app.processEvents()
        sleep(0.003)
