"""The pages of an evaluation that nobody sees, made and kept up to date while nobody types: going there is quick."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui import collector, spoken, style
from ui.pages import load_page, page_for

if TYPE_CHECKING:
    from ui.evaluation_view import EvaluationView
    from ui.pages.base import Page

PAPERS = ("handout", "sign")
REST_BEFORE_BUILDING_MS, REST_BEFORE_COLLECTING_MS = 400, 2_000
BETWEEN_SLICES_MS, SLICE_S = 10, 0.005
"""Pages are made in pieces of some milliseconds, with room for a key between them."""
DONE = object()


class EarlyPages:
    """Makes one page after the other in pieces, anew what an answer changed; then collects memory in a rest."""

    def __init__(self, view: EvaluationView) -> None:
        self._view = view
        self.page: Page | None = None
        """The page that is being made; it lies beside the room of the pages, so that it is laid out, too."""
        self.touched_at = monotonic()
        self._failed: set[str] = set()
        """Steps whose page could not be made."""
        self._pieces: Iterator[None] | None = None
        """What is left to make of it."""
        self._later = QTimer(view, singleShot=True, interval=REST_BEFORE_BUILDING_MS)
        self._later.timeout.connect(self.make_some)
        self._quiet = QTimer(view, singleShot=True, interval=REST_BEFORE_COLLECTING_MS)
        self._quiet.timeout.connect(self._collect)

    @property
    def at_work(self) -> bool:
        """Whether there is more to make."""
        return self._later.isActive()

    def start(self) -> None:
        """Go on after a rest."""
        if self._view.step:
            self._later.start(REST_BEFORE_BUILDING_MS)

    def stop(self) -> None:
        """Make nothing more."""
        self._later.stop()
        self._quiet.stop()

    def touched(self) -> None:
        """Somebody is at work: nothing is made until they rest."""
        self.touched_at = monotonic()

    def give(self, page: Page) -> None:
        """This page is to be shown, as far as it is made."""
        self.put_aside()
        if page is self.page:
            self.page = None
        page.in_the_making = False

    def put_aside(self) -> None:
        """The keyboard must not find what is being made."""
        if self.page is not None and not self.page.isHidden():
            self.page.hide()

    def make_some(self) -> None:
        """A few pieces, unless somebody types."""
        if monotonic() - self.touched_at < REST_BEFORE_BUILDING_MS / 1000:
            self.start()
            return
        if spoken.is_kept_busy():
            self._quiet.start()
            return
        until = monotonic() + SLICE_S
        while monotonic() < until:
            if self._pieces is None:
                step_id = self.next_step()
                if step_id is None:
                    self._quiet.start()
                    return
                self._pieces = self._made(step_id)
            if self._is_done(self._pieces):
                self._pieces = None
        self._later.start(BETWEEN_SLICES_MS)

    def _is_done(self, pieces: Iterator[None]) -> bool:
        try:
            return next(pieces, DONE) is DONE
        except Exception:  # a defect is told once; who goes to the page meets it there
            self._pieces = None
            if self.page is not None:
                self._failed.add(self.page.step_id)
                self.give(self.page)
            raise

    def next_step(self) -> str | None:
        """The nearest page that is not made yet, or not as the answers are now; later steps first."""
        view = self._view
        ids = [step.id for step in view.steps]
        here = ids.index(view.step)
        return next((step_id for step_id in (*ids[here + 1 :], *ids[:here]) if self._waits(step_id)), None)

    def _waits(self, step_id: str) -> bool:
        if not self._view.is_made(step_id):
            return True
        return step_id not in (*PAPERS, *self._failed) and self._view.page_of(step_id).is_stale

    def _made(self, step_id: str) -> Iterator[None]:
        made = None
        if not self._view.is_made(step_id):
            load_page(step_id)
            yield
            made = page_for(step_id, self._view.session, self._view.stack)
            made.hide()  # else it comes up with all pages, where these are hidden now
            yield
        page = self._view.page_of(step_id, made)
        if made not in (None, page):  # somebody went there meanwhile
            made.leave()
            made.deleteLater()
            return
        self.page, page.in_the_making = page, True
        pieces = iter((None,)) if step_id in PAPERS else page.pieces()  # papers are drawn when looked at
        while self.page is page and next(pieces, DONE) is not DONE:
            if page.isHidden() and not spoken.listens():  # a screen reader would find it
                self._show_aside(page)
            yield
        if self.page is page:
            page.in_the_making = False
            style.settle()
            yield  # what was laid out asks for more: a page with a list of its own, say
            if self.page is not page:
                return
            style.settle()
            page.hide()
            page.move(0, 0)
            self.page = None

    def _show_aside(self, page: Page) -> None:
        """Style and place what is made of a page where nobody sees it: better now than when somebody waits."""
        self._view.fit_aside(page)
        page.move(-page.width(), 0)
        page.show()

    def _collect(self) -> None:
        if monotonic() - self.touched_at < REST_BEFORE_COLLECTING_MS / 1000:
            self._quiet.start()
        else:
            collector.now_is_a_rest()
