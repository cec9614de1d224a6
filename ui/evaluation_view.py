"""An open evaluation: header, rail, page, reasoning and footer, placed by the rules of the window's size."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent, QWindow
from PySide6.QtWidgets import QApplication, QBoxLayout, QMenu, QPushButton, QWidget
from shiboken6 import isValid

from evalassist.clinical.assessment import title_of
from evalassist.clinical.progress import shown
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Answer, Evaluation, ItemId, SoreKnee
from evalassist.note import Language
from evalassist.translate import tr
from ui import collector, icons, spoken, style
from ui.early_pages import EarlyPages
from ui.faults import log_fault
from ui.pages import page_for
from ui.pages.base import Page
from ui.pages.item_row import side_of
from ui.session import EvaluationSession
from ui.spoken_findings import SpokenFindings
from ui.way import Way
from ui.widgets.bars import TWO_LINES_BELOW, FooterBar, HeaderBar
from ui.widgets.dates import KIND_WORDS, SHORT_KINDS, date_text, day_of_month
from ui.widgets.focus import ENTER_KEYS, first_reached, first_stop, reach
from ui.widgets.glyph import GLYPHS
from ui.widgets.last_line import SAME_KEY
from ui.widgets.practice_card import PracticeBand
from ui.widgets.rail import NARROW, WIDE, RailStep, StepRail
from ui.widgets.reasoning_panel import ReasoningPanel
from ui.widgets.segments import ZeroToTen
from ui.widgets.typed import Typed, Where, quotable

if TYPE_CHECKING:
    from ui.hands_busy import HandsBusyView
    from ui.hands_entry import Begun

log = logging.getLogger(__name__)

ROOMY_STEPS = ("plan", "handout", "sign")
"""Steps that need the room of the reasoning panel."""
BETWEEN_DELETIONS_MS, PAGES_TO_COLLECT = 30, 3
"""Pages are deleted one by one."""
PRESSING = (*ENTER_KEYS, Qt.Key.Key_Space)
"""Keys that do what a click does."""
TOUCHES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin)


class EvaluationView(QWidget):
    """One evaluation on screen. Pages are made when first seen, then kept."""

    start_wanted = Signal()
    referral_wanted = Signal()
    plan_paper_wanted = Signal()
    discharge_wanted = Signal()
    """Show the discharge summary as a paper."""
    addendum_wanted = Signal()
    documents_wanted = Signal()
    settings_wanted = Signal()
    patient_wanted = Signal(bool)
    """Correct the patient's name, birth date or sex; True: the date or kind of the visit."""
    help_wanted = Signal()
    """What to do about changes that cannot be kept."""
    lock_wanted = Signal()
    account_wanted = Signal()
    show_wanted = Signal()
    """Explain hip and knee to the patient, on the whole screen."""
    step_shown = Signal(str)

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.steps = list(session.content.steps.values())
        self.way = Way(session)
        self._pages: dict[str, Page] = {}
        self._untold: list[str] = []
        """Fields that a defect kept from being told, a sentence each."""
        self._step = ""
        self.panel_folded = False
        """The therapist folded the reasoning away where there is room for it; it stays so from step to step."""
        self._panel_over = False
        """It was asked for where it has no place of its own: it lies over the page, until another step is shown."""
        self._before_panel: QWidget | None = None
        """Where the keyboard was when it went to the reasoning."""
        self._not_kept_since = ""
        self._handle: QWindow | None = None
        self.hands: HandsBusyView | None = None
        """The hands-busy view while it covers everything else."""
        self.band = PracticeBand(self) if session.evaluation.is_practice else None
        self.header = HeaderBar(self)
        self.rail = StepRail([RailStep(step.id, step.short) for step in self.steps], self)
        self.stack = QWidget(self)
        """Where the pages are, one of them shown; a `QStackedWidget` goes through all of them at each change."""
        self.footer = FooterBar(self)
        self.panel = ReasoningPanel(session)
        self.panel.setParent(self)
        self.panel.hide()
        self._fill_header()
        self._connect()
        self._add_shortcuts()
        self.early = EarlyPages(self)
        self._findings = SpokenFindings(session)
        self._panel_later = QTimer(self, interval=0, singleShot=True)
        """The reasoning follows a step or an answer, once that is seen."""
        self._panel_later.timeout.connect(lambda: self.panel.show_step(self._step))
        self._begun = False
        """Everything is shown; what is beside the page comes a moment after it."""
        self._refresh()

    def _begin(self) -> None:
        """Show what nobody waits for, once the page is painted."""
        if self._begun or not self.isVisible():
            return
        self._begun = True
        if self._step:
            self._place()
        style.settle()
        QTimer.singleShot(0, self, self._tell_kept)

    def _tell_kept(self) -> None:
        if not self._step:
            return  # left meanwhile
        with suppress(EvalAssistError):  # what is typed here will tell it louder
            kept = [row for row in self.session.store.recent() if row.id == self.session.evaluation.id]
            if kept and not self._not_kept_since:
                self.header.kept.set_kept(f"{kept[0].updated_at.astimezone():%H:%M:%S}")
                style.settle()

    # ------------------------------------------------------------ steps

    @property
    def step(self) -> str:
        """The step that is shown."""
        return self._step

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._pages[self._step]

    def show_step(self, step_id: str) -> Page:
        """Show a step, whatever its state; what was typed on the page left is told first."""
        self.close_hands()
        if self._step == step_id and not self._panel_over:
            self.panel.close_source()
            self._panel_later.start()
            self._refresh_footer()
            self.step_shown.emit(step_id)
            return self.page
        if self._step and self._step != step_id:
            self._commit_page()
        is_new = step_id not in self._pages
        page = self.page_of(step_id)
        self.early.give(page)
        page.prepare()
        turned, self._step = self._step != step_id, step_id
        self._panel_over = False
        self.panel.close_source()
        self.rail.set_current(step_id)
        self._place()
        self._panel_later.start()
        if turned and self.footer.isAncestorOf(self.window().focusWidget() or self):
            QTimer.singleShot(0, self, self._refresh_footer)  # a new name under the keyboard is read aloud
        else:
            self._refresh_footer()
        style.paint_once()
        self.step_shown.emit(step_id)
        self.early.start()
        if turned:
            QTimer.singleShot(0, self, partial(self._say_step, step_id, is_new=is_new))
        return page

    def _say_step(self, step_id: str, *, is_new: bool) -> None:
        """Where one came to; with the field that got the keyboard, where a new page keeps it from being read."""
        if self._step != step_id:
            return  # gone on meanwhile
        at, page = self.window().focusWidget(), self.page
        field = spoken.line_in_words(at) if is_new and at is not None and page.isAncestorOf(at) else ""
        words = (self.rail.in_words(step_id), *page.warns(), field)
        # of the pages, so that nobody hears of one that is left
        spoken.say(self.stack, ". ".join(part.rstrip(".") for part in words if part), instead=True)

    def go_to(self, item_id: str) -> None:
        """Show the step of an item and put the keyboard on it; a step's own id shows the step."""
        step_id = self.way.step_of(item_id)
        if step_id is None or self._stays_at_the_table():
            return
        page = self.show_step(step_id)
        if item_id == step_id or not page.focus_item(item_id):
            self.focus_first()

    def next_gap(self) -> None:
        """F8: the next item still to answer, here first, then in the steps after this one."""
        if self._stays_at_the_table():
            return
        self._commit_page()
        for scale in self.page.findChildren(ZeroToTen):
            scale.take_begun()
        found = self.gap_after()
        if self.way.letter_is_next():
            self.referral_wanted.emit()
        elif found is not None:
            step_id, item_id = found
            before = self.window().focusWidget()
            if self.way.goes_back(self._step, self.focused_item(), step_id, item_id):
                spoken.say(self, tr("Back to what was left before"))
            page = self.show_step(step_id)
            page.focus_item(item_id)
            if before is not None and self.window().focusWidget() is before:  # it is the only one
                left = self.way.left(step_id, self.focused_item())[0]
                spoken.say(self, f"{left}: {before.accessibleName()}", at_once=True)
        else:
            spoken.say(self, tr("Nothing left"))

    def go_beside(self, by: int) -> None:
        """To the neighbouring step; past either end stands the start page."""
        if self._stays_at_the_table():
            return
        step_id = self.way.neighbour(self._step, by)
        if step_id is None:
            self.start_wanted.emit()
        else:
            self.show_step(step_id)
            self.focus_first()

    def focus_first(self) -> None:
        """Put the keyboard on the first gap of the page; on its first field where nothing is answered or left."""
        session = self.session
        asked = [
            item_id
            for item in session.content.steps[self._step].items
            for item_id in item.ids
            if shown(item, session.assessment, side_of(item, item_id))
        ]
        answered = any(item_id in session.evaluation.answers for item_id in asked)
        begin = [self.page.begins_with(asked[0])] if asked else []
        wanted = session.progress[self._step].gaps if answered else begin
        if not wanted or not self.page.focus_item(wanted[0]):
            self.page.focus_start()
        at = self.window().focusWidget()
        if at is None or not self.page.isAncestorOf(at):
            # a blocked page has but links; on a signed one nothing is to be begun, and no Enter may press a link
            first = None if self.page.read_only else first_stop(self.page)
            reach(first or self.rail, Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        """Tell the session everything that is typed on the page; a field with a defect holds up no other."""
        if not self._step:
            return
        if self.hands is not None:
            self.hands.commit()
        self._commit_page()
        self._untold = []
        for field in Typed.all_in(self.page):
            try:
                field.commit()
            except Exception as error:  # the others must still be told, and the evaluation be left
                log_fault(log, "a field could not be told", error, self.session.evaluation.id)
                self._untold.append(
                    tr("What stands in {accessible_name} could not be taken over.").format(
                        accessible_name=field.accessibleName()
                    )
                )

    def unkept(self) -> list[str]:
        """What stands on the pages and goes when they are closed, a sentence each."""
        found = list(self._untold)
        if self.hands is not None:
            loose = self.hands.loose_words().items()
            found += [
                tr("“{typed}” in {name} is not counted.").format(typed=quotable(typed), name=name)
                for name, typed in loose
            ]
            found += filter(None, [self.hands.homeless_words()])
        for page in self._pages.values():
            try:
                found += page.unkept()
            except Exception as error:  # a defect must not hold the therapist here
                log_fault(log, "a page could not be asked", error, self.session.evaluation.id)
        return found

    def loose_words(self) -> dict[Where, str]:
        """What was typed and is no answer yet, by its field: kept for who locks the window."""
        found: dict[Where, str] = {}
        for page in self._pages.values():
            try:
                if page is self.page:
                    page.prepare()  # what the hands-busy view took stands in its fields now
                found |= page.loose_words()
            except Exception as error:  # a defect must not keep the window from locking
                log_fault(log, "a page could not be asked", error, self.session.evaluation.id)
        return found

    def answered_since(self, item: ItemId, before: Mapping[ItemId, Answer]) -> bool:
        """Whether another answer was kept meanwhile for this item."""
        return self.session.evaluation.answers.get(item) != before.get(item)

    def put_back(self, found: Mapping[Where, str]) -> list[Typed]:
        """Show again what was typed before the window was locked; the fields where it stands."""
        fields: list[Typed] = []
        for where, words in found.items():
            page = self._whole(where.step)
            page.open_again(where)
            named = [field for field in Typed.all_in(page) if field.accessibleName() == where.name]
            for field in [field for field in named if not field.isHidden()] or named:
                field.put_back(words)
                fields.append(field)
        return fields

    def _whole(self, step_id: str) -> Page:
        """The page of this step with all its rows."""
        page = self.show_step(step_id)
        for _ in page.pieces():
            pass
        return page

    def _commit_page(self) -> None:
        try:
            self.page.commit()
        except Exception as error:  # a defect of one page must not hold the therapist on it
            log_fault(log, "a page could not be told", error, self.session.evaluation.id)

    def focused_item(self) -> ItemId:
        """The item that has the keyboard, or an empty word."""
        if self.hands is not None:
            return self.hands.item_id
        return self.page.focused_item() if self._step else ""

    @property
    def sheet_language(self) -> Language:
        """The language in which the patient reads: chosen on the handout page, else the settings'."""
        chosen: Language | None = getattr(self._pages.get("handout"), "language_chosen", None)
        return chosen or self.session.sheet_choice.language

    @property
    def at_work(self) -> bool:
        """Whether a page is still being made while nobody types."""
        return self.early.at_work or any(page.at_work for page in self._pages.values())

    def undo(self) -> None:
        self.commit()
        self._say_done(self.session.undo, tr("Undone: {name}"), tr("Nothing to undo"))

    def redo(self) -> None:
        self.commit()
        self._say_done(self.session.redo, tr("Done again: {name}"), tr("Nothing to do again"))

    def _say_done(self, act: Callable[[], object], done: str, nothing: str) -> None:
        """What changes may stand far from the keyboard."""
        before = self.session.evaluation
        act()
        now = self.session.evaluation
        spoken.say(self, nothing if now is before else done.format(name=self._other_than(before, now)))

    def _other_than(self, before: Evaluation, now: Evaluation) -> str:
        """What is told otherwise now, by name."""
        were, are = before.answers, now.answers
        changed = [item_id for item_id in {**were, **are} if were.get(item_id) != are.get(item_id)]
        if changed:
            return self.session.content.labels(changed)
        if before.plan_edits != now.plan_edits:
            return self.session.content.steps["plan"].title
        said = [
            key
            for key in {**before.opinions, **now.opinions}
            if before.opinions.get(key) != now.opinions.get(key)
        ]
        if said:
            return ", ".join(title_of(key, self.session.assessment) for key in said)
        if before.impression != now.impression:
            return self.session.content.steps["assessment"].title
        return tr("the visit")

    def toggle_hands(self) -> None:
        """F11: the hands-busy view of the strength step, or back to the page at the row being worked on."""
        if self.hands is None:
            self.open_hands()
        elif self.hands.may_be_left():
            self.close_hands()

    def _stays_at_the_table(self) -> bool:
        """A number that has no place is told in the hands-busy view before it is lost by going elsewhere."""
        return self.hands is not None and not self.hands.may_be_left()

    def open_hands(self, begun: Begun | None = None) -> None:
        """The hands-busy view, as it was left behind a locked window where it was."""
        from ui.hands_busy import HandsBusyView
        from ui.pages.strength import StrengthPage

        at = self.focused_item() if self._step == "strength" else ""
        page = self.show_step("strength")
        self._commit_page()
        if not isinstance(page, StrengthPage) or page.blocked or page.read_only:
            return
        unit, kinds = (page.force_unit, page.kinds) if begun is None else (begun.unit, begun.kinds)
        self.hands = HandsBusyView(self.session, unit, kinds, at, self)
        if begun is not None:
            self.hands.entry.take_up(begun)
            self.hands.refresh()
        self.hands.closed.connect(self.toggle_hands)
        self.hands.help_wanted.connect(self.help_wanted)
        self.hands.trials_in.connect(self._tell_findings)
        if self.header.kept.kept_at:
            self.hands.kept.set_kept(self.header.kept.kept_at)
        for part in (self.header, self.rail, self.stack, self.footer, self.panel):
            part.hide()
        self._place()
        self.hands.show()
        self.hands.setFocus()

    def close_hands(self) -> None:
        """Back to the page; what is typed and cannot be counted stands there in its field."""
        if self.hands is None:
            return
        from ui.pages.strength import StrengthPage

        loose, at, kind = self.hands.loose_words(), self.hands.item_id, self.hands.entry.field_kind
        self.leave_hands()
        self._tell_findings()
        spoken.say(self, tr("Back to the page"))
        if loose and isinstance(self.page, StrengthPage):
            self.page.show_kind(at, kind)
        if not (at and self.page.focus_item(at)):
            self.focus_first()
        self.put_back({Where("strength", name): words for name, words in loose.items()})

    def leave_hands(self) -> Begun | None:
        """The window is locked: a number may be half typed, so it is neither taken nor lost."""
        hands, self.hands = self.hands, None
        if hands is None:
            return None
        hands.hide()
        hands.deleteLater()
        for part in (self.header, self.rail, self.stack, self.footer):
            part.show()
        self._place()
        return hands.entry.begun

    def keys(self) -> list[tuple[str, str]]:
        """The keys of what is shown, for F1."""
        return self.hands.keys() if self.hands is not None else self.page.keys()

    def close_view(self) -> None:
        """Nothing of this evaluation may call back any more."""
        self._begun = True
        self.early.stop()
        self._panel_later.stop()
        for page in self._pages.values():
            page.leave()
        if self._handle is not None and isValid(self._handle):  # the system may have taken it away
            self._handle.removeEventFilter(self)
        QApplication.instance().focusChanged.disconnect(self._focus_moved)  # type: ignore[union-attr]

    def delete_in_turns(self) -> None:
        """Delete one page after the other: all at once would hold up what is shown in their place."""
        self._step = ""  # nothing is placed any more
        self._clearing = self._clear_up()
        clock = QTimer(self, interval=BETWEEN_DELETIONS_MS)  # never twice in one turn of the loop
        clock.timeout.connect(lambda: next(self._clearing, None))
        clock.start()

    def _clear_up(self) -> Iterator[None]:
        """A page at a time; what many leave together would take the collector a fifth of a second."""
        while self._pages:
            self._pages.popitem()[1].deleteLater()
            yield
            if len(self._pages) % PAGES_TO_COLLECT == 0:
                collector.now()
                yield
        self.deleteLater()
        yield

    # ------------------------------------------------------------ size

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        handle = self.window().windowHandle()
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)  # here a key is seen before any field takes it
        # in the turn of the loop after the one that paints
        QTimer.singleShot(0, self, partial(QTimer.singleShot, 0, self, self._begin))
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self._step:
            self._place()
        super().changeEvent(event)

    def _place(self) -> None:
        """The rules of the design notes: rail, panel, heights and the widest page for this window."""
        if self.hands is not None:
            self.hands.setGeometry(self.rect())
            return
        scale = style.scale()
        width, height = self.width() / scale, self.height() / scale
        large = scale >= 1.6
        self.rail.set_narrow(width < 1340 or large)
        # one below the other they would not fit where the text is large
        beside = QBoxLayout.Direction.LeftToRight if self.rail.narrow else QBoxLayout.Direction.TopToBottom
        self.rail.foot.setDirection(beside)
        for button in (self._home, self._papers):
            button.setText("" if self.rail.narrow else button.accessibleName())
            button.setToolTip(button.accessibleName() if self.rail.narrow else "")
        self.header.set_two_lines(large or width < TWO_LINES_BELOW)
        for bar in (self.header, self.footer):
            bar.set_low(height < 660)
        page = self._pages.get(self._step)
        folded = not self._panel_has_room
        show_panel = self._panel_over or not (folded or self.panel_folded)
        over = show_panel and folded
        top, bottom = self.header.sizeHint().height(), self.footer.sizeHint().height()
        top, bottom = max(top, self.header.minimumHeight()), max(bottom, self.footer.minimumHeight())
        band = self.band.sizeHint().height() if self.band is not None else 0
        if self.band is not None:
            self.band.setGeometry(0, 0, self.width(), band)
        head, top = top, top + band
        middle = self.height() - top - bottom
        rail = style.px(NARROW if self.rail.narrow else WIDE)
        panel = style.px(360 if width >= 1600 else 300)
        self.header.setGeometry(0, band, self.width(), head)
        self.footer.setGeometry(0, self.height() - bottom, self.width(), bottom)
        self.rail.setGeometry(0, top, rail, middle)
        self.panel.setGeometry(self.width() - panel, top, panel, middle)
        self.panel.setVisible(show_panel and self._begun)
        self.panel.setAutoFillBackground(over)
        self.panel.raise_()
        room = self._room(page, beside=show_panel and not over)
        if page is None:
            self.stack.setGeometry(rail, top, room, middle)
            return
        # The page gets its size before it is shown, and the page that is left keeps its own: each is laid out once.
        self._fit(page, room, middle, panel_shown=show_panel)
        self.stack.setGeometry(rail, top, room, middle)
        self._turn_to(page)

    def _turn_to(self, page: Page) -> None:
        """Show this page in place of the one that is shown; the keyboard comes along from there."""
        left = [each for each in self._pages.values() if each is not page and not each.isHidden()]
        at = self.window().focusWidget()
        page.move(0, 0)
        page.show()
        if at is not None and any(each.isAncestorOf(at) for each in left):
            (page.focusWidget() or first_reached(page)).setFocus()
        for each in left:
            each.hide()

    def _room(self, page: Page | None, *, beside: bool) -> int:
        """How wide a page is, with the reasoning beside it or without."""
        wide = self.width() / style.scale() >= 1600
        rail = style.px(NARROW if self.rail.narrow else WIDE)
        room = self.width() - rail - (style.px(360 if wide else 300) if beside else 0)
        most = 1400 if self._is_roomy(page) else 1040
        return min(room, style.px(most)) if wide else room

    def _fit(self, page: Page, width: int, height: int, *, panel_shown: bool) -> None:
        page.set_compact(self.height() / style.scale() < 720)
        page.set_short_title(style.scale() >= 1.6)
        page.set_panel_folded(not panel_shown)
        page.resize(width, height)

    @property
    def _panel_has_room(self) -> bool:
        """Whether the reasoning has a place of its own beside the page that is shown."""
        return self._has_room_beside(self._pages.get(self._step))

    def _has_room_beside(self, page: Page | None) -> bool:
        return self.width() / style.scale() >= 1200 and style.scale() < 1.6 and not self._is_roomy(page)

    @staticmethod
    def _is_roomy(page: Page | None) -> bool:
        return page is not None and (page.step_id in ROOMY_STEPS or page.folds_panel)

    def _fold_panel(self) -> None:
        self.panel_folded = self.panel_folded or self._panel_has_room
        self._leave_panel(fold=True)

    def _show_source(self, rules: tuple[str, ...]) -> None:
        self._begin()
        self._panel_over = True
        self._place()
        self.panel.open_source(tuple(rules))

    def _unfold_panel(self) -> None:
        if self._panel_has_room:
            self.panel_folded = False
        else:
            self._panel_over = True
        self._place()

    def switch_panel(self) -> None:
        """F9: the keyboard goes to the reasoning, which is unfolded for it, and back to where it was."""
        if self.panel.has_keyboard():
            self._leave_panel()
            return
        self._before_panel = self.window().focusWidget()
        self._begin()
        if self.panel.isHidden():
            self._panel_over = True
            self._place()
        self.panel.take_keyboard()

    def _leave_panel(self, *, fold: bool = False) -> None:
        had_keyboard, before = self.panel.has_keyboard(), self._before_panel
        if fold or self._panel_over:
            self._panel_over = False
            self._place()
        if had_keyboard:
            usable = before is not None and isValid(before) and before.isVisible()
            (before if before is not None and usable else self.page).setFocus()

    # ------------------------------------------------------------ telling

    def _refresh(self) -> None:
        progress = self.session.progress
        for step in self.steps:
            state = progress[step.id]
            self.rail.set_state(step.id, GLYPHS[state.state], state.left, state.why)
        self._panel_later.start()
        self._tell_findings()
        self.early.start()
        self._fill_who(self.session.evaluation)
        if self._step:
            self._refresh_footer()

    def _tell_findings(self) -> None:
        """What is new in the findings, read aloud; not what one trial of several would come to."""
        if self.hands is None or not self.hands.entry.awaits_trials:
            self._findings.tell(self, self._step, at_the_table=self.hands is not None)

    def _refresh_footer(self) -> None:
        here = self.session.progress[self._step]
        before, after = (self.way.neighbour(self._step, by) for by in (-1, 1))
        content = self.session.content
        self.footer.set_previous(content.steps[before].title if before else tr("Start page"))
        self.footer.set_next(
            content.steps[after].title if after else tr("Start page"),
            ready=here.state == "complete" and bool(after),
        )
        text, state = self.way.left(self._step, self.focused_item())
        key, hint = ("F8", tr("next gap")) if self.gap_after() and not self.session.signed else ("", "")
        if self.way.letter_is_next():
            key, hint = "F8", tr("write it")
        self.footer.set_left(text, state, key=key, hint=hint)

    def gap_after(self) -> tuple[str, ItemId] | None:
        """Where F8 goes: the step and the item, or None when nothing is left."""
        return self.way.gap_after(self._step, self.focused_item())

    # ------------------------------------------------------------ pages

    def page_of(self, step_id: str, made: Page | None = None) -> Page:
        """The page of a step, made at the first wish; `made`: it was made already."""
        if step_id not in self._pages:
            page = made or page_for(step_id, self.session, self.stack)
            page.go_to.connect(self.go_to)
            page.reasoning_wanted.connect(self._unfold_panel)
            page.addendum_wanted.connect(self.addendum_wanted)
            page.answered_all.connect(self.footer.take_keyboard)
            wishes = {
                "referral_wanted": self.referral_wanted,
                "plan_paper_wanted": self.plan_paper_wanted,
                "discharge_wanted": self.discharge_wanted,
                "documents_wanted": self.documents_wanted,
                "show_wanted": self.show_wanted,
                "account_wanted": self.account_wanted,
                "preferences_wanted": self.settings_wanted,
                "source_wanted": self._show_source,
                "what_if_wanted": self.what_if,
                "evidence_wanted": self.show_evidence,
                "hands_busy_wanted": self.toggle_hands,
            }
            for name, answer in wishes.items():  # not every page has every wish
                if hasattr(page, name):
                    getattr(page, name).connect(answer)
            self._pages[step_id] = page
        return self._pages[step_id]

    def is_made(self, step_id: str) -> bool:
        """Whether this page is there already."""
        return step_id in self._pages

    def fit_aside(self, page: Page) -> None:
        """Give a page the size it will have when it is shown."""
        beside = self._has_room_beside(page) and not self.panel_folded
        self._fit(page, self._room(page, beside=beside), self.stack.height(), panel_shown=beside)

    # ------------------------------------------------------------ wiring

    def _connect(self) -> None:
        session = self.session
        session.changed.connect(self._refresh)
        session.kept.connect(self._kept)
        session.not_kept.connect(self._not_kept)
        self.rail.chosen.connect(self._go_to_step)
        self.panel.go_to.connect(self.go_to)
        self.panel.fold_wanted.connect(self._fold_panel)
        self.panel.left.connect(self._leave_panel)
        self.footer.previous_wanted.connect(lambda: self.go_beside(-1))
        self.footer.next_wanted.connect(lambda: self.go_beside(1))
        self.footer.left_clicked.connect(self.next_gap)
        self.header.kept.help_wanted.connect(self.help_wanted)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def _add_shortcuts(self) -> None:
        keys = [*(f"Ctrl+{number}" for number in range(1, 10)), "Ctrl+0", "Ctrl+Shift+0"]
        for step, key in zip(self.steps, keys, strict=True):
            self._key(key, partial(self._go_to_step, step.id))
        last = partial(self._go_to_step, self.steps[-1].id)
        self._key(
            "Ctrl+)", last
        )  # what Shift makes of 0; on X11 a key is both, and neither alone is asked for
        for shortcut in self.findChildren(QShortcut):
            if shortcut.key().toString() in ("Ctrl+Shift+0", "Ctrl+)"):
                shortcut.activatedAmbiguously.connect(last)
        self._key("F5", self.show_wanted.emit)
        self._key("F8", self.next_gap)
        self._key("F6", self.what_if)
        self._key("F9", self.switch_panel)
        self._key(SAME_KEY, self._same_as_last)
        self._key("F11", self.toggle_hands)
        self._key(QKeySequence.StandardKey.Undo, self.undo)
        self._key("Ctrl+Y", self.redo)
        self._key("Ctrl+Shift+Z", self.redo)
        self._key("Ctrl+Return", lambda: self.go_beside(1))
        self._key("Ctrl+Enter", lambda: self.go_beside(1))
        self._key("Ctrl+Down", lambda: self.page.go_group(1))
        self._key("Ctrl+Up", lambda: self.page.go_group(-1))
        self._key("Ctrl+Shift+N", lambda: self.page.none_of_these())
        self._key("Ctrl+Shift+C", lambda: self.page.copy_text())
        self._key("Ctrl+P", self._print)

    def _key(self, key: str | QKeySequence.StandardKey, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(act)

    def what_if(self) -> None:
        """F6: try other findings beside the present ones; nothing is kept until they are used."""
        from ui.dialogs.what_if import WhatIfDialog

        self._commit_page()
        dialog = WhatIfDialog(self.session, self)
        dialog.exec()
        dialog.deleteLater()

    def show_evidence(self, wanted: str = "") -> None:
        """What guideline and studies say, at once at one recommendation or study where its id is given."""
        from ui.dialogs.evidence import EvidenceDialog

        dialog = EvidenceDialog(self.session.content, self, wanted=wanted)
        dialog.exec()
        dialog.deleteLater()

    def _go_to_step(self, step_id: str) -> None:
        if self._stays_at_the_table():
            return
        self.show_step(step_id)
        self.focus_first()

    def _same_as_last(self) -> None:
        """F3: the answer comes from an earlier visit, so it is read aloud."""
        item_id, before = self.focused_item(), self.session.evaluation
        offered = self.session.same_offered(item_id) if item_id else None
        self.page.same_as_last()
        if self.session.evaluation is not before:
            spoken.say(self, self.session.last_told(item_id).words)
        elif offered is None:
            spoken.say(self, tr("Nothing to take from an earlier visit here"))

    def _print(self) -> None:
        if self._stays_at_the_table():
            return
        if not self.page.print_paper():
            self.show_step("handout").print_paper()

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        self.early.touched()
        if now is None or not self._step or not self.page.isAncestorOf(now):
            return
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.page.show_focused()  # what is pressed is seen already, and must not move from under the mouse

    def _kept(self, moment: datetime) -> None:
        self.early.touched()
        if self._not_kept_since:
            spoken.say(self, tr("Everything is kept again."))
        self._not_kept_since = ""
        self.header.kept.setToolTip("")
        self.header.kept.set_kept(f"{moment.astimezone():%H:%M:%S}")

    def _not_kept(self, because: str) -> None:
        if not self._not_kept_since:
            spoken.say(self, tr("Not kept. {because}").format(because=because), at_once=True)
        self._not_kept_since = self._not_kept_since or f"{datetime.now():%H:%M}"
        self.header.kept.set_failed(self._not_kept_since, because.partition(". ")[0])
        self.header.kept.setToolTip(style.tip(because))

    def _fill_header(self) -> None:
        self._who = QPushButton()
        self._who.setProperty("kind", "flat")
        self._who.setProperty("t", "b")
        self._who.setToolTip(tr("Settings"))
        self._who.clicked.connect(self.settings_wanted)
        self.header.extra.addWidget(self._who)
        self.header.lock_wanted.connect(self.lock_wanted)
        self.header.user_clicked.connect(self.account_wanted)
        self._home = QPushButton(tr("Start page"))
        self._home.setProperty("kind", "flat")
        self._home.setAccessibleName(tr("Start page"))
        icons.put_icon(self._home, "back")
        self._home.clicked.connect(self.start_wanted)
        self._papers = QPushButton(tr("Documents"))
        self._papers.setProperty("kind", "flat")
        self._papers.setAccessibleName(tr("Documents"))
        icons.put_icon(self._papers, "document")
        self._papers.clicked.connect(self.documents_wanted)
        self.rail.foot.addWidget(self._papers)
        self.rail.foot.addWidget(self._home)
        self.header.side.setToolTip(tr("Which knee is sore: click to correct it"))
        self.header.side.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.header.side.press = self.correct_side
        self.header.side.installEventFilter(self)
        self.header.name.setToolTip(tr("Who the patient is: click to correct it"))
        self.header.name.setCursor(Qt.CursorShape.PointingHandCursor)
        self.header.name.installEventFilter(self)
        self.header.visit_tip = tr("Which visit: click to correct its date")
        self.header.visit.setCursor(Qt.CursorShape.PointingHandCursor)
        self.header.visit.installEventFilter(self)

    def _fill_who(self, evaluation: Evaluation) -> None:
        patient = evaluation.patient
        sex = f" · {patient.sex}" if patient.sex != "X" else ""
        born = date_text(patient.birth_date)
        self.header.set_patient(
            patient.name,
            tr("{age_years} y{sex} · born {born}").format(age_years=evaluation.age_years, sex=sex, born=born),
        )
        self.header.set_side(evaluation.sore_knee)
        day = evaluation.visit_date
        self.header.set_visit(
            f"{KIND_WORDS[evaluation.kind]} · {date_text(day)}",
            f"{SHORT_KINDS[evaluation.kind]} · {day_of_month(day)}",
        )
        name = self.session.settings.therapist_name
        signed_in = self.session.confirm is not None
        self.header.set_user(name if signed_in else "")
        self._who.setText(name)
        self._who.setVisible(bool(name) and not signed_in)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._handle:
            if event.type() in TOUCHES:
                self.early.touched()
                self.early.put_aside()
            return False
        if watched is self.header.side and event.type() == QEvent.Type.MouseButtonRelease:
            self.correct_side()
        if watched is self.header.side and isinstance(event, QKeyEvent) and event.key() in PRESSING:
            if event.type() == QEvent.Type.KeyPress:
                self.correct_side()
            return True
        clicked = event.type() == QEvent.Type.MouseButtonRelease
        if clicked and watched in (self.header.name, self.header.visit) and not self.session.signed:
            self.patient_wanted.emit(watched is self.header.visit)
        return super().eventFilter(watched, event)

    def correct_side(self) -> None:
        """Offer the other side, when the wrong knee was chosen at the start."""
        if self.session.signed:
            return
        menu = QMenu(self)
        words: dict[SoreKnee, str] = {
            "right": tr("RIGHT knee"),
            "left": tr("LEFT knee"),
            "both": tr("BOTH knees"),
        }
        for side, word in words.items():
            act = menu.addAction(word)
            act.setCheckable(True)
            act.setChecked(side == self.session.evaluation.sore_knee)
            act.triggered.connect(lambda _=False, side=side: self.session.change_side(side))
        badge = self.header.side
        menu.exec(badge.mapToGlobal(badge.rect().bottomLeft()) if badge.hasFocus() else QCursor.pos())
