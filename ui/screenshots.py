"""Every page as a picture, drawn off screen from the worked examples.

python -m ui.screenshots FOLDER [PART]   draw into the folder those pictures whose name contains PART
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog

from evalassist.evaluation import StrengthTest
from ui import style

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.evaluation import Evaluation
    from evalassist.note import Note
    from evalassist.records.entrance import Entrance
    from evalassist.settings import Settings
    from ui.main_window import MainWindow

CASES = Path(__file__).parent.parent / "tests" / "cases"
WARNED, WARNED_STEPS = ("positive", "override", "caution"), ("safety", "strength", "assessment", "sign")
"""Cases with a warning, and the steps on which it is seen."""
ENDED_STEPS = ("history", "plan", "sign")
USUAL, SMALL, LARGE = (1366, 768), (1280, 640), (1920, 1080)
DARK: dict[str, str | float] = {"theme": "dark"}
TWICE: dict[str, str | float] = {"text_scale": 2.0}
LOOKS: tuple[tuple[str, tuple[int, int], dict[str, str | float]], ...] = (
    *(("", USUAL, {}), ("dark-", USUAL, DARK), ("small-", SMALL, {}), ("small-dark-", SMALL, DARK)),
    *(("wide-", LARGE, {}), ("wide-dark-", LARGE, DARK)),
    *(("large-", LARGE, TWICE), ("large-dark-", LARGE, TWICE | DARK)),
)
"""Each page in the four sizes and the two themes: before its name, the window, what is set."""


def draw(folder: Path, only: str = "") -> list[Path]:
    """Draw all pictures whose name contains `only` into the folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(["screenshots"])
    assert isinstance(app, QApplication)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home:
        return list(Studio(app, folder, Path(home), only).all())


class Studio:
    """The window with records of its own."""

    def __init__(self, app: QApplication, folder: Path, home: Path, only: str) -> None:
        from evalassist.content.loader import load_content
        from evalassist.settings import Settings

        self._app, self._folder, self._home, self._only = app, folder, home, only
        self._content: Content = load_content()
        self._settings = Settings(therapist_name="A. Chen, PT", clinic_name="Riverside Physical Therapy")
        self._number = 0

    def all(self) -> Iterator[Path]:
        patient_a, ex1 = self._case("patient-a"), self._case("ex1")
        for look, size, more in LOOKS:
            settings = self._settings.model_copy(update=more)
            yield from self._start_pages(look, settings, size, patient_a, ex1)
            yield from self._charts(look, settings, size, ex1)
            yield from self._steps(f"{look}a", patient_a, size, settings)
            yield from self._steps(f"{look}later", later(ex1), size, settings, before=(decided(ex1),))
            yield from self._steps(
                f"{look}discharge", ended(ex1), size, settings, before=(ex1, decided(later(ex1)))
            )
            yield from self._hands(f"{look}hands", ex1, size, settings)
        yield from self._closed_pages(patient_a)
        yield from self._practice()
        for name, evaluation in (
            ("empty", _emptied(ex1)),
            ("half", _half(ex1)),
            ("ex1", ex1),
            ("b", self._case("patient-b")),
            ("c", self._case("patient-c")),
        ):
            yield from self._steps(name, evaluation, USUAL)
        yield from self._safety()
        yield from self._shown_to_patients()
        yield from self._content_parts()
        yield from self._manual()
        for look, size, more in LOOKS:
            yield from self._dialogs(look, size, self._settings.model_copy(update=more))

    def _start_pages(
        self, name: str, settings: Settings, size: tuple[int, int], *evaluations: Evaluation
    ) -> Iterator[Path]:
        if not self._wanted(f"{name}start"):
            return
        window = self._window(settings, size)
        yield self._take(window, f"{name}start-empty")
        today = date.today()
        for days, evaluation in enumerate(evaluations):
            self._store.save(replace(evaluation, visit_date=today - timedelta(days=3 * days)))
        self._keep_care(moved(evaluations[-1], today - timedelta(weeks=4)), signed=True)
        stopped = replace(moved(evaluations[-1], today, "Okafor, Daniel"), sore_knee="left")
        self._store.save(stopped.with_answers({"hot-joint": "yes"}))
        window.show_start()
        yield self._take(window, f"{name}start")
        assert window.start is not None
        window.start.search.setText("e")
        yield self._take(window, f"{name}start-search")
        self._put_away(window)

    def _charts(
        self, name: str, settings: Settings, size: tuple[int, int], first: Evaluation
    ) -> Iterator[Path]:
        """A first visit alone, and an episode of three visits after an older one, with papers."""
        if not self._wanted(f"{name}chart"):
            return
        window = self._window(settings, size)
        begun = moved(first, date.today() - timedelta(weeks=6))
        self._keep_care(begun, signed=True)
        window.show_chart(begun.patient.id)
        yield self._take(window, f"{name}chart-first")
        old = replace(moved(first, date(2024, 5, 6)), sore_knee="left", patient=begun.patient)
        self._keep_care(old, signed=True)
        for days, signed in ((14, True), (28, False)):
            back = later(begun).without_answer(*(["lefs-total"] if signed else []))
            day = begun.visit_date + timedelta(days=days)
            pain = 5.0 if signed else 4.0
            better = back.with_answers({"nprs-worst": pain, "akps-total": 71.0 + days / 2})
            self._keep_care(replace(better, id=f"after-{days}", visit_date=day), signed=signed)
        self._store.keep_document(begun.id, "handout", "en", "letter", b"%PDF-1.7", "A. Chen, PT", "printed")
        window.show_chart(begun.patient.id)
        yield self._take(window, f"{name}chart")
        self._put_away(window)

    def _keep_care(self, evaluation: Evaluation, *, signed: bool) -> None:
        from evalassist.clinical.assessment import assess
        from evalassist.clinical.plan import plan_of_care
        from evalassist.evaluation import Signature
        from evalassist.noting import clinic_of, note_of

        self._store.save(evaluation)
        if signed:
            done = evaluation.signed_by(Signature("A. Chen, PT", "40-12345", self.now()))
            found = assess(done, self._content)
            plan = plan_of_care(done, found, self._content)
            note = note_of(done, self._content, found, plan, clinic_of(self._settings))
            self._store.sign(done, note.model_dump_json())

    def _closed_pages(self, evaluation: Evaluation) -> Iterator[Path]:
        """What is in front of the records and what belongs to it, as usual, in the dark and at 200 % text."""
        from evalassist.records.accounts import Account
        from evalassist.records.entrance import Entrance
        from ui.dialogs.accounts import (
            REMOVED,
            AccountDialog,
            AccountsDialog,
            PaperKeyDialog,
            PasswordDialog,
        )
        from ui.dialogs.confirm import ConfirmDialog
        from ui.dialogs.preferences import PreferencesDialog
        from ui.main_window import MainWindow, wear
        from ui.pages.door import Door
        from ui.pages.first_run import FirstRun
        from ui.way_in import WayIn

        for name, size, more in LOOKS:
            if not self._wanted(f"{name}closed"):
                continue
            settings = self._settings.model_copy(update=more)
            wear(self._app, settings)
            self._number += 1
            folder = self._home / f"closed{self._number}"
            folder.mkdir()
            entrance = Entrance(folder)
            asked_for = partial(_same, entrance)
            window = MainWindow()
            window.resize(*size)
            window.show()
            window.prepare(self._content, settings)
            first = FirstRun(asked_for, settings, plain=True)
            window.show_door(first)
            yield self._take(window, f"{name}closed-clinic")
            first._show_account()
            first.password.first.edit.setText("hip")
            first.password.taken(())
            yield self._take(window, f"{name}closed-first")
            self._store, key = entrance.begin(
                Account("", "chen", "A. Chen, PT", "40-12345", "administrator"), "only drawn"
            )
            first._show_paper_key(self._store, key, WayIn(entrance))
            yield self._take(window, f"{name}closed-paper-key")
            first.paper_key.done.emit()
            yield self._take(window, f"{name}closed-ready")
            first._store = None  # it stays open for the pictures to come
            way_in = WayIn(entrance)
            entrance.add_account(self._store, Account("", "lee", "S. Lee", "", "student"), "only drawn too")
            window.enter(self._store, way_in)
            yield self._take(window, f"{name}closed-start")
            window.begin(evaluation)
            assert window.view is not None
            for step in ("strength", "sign"):
                window.view.show_step(step)
                yield self._take(window, f"{name}closed-{step}")
            accounts = AccountsDialog(self._store, way_in, settings, window)
            yield self._take_dialog(accounts, f"{name}closed-accounts")
            asked = AccountDialog(self._store, way_in, settings, None, window)
            yield self._take_dialog(asked, f"{name}closed-account")
            mine = PasswordDialog(self._store, way_in, self._store.account, settings, window)
            yield self._take_dialog(mine, f"{name}closed-password")
            says, act = REMOVED.format(name="S. Lee"), "Remove the account"
            sure = ConfirmDialog(self._store, way_in, says, act, window, kind="danger")
            yield self._take_dialog(sure, f"{name}closed-confirm")
            new_key = PaperKeyDialog(key, settings, window)
            yield self._take_dialog(new_key, f"{name}closed-new-key")
            preferences = PreferencesDialog(settings, window, signed_in=True)
            yield self._take_dialog(preferences, f"{name}closed-settings")
            for dialog in (accounts, asked, mine, sure, preferences):
                dialog.close()
            new_key.done(QDialog.DialogCode.Accepted)  # as if it was on paper: else closing asks
            window.lock()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what covered the window goes
            yield self._take(window, f"{name}closed-unlock")
            assert isinstance(window.door, Door)
            window.door.say("The name or the password is not right.")
            window.door.say_above("The last changes of A. Chen are not kept: the disk is full.")
            yield self._take(window, f"{name}closed-refused")
            window.door.show_paper()
            yield self._take(window, f"{name}closed-paper")
            window.door._show_new_way(entrance.sign_in_with_paper(key))
            window.door.who.setCurrentIndex(window.door.who.count() - 1)
            yield self._take(window, f"{name}closed-new-way")
            self._put_away(window)

    def _practice(self) -> Iterator[Path]:
        """The practice patient: its visit, its paper, and its place on the start page."""
        for name, size, more in LOOKS:
            if not self._wanted(f"{name}practice"):
                continue
            window = self._window(self._settings.model_copy(update=more), size)
            window.practice.begin(filled=True)
            assert window.view is not None
            for step in ("strength", "sign"):
                window.view.show_step(step)
                yield self._take(window, f"{name}practice-{step}")
            window.show_start()
            assert window.start is not None
            window.start.search.setText("practice")
            yield self._take(window, f"{name}practice-start")
            window.practice.close()
            self._put_away(window)

    def _steps(
        self,
        name: str,
        evaluation: Evaluation,
        size: tuple[int, int],
        settings: Settings | None = None,
        before: tuple[Evaluation, ...] = (),
    ) -> Iterator[Path]:
        from ui.pages.plan import PlanPage

        wanted = [step_id for step_id in self._content.steps if self._wanted(f"{name}-{step_id}")]
        if name.endswith("discharge"):
            wanted = [step_id for step_id in wanted if step_id in ENDED_STEPS]
        if name.startswith(WARNED):
            wanted = [step_id for step_id in wanted if step_id in WARNED_STEPS]
        if not wanted:
            return
        window = self._window(settings or self._settings, size)
        for earlier in before:
            self._store.save(earlier)
        window.begin(evaluation)
        assert window.view is not None
        for step_id in wanted:
            window.view.show_step(step_id)
            yield self._take(window, f"{name}-{step_id}")
            if step_id == "plan" and before:  # the exercises stand below what followed from the last plan
                assert isinstance(window.view.page, PlanPage)
                window.view.page.focus_item(next(iter(window.view.page.cards)))
                yield self._take(window, f"{name}-{step_id}-exercises")
        self._put_away(window)

    def _hands(
        self, name: str, evaluation: Evaluation, size: tuple[int, int], settings: Settings
    ) -> Iterator[Path]:
        """The hands-busy view: what is tested, a value, the count, the reasons, the picture, all tested."""
        if not self._wanted(name):
            return
        window = self._window(settings, size)
        tests = (
            item_id for item_id, answer in evaluation.answers.items() if isinstance(answer, StrengthTest)
        )
        window.begin(evaluation.without_answer(*tests))
        assert window.view is not None
        window.view.toggle_hands()
        hands = window.view.hands
        assert hands is not None

        def typed(*values: str) -> None:
            for value in values:
                hands.entry.typed = value
                hands.enter()
            hands.refresh()

        yield self._take(window, f"{name}-begin")
        typed("", "100", "97", "95", "0", "82", "84")
        hands.entry.type("80")
        typed()
        yield self._take(window, f"{name}-value")
        typed("80", "1")
        hands.start_count()
        typed()
        yield self._take(window, f"{name}-count")
        hands.back()
        hands.entry.ask_for_reason()
        typed()
        yield self._take(window, f"{name}-reasons")
        hands.back()
        typed("95", "92", "97", "0", "78", "81", "80")
        yield self._take(window, f"{name}-pain")
        typed("2", "400", "410", "405", "0", "352", "350", "340", "0")
        yield self._take(window, f"{name}-done")
        self._put_away(window)

    def _safety(self) -> Iterator[Path]:
        """The warnings of the safety screen: a clot suspected, tested anyway, and going on with caution."""
        ex1 = self._case("ex1")
        clot = {"calf-signs": "yes", "chest-signs": "no", "pregnant-or-birth": "no"}
        positive = ex1.with_answers(clot | {"wells": ("calf-3cm", "tender-veins")})
        override = positive.with_answers(
            {
                "test-anyway-reason": "Seen by Dr. Lee this morning, ultrasound negative.",
                "medical-contact-made": "Dr. Lee, 8:40, by phone.",
            }
        )
        far_below = StrengthTest(trials=(55.0, 55.0, 55.0), unit="N", lever_arm_m=0.78)
        caution = ex1.with_answers(
            {"care-needed": "yes", "care-factors": ("steroid",), "habd.right": far_below}
        )
        for name, evaluation in (("positive", positive), ("override", override), ("caution", caution)):
            yield from self._steps(name, evaluation, USUAL)
            large = self._settings.model_copy(update=TWICE)
            yield from self._steps(f"{name}-200", evaluation, LARGE, large)

    def _shown_to_patients(self) -> Iterator[Path]:
        """The screen for the patient: right, left and both knees, in both languages, steady, between and dropping."""
        from evalassist.explaining import explanation_of
        from evalassist.note import Language
        from ui.main_window import wear
        from ui.pages.show import ShowPage

        cases: tuple[tuple[str, Language], ...] = (("ex1", "en"), ("ex1", "es"), ("ex2", "en"), ("ex3", "es"))
        for look, size, more in LOOKS:
            if not self._wanted(f"{look}patient-"):
                continue
            wear(self._app, self._settings.model_copy(update=more))
            for name, language in cases:
                page = ShowPage(explanation_of(self._note(name), language))
                page.resize(*size)
                page.show()
                for step in (0, 5, 10):
                    page.slider.setValue(step)
                    while page.figure.at_work:
                        self._app.processEvents()
                    file = self._folder / f"{look}patient-{name}-{language}-{step}.png"
                    page.grab().save(str(file))
                    yield file
                page.close()

    def _note(self, name: str) -> Note:
        from evalassist.clinical.assessment import assess
        from evalassist.clinical.plan import plan_of_care
        from evalassist.note import Clinic
        from evalassist.noting import note_of

        case = self._case(name)
        assessment = assess(case, self._content)
        plan = plan_of_care(case, assessment, self._content)
        return note_of(case, self._content, assessment, plan, Clinic())

    def _content_parts(self) -> Iterator[Path]:
        """The dialog of the clinical content, as usual, in the dark and at 200 % text."""
        from ui.dialogs.about import AboutDialog
        from ui.dialogs.content import ContentDialog
        from ui.dialogs.limit import LimitDialog

        for name, size, more in LOOKS:
            if not self._wanted(f"{name}content"):
                continue
            window = self._window(self._settings.model_copy(update=more), size)
            self._store.change_default(
                "symmetry-deficit", 85, by="A. Chen, PT", reason="Our device scatters less."
            )
            self._store.change_default(
                "symmetry-deficit", 88, by="A. Chen, PT", reason="Clinic meeting in March."
            )
            about = AboutDialog(self._content.release, f"{self._store.where}", window)
            yield self._take_dialog(about, f"{name}content-about")
            dialog = ContentDialog(self._store, self._settings.therapist_name, window)
            for place, part in enumerate(("release", "limits", "sources", "to-check", "app-rules")):
                dialog.parts.go_to(place)
                dialog.list.setFocus()
                yield self._take_dialog(dialog, f"{name}content-{part}")
            dialog.search.setText("symmetry")
            dialog.parts.go_to(1)
            yield self._take_dialog(dialog, f"{name}content-search")
            row = dialog.list.row
            assert row is not None
            change = LimitDialog(row, self._store, self._settings.therapist_name, dialog)
            change.reason.set_value("Too wide.")
            change.change()
            yield self._take_dialog(change, f"{name}content-change")
            self._put_away(window)

    def _manual(self) -> Iterator[Path]:
        """The manual: a page with a picture, the page for IT, and a search."""
        from ui.dialogs.manual import SIZE, Manual
        from ui.main_window import wear

        for name, (width, height), more in LOOKS:
            if not self._wanted(f"{name}manual"):
                continue
            wear(self._app, self._settings.model_copy(update=more))
            manual = Manual()
            manual.resize(min(style.px(SIZE[0]), width), min(style.px(SIZE[1]), height))
            for chapter_id in ("steps", "it"):
                manual.go_to(chapter_id)
                yield self._take_dialog(manual, f"{name}manual-{chapter_id}")
            manual.search.setText("paper key")
            yield self._take_dialog(manual, f"{name}manual-search")
            manual.close()
            manual.deleteLater()
            self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _dialogs(self, name: str, size: tuple[int, int], settings: Settings) -> Iterator[Path]:
        """What if with two findings changed, the evidence as it opens and is searched, one exercise, documents."""
        from evalassist.clinical.result import PlanOfCare
        from evalassist.documents import handout_pdf
        from ui.dialogs.documents import DocumentsDialog
        from ui.dialogs.evidence import STUDIES, EvidenceDialog
        from ui.dialogs.exercise import ExerciseDialog
        from ui.dialogs.what_if import WhatIfDialog

        wanted = (f"{name}what-if", f"{name}evidence", f"{name}exercise", f"{name}documents")
        if not any(self._wanted(one) for one in wanted):
            return
        window = self._window(settings, size)
        window.begin(self._case("patient-a"))
        assert window.view is not None
        session = window.view.session
        tried = WhatIfDialog(session, window)
        for item_id, answer in (("nprs-worst", 9.0), ("habd.right", None)):
            tried.vary(item_id)
            tried.rows[item_id].answered.emit(item_id, answer)
        yield self._take_dialog(tried, f"{name}what-if")
        evidence = EvidenceDialog(session.content, window)
        yield self._take_dialog(evidence, f"{name}evidence-guideline")
        evidence.show_view(STUDIES)
        yield self._take_dialog(evidence, f"{name}evidence-studies")
        evidence.search.setText("brace")
        yield self._take_dialog(evidence, f"{name}evidence-search")
        assert isinstance(session.plan, PlanOfCare)
        why = next(refused.why for refused in session.plan.refused if refused.exercise_id == "HA03")
        about = ExerciseDialog(session.content, "HA03", why, window)
        yield self._take_dialog(about, f"{name}exercise")
        session.keep_document("handout", "en", "letter", handout_pdf(session.note()), "printed")
        session.keep_document("handout", "en", "a4", handout_pdf(session.note(), paper="a4"), None)
        documents = DocumentsDialog(self._store, session.evaluation.patient.id, "", window)
        yield self._take_dialog(documents, f"{name}documents")
        self._put_away(window)

    def _take_dialog(self, dialog: QDialog, name: str) -> Path:
        dialog.show()
        for _ in range(4):
            self._app.processEvents()
        file = self._folder / f"{name}.png"
        dialog.grab().save(str(file))
        return file

    def _window(self, settings: Settings, size: tuple[int, int]) -> MainWindow:
        from evalassist.records.store import Store
        from evalassist.records.vault import new_keys
        from ui.main_window import MainWindow, wear

        wear(self._app, settings)
        self._number += 1
        folder = self._home / str(self._number)  # one each: the practice patient lies beside the records
        folder.mkdir()
        self._store = Store(folder / "evalassist.db", new_keys())
        window = MainWindow()
        window.resize(*size)
        window.show()
        window.open_store(self._store, self._content, settings)
        return window

    def now(self) -> datetime:
        """When notes are signed."""
        return datetime.now().astimezone()

    def _take(self, window: MainWindow, name: str) -> Path:
        self.settle(window)
        file = self._folder / f"{name}.png"
        window.grab().save(str(file))
        return file

    def settle(self, window: MainWindow) -> None:
        """Until everything is drawn."""
        for _ in range(4):
            self._app.processEvents()
        page = window.view.page if window.view is not None else window.chart
        while page is not None and page.at_work:  # rows to come, or a paper being drawn
            self._app.processEvents()
        for _ in range(4):  # what a drawn paper changes in the lines above it
            self._app.processEvents()

    def _put_away(self, window: MainWindow) -> None:
        window.close()
        window.deleteLater()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._store.close()

    def _wanted(self, name: str) -> bool:
        return self._only in name

    def _case(self, name: str) -> Evaluation:
        from evalassist.case_file import read_case

        return read_case(CASES / f"{name}.toml", self._content)


def _same(entrance: Entrance) -> Entrance:
    return entrance


def _emptied(evaluation: Evaluation) -> Evaluation:
    return evaluation.without_answer(*evaluation.answers)


def later(first: Evaluation) -> Evaluation:
    """Four weeks later, better in part, with what the patient told of the exercises."""
    from evalassist.evaluation import ExerciseLog

    tests = {
        key: answer
        for key, answer in first.answers.items()
        if key.startswith(("habd", "her", "hext", "kext"))
    }
    answers = {"nprs-worst": 4.0, "akps-total": 82.0, "lefs-total": 63.0, "squat45-pain": 1.0}
    visit = replace(
        first.without_answer("psfs-mean", "tsk-11-total", *list(tests)[4:]),
        plan_edits=(),
        id="later",
        kind="re-evaluation",
        visit_date=first.visit_date + timedelta(weeks=4),
        exercise_log=(
            ExerciseLog("HA01", pain=1, settled="hour", sets=3, reps=15, effort=4, twice=True),
            ExerciseLog("HE01", pain=4, settled="hour"),
            ExerciseLog("QC01", pain=6, settled="longer"),
        ),
    )
    return visit.with_answers(answers)


def decided(first: Evaluation) -> Evaluation:
    """The same visit with decisions of the therapist about the plan."""
    from evalassist.evaluation import PlanEdit

    return first.with_plan_edit(
        PlanEdit("swap", "QC01", to="QO01", reason="regress, red log"),
        PlanEdit("add", "HA03", reason="she knows it"),
        PlanEdit("dose", "HA01", field="days_per_week", value=2),
    )


def moved(evaluation: Evaluation, day: date, name: str = "Brandt, Elke") -> Evaluation:
    """The same findings of somebody else on another day."""
    from evalassist.evaluation import Evaluation

    patient = replace(evaluation.patient, id=name, name=name)
    return Evaluation.begin(patient, evaluation.sore_knee, day, answers=evaluation.answers)


def ended(first: Evaluation) -> Evaluation:
    """Twelve weeks later, with the goals reached in part."""
    answers = {"nprs-worst": 1.0, "akps-total": 88.0, "squat45-pain": 0.0}
    asked = {"discharge-reason": "goals", "upkeep-plan": "yes"}
    ended = replace(
        first.without_answer("onset", "runner"),
        id="ended",
        kind="discharge",
        visit_date=first.visit_date + timedelta(weeks=12),
    )
    return ended.with_answers(answers).with_answers(asked)


def _half(evaluation: Evaluation) -> Evaluation:
    return evaluation.without_answer(*list(evaluation.answers)[1::2])


def main(arguments: Sequence[str]) -> int:
    if len(arguments) not in (1, 2) or any(argument.startswith("-") for argument in arguments):
        print(__doc__)
        return 2
    for drawn in draw(Path(arguments[0]), *arguments[1:]):
        print(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
