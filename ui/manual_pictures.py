"""The manual's pictures, drawn from the running window, small and the same each time.

python -m ui.manual_pictures [PART]   draw those whose name contains PART into resources/manual/pictures
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from PIL import Image
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QRect
from PySide6.QtWidgets import QApplication, QWidget

from evalassist import resources
from evalassist.manual import FOLDER
from evalassist.translate import tr
from ui import style
from ui.screenshots import Studio, later, moved

if TYPE_CHECKING:
    from evalassist.records.entrance import Entrance
    from ui.main_window import MainWindow
    from ui.pages.door import Door
    from ui.pages.first_run import FirstRun

SIZE, WHOLE = (1000, 620), (1366, 690)
COLORS = 48
DAY = date(2026, 3, 30)
SHOW_TODAY = ("ui.pages.handout", "ui.widgets.lines", "ui.widgets.drafts_card", "ui.widgets.due_card")
"""What shows how long ago something was: in the pictures it is always the same day."""


class _Day(date):
    @classmethod
    def today(cls) -> Self:
        return cls(DAY.year, DAY.month, DAY.day)


class _Pictures(Studio):
    """One window after another, each drawn once."""

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 10, 42, tzinfo=UTC)

    def by_name(self) -> dict[str, Callable[[str], None]]:
        """What draws each picture."""
        return {
            "first-start": self._first_start,
            "door": self._door,
            "start": self._start,
            "practice": self._practice_visit,
            "window": partial(self._step, "strength", size=WHOLE),
            "safety": self._safety_stop,
            "hands": self._hands_busy,
            "assessment": partial(self._step, "assessment", size=WHOLE),
            "plan": partial(self._step, "plan", size=WHOLE),
            "handout": partial(self._step, "handout", size=WHOLE),
            "show": self._show_page,
            "sign": partial(self._step, "sign", size=WHOLE),
            "last-value": self._last_value,
            "chart": self._chart,
        }

    def _first_start(self, name: str) -> None:
        from ui.pages.first_run import FirstRun

        self._keep_closed(FirstRun(self._no_entrance, self._settings, plain=False), name)

    def _door(self, name: str) -> None:
        from ui.pages.door import Door

        self._keep_closed(Door(self._no_entrance, "chen", self._settings.clinic_name), name)

    @staticmethod
    def _no_entrance() -> Entrance:
        raise NotImplementedError  # nobody comes in here

    def _start(self, name: str) -> None:
        window = self._window(self._settings, SIZE)
        first = self._case("ex1")
        for weeks, who in ((4, tr("Brandt, Elke")), (2, tr("Rivera, Ana")), (1, tr("Okafor, Daniel"))):
            self._keep_care(moved(first, DAY - timedelta(weeks=weeks), who), signed=True)
        window.show_start()
        self.keep(window, name)
        self._put_away(window)

    def _practice_visit(self, name: str) -> None:
        window = self._window(self._settings, SIZE)
        window.practice.begin(filled=True)
        assert window.view is not None
        window.view.show_step("history")
        self.keep(window, name)
        window.show_start()
        window.practice.close()
        self._put_away(window)

    def _step(self, step: str, name: str, size: tuple[int, int] = SIZE) -> None:
        window = self._window(self._settings, size)
        window.begin(self._case("ex1"))
        assert window.view is not None
        window.view.show_step(step)
        self.keep(window, name)
        self._put_away(window)

    def _safety_stop(self, name: str) -> None:
        window = self._window(self._settings, SIZE)
        window.begin(self._case("ex1").with_answers({"hot-joint": "yes"}))
        self.keep(window, name)
        self._put_away(window)

    def _hands_busy(self, name: str) -> None:
        window = self._window(self._settings, SIZE)
        case = self._case("ex1")
        window.begin(case.without_answer(*(key for key in case.answers if key.startswith("habd"))))
        assert window.view is not None
        window.view.toggle_hands()
        hands = window.view.hands
        assert hands is not None
        for value in ("", "100", "97"):
            hands.entry.typed = value
            hands.enter()
        hands.entry.type("95")
        hands.refresh()
        self.keep(window, name)
        self._put_away(window)

    def _show_page(self, name: str) -> None:
        from evalassist.explaining import explanation_of
        from ui.pages.show import ShowPage

        page = ShowPage(explanation_of(self._note("ex1"), "en"))
        page.resize(*SIZE)
        page.show()
        page.slider.setValue(10)
        while page.figure.at_work:
            self._app.processEvents()
        self._write(page, name)
        page.close()
        page.deleteLater()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _last_value(self, name: str) -> None:
        window = self._window(self._settings, SIZE)
        first = self._case("ex1")
        self._store.save(first)
        window.begin(later(first))
        assert window.view is not None
        window.view.show_step("history")
        self.keep(window, name)
        self._put_away(window)

    def _chart(self, name: str) -> None:
        window = self._window(self._settings, WHOLE)
        first = moved(self._case("ex1"), DAY - timedelta(weeks=4))
        self._keep_care(first, signed=True)
        for weeks, pain in ((2, 5.0), (4, 4.0)):
            visit = later(first).with_answers({"nprs-worst": pain, "akps-total": 71.0 + weeks * 3})
            visit = replace(visit, id=f"after-{weeks}", visit_date=first.visit_date + timedelta(weeks=weeks))
            self._keep_care(visit, signed=True)
        window.show_chart(first.patient.id)
        self.keep(window, name)
        self._put_away(window)

    # ------------------------------------------------------------ keeping

    def _keep_closed(self, page: Door | FirstRun, name: str) -> None:
        """A page in front of the records."""
        from ui.main_window import SMALLEST, MainWindow

        window = MainWindow()
        window.resize(*SMALLEST)
        window.show()
        window.prepare(self._content, self._settings)
        window.show_door(page)
        self.settle(window)
        self._write(window, name)
        window.close()
        window.deleteLater()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def keep(self, window: MainWindow, name: str) -> None:
        """Wait until the window is drawn, then keep it; the time of the last change is always the same."""
        self.settle(window)
        view = window.view
        if view is not None:
            view.header.kept.set_kept("10:42:03")
            if view.hands is not None:
                view.hands.kept.set_kept("10:42:03")
        self.settle(window)
        self._write(window, name)

    def _write(self, widget: QWidget, name: str) -> None:
        """As a PNG of few colors: what a screenshot of plain surfaces needs."""
        shown = widget.grab(QRect(0, 0, widget.width(), widget.height()))
        held = QBuffer()
        held.open(QIODevice.OpenModeFlag.WriteOnly)
        shown.save(held, "PNG")
        with Image.open(BytesIO(held.data().data())) as full:
            few = full.convert("RGB").quantize(COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(self._folder / f"{name}.png", optimize=True)


def names() -> Iterator[str]:
    """The pictures that can be drawn."""
    yield from _Pictures.by_name(_Pictures.__new__(_Pictures))


@contextmanager
def _always_the_same_day() -> Iterator[None]:
    modules = [import_module(name) for name in SHOW_TODAY]
    for module in modules:
        module.__dict__["date"] = _Day
    try:
        yield
    finally:
        for module in modules:
            module.__dict__["date"] = date


def draw(folder: Path, only: str = "") -> list[Path]:
    """Draw the pictures whose name contains `only` into the folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(["manual"])
    assert isinstance(app, QApplication)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    with TemporaryDirectory() as home, _always_the_same_day():
        studio = _Pictures(app, folder, Path(home), only)
        style.apply_style(app)
        for name, picture in studio.by_name().items():
            if only in name:
                picture(name)
                drawn.append(folder / f"{name}.png")
    return drawn


def main(arguments: Sequence[str]) -> int:
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__)
        return 2
    for drawn in draw(resources.path(f"{FOLDER}/pictures"), *arguments):
        print(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
