"""What the hands-busy view shows: whom, which muscle and side, the one huge thing, and what each key does."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from evalassist.clinical import battery
from evalassist.clinical.facts import shown
from evalassist.evaluation import StrengthTest
from evalassist.translate import tr, trn
from evalassist.units import from_si
from evalassist.words import lower_first
from ui import icons, spoken, style
from ui.hands_entry import HandsEntry
from ui.hands_questions import BEGINS, INSTEAD
from ui.session import EvaluationSession
from ui.widgets.dates import date_text
from ui.widgets.elided import GivingLabel
from ui.widgets.glyph import StateGlyph
from ui.widgets.hands_how import HowToTest
from ui.widgets.hands_parts import FittingWords, HugeValue, Keys, TestPicture
from ui.widgets.hands_summary import HandsSummary, compared_aloud
from ui.widgets.hands_trials import HandsTrials
from ui.widgets.marks import Chip, KeptIndicator, KeyCap, SideBadge
from ui.widgets.strength_parts import result
from ui.widgets.strength_side import Mode

IN_ONE_COLUMN = 3
BAR = 35
"""So high at least is what stands in the bar at the top."""
BODY_MARGINS, CLOSE_MARGINS = (32, 16, 24, 12), (12, 6, 12, 6)
USUAL, LEAST_GROWN, MOST_GROWN = (1366, 768), 0.6, 1.6
"""The window for which the large sizes are given, and how far they follow another one.

Where they would have to be smaller still, the text is large for the window: what is least needed is left out.
"""
TIGHT = 0.7
"""Of the room for the large sizes: below it not every reason fits beside the picture in large letters."""


class HandsScreen(QWidget):
    """It draws what the entry and the session hold; a subclass acts."""

    closed = Signal()
    help_wanted = Signal()
    trials_in = Signal()
    """The trials of the side that was worked on are in, or were left at that: what they come to may be told."""

    def __init__(
        self,
        session: EvaluationSession,
        unit: str,
        kinds: Mapping[str, Mode],
        at: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.entry = HandsEntry(session, unit, kinds, at)
        self._told = {"how": tr("small picture")}
        """What was read aloud of it last."""
        self._second = 0
        """Of the count, from 1 on; 0 while none runs."""
        self._counted = ""
        """What is said of the count that ended."""
        self._rested_at = 0.0
        self._awaited_trials = False
        self._big = False
        """The picture stands in the place of the value."""
        self._close = False
        """The room is close: see `LEAST_GROWN`."""
        self._tight = False
        """What is chosen from needs smaller letters: see `TIGHT`."""
        self._build()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        stack = style.column(self, spacing=0)
        self._bar = self._build_header()
        stack.addWidget(self._bar)
        self._body = body = style.row(margins=BODY_MARGINS, spacing=24)
        body.addLayout(self._build_left(), 1)
        self.how = HowToTest()
        body.addWidget(self.how)
        stack.addLayout(body, 1)
        self._foot = QFrame()
        self._foot.setObjectName("footer")
        self.legend = Keys()
        style.column(self._foot, spacing=0).addWidget(self.legend)
        stack.addWidget(self._foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():  # else it is on a button, and what is typed does not come here
            painter = QPainter(self)
            painter.setPen(QPen(style.colour("accent"), 2 * style.thick()))
            bars = self._bar.height(), self._foot.height()  # they would cover its upper and lower edge
            painter.drawRect(self.rect().adjusted(0, bars[0], 0, -bars[1]))

    def choose(self, option: int) -> None:
        """An option of the question was clicked."""
        raise NotImplementedError

    def _build_header(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("header")
        line = self._bar_line = style.row(bar, spacing=9)
        patient = self.session.evaluation.patient
        self._patient = GivingLabel()
        self._patient.setText(patient.name)
        born = tr("born {birth_date}").format(birth_date=date_text(patient.birth_date))
        self._born = style.label("q", born)
        self._who = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._who.addWidget(self._patient)
        self._who.addWidget(self._born)
        line.addLayout(self._who)
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
        leave = QPushButton(tr("Back to the page"))
        leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        icons.put_icon(leave, "window")
        leave.clicked.connect(self.closed)
        line.addWidget(leave)
        self._leave_key = KeyCap("F11")
        line.addWidget(self._leave_key)
        line.addStrut(style.px(BAR))
        self._show_who(tight=False)
        return bar

    def _show_who(self, *, tight: bool) -> None:
        """The name stands over the birth date where the text is large, as in the header of the page."""
        ways = QBoxLayout.Direction
        self._who.setDirection(ways.TopToBottom if tight else ways.LeftToRight)
        style.scaled(self._bar_line, (16, 2, 16, 2) if tight else (16, 4, 16, 5), 9)
        self._who.setSpacing(0 if tight else style.px(9))
        style.say(self._patient, t="h2" if tight else "h1")
        style.say(self._born, t="s" if tight else "q")

    def _build_left(self) -> QVBoxLayout:
        self._left = left = style.column(spacing=6)
        self._head = head = style.row(spacing=14)
        self._side = SideBadge("right", shape="big")
        self._sore = Chip(tr("sore side"), "att")
        head.addWidget(self._side)
        head.addWidget(self._sore, 0, Qt.AlignmentFlag.AlignVCenter)
        self._last = style.label("say", wrap=True)
        self._last.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._last, 1)
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
        self.summary = HandsSummary()
        stage: tuple[QWidget, ...] = (self.huge, self._question, self._large, self.summary)
        for part in stage:
            left.addWidget(part, 1)
        says = style.row(spacing=8)
        self._glyph, self._says = StateGlyph("look"), style.label("say", wrap=True)
        says.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        says.addWidget(self._says, 1)
        left.addLayout(says)
        self.trials = HandsTrials()
        left.addWidget(self.trials)
        return left

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Show what is known and typed now."""
        entry, stop, group = self.entry, self.entry.stop, self.entry.group
        self._show_progress()
        asks, says = entry.question is not None, bool(entry.says)
        self._side.setVisible(stop is not None)
        self._last.setText("" if self._close or asks else self._last_value())
        for part in (self._line, self.how):  # what is asked is not read from the table
            part.setVisible(stop is not None and not (self._close and asks))
        known = bool(entry.test.trials) and not (asks or says or self._second)
        self.trials.setVisible(known or not self._close)
        self._name.setVisible(not (self._close and asks and says))
        if stop is not None and group is not None:
            self._side.set_side(stop.side)
            self._sore.setVisible(self._is_sore() and not self._close)
            self._name.setText(group.title)
            self._line.setText(self._where())
            asked = entry.ask == "pain"
            self.how.show_group(group, stop.side, entry.test.pain, pain_asked=asked)
            self._large.show_group(group.id, group.title)
            self._large.show_leg(stop.side)
        else:
            self._sore.hide()
            self.summary.show_results(entry)
            self._name.setText(self._all_tested())
        self.summary.setVisible(stop is None and entry.question is None)
        self._show_huge()
        self._show_question()
        self._large.setVisible(self._big and stop is not None and entry.question is None)
        self.huge.setVisible(self._large.isHidden() and entry.question is None and stop is not None)
        self._says.setText(entry.says)
        self._says.setVisible(bool(entry.says))
        style.say(self._says, c="danger" if entry.bad else "att")
        self._glyph.set_state("danger" if entry.bad else "look")
        self._glyph.setVisible(bool(entry.says))
        self.trials.show_entry(entry, counting=self._second > 0)
        self._show_keys()
        self.setAccessibleDescription(self._spoken())
        self._speak_news()
        awaited, self._awaited_trials = self._awaited_trials, entry.awaits_trials
        if awaited and not self._awaited_trials:
            self.trials_in.emit()

    def _all_tested(self) -> str:
        without, out = self.summary.unscored, self.summary.left_out
        told = tr("Nothing left to test, {count} left out").format(count=out) if out else tr("All tested")
        if without:
            told += trn("; {count} has no score", "; {count} have no score", without).format(count=without)
        if pains := len(self.entry.without_pain):
            told += trn("; {count} has no pain", "; {count} have no pain", pains).format(count=pains)
        if levers := len(self.entry.without_lever):
            told += trn("; {count} has no lever arm", "; {count} have no lever arm", levers).format(
                count=levers
            )
        return f"{told}."

    def _spoken(self) -> str:
        stop, group = self.entry.stop, self.entry.group
        if stop is None or group is None:
            return self._all_tested()
        if self.entry.question is not None:
            return f"{stop.side}, {group.title}. {self._to_tell()['question']}"
        return f"{stop.side}, {group.title}. {self._asked()}. {self.entry.says}"

    def showEvent(self, event: QShowEvent) -> None:
        """Where one is is read as the keyboard comes; how to test is said after it."""
        super().showEvent(event)
        self._told.pop("setup", None)
        self._speak_news()

    def _speak_news(self) -> None:
        """What is other than before, read aloud: the keyboard stays where it is, so no field says it."""
        before, now = self._told, self._to_tell()
        self._told = before | now
        if not self.isVisible():
            return
        if before.get("question") and not now.get("question"):
            before = before | {"asked": ""}  # back from a question: say again where one is
        if now.get("place") != before.get("place"):
            before = before | {"taken": "", "last": "", "asked": ""}  # the same, but of another side
        news = list(dict.fromkeys(words for key, words in now.items() if words and words != before.get(key)))
        if self.entry.bad and self.entry.says not in news:
            news.append(self.entry.says)
        spoken.say(
            self, " ".join(words if words.endswith(".") else f"{words}." for words in news), at_once=True
        )

    def _to_tell(self) -> dict[str, str]:
        entry, stop, group = self.entry, self.entry.stop, self.entry.group
        if stop is None or group is None:
            lines = [self._all_tested(), *(f"{line}." for line in self.summary.in_words())]
            return {"place": " ".join(lines), "question": "", "says": entry.says}
        if self._second:
            return {"count": self.huge.accessibleName() if self._second == 1 else f"{self._second}"}
        asked = entry.question
        if asked is not None:
            options = [f"{at}: {words}" for at, words in enumerate(asked.options, start=1)]
            if asked.instead_from is not None:
                options.insert(asked.instead_from, INSTEAD)
            return {
                "question": f"{asked.title} {'; '.join(options)}" + (f". {BEGINS}" if asked.stays else ""),
                "typed": entry.typed,
                "says": entry.says,
            }
        trials, (position, wanted) = entry.test.trials, self._asked_parts()
        taken = entry.in_its_unit(trials[-1]) if trials else ""
        told = {
            "question": "",
            "count": self._counted,
            "taken": tr("{trial} of {count} taken: {value}").format(
                trial=len(trials), count=max(len(trials), self.session.content.pace.trials), value=taken
            )
            if trials
            else "",
            "typed": self.huge.accessibleName() if entry.typed else "",
            "says": entry.says,
            **self._differences(stop.group),
            "place": f"{stop.side}, {group.title}, {position}",
        }
        if told["place"] != self._told.get("place"):
            told["taken"] = told.pop("taken")  # after the side of which it is
        return told | {
            "last": self._last_value(),
            "asked": wanted,
            "setup": self.how.in_words,
            "how": self.how.in_words if self._big else tr("small picture"),
        }

    def _differences(self, here: str) -> dict[str, str]:
        """How the sides of every other muscle differ once all of both is in, as the last screen has it."""
        told, stops = {}, self.entry.stops
        still_asked = {here, *(stop.group for stop in stops if self.entry.is_open(stop))}
        for group in dict.fromkeys(stop.group for stop in stops):
            if group not in still_asked:
                parts = compared_aloud(self.entry, group)
                title = self.session.content.strength_groups[group].title
                told[f"difference {group}"] = f"{title}: {parts}" if parts else ""
        return told

    def _show_progress(self) -> None:
        stops, answers, here = self.entry.stops, self.session.evaluation.answers, self.entry.stop
        groups = list(dict.fromkeys(stop.group for stop in stops))
        begun = {stop.group for stop in stops if battery.is_tested(answers.get(stop.item_id))}
        still_asked = {stop.group for stop in stops if self.entry.is_open(stop)}
        while len(self._glyphs) < len(groups):
            self._glyphs.append(StateGlyph("empty"))
            self._states.addWidget(self._glyphs[-1])
        for at, glyph in enumerate(self._glyphs):
            glyph.setVisible(at < len(groups) and not self._close)
            if at < len(groups):
                asked, partly = groups[at] in still_asked, groups[at] in begun
                glyph.set_state("complete" if not asked else "partly" if partly else "empty")
        at = groups.index(here.group) + 1 if here else len(groups)
        self._muscle.setText(tr("Muscle {at} of {count}").format(at=at, count=len(groups)))

    def _is_sore(self) -> bool:
        stop = self.entry.stop
        return stop is not None and self.session.evaluation.sore_knee in (stop.side, "both")

    def _where(self) -> str:
        """The position, what is asked and what is left of the rest, in one line."""
        position, asked = self._asked_parts()
        begun = self._close and (bool(self.entry.test.trials) or self._second > 0)
        sore = tr("sore side") if self._close and self._is_sore() else ""
        parts = [sore, "" if begun else position, asked, self._counted, self._rest_words()]
        return "  ·  ".join(part for part in parts if part)

    def _asked(self) -> str:
        return ", ".join(part for part in (*self._asked_parts(), self._last_value()) if part)

    def _asked_parts(self) -> tuple[str, str]:
        entry, group = self.entry, self.entry.group
        assert group is not None
        position = group.position_title(entry.test.position) or group.position
        trials = self.session.content.pace.trials
        number = len(entry.test.trials) + 1
        asked = {
            "trial": tr("trial {number} of {trials}").format(number=number, trials=max(trials, number)),
            "grade": tr("grade by hand, 0 to 5, for the next muscles too")
            if entry.stays_by_hand
            else tr("grade by hand, 0 to 5"),
            "pain": tr("pain in the test, 0 to 10"),
            "lever": tr("lever arm in cm, from {axis} to the pad").format(axis=lower_first(group.axis))
            + self._last_lever(),
            "done": tr("not tested") if entry.test.not_tested else tr("all is in"),
        }[entry.ask]
        return position, asked

    def _last_value(self) -> str:
        """What was measured here at the last visit that did, while it is measured again."""
        entry = self.entry
        return self.session.last_words(entry.item_id) if entry.ask in ("trial", "grade") else ""

    def _last_lever(self) -> str:
        last = self.entry.last
        if not isinstance(last, StrengthTest) or last.lever_arm_m is None:
            return ""
        return tr(" · last {length} cm").format(length=shown(from_si(last.lever_arm_m, "cm"), 1))

    def _rest_words(self) -> str:
        left = round(self._rested_at - monotonic())
        return (
            tr("rest {left} s").format(left=left)
            if left > 0 and self.entry.ask == "trial" and self.entry.test.trials
            else ""
        )

    def _show_huge(self) -> None:
        entry = self.entry
        if self._second:
            self.huge.show_count(self._second, self.session.content.pace.hold_s)
        elif entry.stop is None:
            self.huge.show_value("", "")
        elif entry.ask == "done":
            words = entry.test.grade or result(entry.measured, entry.shown_unit).partition(" ")[0]
            known = bool(entry.test.trials or entry.test.grade)
            unit = "" if entry.test.grade else entry.shown_unit
            self.huge.show_value(words if known else "–", unit if known else tr("not tested"), quiet=True)
        else:
            units = {"pain": "/10", "grade": "grade"}
            asked = {"pain": tr("Pain"), "lever": tr("Lever arm")}
            unit = units.get(entry.ask, entry.unit_of_typed)
            self.huge.show_value(entry.typed, unit, asked=asked.get(entry.ask, ""))

    def _show_question(self) -> None:
        question = self.entry.question
        self._question.setVisible(question is not None)
        while (item := self._options.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if question is None:
            return
        parts: list[QWidget] = [self._option(at, words) for at, words in enumerate(question.options)]
        if question.instead_from is not None:
            parts.insert(question.instead_from, style.label("" if self._tight else "say", INSTEAD))
        columns = 2 if len(parts) > IN_ONE_COLUMN else 1
        lines = -(-len(parts) // columns)
        self._options.addWidget(style.label("say", question.title, wrap=True), 0, 0, 1, columns)
        for at, part in enumerate(parts):
            self._options.addWidget(part, 1 + at % lines, at // lines)
        self._options.setRowStretch(lines + 1, 1)

    def _option(self, at: int, words: str) -> QPushButton:
        button = QPushButton(f"{at + 1}    {words}")
        button.setProperty("kind", "option")
        button.setProperty("tight", self._tight)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        style.say(button, chosen=self.entry.typed == str(at + 1))
        button.clicked.connect(lambda: self.choose(at))
        return button

    def _show_keys(self) -> None:
        entry, say = self.entry, self.legend.say
        nothing = entry.stop is None
        lever = nothing and entry.question is None and bool(entry.without_lever)
        # Enter, or a key that takes what is typed first, would only be refused.
        refused = bool(entry.typed) and not entry.can_be_taken
        if entry.question is not None:
            takes = tr("take what is typed") if entry.typed or not entry.question.stays else tr("begin")
            say("Enter", "" if refused else takes)
            say("Backspace", "back")
        else:
            say("Enter", "" if refused else self._enter_words())
            back = "" if lever and self._close else tr("take back the last")
            say("Backspace", tr("correct {typed}").format(typed=entry.typed) if entry.typed else back)
        asking = entry.question is not None or nothing
        waits = asking or refused
        trial = not waits and entry.ask == "trial"
        say("+", "" if not trial else tr("start again") if self._second else tr("start the count"))
        say("−", tr("other muscles") if nothing else "" if asking else tr("not tested, by hand …"))
        say("P", "" if waits else "pain")
        seen = tr("compensation: seen") if entry.test.compensation else tr("compensation")
        say("*", tr("lever arm") if lever else "" if waits else seen)
        say("F2", "" if asking else tr("small picture") if self._big else tr("big picture"))

    def _enter_words(self) -> str:
        entry = self.entry
        if self._second and not entry.typed:
            return tr("stop the count")
        if entry.typed:
            unit = f" {entry.unit_of_typed}" if entry.unit_of_typed else ""
            words = tr("keep {typed}{unit}, go on") if entry.doubted else tr("take {typed}{unit}, go on")
            return words.format(typed=entry.typed, unit=unit)
        return tr("back to the page") if entry.stop is None else tr("go on")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.how.setFixedWidth(min(style.px(408), round(self.width() * 0.36)))
        # What is read from the table follows the room, not the size of the text.
        room = min(self.width() / USUAL[0], self.height() / USUAL[1]) / style.scale()
        grow = max(LEAST_GROWN, min(MOST_GROWN, room))
        self._side.set_grow(grow)
        self._name.set_grow(grow)
        self.huge.set_grow(grow)
        self.trials.set_grow(grow)
        self.summary.set_room(room)
        if (self._close, self._tight) != (room < LEAST_GROWN, room < TIGHT):
            self._tight = room < TIGHT
            self._set_close(room < LEAST_GROWN)

    def _set_close(self, close: bool) -> None:
        """Side and muscle share a line, and what is least needed is left out; or all has its place again."""
        self._close = close
        style.scaled(self._body, CLOSE_MARGINS if close else BODY_MARGINS, 12 if close else 24)
        self._left.setSpacing(style.px(2 if close else 6))
        for place in (self._left, self._head):
            place.removeWidget(self._name)
        if close:
            self._head.insertWidget(1, self._name, 100)
        else:
            self._left.insertWidget(1, self._name)
        self._leave_key.setVisible(not close)
        self._show_who(tight=self._tight)
        self.kept.set_short(self._tight)
        self.how.set_close(close)
        self.refresh()
