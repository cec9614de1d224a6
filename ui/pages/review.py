"""Sign: the note as it will read, what is missing, and the one button that locks it; afterwards the addenda."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QVBoxLayout, QWidget

from evalassist.clinical.assessment import caution_unexplained
from evalassist.clinical.result import PlanOfCare, Reason, advised
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Addendum
from evalassist.note import Note
from evalassist.note_text import note_text
from evalassist.records.rows import sheet_is_out_of_date
from evalassist.translate import tr, trn
from evalassist.wording.assessment import gap_words
from evalassist.words import lower_first, upper_first
from ui import icons, spoken, style
from ui.aside import Aside
from ui.dialogs.asking import asked
from ui.pages.base import Page, Waiting
from ui.saving import ask_where, folder_of
from ui.session import EvaluationSession
from ui.spoken import Said
from ui.widgets.addendum_form import ADD, AddendumForm
from ui.widgets.conclusion_card import ReasonList
from ui.widgets.dates import date_text
from ui.widgets.elided import WrappedLabel
from ui.widgets.glyph import State
from ui.widgets.last_time_line import decided_last_time
from ui.widgets.marks import KeyCap, LinkButton, StateGlyph
from ui.widgets.passwords import PasswordField
from ui.widgets.pdf_view import PageTools, PdfMaker, PdfPages
from ui.widgets.side_panel import SidePanel
from ui.widgets.typed import Typed, Where
from ui.widgets.visits_card import act_of

if TYPE_CHECKING:
    from evalassist.documents.look import PaperName
    from ui.printing import Printout

PANEL_WIDTH = 306
KIND = "evaluation-note"
MOST_MISSING, MOST_HEARD = 8, 3
LEAST_NAME, BESIDE = 110, 250
"""The name of who signs breaks into lines no narrower than this; so wide at most it is with the license beside it."""


class SignPage(Page):
    """The last step: read it, see what is missing, sign and lock."""

    step_id = "sign"
    folds_panel = True
    preferences_wanted = Signal()
    """Open the settings: the therapist's name is missing."""
    referral_wanted = Signal()
    plan_paper_wanted = Signal()
    """Show the plan of care as a paper."""
    discharge_wanted = Signal()
    """Show the discharge summary as a paper."""
    documents_wanted = Signal()
    """Show the papers that are kept."""
    account_wanted = Signal()
    """Open the account: its license is missing."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        step = session.content.steps["sign"]
        super().__init__(session, step.title, tr("the note as it will read"), step.short, parent)
        self._asked: tuple[Note, PaperName, tuple[Addendum, ...], str] | None = None
        self._pdf: bytes | None = None
        self._missing_heard = ""
        """What is missing, the first of it by name: for who does not see the list of it."""
        self._aside = Aside(self)
        self._maker = PdfMaker(self)
        self._maker.made.connect(self._made)
        self._maker.failed.connect(self._failed)
        self.pages = PdfPages(tr("The evaluation note"), self._in_words)
        self.pages.set_view("width")
        self.pages.page_changed.connect(self._say_count)
        tools = PageTools(self.pages, two=False)
        self.tools.addWidget(tools)
        line = style.row(spacing=16)
        line.addWidget(self.pages, 1)
        line.addWidget(self._build_panel())
        self.body.addLayout(line, 1)
        QWidget.setTabOrder(self.pages, tools)

    # ------------------------------------------------------------ building

    def _build_panel(self) -> QWidget:
        body = QWidget()
        stack = style.column(body, spacing=8)
        self._before = self._build_before()
        self._after = self._build_after()
        stack.addWidget(self._before)
        stack.addWidget(self._after)
        self.panel = SidePanel(PANEL_WIDTH, body, self._build_sign(), self._build_papers())
        return self.panel

    def show_focused(self) -> None:
        self.panel.show_focused()

    def _build_before(self) -> QWidget:
        place = QWidget()
        stack = style.column(place, spacing=8)
        stack.addWidget(style.label("cap", tr("BEFORE YOU SIGN")))
        self._missing_card = QFrame()
        self._missing_card.setProperty("card", "att")
        card = style.column(self._missing_card, (10, 8, 10, 9), spacing=3)
        head = style.row(spacing=8)
        self._missing_title = style.label("b")
        head.addWidget(StateGlyph("partly", tone="att"))
        head.addWidget(self._missing_title, 1)
        card.addLayout(head)
        self._missing = ReasonList()
        self._missing.go_to.connect(self.go_to)
        card.addWidget(self._missing)
        self._may_stay_open = style.label("s", wrap=True)
        card.addWidget(self._may_stay_open)
        stack.addWidget(self._missing_card)
        self._unfitting_card = QFrame()
        self._unfitting_card.setProperty("card", "att")
        unfitting = style.column(self._unfitting_card, (10, 8, 10, 9), spacing=3)
        line = style.row(spacing=8)
        line.addWidget(StateGlyph("look"))
        line.addWidget(style.label("b", tr("Does not fit")), 1)
        unfitting.addLayout(line)
        self._unfitting = ReasonList()
        self._unfitting.go_to.connect(self.go_to)
        unfitting.addWidget(self._unfitting)
        stack.addWidget(self._unfitting_card)
        self._checks: QVBoxLayout = style.column(spacing=8)
        stack.addLayout(self._checks)
        self.letter = QPushButton(tr("Write the referral letter"))
        self.letter.setProperty("kind", "danger")
        icons.put_icon(self.letter, "letter", "card")
        self.letter.clicked.connect(self.referral_wanted)
        stack.addWidget(self.letter)
        return place

    def _build_after(self) -> QWidget:
        place = QWidget()
        stack = style.column(place, spacing=8)
        stack.addWidget(style.label("cap", tr("ADDENDA")))
        self._addenda: QVBoxLayout = style.column(spacing=6)
        stack.addLayout(self._addenda)
        self._form = AddendumForm(self.session)
        self.addendum, self.add_button = self._form.text, self._form.button
        stack.addWidget(self._form)
        return place

    def _build_sign(self) -> QWidget:
        place = QWidget()
        stack = style.column(place, spacing=8)
        stack.addWidget(style.label("cap", tr("SIGN")))
        line = style.row(spacing=8)
        line.addWidget(icons.Picture("account", "quiet", 18))
        self._signer = WrappedLabel("b", least=LEAST_NAME)
        self._licence = WrappedLabel("s", least=LEAST_NAME)
        self._who = style.row(spacing=8)
        self._who.addWidget(self._signer)
        self._who.addWidget(self._licence, 1)
        line.addLayout(self._who, 1)
        stack.addLayout(line)
        self.name_link = LinkButton(tr("Add your name in the settings"))
        self.name_link.clicked.connect(self._add_name)
        stack.addWidget(self.name_link)
        self.password = PasswordField(tr("Password"))
        self.password.edit.setPlaceholderText(tr("Your password"))
        self.password.entered.connect(self.sign)
        stack.addWidget(self.password)
        self.sign_button = QPushButton(tr("Sign and lock"))
        self.sign_button.setProperty("kind", "primary")
        self.sign_button.setProperty("tall", True)
        icons.put_icon(self.sign_button, "sign", "accent_ink")
        self.sign_button.clicked.connect(self.sign)
        self._says = Said(wrap=True)
        style.say(self._says, reads=True)
        stack.addWidget(self.sign_button)
        stack.addWidget(self._says)
        return place

    def _build_papers(self) -> QWidget:
        place = QWidget()
        stack = style.column(place, spacing=8)
        self.print_button = QPushButton(tr("Print the note"))
        icons.put_icon(self.print_button, "print")
        self.print_button.clicked.connect(self.print_paper)
        self.save_button = QPushButton(tr("Save as PDF…"))
        self.save_button.clicked.connect(self._save)
        self.plan_paper = QPushButton(tr("Plan of care to sign"))
        icons.put_icon(self.plan_paper, "print")
        self.plan_paper.clicked.connect(self.plan_paper_wanted)
        self.copy_button = QPushButton(tr("Copy as text"))
        self.copy_button.setToolTip(tr("The whole note as plain text, to paste into the record system"))
        icons.put_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(self.copy_text)
        self.discharge = QPushButton(tr("Discharge summary"))
        icons.put_icon(self.discharge, "print")
        self.discharge.clicked.connect(self.discharge_wanted)
        copy = style.row(spacing=8)
        copy.addWidget(self.copy_button, 1)
        copy.addWidget(KeyCap("Ctrl+Shift+C"))
        self._copied = Said(wrap=True)
        self._copied.hide()
        stack.addWidget(self.print_button)
        stack.addWidget(self.save_button)
        stack.addWidget(self.plan_paper)
        stack.addWidget(self.discharge)
        stack.addLayout(copy)
        stack.addWidget(self._copied)
        self._documents = LinkButton(tr("Documents"))
        self._documents.clicked.connect(self.documents_wanted)
        stack.addWidget(self._documents)
        return place

    # ------------------------------------------------------------ showing

    @property
    def at_work(self) -> bool:
        return self._maker.at_work or self.pages.at_work

    def refresh(self) -> None:
        signed = self.session.signed
        self._copied.hide()  # what is on the clipboard may no longer be the note
        self._before.setVisible(not signed or self.session.assessment.stopped)
        self._after.setVisible(signed)
        self._show_missing()
        self._show_checks()
        self.letter.setVisible(self.session.assessment.stopped)
        ends = self.session.evaluation.kind == "discharge"
        self.plan_paper.setVisible(isinstance(self.session.plan, PlanOfCare) and not ends)
        self.discharge.setVisible(ends and bool(self.session.earlier))
        self._documents.setVisible(bool(self.session.documents))
        if signed:
            self._show_addenda()
        self._show_note()
        self._show_signer()

    def _show_note(self) -> None:
        note, addenda = self.session.note(), self.session.evaluation.addenda
        wanted = (note, self.session.settings.paper, addenda, self.session.code)
        if wanted == self._asked:
            return
        self._asked, self._pdf = wanted, None
        if not self.pages.page_count:
            self.pages.show_words(tr("Preparing the note…"))
        self._maker.make(_work(*wanted))

    def _made(self, pdf: bytes) -> None:
        self._pdf = pdf
        self.pages.show_pdf(pdf)
        self._show_signer()
        style.settle()  # "1 of 3" takes more room than nothing did

    def _failed(self, words: str) -> None:
        self._pdf = None
        self.pages.show_words(words)
        self._show_signer()

    def _say_count(self) -> None:
        count = self.pages.page_count
        reads = tr("the note as it was signed") if self.session.signed else tr("the note as it will read")
        self.set_hint(
            trn("{reads} · {count} page", "{reads} · {count} pages", count).format(reads=reads, count=count)
            if count
            else reads
        )

    def _show_missing(self) -> None:
        found: list[Reason] = []
        stopped = (
            self.session.assessment.stopped
        )  # the visit ends with the letter: only the screen is waited for
        for step_id, step in self.session.progress.items():
            if step.state != "blocked" and (step_id == "safety" or not stopped):
                short = self.session.content.steps[step_id].short
                found += [
                    Reason(
                        f"{short}: {gap_words(gap, self.session.assessment, self.session.content)}", (gap,)
                    )
                    for gap in step.gaps
                ]
        self._missing_card.setVisible(bool(found) and not self.session.signed)
        many = (
            tr("{count} things are missing").format(count=len(found))
            if len(found) > 1
            else tr("1 thing is missing")
        )
        self._missing_title.setText(many)
        self._missing_heard = _heard(many, [reason.text for reason in found])
        self._may_stay_open.setText(
            tr("They may stay open: the letter says how many were not answered.")
            if stopped
            else tr("All but safety can stay open: what was not asked does not stand in the note.")
        )
        self._missing.show_reasons(found, MOST_MISSING)
        unfitting = [Reason(one.text, one.items or ("assessment",)) for one in self.session.contradictions]
        self._unfitting_card.setVisible(bool(unfitting) and not self.session.signed)
        self._unfitting.show_reasons(unfitting, MOST_MISSING)

    def _show_checks(self) -> None:
        while (entry := self._checks.takeAt(0)) is not None:
            if (old := entry.widget()) is not None:
                old.hide()
                old.deleteLater()
        if not self.session.signed:
            for state, words in self._findings():
                self._checks.addWidget(_check(state, words))

    def _findings(self) -> list[tuple[State, str]]:
        found: list[tuple[State, str]] = []
        assessment, plan = self.session.assessment, self.session.plan
        safety = self.session.progress["safety"]
        if assessment.stopped:
            titles = "; ".join(flag.rule.title for flag in assessment.stops)
            found.append(
                (
                    "danger",
                    (
                        tr("{titles}: the letter is not written yet. {stops}")
                        if self.session.letter_waits
                        else tr("{titles}: the letter says so. {stops}")
                    ).format(titles=titles, stops=" ".join(advised(assessment.stops))),
                )
            )
            if assessment.value("medical-contact-made") is None:
                found.append(("look", tr("No medical contact is recorded")))
            if assessment.tested_anyway:
                found.append(
                    (
                        "look",
                        tr("Tested although the safety screen forbids it: {tested_anyway}").format(
                            tested_anyway=assessment.tested_anyway
                        ),
                    )
                )
        elif assessment.action is None:
            found.append(("look", tr("Safety is open: {left} questions left").format(left=safety.left)))
        elif assessment.action == "CAUTION":
            no_reason = caution_unexplained(assessment)
            told = tr("Goes on with caution, ") + (
                tr("and no reason is written") if no_reason else tr("with a reason")
            )
            found.append(("look" if no_reason else "good", told))
        else:
            found.append(("good", tr("Safety answered, and safe to go on")))
        if self.session.evaluation.kind == "discharge":
            said = assessment.value("discharge-reason") is not None
            found.append(
                ("good", tr("Why care ends is told")) if said else ("look", tr("Not told yet: why care ends"))
            )
        if isinstance(plan, PlanOfCare):
            found.append(self._handout())
            if plan.certification.due is not None:
                act = lower_first(act_of(plan.certification))
                found.append(
                    ("good", tr("Plan: {act} {due}").format(act=act, due=date_text(plan.certification.due)))
                )
            if self.session.evaluation.kind != "discharge" and not any(code.chosen for code in plan.codes):
                found.append(("empty", tr("No code is ticked in the plan of care")))
            found += [("look", warning) for warning in plan.warnings_now]
            found += [("look", says) for says in self._of_later_visit(plan)]
        elif not assessment.stopped:
            found.append(("look", tr("No plan of care. {why}").format(why=plan.why)))
        return found

    def _of_later_visit(self, plan: PlanOfCare) -> Iterator[str]:
        """What a look back asks and the plan does not hold."""
        back = self.session.follow_up
        if back is not None and back.course is not None and back.course.refer:
            yield f"{back.course.title}. {back.advice}"
        _, says = decided_last_time(self.session, plan)
        if says:
            yield says

    def warns(self) -> list[str]:
        if self.session.signed:
            return []
        unfitting = [one.text for one in self.session.assessment.contradictions]
        missing = [] if self._missing_card.isHidden() else [self._missing_heard]
        return [*missing, *unfitting, *(words for state, words in self._findings() if state != "good")]

    def _handout(self) -> tuple[State, str]:
        session = self.session
        if session.progress["handout"].state != "complete":
            return "look", tr("Handout not given yet")
        now = session.note().sheet_content_sha256()
        if sheet_is_out_of_date(session.documents, session.evaluation.id, now):
            return "look", tr(
                "The handout that was given tells other things than the plan does now: print it anew"
            )
        return "good", tr("Handout given and kept")

    def _show_addenda(self) -> None:
        while (entry := self._addenda.takeAt(0)) is not None:
            if (old := entry.widget()) is not None:
                old.hide()
                old.deleteLater()
        for addendum in self.session.evaluation.addenda:
            when = addendum.written_at.astimezone()
            frame = QFrame()
            frame.setProperty("card", "plain")
            stack = style.column(frame, (10, 7, 10, 8), spacing=3)
            words = style.label("", addendum.text)
            words.setWordWrap(True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            stack.addWidget(words)
            words.setVisible(bool(addendum.text))
            kind = "" if addendum.kind == "addendum" else f"{ADD[addendum.kind][0]}: "
            told = f"{kind}{addendum.clinician}, {date_text(when.date())} {when:%H:%M}"
            stack.addWidget(style.label("s", told, wrap=True))
            self._addenda.addWidget(frame)
        self._form.refresh()

    def _show_signer(self) -> None:
        signature, settings = self.session.evaluation.signature, self.session.settings
        name = signature.clinician if signature else settings.therapist_name.strip()
        licence = signature.licence if signature else settings.licence.strip()
        self._signer.setText(name or tr("No name yet"))
        style.say(self._signer, c="" if name else "att")
        self._licence.setText(
            tr("license {licence}").format(licence=licence)
            if licence
            else tr("no license number")
            if name
            else ""
        )
        beside = self._signer.sizeHint().width() + self._licence.sizeHint().width() <= style.px(BESIDE)
        ways = QBoxLayout.Direction
        self._who.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self._who.setSpacing(style.px(8 if beside else 0))
        own = self.session.confirm is None  # else name and license are the account's
        account = self.session.store.account
        missing = not (name and licence) if own else account.administers and not account.may_sign
        self.name_link.setVisible(signature is None and missing)
        self.name_link.setText(
            tr("Add your name in the settings")
            if not name
            else tr("Add your license in the settings")
            if own
            else tr("Add your license to your account")
        )
        self.sign_button.setVisible(signature is None)
        self.password.setVisible(signature is None and self.session.confirm is not None)
        why_not = self._why_not()
        self.sign_button.setEnabled(not why_not and not self._aside.at_work)
        heard = "" if self._missing_card.isHidden() else self._missing_heard
        spoken.describe(self.sign_button, heard)
        # Nothing comes to a button that cannot be pressed: the keyboard stops on the reason in its place.
        self._says.setFocusPolicy(Qt.FocusPolicy.TabFocus if why_not else Qt.FocusPolicy.NoFocus)
        name = f"{why_not} {heard}".rstrip() if why_not else ""
        if name != self._says.accessibleName():  # each time it is set a reader is told of it
            self._says.setAccessibleName(name)
        for button in (self.print_button, self.save_button):
            button.setVisible(signature is not None)
        self.add_button.setEnabled(bool(settings.therapist_name.strip()))
        if signature is not None:
            self._say("")
        elif why_not:
            self._say(why_not, "att")
        else:
            self._say(
                tr("This is practice: what is signed here is no record. Begin again whenever you like.")
                if self.session.evaluation.is_practice
                else tr("After signing the note cannot be changed, and waits for a therapist to sign below.")
                if self.session.is_student
                else tr("After signing the note cannot be changed. You can add an addendum at any time.")
            )

    def _why_not(self) -> str:
        """Why it cannot be signed yet, or "": what is signed was read, and the patient was screened."""
        left = self.session.progress["safety"].left
        if not self.session.settings.therapist_name.strip():
            return tr("A note is signed with a name. It stands in the settings, once for all notes.")
        if self.session.confirm is not None and not self.session.store.account.may_sign:
            return (
                tr("A note is signed with a license. Add yours to your account.")
                if self.session.store.account.administers
                else tr("A note is signed with a license. An administrator can add yours to your account.")
            )
        if left and not self.session.assessment.stopped:
            questions = (
                tr("{left} safety questions are").format(left=left)
                if left > 1
                else tr("1 safety question is")
            )
            return tr("{questions} not answered. Answer each, or say not assessed.").format(
                questions=questions
            )
        if self._pdf is None:
            return tr("The note is being drawn; it can be signed once it can be read.")
        return ""

    def _say(self, words: str, tone: str = "") -> None:
        self._says.setText(words)
        self._says.setVisible(bool(words))
        style.say(self._says, c=tone)

    # ------------------------------------------------------------ acting

    def sign(self) -> None:
        """Sign and lock; what fails is said in a sentence and nothing is half signed."""
        if self._why_not():
            self._show_signer()
            return
        if (waits := self.unkept_anywhere()) and not asked(
            self,
            tr("Something typed is not kept."),
            "\n".join((*waits, tr("A signed note cannot be changed."))),
            tr("Sign without it"),
        ):
            return
        confirm, password = self.session.confirm, self.password.value
        if confirm is None:
            self._sign()
        elif not password:
            self._say(tr("Type your password to sign."), "att")
            self.password.setFocus()
        elif not self._aside.at_work:
            self.sign_button.setEnabled(False)
            self._aside.do(lambda: confirm(password), lambda _: self._sign(), self._not_signed)

    def _add_name(self) -> None:
        (self.preferences_wanted if self.session.confirm is None else self.account_wanted).emit()

    def _sign(self) -> None:
        self.password.clear()
        if self._why_not():  # something changed while the password was looked at
            self._show_signer()
            return
        try:
            self.session.sign()
        except EvalAssistError as fault:
            self._not_signed(fault)

    def _not_signed(self, fault: EvalAssistError) -> None:
        self.password.clear()
        self._show_signer()
        self._say(tr("The note is not signed. {fault}").format(fault=fault), "danger")
        if self.session.confirm is not None:
            self.password.setFocus()

    def focus_start(self) -> None:
        asks = not self.session.signed and self.session.confirm is not None
        (self.password if asks else self.pages).setFocus(Qt.FocusReason.OtherFocusReason)

    def _printout(self) -> Printout | None:
        """The note as paper, once it is signed and drawn."""
        from ui.printing import Printout

        if self._pdf is None or self._asked is None or not self.session.signed:
            return None
        note, paper, addenda, code = self._asked
        title = tr("Evaluation note, {visit_date}").format(
            visit_date=self.session.evaluation.visit_date.isoformat()
        )
        pages = self.pages.page_count
        return Printout(
            KIND, title, self._pdf, pages, paper, anew=lambda other: _work(note, other, addenda, code)()
        )

    def _save(self) -> None:
        from ui.printing import save_as

        printout = self._printout()
        if printout is None:
            return
        chosen = ask_where(self, tr("Save as PDF"), f"{printout.title}.pdf")
        if chosen is None:
            return
        try:
            path = save_as(self.session, chosen, printout)
        except EvalAssistError as fault:
            self._say(str(fault), "danger")
        else:
            says = tr("Saved as {name} in {folder}. The note is kept under Documents.")
            self._say(says.format(name=path.name, folder=folder_of(path)))

    def print_paper(self) -> bool:
        from ui.printing import give_out

        printout = self._printout()
        if printout is None:
            return False
        try:
            sent = give_out(self.session, self, printout)
        except EvalAssistError as fault:
            self._say(str(fault), "danger")
        else:
            self._say(sent.says if sent else "")
        return True

    def _in_words(self) -> str:
        session = self.session
        return note_text(session.note(), session.evaluation.addenda, session.code)

    def copy_text(self) -> None:
        """Put the note on the clipboard as plain text, marked as a draft until it is signed."""
        QGuiApplication.clipboard().setText(self._in_words())
        what = tr("The note") if self.session.signed else tr("The note, marked as a draft,")
        self._copied.setText(tr("{what} is on the clipboard as text.").format(what=what))
        self._copied.show()

    def waiting(self) -> list[Waiting]:
        found = super().waiting()
        if self.session.signed and self.addendum.value:
            says = tr("The addendum that stands on the sign page is not added.")
            found.append((self.addendum, self.addendum.value, says))
        return found

    def opens(self, field: Typed) -> tuple[str, str]:
        return ("addendum", self._form.kind) if field is self.addendum else super().opens(field)

    def open_again(self, where: Where) -> None:
        super().open_again(where)
        if where.opens[0] == "addendum":
            self._form.choose(where.opens[1])

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():  # a password that was tried before is not what one comes back to
            self._show_signer()
        super().hideEvent(event)

    def leave(self) -> None:
        self._aside.finish()
        self._form.leave()
        self._maker.forget()

    def keys(self) -> list[tuple[str, str]]:
        return [
            (tr("PgDn, PgUp"), tr("the pages after, before")),
            ("Ctrl+Shift+C", tr("copy the note as text")),
        ]


def _work(note: Note, paper: PaperName, addenda: tuple[Addendum, ...], code: str) -> Callable[[], bytes]:
    def draw() -> bytes:
        from evalassist.documents import evaluation_note_pdf  # ReportLab takes half a second to load

        return evaluation_note_pdf(note, paper, addenda, code)

    return draw


def _heard(many: str, names: Sequence[str]) -> str:
    """How many there are, the first by name, in a sentence."""
    more = len(names) - MOST_HEARD
    told = [*names[:MOST_HEARD], *([tr("and {count} more").format(count=more)] if more > 0 else [])]
    return f"{many}: {'; '.join(told)}."


def _check(state: State, words: str) -> QWidget:
    place = QWidget()
    line = style.row(place, spacing=8)
    text = style.label("", upper_first(words))
    text.setWordWrap(True)
    line.addWidget(StateGlyph(state), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text, 1)
    return place
