"""A long page is filled from the top: what is seen at once before it is shown, the rest between two events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from evalassist.clinical.result import Assessment
from ui import style
from ui.session import EvaluationSession

FIRST_ROWS = 14
"""Rows that are made before a page is shown; as many as can be seen at once."""
SLICE_S = 0.012
"""How long more rows are made at a time, so that nobody waits for a page that is long."""


class Filled(Protocol):
    """A group whose rows are made one after the other."""

    def rows_made(self) -> int: ...

    def lacks_rows(self, assessment: Assessment, *, folded: bool = False) -> bool:
        """Whether an item that is asked has no row yet; a folded group needs none, unless `folded` is asked for."""

    def make_row(self, assessment: Assessment) -> None:
        """Make the first row that is lacking."""


class Filling:
    """Makes the rows of the groups of a page."""

    def __init__(
        self,
        page: QWidget,
        session: EvaluationSession,
        groups: Sequence[Filled],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        self._session, self._groups, self._then = session, groups, then
        self._later = QTimer(page, interval=0)
        self._later.timeout.connect(self._make_more)

    @property
    def at_work(self) -> bool:
        """Whether rows are still to come."""
        return self._later.isActive()

    def begin(self) -> None:
        """Make what is seen at once; the rest follows by itself."""
        self._make(lambda made: made < FIRST_ROWS)

    def pieces(self) -> Iterator[None]:
        """Make all rows, one at each turn; also those of folded groups, so that a group opens at once."""
        assessment = self._session.assessment
        for group in self._groups:
            while group.lacks_rows(assessment, folded=True):
                group.make_row(assessment)
                yield
                assessment = self._session.assessment

    def _make(self, go_on: Callable[[int], bool]) -> None:
        assessment = self._session.assessment
        made = sum(group.rows_made() for group in self._groups)
        for group in self._groups:
            while group.lacks_rows(assessment):
                if not go_on(made):
                    self._later.start()
                    return
                group.make_row(assessment)
                made += 1
        self._later.stop()
        style.settle()

    def _make_more(self) -> None:
        until = perf_counter() + SLICE_S
        self._make(lambda _: perf_counter() < until)
        self._then()
