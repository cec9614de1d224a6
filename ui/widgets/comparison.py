"""Labels, plan and goals as they are and as they would be, line by line; what differs is marked by a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QTextBrowser

from evalassist.clinical.whatif import Compared
from evalassist.translate import tr
from ui import spoken, style

PLURALS = {
    "Labels": (tr("label"), tr("labels")),
    "Plan": (tr("number of the plan"), tr("numbers of the plan")),
    "Exercises": (tr("exercise"), tr("exercises")),
    "Goals": (tr("goal"), tr("goals")),
    "Visits": (tr("line of the visits"), tr("lines of the visits")),
    "Other care": (tr("piece of other care"), tr("pieces of other care")),
    "Warnings": (tr("warning"), tr("warnings")),
}
NOT_THERE = tr("not there")


class ComparisonTable(QTextBrowser):
    """One text, for it is written anew with every answer; it is read by arrow keys and aloud like a page."""

    def __init__(self) -> None:
        super().__init__()
        self._compared: Sequence[Compared] = ()
        self._only_changes = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        spoken.read_by_keys(self)
        self.setAccessibleName(tr("Labels, plan and goals, as they are and as they would be"))
        self.viewport().setAutoFillBackground(False)

    def show_compared(self, compared: Sequence[Compared], *, only_changes: bool) -> None:
        """Show all lines, or only those that differ; the place that is looked at stays."""
        self._compared, self._only_changes = compared, only_changes
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._write()
        super().changeEvent(event)

    def _write(self) -> None:
        rows = [_row("", "", tr("Now"), tr("Then"), head=True)]
        part = ""
        for one in self._compared:
            if self._only_changes and one.change == "same":
                continue
            if one.part != part:
                part = one.part
                rows.append(_section(part))
            rows.append(_compared(one))
        place = self.verticalScrollBar().value()
        self.setHtml(
            f'<table width="100%" cellspacing="0" cellpadding="{style.px(2)}">{"".join(rows)}</table>'
        )
        self.verticalScrollBar().setValue(place)


def summary(compared: Sequence[Compared]) -> str:
    """How much differs, in one sentence: "Different then: 1 label and 3 exercises."."""
    counts = Counter(one.part for one in compared if one.change != "same")
    parts = [f"{count} {PLURALS[part][count != 1]}" for part, count in counts.items()]
    if not parts:
        return tr("Labels, plan and goals stay as they are.")
    told = ", ".join(parts[:-1]) + (tr(" and ") if len(parts) > 1 else "") + parts[-1]
    return tr("Different then: {told}.").format(told=told)


def _compared(one: Compared) -> str:
    if one.part == "Warnings":  # it is said or not said
        return _row(one.change, one.title, "", "")
    return _row(one.change, one.title, one.now or NOT_THERE, one.then or NOT_THERE)


def _row(change: str, title: str, now: str, then: str, *, head: bool = False) -> str:
    differs = change not in ("", "same")
    tone = style.tokens().ink if differs else style.tokens().quiet
    weight = 600 if differs else 400
    look = f"color:{tone}; padding-right:{style.px(10)}px"
    cells = ((change if differs else "", 14, 600), (title, 26, weight), (now, 30, 400), (then, 30, weight))
    return (
        "<tr>"
        + "".join(
            f'<td width="{width}%" style="{look}; font-weight:{600 if head else bold}">{escape(words)}</td>'
            for words, width, bold in cells
        )
        + "</tr>"
    )


def _section(title: str) -> str:
    line, quiet = style.tokens().line, style.tokens().quiet
    look = f"color:{quiet}; font-weight:600; border-top:{style.thin()}px solid {line}; padding-top:{style.px(4)}px"
    return f'<tr><td colspan="4" style="{look}">{escape(title.upper())}</td></tr>'
