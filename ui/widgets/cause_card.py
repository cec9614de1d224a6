"""The other causes on the assessment page: what speaks for each, what against, what was not tested, and your word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from evalassist.clinical.differentials import Cause
from evalassist.clinical.result import Reason
from evalassist.content import Content
from evalassist.content.accuracy_words import accuracy_of_tests
from evalassist.translate import tr
from evalassist.words import upper_first
from ui import style
from ui.widgets.cards import Card, Rule
from ui.widgets.conclusion_card import ReasonList
from ui.widgets.marks import LinkButton

NEAREST = ("likely", "possible", "", "not-assessed", "unlikely", "excluded")
"""Other causes, the one that asks for most thought first."""
FEWEST, MOST_AT_FIRST = 3, 6
MOST_LINES = 3
COLUMNS = (tr("For"), tr("Against"), tr("Not tested"))


class CauseCard(Card):
    """The causes nearest to be considered, or all; each finding leads to its item."""

    go_to = Signal(str)

    def __init__(self, content: Content) -> None:
        super().__init__(tr("Other causes"), tr("what speaks for and against; your word decides"))
        self._content = content
        self._causes: Sequence[Cause] = ()
        self._lines: list[tuple[Cause, list[QWidget]]] = []
        """What stands in each line of the grid, so that only what changed is drawn again."""
        self._all = LinkButton(tr("All"))
        self._all.setCheckable(True)
        self._all.clicked.connect(self._show)
        self.title_row.addWidget(self._all)
        place = QWidget()
        self._grid: QGridLayout = style.scaled(QGridLayout(place), spacing=4)
        self._grid.setHorizontalSpacing(style.px(12))
        for column, width in enumerate((28, 24, 24, 24)):
            self._grid.setColumnStretch(column, width)
        for column, head in enumerate(("", *COLUMNS)):
            self._grid.addWidget(style.label("s", head), 0, column)
        self.body.addWidget(place)

    def pieces(self, causes: Iterable[Cause]) -> Iterator[None]:
        """Show them one after the other, the one that asks for most thought first; only what changed is drawn again."""
        self._causes = sorted(causes, key=lambda cause: (_nearness(cause), -len(cause.speaks_for)))
        yield from self._draw()

    def _show(self) -> None:
        for _ in self._draw():
            pass

    def _draw(self) -> Iterator[None]:
        open_ones = sum(cause.near or not cause.word for cause in self._causes)
        everything = self._all.isChecked()
        few = min(max(open_ones, FEWEST), MOST_AT_FIRST)
        self._all.setText(tr("Fewer") if everything else tr("All {count}").format(count=len(self._causes)))
        chosen = self._causes if everything else self._causes[:few]
        for number, cause in enumerate(chosen):
            if number < len(self._lines) and self._lines[number][0] == cause:
                continue
            self._clear(number, number + 1)
            self._lines.insert(number, (cause, list(self._add(cause, 2 * number + 1))))
            yield
        self._clear(len(chosen), len(self._lines))

    def _clear(self, first: int, end: int) -> None:
        for _, widgets in self._lines[first:end]:
            for widget in widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        del self._lines[first:end]

    def _add(self, cause: Cause, line: int) -> Iterator[QWidget]:
        """One cause: a hair line, and below it what it is, for, against, not tested."""
        rule = Rule()
        self._grid.addWidget(rule, line, 0, 1, 4)
        yield rule
        differential = cause.differential
        name = QWidget()
        stack = style.column(name, spacing=0)
        stack.addWidget(self._links([Reason(differential.title, (differential.item_id,))]))
        word = style.label(
            "b" if cause.near else "",
            tr("Your word: {replace}").format(replace=cause.word.replace("-", " ") or tr("not asked")),
        )
        style.say(word, c="att" if cause.near else "" if cause.word else "q")
        fits = style.label("s", differential.history)
        for part in (word, fits):
            part.setWordWrap(True)
            part.setIndent(style.px(16))
            stack.addWidget(part)
        tests = "\n".join((differential.tests, *accuracy_of_tests(differential.id, self._content)))
        name.setToolTip(tests)
        name.setAccessibleDescription(tests)
        untested = [Reason(self._content.label(item_id), (item_id,)) for item_id in cause.not_tested]
        self._grid.addWidget(name, line + 1, 0, Qt.AlignmentFlag.AlignTop)
        yield name
        for column, found in enumerate((cause.speaks_for, cause.speaks_against, untested), start=1):
            place = (
                self._links(found, COLUMNS[column - 1])
                if found
                else style.label("s", tr("nothing so far") if column < 3 else "")
            )
            self._grid.addWidget(place, line + 1, column, Qt.AlignmentFlag.AlignTop)
            yield place

    def _links(self, reasons: Sequence[Reason], column: str = "") -> ReasonList:
        links = ReasonList(heard_as=column)
        links.setParent(self)  # before it shows itself: without a place it would be a window of its own
        links.go_to.connect(self.go_to)
        links.show_reasons([Reason(upper_first(r.text), r.items) for r in reasons], MOST_LINES)
        return links


def _nearness(cause: Cause) -> int:
    return NEAREST.index(cause.word) if cause.word in NEAREST else NEAREST.index("")
