"""Hands-busy view (F11): one muscle at a time, read from the treatment table, driven by a number pad alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from evalassist.clinical import battery
from evalassist.evaluation import SIDES, StrengthTest, other
from ui import icons, sound, style
from ui.hands_entry import HandsEntry
from ui.session import EvaluationSession
from ui.widgets.dates import date_text
from ui.widgets.focus import ENTER_KEYS
from ui.widgets.glyph import StateGlyph
from ui.widgets.hands_parts import FittingWords, HugeValue, Keys, Result, TestPicture, TrialBox
from ui.widgets.marks import Chip, KeptIndicator, KeyCap, SideBadge
from ui.widgets.segments import ZeroToTen
from ui.widgets.strength_parts import GRADE_WORDS, result
from ui.widgets.strength_row import reading
from ui.widgets.strength_side import Mode

SIGNS = "0123456789.,"
OF_A_UNIT = "NnKkGgFfLlBbSsMm"
"""A dynamometer may write its unit behind the number; none of these is a key of its own then."""
BOUNCE_S = 0.2
"""A device that ends its number with two signs, or a key that bounces, does not go on twice."""
SECOND_MS = 1000
USUAL, LEAST_GROWN, MOST_GROWN = (1366, 768), 0.6, 1.6
"""The window for which the large sizes are given, and how far they follow another one."""
IN_ONE_COLUMN = 3


class HandsBusyView(QWidget):
    """A face of the same answers as the strength page. It keeps where the therapist is and what is half typed."""

    closed = Signal()
    help_wanted = Signal()

    def __init__(
        self, session: EvaluationSession, unit: str, kinds: Mapping[str, Mode], at: str = ""
    ) -> None:
        super().__init__()
        self.session = session
        self.entry = HandsEntry(session, unit, kinds, at)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Hands-busy strength testing")
        self._answers = session.evaluation.answers
        self._second = 0
        """Of the count, from 1 on; 0 while none runs."""
        self._counted: str = ""
        self._rested_at = 0.0
        self._entered_at = 0.0
        self._big = False
        self._clock = QTimer(self, interval=SECOND_MS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self._build()
        session.changed.connect(self._changed)
        session.kept.connect(self._kept)
        session.not_kept.connect(self._not_kept)
        self.refresh()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        stack = style.column(self, spacing=0)
        stack.addWidget(self._build_header())
        body = style.row(margins=(32, 16, 24, 12), spacing=24)
        body.addLayout(self._build_left(), 1)
        self._right = QWidget()
        self._build_right(style.column(self._right, spacing=10))
        body.addWidget(self._right)
        stack.addLayout(body, 1)
        foot = QFrame()
        foot.setObjectName("footer")
        self._keys = Keys()
        for key, act in self._acts().items():
            self._keys.add(key, self._by_hand(act))
        style.column(foot, spacing=0).addWidget(self._keys)
        stack.addWidget(foot)

    def _acts(self) -> dict[str, Callable[[], object]]:
        """One key each, all on a number pad but Backspace, the letters and F2."""
        return {
            "Enter": self.enter,
            "Backspace": self.back,
            "+": self.start_count,
            "−": self.entry.ask_for_reason,
            "P": self.entry.ask_pain,
            "*": self.entry.ask_for_compensation,
            "F2": self._show_big,
        }

    def _build_header(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("header")
        bar.setMinimumHeight(style.px(44))
        line = style.row(bar, (16, 4, 16, 5), spacing=9)
        patient = self.session.evaluation.patient
        line.addWidget(style.label("h1", patient.name))
        line.addWidget(style.label("q", f"born {date_text(patient.birth_date)}"))
        line.addStretch(1)
        self._muscle = style.label("b")
        line.addWidget(self._muscle)
        self._states = style.row(spacing=10)
        self._glyphs: list[StateGlyph] = []
        line.addLayout(self._states)
        line.addSpacing(style.px(12))
        self.kept = KeptIndicator()
        self.kept.help_wanted.connect(self.help_wanted)
        line.addWidget(self.kept)
        leave = QPushButton("Back to the page")
        leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        icons.put_icon(leave, "window")
        leave.clicked.connect(self.closed)
        line.addWidget(leave)
        line.addWidget(KeyCap("F11"))
        return bar

    def _build_left(self) -> QVBoxLayout:
        left = style.column(spacing=6)
        head = style.row(spacing=14)
        self._side = SideBadge("right", shape="big")
        self._sore = Chip("sore side", "att")
        head.addWidget(self._side)
        head.addWidget(self._sore, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        left.addLayout(head)
        self._name = FittingWords(40, fills=True)
        self._line = style.label("b", wrap=True)
        style.say(self._line, c="q")
        self.huge = HugeValue()
        self._question = QWidget()
        self._options = style.scaled(QGridLayout(self._question), spacing=5)
        self._large = TestPicture()
        left.addWidget(self._name)
        left.addWidget(self._line)
        stage: tuple[QWidget, ...] = (self.huge, self._question, self._large)
        for part in stage:
            left.addWidget(part, 1)
        says = style.row(spacing=8)
        self._glyph, self._says = StateGlyph("look"), style.label("say", wrap=True)
        says.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        says.addWidget(self._says, 1)
        left.addLayout(says)
        self._trials = style.row(spacing=12)
        self._boxes: list[TrialBox] = []
        self._best, self._beside, self._compared = (self._made_result() for _ in range(3))
        left.addLayout(self._trials)
        return left

    def _made_result(self) -> Result:
        made = Result()
        self._trials.addWidget(made)
        return made

    def _build_right(self, right: QVBoxLayout) -> None:
        self._picture = TestPicture()
        self._pad, self._pad_glyph = QFrame(), StateGlyph("look")
        pad = style.column(self._pad, (12, 8, 12, 8), spacing=3)
        line = style.row(spacing=8)
        self._pad_words, self._pad_more = style.label("b", wrap=True), style.label("q", wrap=True)
        line.addWidget(self._pad_glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._pad_words, 1)
        pad.addLayout(line)
        pad.addWidget(self._pad_more)
        self._say_card = QFrame()
        self._say_card.setProperty("card", "plain")
        say = style.column(self._say_card, (12, 8, 12, 8), spacing=4)
        self._say = style.label("say", wrap=True)
        say.addWidget(style.label("cap", "SAY"))
        say.addWidget(self._say)
        self._pain_card = QFrame()
        self._pain_card.setProperty("card", "plain")
        pain = style.column(self._pain_card, (12, 8, 8, 8), spacing=6)
        head = style.row(spacing=6)
        self._pain_when = style.label("s")
        head.addWidget(style.label("b", "Pain in the test"))
        head.addStretch(1)
        head.addWidget(self._pain_when)
        pain.addLayout(head)
        self.pain = ZeroToTen("Pain in the test", low="", high="", box_width=33)
        for box in self.pain.findChildren(QAbstractButton):
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a value that is read in must not land there: P asks
        self.pain.answered.connect(self._pain_clicked)
        pain.addWidget(self.pain)
        right.addWidget(self._picture, 1)
        for card in (self._pad, self._say_card, self._pain_card):
            right.addWidget(card)

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        entry, stop, group = self.entry, self.entry.stop, self.entry.group
        self._show_progress()
        for part in (self._side, self._name, self._line, self._right):
            part.setVisible(stop is not None)
        if stop is not None and group is not None:
            sore = self.session.evaluation.sore_knee
            self._side.set_side(stop.side)
            self._sore.setVisible(sore in (stop.side, "both"))
            self._name.setText(group.title)
            self._line.setText(self._where())
            self._show_how()
        else:
            self._sore.hide()
        self._show_huge()
        self._show_question()
        self._large.setVisible(self._big and stop is not None and entry.question is None)
        self.huge.setVisible(self._large.isHidden() and entry.question is None)
        self._says.setText(entry.says)
        self._says.setVisible(bool(entry.says))
        style.say(self._says, c="danger" if entry.bad else "att")
        self._glyph.set_state("danger" if entry.bad else "look")
        self._glyph.setVisible(bool(entry.says))
        self._show_trials()
        self._show_keys()
        self.setAccessibleDescription(self._spoken())

    def _spoken(self) -> str:
        stop, group = self.entry.stop, self.entry.group
        if stop is None or group is None:
            return "Nothing is left to test."
        return f"{stop.side}, {group.title}. {self._where()}. {self.entry.says}"

    def _show_progress(self) -> None:
        stops, answers = self.entry.stops, self.session.evaluation.answers
        groups = list(dict.fromkeys(stop.group for stop in stops))
        while len(self._glyphs) < len(groups):
            self._glyphs.append(StateGlyph("empty"))
            self._states.addWidget(self._glyphs[-1])
        for at, glyph in enumerate(self._glyphs):
            glyph.setVisible(at < len(groups))
            if at < len(groups):
                done = sum(battery.is_tested(answers.get(f"{groups[at]}.{side}")) for side in SIDES)
                glyph.set_state(("empty", "partly", "complete")[done])
        here = self.entry.stop
        at = groups.index(here.group) + 1 if here else len(groups)
        self._muscle.setText(f"Muscle {at} of {len(groups)}")

    def _where(self) -> str:
        """The position and what is asked, in one line."""
        entry, group = self.entry, self.entry.group
        assert group is not None
        position = group.position_title(entry.test.position) or group.position
        trials = self.session.content.pace.trials
        number = len(entry.test.trials) + 1
        asked = {
            "trial": f"trial {number} of {max(trials, number)}",
            "grade": "grade by hand, 0 to 5",
            "pain": "pain in the test, 0 to 10",
            "lever": f"lever arm in cm, from {group.axis[:1].lower()}{group.axis[1:]} to the pad",
            "done": "not tested" if entry.test.not_tested else "all is in",
        }[entry.ask]
        parts = [position, asked, self._counted, self._rest_words()]
        return "  ·  ".join(part for part in parts if part)

    def _rest_words(self) -> str:
        left = round(self._rested_at - monotonic())
        return f"rest {left} s" if left > 0 and self.entry.ask == "trial" and self.entry.test.trials else ""

    def _show_how(self) -> None:
        stop, group = self.entry.stop, self.entry.group
        assert stop is not None
        assert group is not None
        for picture in (self._picture, self._large):
            picture.show_group(group.id, group.title)
            picture.show_leg(stop.side)
        self._pad_words.setText(f"Pad: {group.pad[:1].lower()}{group.pad[1:]}")
        hold = f"Hold still: {group.stabilise[:1].lower()}{group.stabilise[1:]}"
        self._pad_more.setText(f"{group.pad_warning}\n{hold}" if group.pad_warning else hold)
        self._pad_glyph.setVisible(bool(group.pad_warning))
        style.say(self._pad, card="att" if group.pad_warning else "plain")
        self._say.setText(f"“{group.say}”")
        asked = self.entry.ask == "pain"
        style.say(self._pain_card, card="open" if asked else "plain")
        self._pain_when.setText("asked now" if asked else "asked after the last trial")
        self.pain.set_value(self.entry.test.pain)

    def _show_huge(self) -> None:
        entry = self.entry
        if self._second:
            self.huge.show_count(self._second, self.session.content.pace.hold_s)
        elif entry.stop is None:
            self.huge.show_value("✓", "All tested.", quiet=True)
        elif entry.ask == "done":
            words = entry.test.grade or result(entry.measured, entry.shown_unit).partition(" ")[0]
            known = bool(entry.test.trials or entry.test.grade)
            unit = "" if entry.test.grade else entry.shown_unit
            self.huge.show_value(words if known else "–", unit if known else "not tested", quiet=True)
        else:
            units = {"pain": "/10", "lever": "cm", "grade": "grade"}
            self.huge.show_value(entry.typed, units.get(entry.ask, entry.shown_unit))

    def _show_question(self) -> None:
        question = self.entry.question
        self._question.setVisible(question is not None)
        while (item := self._options.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if question is None:
            return
        columns = 2 if len(question.options) > IN_ONE_COLUMN else 1
        lines = -(-len(question.options) // columns)
        self._options.addWidget(style.label("say", question.title, wrap=True), 0, 0, 1, columns)
        for at, words in enumerate(question.options):
            self._options.addWidget(self._option(at, words), 1 + at % lines, at // lines)
        self._options.setRowStretch(lines + 1, 1)

    def _option(self, at: int, words: str) -> QPushButton:
        button = QPushButton(f"{at + 1}    {words}")
        button.setProperty("kind", "option")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        style.say(button, chosen=self.entry.typed == str(at + 1))
        button.clicked.connect(self._by_hand(lambda: self.entry.choose(at)))
        return button

    def _show_trials(self) -> None:
        entry, stop = self.entry, self.entry.stop
        test = entry.test
        by_hand = entry.by_hand or bool(test.grade)
        pace, unit = self.session.content.pace, entry.shown_unit
        count = 1 if by_hand else battery.wanted_trials(test, entry.measured, pace.trials)
        shown = stop is not None and not test.not_tested and entry.question is None
        while len(self._boxes) < count:
            self._boxes.append(TrialBox())
            self._trials.insertWidget(len(self._boxes) - 1, self._boxes[-1])
            self._grow_large_parts()
        for at, box in enumerate(self._boxes):
            box.setVisible(shown and at < count)
            taken = (test.grade or "") if by_hand else f"{test.trials[at]:g}" if at < len(test.trials) else ""
            now = entry.ask in ("trial", "grade") and (by_hand or at == len(test.trials))
            value = ("…" if self._second else entry.typed) if now and not entry.question else taken
            box.show_trial("grade" if by_hand else f"trial {at + 1}", value, now=now)
        for part in (self._best, self._beside, self._compared):
            part.say("", "")
        if stop is None or entry.question is not None:
            return
        best = self.session.evaluation.answers.get("strength-score") != "mean"
        measured = self.session.assessment.strength[stop.group]
        if test.trials:
            self._best.say("best" if best else "mean", result(entry.measured, unit))
        elif test.grade:
            self._best.say("", GRADE_WORDS[test.grade])
        side = other(stop.side)
        beside = self.session.evaluation.answers.get(f"{stop.group}.{side}")
        if isinstance(beside, StrengthTest) and beside.has_result:
            measured_there = result(measured.side(side), beside.unit or unit)
            words = beside.grade or (measured_there if beside.trials else "not tested")
            self._beside.say("best" if best and beside.trials else "", words, side=side)
        line = self.session.assessment.numbers["symmetry-deficit"]
        given = {each: self.session.evaluation.answers.get(f"{stop.group}.{each}") for each in SIDES}
        percent, said, mark = reading(measured, given, line)
        self._compared.say(said, percent, mark=mark)

    def _show_keys(self) -> None:
        entry, say = self.entry, self._keys.say
        nothing = entry.stop is None
        if entry.question is not None:
            say("Enter", "take what is typed" if entry.typed or not entry.question.stays else "begin")
            say("Backspace", "back")
        else:
            say("Enter", self._enter_words())
            say("Backspace", f"correct {entry.typed}" if entry.typed else "take back the last")
        asking = entry.question is not None or nothing
        trial = not asking and entry.ask == "trial"
        say("+", "" if not trial else "start again" if self._second else "start the count")
        say("−", "other muscles" if nothing else "" if asking else "not tested, by hand …")
        say("P", "" if asking else "pain")
        say("*", "" if asking else "compensation ✓" if entry.test.compensation else "compensation")
        say("F2", "" if asking else "small picture" if self._big else "big picture")

    def _enter_words(self) -> str:
        entry = self.entry
        if self._second and not entry.typed:
            return "stop the count"
        if entry.typed:
            unit = {"trial": f" {entry.shown_unit}", "lever": " cm"}.get(entry.ask, "")
            named = not entry.typed[-1].isalpha()
            return f"take {entry.typed}{unit if named else ''}, go on"
        return "back to the page" if entry.stop is None else "go on"

    # ------------------------------------------------------------ acting

    def enter(self) -> None:
        """Take what is typed and go on; while the count runs and nothing is typed, stop it."""
        if self._second and not self.entry.typed:
            self._stop_count("")
        elif self.entry.stop is None and self.entry.question is None:
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
            self._stop_count(f"count done, {hold_s} s")
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

    def _show_big(self) -> None:
        self._big = not self._big

    def _by_hand(self, act: Callable[[], object]) -> Callable[[], None]:
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
        if not self._take_key(event):
            super().keyPressEvent(event)
            return
        self._done()

    def _take_key(self, event: QKeyEvent) -> bool:
        entry, key, sign = self.entry, event.key(), event.text()
        by_hand = entry.question is None and entry.ask == "grade" and bool(entry.typed)
        if key in ENTER_KEYS or (key == Qt.Key.Key_Tab and entry.typed):
            now = monotonic()
            bounced = not entry.typed and now - self._entered_at < BOUNCE_S
            if not event.isAutoRepeat() and not bounced:
                self._entered_at = now
                self.enter()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
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
        return acts | dict.fromkeys("*cC", entry.ask_for_compensation)

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
            ("0 … 9", "the value, as typed or as the dynamometer types it"),
            ("Enter", "take it and go on; with nothing typed, leave it open and go on"),
            ("Backspace", "correct what is typed, else take back the last value"),
            ("+", "count the seconds of the hold"),
            ("−, /", "not tested: the reasons; by hand; lever arm; other muscles"),
            ("P", "pain now; it is asked after the last trial"),
            ("*, C", "compensation seen"),
            ("Up, Down", "the muscle or side before, the next one"),
            ("F2", "the picture large"),
            ("F11, Esc", "back to the page"),
        ]

    # ------------------------------------------------------------ for the window around it

    @property
    def item_id(self) -> str:
        """The answer that is worked on."""
        return self.entry.item_id

    def commit(self) -> None:
        """Take what is typed, unless something about it is in doubt."""
        self._stop_count("")
        self.entry.take_pending()

    def loose_words(self) -> dict[str, str]:
        """What is typed and cannot be taken, by the name of its field on the strength page."""
        self.commit()
        name, typed = self.entry.field_name, self.entry.typed
        return {name: typed} if name and typed else {}

    def _changed(self) -> None:
        before, self._answers = self._answers, self.session.evaluation.answers
        if before != self._answers:
            self.entry.follow(before)
        if self.isVisible():
            self.refresh()

    def _kept(self, moment: datetime) -> None:
        self.kept.set_kept(f"{moment.astimezone():%H:%M:%S}")

    def _not_kept(self, because: str) -> None:
        self.kept.set_failed(f"{datetime.now():%H:%M}", because.partition(". ")[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._right.setFixedWidth(min(style.px(408), round(self.width() * 0.36)))
        self._grow_large_parts()

    def _grow_large_parts(self) -> None:
        """What is read from the table follows the room, not the size of the text."""
        room = min(self.width() / USUAL[0], self.height() / USUAL[1]) / style.scale()
        grow = max(LEAST_GROWN, min(MOST_GROWN, room))
        self._side.set_grow(grow)
        for words in (self._name, *(each.value for each in (self._best, self._beside, self._compared))):
            words.set_grow(grow)
        for box in self._boxes:
            box.set_grow(grow)
