"""How a strength value was taken, chosen from a menu; and the trials that do not count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from evalassist.answers import MOST_TRIALS
from evalassist.clinical.facts import shown
from evalassist.clinical.strength import protocol_words
from evalassist.clinical.strength_entry import same_kind
from evalassist.content.schema import StrengthGroup
from evalassist.evaluation import Discarded, StrengthTest
from evalassist.translate import tr
from evalassist.units import convert
from ui.widgets.strength_parts import titled_menu

Tell = Callable[[StrengthTest], None]

DISCARD_REASONS = ("device slipped", "not a full effort", "compensation", "pain")


def protocol_menu(parent: QWidget, group: StrengthGroup, test: StrengthTest, tell: Tell) -> QMenu:
    """Position, kind of contraction and what holds the device; each choice is told at once."""
    menu = titled_menu(parent, tr("Values of another position or kind of test are not compared"))

    def offer(words: str, changed: StrengthTest) -> None:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(changed == test)
        action.triggered.connect(lambda: tell(changed))

    offer(tr("Standard: {position}").format(position=group.position), replace(test, position=None))
    for position in group.other_positions:
        note = f" ({position.note.rstrip('.')})" if position.note else ""
        offer(f"{position.title}{note}", replace(test, position=position.id))
    menu.addSeparator()
    offer(tr("Make test: the patient pushes, you hold still"), replace(test, contraction=None))
    offer(tr("Break test: you push the leg down"), replace(test, contraction="break"))
    menu.addSeparator()
    offer(tr("Held by hand"), replace(test, fixation="hand"))
    offer(tr("Held by a belt"), replace(test, fixation="belt"))
    return menu


def discard_menu(parent: QWidget, test: StrengthTest, tell: Tell) -> QMenu:
    """Take a trial out, with the reason, or take it back in."""
    menu = titled_menu(parent, tr("A discarded trial is kept, and does not count"))
    unit = test.unit or ""
    for number, trial in enumerate(test.trials):
        reasons = menu.addMenu(
            tr("Trial {number}: {trial} {unit}").format(number=number + 1, trial=shown(trial, 1), unit=unit)
        )
        for reason in DISCARD_REASONS:
            kept = (*test.trials[:number], *test.trials[number + 1 :])
            discarded = (*test.discarded, Discarded(trial, unit, reason))
            out = replace(test, trials=kept, unit=unit if kept else None, discarded=discarded)
            reasons.addAction(reason.capitalize(), partial(tell, out))
    for number, gone in enumerate(test.discarded):
        left = (*test.discarded[:number], *test.discarded[number + 1 :])
        words = tr("Take back {value} {unit} ({reason})").format(
            value=shown(gone.value, 1), unit=gone.unit, reason=gone.reason
        )
        action = menu.addAction(words, partial(tell, _taken_back(test, gone, left)))
        fits = len(test.trials) < MOST_TRIALS and same_kind(test.unit or gone.unit, gone.unit)
        action.setEnabled(fits and not test.grade)
    return menu


def _taken_back(test: StrengthTest, trial: Discarded, left: tuple[Discarded, ...]) -> StrengthTest:
    """The trial counts again, in the unit in which the others stand."""
    unit = test.unit or trial.unit
    value = convert(trial.value, trial.unit, unit) if same_kind(unit, trial.unit) else trial.value
    return replace(test, trials=(*test.trials, value), unit=unit, discarded=left)


def protocol_link_words(group: StrengthGroup, test: StrengthTest | None) -> str:
    """What the link to the menu says: the protocol where it is not the standard one."""
    words = protocol_words(group, test) if test is not None else ""
    return words or tr("Position: standard")
