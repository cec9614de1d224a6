"""Hands-busy view (F11): one muscle at a time, read from the treatment table, driven by a number pad alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from evalassist.translate import tr
from ui import sound
from ui.hands_screen import HandsScreen
from ui.session import EvaluationSession
from ui.widgets.focus import CLEARING_KEYS, ENTER_KEYS
from ui.widgets.strength_side import Mode

SIGNS = "0123456789.,"
OF_A_UNIT = "NnKkGgFfLlBbSsMm"
"""A dynamometer may write its unit behind the number; none of these is a key of its own then."""
BOUNCE_S = 0.2
"""A device that ends its number with two signs, or a key that bounces, does not go on twice."""
SECOND_MS = 1000
MOVING = (
    *(Qt.Key.Key_Insert, Qt.Key.Key_Delete, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Clear),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down),
)


class HandsBusyView(HandsScreen):
    """A face of the same answers as the strength page. It keeps where the therapist is and what is half typed."""

    def __init__(
        self,
        session: EvaluationSession,
        unit: str,
        kinds: Mapping[str, Mode],
        at: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, unit, kinds, at, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Hands-busy strength testing"))
        self._answers = session.evaluation.answers
        self._entered_at = 0.0
        self._clock = QTimer(self, interval=SECOND_MS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        for key, act in self._acts().items():
            self.legend.add(key, self._by_pointer(act))
        self.how.pain_clicked.connect(self._pain_clicked)
        session.changed.connect(self._changed)
        session.kept.connect(self._kept)
        session.not_kept.connect(self._not_kept)
        self.refresh()

    def _acts(self) -> dict[str, Callable[[], object]]:
        """One key each, all on a number pad but Backspace, the letter and F2."""
        return {
            "Enter": self.enter,
            "Backspace": self.back,
            "+": self.start_count,
            "−": self.entry.ask_for_reason,
            "P": self.entry.ask_pain,
            "*": self._seen_or_lever,
            "F2": self._show_big,
        }

    # ------------------------------------------------------------ acting

    def enter(self) -> None:
        """Take what is typed and go on; while the count runs and nothing is typed, stop it."""
        if self._second and not self.entry.typed:
            self._stop_count("")
        elif self.entry.stop is None and self.entry.question is None and not self.entry.typed:
            self.closed.emit()
        else:
            before = (self.entry.item_id, len(self.entry.test.trials))
            self._stop_count("")
            self.entry.enter()
            if self.entry.item_id == before[0] and len(self.entry.test.trials) > before[1]:
                self._begin_rest()

    def back(self) -> None:
        """Stop the count, else take back."""
        if self._second:
            self._stop_count("")
        else:
            self.entry.back()

    def start_count(self) -> None:
        """Count the seconds the patient holds, seen and heard; a value that is typed is taken first."""
        entry = self.entry
        if entry.question is None and entry.typed:
            self.enter()
        if entry.question is None and not entry.typed and entry.ask == "trial":
            self._big = False
            self._second, self._counted, self._rested_at = 1, "", 0.0
            self._clock.start()
            self._sound("tick")

    def _tick(self) -> None:
        hold_s = self.session.content.pace.hold_s
        if self._second >= hold_s:
            self._stop_count(tr("count done, {hold_s} s").format(hold_s=hold_s))
            self._sound("end")
        elif self._second:
            self._second += 1
            self._sound("tick")
        elif not self._rest_words():
            self._clock.stop()
        self.refresh()

    def _stop_count(self, says: str) -> None:
        self._second, self._counted = 0, says
        if not self._rest_words():
            self._clock.stop()

    def _begin_rest(self) -> None:
        pace = self.session.content.pace
        self._rested_at = monotonic() + (pace.rest_with_pain_s if self.entry.test.pain else pace.rest_s)
        self._clock.start()

    def _sound(self, tone: sound.Tone) -> None:
        if self.session.settings.count_sound == "on":
            sound.play(tone)

    def _pain_clicked(self, pain: object) -> None:
        self.entry.take_pain(pain if isinstance(pain, int) else None)
        self._done()

    def _seen_or_lever(self) -> None:
        if self.entry.stop is None:
            self.entry.ask_for_lever()
        else:
            self.entry.ask_for_compensation()

    def _show_big(self) -> None:
        self._big = not self._big

    def choose(self, option: int) -> None:
        self.entry.choose(option)
        self._done()

    def _by_pointer(self, act: Callable[[], object]) -> Callable[[], None]:
        """By pointer as by key; the keyboard stays where numbers are read in."""

        def do() -> None:
            act()
            self._done()

        return do

    def _done(self) -> None:
        self.setFocus()
        self.refresh()

    # ------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is typed by hand, or by a dynamometer that types its number and Enter."""
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
            return
        if self._num_lock_is_off(event):
            self.entry.says, self.entry.bad = tr("Num Lock is off: press it, then type again."), True
        elif not self._take_key(event):
            super().keyPressEvent(event)
            return
        self._done()

    def _num_lock_is_off(self, event: QKeyEvent) -> bool:
        """A number pad that moves instead of typing: its point would take values back."""
        on_the_pad = bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        return on_the_pad and event.key() in MOVING and sys.platform != "darwin"  # where every arrow says so

    def _take_key(self, event: QKeyEvent) -> bool:
        entry, key, sign = self.entry, event.key(), event.text()
        by_hand = entry.question is None and entry.ask == "grade" and bool(entry.typed)
        if key in ENTER_KEYS and isinstance(self.window().focusWidget(), QPushButton):
            return False  # it is pressed
        if key in ENTER_KEYS or (key == Qt.Key.Key_Tab and entry.typed):
            now = monotonic()
            bounced = not entry.typed and now - self._entered_at < BOUNCE_S
            if not event.isAutoRepeat() and not bounced:
                self._entered_at = now
                self.enter()
        elif key in CLEARING_KEYS:
            self.back()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_F2:
            self._show_big()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._stop_count("")
            entry.move(1 if key == Qt.Key.Key_Down else -1)
        elif sign and (sign in SIGNS or (by_hand and sign in "+-") or (entry.typed and sign in OF_A_UNIT)):
            self._stop_count(self._counted)
            entry.type(sign)
        elif sign in self._letters():
            if event.isAutoRepeat():
                return True
            if sign != "+":
                self._stop_count("")
            self._letters()[sign]()
        else:
            return False
        return True

    def _letters(self) -> dict[str, Callable[[], object]]:
        entry = self.entry
        acts: dict[str, Callable[[], object]] = {"+": self.start_count}
        acts |= dict.fromkeys("-/", entry.ask_for_reason)
        acts |= dict.fromkeys("pP", entry.ask_pain)
        return acts | dict.fromkeys("*cC", self._seen_or_lever)

    def _escape(self) -> None:
        if self._second:
            self._stop_count("")
        elif self.entry.question is not None:
            self.entry.question = None
        elif self._big:
            self._big = False
        else:
            self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Tab after a number is how some dynamometers end it; elsewhere it moves the keyboard."""
        tab = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab and self.hasFocus()
        if tab and event.type() == QEvent.Type.KeyPress and self.entry.typed:
            self.keyPressEvent(event)  # type: ignore[arg-type]  # it is one, see above
            return True
        return super().event(event)

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this view, for F1."""
        return [
            ("0 … 9", tr("the value, as typed or as the dynamometer types it")),
            ("Enter", tr("take it and go on; with nothing typed, leave it open and go on")),
            ("Backspace", tr("correct what is typed, else take back the last value")),
            ("+", tr("count the seconds of the hold")),
            ("−, /", tr("not tested: the reasons; by hand; lever arm; other muscles")),
            ("P", tr("pain now; it is asked after the last trial")),
            ("*, C", tr("compensation seen; at the end: the lever arms that are missing")),
            (tr("Up, Down"), tr("the muscle or side before, the next one")),
            ("F2", tr("the picture large")),
            ("F11, Esc", tr("back to the page")),
        ]

    # ------------------------------------------------------------ for the window around it

    @property
    def item_id(self) -> str:
        """The answer that is worked on."""
        return self.entry.item_id

    def commit(self) -> None:
        """Take what is typed, unless it is in doubt or has no place."""
        self._stop_count("")
        self.entry.take_pending()
        if self.isVisible():
            self.refresh()

    def may_be_left(self) -> bool:
        """Not while a value is typed that no field of the page takes: it is refused here first, and said so."""
        homeless = self.entry.homeless
        if homeless:
            self._stop_count("")
            self.entry.refuse_more()
            self._done()
        return not homeless

    def homeless_words(self) -> str:
        """What is typed and has no place, in a sentence; empty where all has one."""
        entry = self.entry
        if not entry.homeless:
            return ""
        if entry.stop is None or entry.group is None:
            return tr("“{typed}” is not counted: all is in.").format(typed=entry.typed)
        return tr("“{typed}” in {name}, {side} is not counted: all is in there.").format(
            typed=entry.typed, name=entry.group.title, side=entry.stop.side
        )

    def loose_words(self) -> dict[str, str]:
        """What is typed and cannot be taken, by the name of its field on the strength page."""
        self.commit()
        name, typed = self.entry.field_name, self.entry.typed
        return {name: typed} if name and typed else {}

    def _changed(self) -> None:
        before, self._answers = self._answers, self.session.evaluation.answers
        if self.entry.is_taking:
            return  # shown and said once it is known what is asked next
        if before != self._answers:
            self.entry.follow(before)
        if self.isVisible():
            self.refresh()

    def _kept(self, moment: datetime) -> None:
        self.kept.set_kept(f"{moment.astimezone():%H:%M:%S}")

    def _not_kept(self, because: str) -> None:
        self.kept.set_failed(f"{datetime.now():%H:%M}", because.partition(". ")[0])
