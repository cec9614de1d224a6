"""Signed means signed: what is written below a note, how lists and papers say it, and the trail as people read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.content import Content, load_content
from evalassist.documents import evaluation_note_pdf, plan_of_care_pdf
from evalassist.errors import EvalAssistError
from evalassist.evaluation import BY_THERAPISTS, Addendum, Evaluation, Signature
from evalassist.note_text import note_text
from evalassist.records import audit
from evalassist.records.accounts import Account
from evalassist.records.connection import connect
from evalassist.records.store import Store
from evalassist.records.trail import PAGE, Wanted
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import spoken, style
from ui.dialogs.check_code import CheckCodeDialog
from ui.dialogs.palette import commands
from ui.dialogs.papers import AddendumDialog
from ui.dialogs.trail import TrailDialog
from ui.main_window import MainWindow
from ui.pages.chart import ChartPage
from ui.pages.handout import HandoutPage
from ui.pages.review import SignPage
from ui.pages.start import StartPage
from ui.printing import keep_first
from ui.session import EvaluationSession
from ui.widgets.addendum_form import AddendumForm
from ui.widgets.elided import GivingLabel
from ui.widgets.lines import Line
from ui.widgets.marks import Banner

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

KEYS = new_keys()
CASES = Path(__file__).parent / "cases"
CHEN = Account("a1", "chen", "A. Chen, PT", "PT-1", "administrator")
OKAFOR = Account("a2", "okafor", "B. Okafor, PT", "PT-2", "therapist")
RO = Account("a3", "ro", "K. Ro", "", "student")
AT = datetime(2026, 3, 5, 9, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture
def store(tmp_path: Path, qapp: QApplication) -> Iterator[Store]:
    style.apply_style(qapp)
    with Store(tmp_path / "records.db", KEYS, CHEN) as opened:
        for account in (CHEN, OKAFOR, RO):
            opened.keep_account(account)
        yield opened


@pytest.fixture
def session_of(store: Store, content: Content) -> Callable[..., EvaluationSession]:
    """An evaluation that is open, for whoever is signed in."""

    def open_it(
        by: Account, evaluation: Evaluation | str = "ex1", confirm: Callable[[str], None] | None = None
    ) -> EvaluationSession:
        store.account = by
        if isinstance(evaluation, str):
            evaluation = read_case(CASES / f"{evaluation}.toml", content)
            store.save(evaluation)
        settings = Settings(therapist_name=by.name, licence=by.licence, clinic_name="Riverside")
        return EvaluationSession(evaluation, content, store, settings, confirm=confirm)

    return open_it


def read(pdf: bytes) -> str:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def texts(within: QWidget) -> str:
    return "\n".join(label.text() for label in within.findChildren(QLabel) if label.isVisibleTo(within))


def button(within: QWidget, words: str) -> QPushButton:
    return next(one for one in within.findChildren(QPushButton) if one.text() == words)


def choose(within: QWidget, name: str, words: str) -> None:
    combo = next(
        one
        for one in within.findChildren(QComboBox)
        if one.accessibleName() == name and one.isVisibleTo(within)
    )
    place = combo.findText(words)
    assert place > 0, [combo.itemText(n) for n in range(combo.count())]
    combo.setCurrentIndex(place)
    combo.activated.emit(place)


# ------------------------------------------------------------ in whose name


@pytest.mark.parametrize(
    "signature",
    [
        Signature(CHEN.name, CHEN.licence, AT, student=True),
        Signature(RO.name, CHEN.licence, AT, student=True),
        Signature(RO.name, "", AT),
    ],
    ids=["another name", "another license", "not as a student"],
)
def test_nobody_signs_as_somebody_else(store: Store, content: Content, signature: Signature) -> None:
    """The window offers only the own name; what asks the store directly is refused as well."""
    store.account = RO
    draft = read_case(CASES / "ex1.toml", content)
    store.save(draft)
    with pytest.raises(EvalAssistError, match=r"Nothing was signed\."):
        store.sign(draft.signed_by(signature), "{}")
    assert store.load(draft.id).signature is None


def test_nobody_signs_without_a_license(store: Store, content: Content) -> None:
    without = replace(OKAFOR, licence="")
    store.keep_account(without)
    store.account = without
    draft = read_case(CASES / "ex1.toml", content)
    store.save(draft)
    with pytest.raises(EvalAssistError, match="signed with a license"):
        store.sign(draft.signed_by(Signature(OKAFOR.name, "", AT)), "{}")


def test_nobody_writes_below_a_note_in_another_name(
    session_of: Callable[..., EvaluationSession], store: Store
) -> None:
    session = session_of(CHEN)
    session.sign()
    store.account = RO
    for name, licence in ((CHEN.name, CHEN.licence), (RO.name, CHEN.licence)):
        with pytest.raises(EvalAssistError, match=r"K\. Ro is signed in, so only this name"):
            store.add_addendum(session.evaluation.id, Addendum("All is well.", name, AT, "addendum", licence))
    assert store.load(session.evaluation.id).addenda == ()


def test_a_paper_is_kept_in_the_name_of_who_is_signed_in(
    session_of: Callable[..., EvaluationSession], store: Store
) -> None:
    session = session_of(OKAFOR)
    kept = store.keep_document(session.evaluation.id, "handout", "en", "letter", b"%PDF", CHEN.name)
    store.note_use(kept, "printed", CHEN.name)
    (row,) = store.documents(session.evaluation.id)
    assert {row.kept_by, *(use.by for use in row.uses)} == {OKAFOR.name}


@pytest.mark.parametrize("who", [OKAFOR, RO], ids=lambda who: who.role)
def test_what_an_administrator_decides_is_refused_to_everybody_else(store: Store, who: Account) -> None:
    store.account = who
    acts: tuple[Callable[[], object], ...] = (
        lambda: store.change_default("symmetry-deficit", 20.0, by=CHEN.name, reason="mine"),
        lambda: store.keep_account(replace(who, name=CHEN.name, licence=CHEN.licence)),
        lambda: store.keep_account(replace(who, role="administrator")),
        lambda: store.remove_account(CHEN.id),
        lambda: store.trail(Wanted()),
        lambda: store.trail(Wanted(patients=("one", "another"))),
    )
    for act in acts:
        with pytest.raises(EvalAssistError, match="Only an administrator"):
            act()
    assert store.default_changes() == ()
    assert {CHEN, OKAFOR, RO} == set(store.accounts())


def test_the_trail_of_one_patient_is_no_pattern(
    session_of: Callable[..., EvaluationSession], store: Store
) -> None:
    session_of(OKAFOR)
    assert store.trail(Wanted(patients=("%",))) == ()


# ------------------------------------------------------------ entered in error, late entries


def test_a_note_entered_in_error_is_kept_and_every_paper_and_list_says_so(
    session_of: Callable[..., EvaluationSession],
    store: Store,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = session_of(OKAFOR)
    session.sign()
    signed_note = store.note_of(session.evaluation.id)
    with pytest.raises(EvalAssistError, match="Say why"):
        session.add_addendum(" ", "entered-in-error")
    session.add_addendum("Wrong patient was chosen.", "entered-in-error")
    with pytest.raises(EvalAssistError, match="already"):
        session.add_addendum("Again", "entered-in-error")
    session.add_addendum("Found later.", "late-entry")
    note, addenda = session.note(), session.evaluation.addenda
    assert store.note_of(session.evaluation.id) == signed_note
    for paper in (
        read(evaluation_note_pdf(note, addenda=addenda)),
        note_text(note, addenda),
    ):
        assert "ENTERED IN ERROR" in paper
        assert "Marked as entered in error by B. Okafor, PT, license PT-2" in paper
        assert "Wrong patient was chosen. This note does not count" in " ".join(paper.split())
        assert "Late entry by B. Okafor, PT" in paper
    assert "ENTERED IN ERROR" in read(plan_of_care_pdf(note, addenda=addenda))
    assert "ENTERED IN ERROR" not in read(evaluation_note_pdf(note))
    patient_id = session.evaluation.patient.id
    (row,) = store.patient_evaluations(patient_id)
    assert row.standing == "entered in error"
    with pytest.raises(EvalAssistError, match="not given out"):
        keep_first(session, "handout")
    sheet = HandoutPage(session)
    qtbot.addWidget(sheet)
    with monkeypatch.context() as meanwhile:  # no place is asked for in vain
        meanwhile.setattr("ui.saving.QFileDialog.getSaveFileName", lambda *_: pytest.fail("asked"))
        sheet._ask_where()
    assert "not given out" in texts(sheet)
    keep_first(session, "evaluation-note")
    store.keep_document(row.id, "handout", "en", "letter", b"%PDF", "B. Okafor")
    (paper_row,) = store.documents_of_patient(patient_id)
    assert paper_row.in_error


def test_what_was_entered_in_error_is_compared_with_nothing(
    session_of: Callable[..., EvaluationSession], store: Store
) -> None:
    session = session_of(OKAFOR)
    session.sign()
    later = replace(
        Evaluation.begin(session.evaluation.patient, "right", date(2027, 3, 2), kind="re-evaluation"),
        episode_id=session.evaluation.episode_id,
    )
    store.save(later)
    assert [visit.id for visit in session_of(OKAFOR, later).earlier] == [session.evaluation.id]
    session.add_addendum("Wrong patient.", "entered-in-error")
    alone = session_of(OKAFOR, later)
    assert alone.earlier == ()
    assert alone.follow_up is None
    assert alone.last_answers == {}
    alone.note()


# ------------------------------------------------------------ a student's note


def test_a_students_note_waits_until_a_therapist_signs_below(
    session_of: Callable[..., EvaluationSession], store: Store
) -> None:
    students = session_of(RO)
    students.sign()
    evaluation_id = students.evaluation.id
    for paper in (read(evaluation_note_pdf(students.note())), note_text(students.note())):
        assert "Signed by K. Ro, student" in paper
        assert "waits for co-signature of a therapist" in paper.lower()
    assert "WAITS FOR CO-SIGNATURE OF A THERAPIST" in read(plan_of_care_pdf(students.note()))
    assert store.recent()[0].standing == "waits for co-signature"
    with pytest.raises(EvalAssistError, match="needs the license"):
        students.add_addendum("", "co-signature")
    for kind in BY_THERAPISTS:
        with pytest.raises(EvalAssistError, match="Only a therapist"):
            store.add_addendum(evaluation_id, Addendum("why", "K. Ro", AT, kind, "stolen"))
    own = Addendum("", RO.name, AT, "co-signature", "40-1")
    assert "somebody else than who signed" in store.load(evaluation_id).why_not(own)
    therapists = session_of(OKAFOR, store.load(evaluation_id))
    therapists.add_addendum("", "co-signature")
    with pytest.raises(EvalAssistError, match="does not wait"):
        therapists.add_addendum("", "co-signature")
    note, addenda = therapists.note(), therapists.evaluation.addenda
    for paper in (
        read(evaluation_note_pdf(note, addenda=addenda)),
        read(plan_of_care_pdf(note, addenda=addenda)),
        note_text(note, addenda),
    ):
        assert "Co-signed by B. Okafor, PT, license PT-2" in paper
        assert "waits" not in paper.lower()
    assert store.recent()[0].standing == "signed"
    assert store.load(evaluation_id) == therapists.evaluation


def test_a_note_that_waits_for_a_therapist_stands_first_on_the_start_page(
    session_of: Callable[..., EvaluationSession], store: Store, content: Content, qtbot: QtBot
) -> None:
    students = session_of(RO)
    students.sign()
    waits = students.evaluation.patient.name
    case = read_case(CASES / "ex1.toml", content)
    for number in range(8):
        someone = replace(case.patient, id=f"{number:032x}", name=f"Later, {number}")
        store.save(Evaluation.begin(someone, "right", date(2026, 3, 2)))

    def recent() -> list[str]:
        page = StartPage(store, Settings())
        qtbot.addWidget(page)
        page.resize(1366, 768)
        page.show()
        page.refresh()
        QApplication.processEvents()
        return [line.accessibleName() for line in page._recent.findChildren(Line)]

    assert not any(line.startswith(waits) for line in recent()), "the student waits, the therapist works"
    store.account = OKAFOR
    assert recent()[0].startswith(waits)
    assert "waits for co-signature" in recent()[0]


def test_a_draft_whose_answers_make_no_sense_is_told_once_and_the_others_are_looked_at(
    store: Store, content: Content, qtbot: QtBot
) -> None:
    case = read_case(CASES / "ex1.toml", content)
    store.save(replace(case.with_answer("hot-joint", ("1", "2")), visit_date=date(2026, 3, 1)))
    store.save(Evaluation.begin(replace(case.patient, id="2" * 32, name="Bo, Ek"), "right", date(2026, 3, 2)))
    with closing(connect(store.path, store.keys.database)) as db:  # as a hand-made patient's file brings it
        db.execute("UPDATE evaluation SET answers = json_set(answers, '$.hot-joint', json('[1, 2]'))")
    page = StartPage(store, Settings())
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    page.use_content(content)
    qtbot.waitUntil(lambda: not page._drafts._look.isActive())
    assert "cannot be read now" in " ".join(label.text() for label in page._drafts.findChildren(QLabel))


def test_a_long_name_is_whole_beside_what_its_note_waits_for(
    session_of: Callable[..., EvaluationSession], store: Store, content: Content, qtbot: QtBot
) -> None:
    case = read_case(CASES / "ex1.toml", content)
    named = replace(case, patient=replace(case.patient, name="Delacroix, Marc-Antoine"))
    store.save(named)
    session_of(RO, named).sign()
    page = StartPage(store, Settings())
    qtbot.addWidget(page)
    page.resize(1366, 768)
    page.show()
    page.refresh()
    QApplication.processEvents()
    (name,) = [
        label for label in page._recent.findChildren(GivingLabel) if label.text() == "Delacroix, Marc-Antoine"
    ]
    assert name.width() >= name.sizeHint().width()


def test_a_therapists_note_takes_no_co_signature(session_of: Callable[..., EvaluationSession]) -> None:
    session = session_of(OKAFOR)
    session.sign()
    assert session.evaluation.signature is not None
    assert not session.evaluation.signature.student
    with pytest.raises(EvalAssistError, match="does not wait"):
        session.add_addendum("", "co-signature")


def test_the_sign_page_offers_what_can_be_written_and_asks_twice_before_it_marks_for_good(
    session_of: Callable[..., EvaluationSession], store: Store, qtbot: QtBot
) -> None:
    session = session_of(RO)
    session.sign()
    session = session_of(OKAFOR, store.load(session.evaluation.id))
    page = SignPage(session)
    qtbot.addWidget(page)
    page.show()
    assert "Waits for co-signature of a therapist." in page.banner.accessibleName()
    button(page, "Co-sign the note").click()
    assert not session.evaluation.waits_for_cosignature
    QApplication.processEvents()
    assert "Co-signature: B. Okafor, PT" in texts(page)
    told = "It cannot be changed. Co-signed by B. Okafor, PT."
    assert page.banner.accessibleName().endswith(told)
    session.add_addendum("She phoned.")
    QApplication.processEvents()
    assert page.banner.accessibleName().endswith(f"{told} 1 addendum.")
    combos = [one for one in page.findChildren(QComboBox) if one.isVisible()]
    assert combos[0].findText("Co-signature") == -1
    choose(page, "Kind of addendum", "Entered in error")
    button(page, "Mark as entered in error").click()
    assert session.evaluation.entered_in_error is None  # the reason is missing
    page.addendum.edit.setPlainText("Wrong knee.")  # type: ignore[union-attr]
    button(page, "Mark as entered in error").click()
    assert session.evaluation.entered_in_error is None
    button(page, "Mark it for good").click()
    assert store.load(session.evaluation.id).entered_in_error is not None
    assert "ENTERED IN ERROR. Wrong knee." in page.banner.accessibleName()
    dialog = AddendumDialog(session)
    qtbot.addWidget(dialog)
    assert "Entered in error, B. Okafor, PT" in texts(dialog)
    chart = ChartPage(store, session.evaluation.patient.id, Settings())
    qtbot.addWidget(chart)
    assert "entered in error" in texts(chart)


def is_right(password: str) -> None:
    if password != "four blue kneecaps":
        raise EvalAssistError("The password is not right.")


@pytest.mark.parametrize("where", ["sign page", "dialog"])
def test_a_co_signature_and_a_mark_for_good_are_written_only_after_the_password(
    session_of: Callable[..., EvaluationSession], store: Store, qtbot: QtBot, where: str
) -> None:
    students = session_of(RO)
    students.sign()
    evaluation_id = students.evaluation.id
    for kind, words, presses in (
        ("Co-signature", "", ["Co-sign the note"]),
        ("Entered in error", "Wrong knee.", ["Mark as entered in error", "Mark it for good"]),
    ):
        session = session_of(OKAFOR, store.load(evaluation_id), is_right)
        before = session.evaluation.addenda
        page: SignPage | AddendumDialog = (
            SignPage(session) if where == "sign page" else AddendumDialog(session)
        )
        qtbot.addWidget(page)
        page.show()
        form = page.findChild(AddendumForm)
        assert form is not None
        if kind == "Entered in error":
            assert not form.password.isVisibleTo(page)  # a plain addendum needs none
            choose(page, "Kind of addendum", kind)
        form.text.edit.setPlainText(words)  # type: ignore[union-attr]
        for press in presses:
            button(page, press).click()
        assert "Type your password." in texts(page)
        QTest.keyClicks(form.password.edit, "five red elbows")
        QTest.keyClick(form.password.edit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda page=page: "is not right" in texts(page))  # type: ignore[misc]
        assert store.load(evaluation_id).addenda == before
        assert (form.text.value or "") == words
        QTest.keyClicks(form.password.edit, "four blue kneecaps")
        QTest.keyClick(form.password.edit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda session=session, before=before: session.evaluation.addenda != before)  # type: ignore[misc]
        assert store.load(evaluation_id).addenda[-1].text == words
        assert form.password.value == ""


def test_who_comes_back_to_sign_does_not_hear_again_that_the_password_was_wrong(
    session_of: Callable[..., EvaluationSession], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(spoken, "say", lambda _, words, **__: said.append(words))
    page = SignPage(session_of(OKAFOR, confirm=is_right))
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.sign_button.isEnabled, timeout=20_000)
    QTest.keyClicks(page.password.edit, "five red elbows\r")
    qtbot.waitUntil(lambda: "is not right" in said[-1])
    page.hide()
    said.clear()
    page.show()
    assert not [words for words in said if "is not right" in words]
    assert "After signing the note cannot be changed." in texts(page)


def test_a_student_is_told_that_a_therapist_marks_a_note_as_entered_in_error(
    session_of: Callable[..., EvaluationSession], store: Store, qtbot: QtBot
) -> None:
    students = session_of(RO)
    students.sign()
    for account, told in ((RO, True), (OKAFOR, False)):
        dialog = AddendumDialog(session_of(account, store.load(students.evaluation.id)))
        qtbot.addWidget(dialog)
        assert ("A therapist marks a note as entered in error." in texts(dialog)) == told


# ------------------------------------------------------------ the code on paper


def test_the_code_on_every_page_leads_to_the_note(
    session_of: Callable[..., EvaluationSession], store: Store, qtbot: QtBot
) -> None:
    session = session_of(OKAFOR)
    assert session.code == ""
    session.sign()
    note, code = session.note(), session.code
    assert len(code) == 11
    pdf = evaluation_note_pdf(note, code=code)
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            assert f"Code {code} · Page" in page.get_textpage().get_text_range()
    assert f"Code {code} · Page" in read(plan_of_care_pdf(note, code=code))
    assert f"Code of this note: {code}" in note_text(note, code=code)
    dialog = CheckCodeDialog(store)
    qtbot.addWidget(dialog)
    line = dialog.findChild(QLineEdit)
    assert line is not None
    for typed, says in (
        (code.lower().replace("-", " "), f"{session.evaluation.patient.name}, initial evaluation"),
        ("AAAAA-AAAAA", "No signed note"),
        ("ABC", "A code has 10 letters"),
    ):
        line.setText(typed)
        button(dialog, "Check it").click()
        assert says in dialog.says.text()


# ------------------------------------------------------------ the trail as people read it


def shown(dialog: TrailDialog) -> list[tuple[str, str]]:
    return [(row.title, row.line) for row in dialog.list.rows]


def test_the_trail_says_in_words_who_did_what_with_whose_record(
    session_of: Callable[..., EvaluationSession], store: Store, qtbot: QtBot, content: Content
) -> None:
    session = session_of(OKAFOR)
    patient = session.evaluation.patient
    session.answer_all({"habd.right": None, "habd.left": None, "worst": None})
    session.sign()
    store.note_wrong_passwords(("2026-03-01T09:30:00+00:00",) * 2)
    other = session_of(CHEN, "ex2")
    steps = {i: step.short for step in content.steps.values() for item in step.items for i in item.ids}
    dialog = TrailDialog(store, steps)
    qtbot.addWidget(dialog)
    visit = session.evaluation.visit_date
    about = f"{patient.name}, visit of {visit:%b} {visit.day}, {visit.year}"
    told = shown(dialog)
    assert ("Signed the note", f"B. Okafor, PT · {about}") in told
    assert ("2 wrong passwords were tried", "nobody signed in") in told
    changed = next(title for title, _ in told if title.startswith("Changed"))
    assert f"2 answers of {content.steps['strength'].short}" in changed
    assert ("Added an account", "A. Chen, PT · K. Ro") in told
    choose(dialog, "Person", "B. Okafor, PT")
    assert {line.partition(" · ")[0] for _, line in shown(dialog)} == {"B. Okafor, PT"}
    choose(dialog, "Person", "nobody signed in")
    assert [title for title, _ in shown(dialog)] == ["2 wrong passwords were tried"]
    dialog.person.set_value(None)
    choose(dialog, "Kind", "Signatures and addenda")
    assert [title for title, _ in shown(dialog)] == ["Signed the note"]
    dialog.kind.set_value(None)
    dialog.about.edit.setText(other.evaluation.patient.name)  # type: ignore[union-attr]
    dialog.about.commit()
    dialog.read()
    assert {title for title, _ in shown(dialog)} == {"Began a draft", "Read the audit trail"}
    today = datetime.now().date()
    dialog.about.clear()
    dialog.since.set_value(today + timedelta(days=1))
    dialog.read()
    assert shown(dialog) == []
    dialog.since.set_value(today)
    dialog.until.set_value(today)
    dialog.read()
    assert len(shown(dialog)) > 5


def test_whoever_is_no_administrator_reads_the_trail_of_the_open_patient_alone(
    session_of: Callable[..., EvaluationSession], store: Store, qtbot: QtBot, content: Content
) -> None:
    session_of(CHEN, "ex2")
    session = session_of(OKAFOR)
    patient = session.evaluation.patient
    with pytest.raises(EvalAssistError, match="Only an administrator"):
        store.trail(Wanted())
    dialog = TrailDialog(store, {}, patient)
    qtbot.addWidget(dialog)
    assert [line.partition(" · ")[2].partition(",")[0] for _, line in shown(dialog)]
    assert all(patient.name in line for _, line in shown(dialog))
    store.discard_draft(session.evaluation.id)
    actions = [line.action for line in store.trail(Wanted(patients=(patient.id,)))]
    assert "draft-discarded" in actions
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_store(store, content, Settings(therapist_name="B. Okafor, PT"))
    found = {command.words for command in commands(window)}
    assert "Check a code of a paper" in found
    assert "Audit trail" not in found
    store.account = CHEN
    assert "Audit trail" in {command.words for command in commands(window)}


def test_records_put_back_to_an_earlier_state_are_an_alarm_on_the_start_page(
    store: Store, content: Content, qtbot: QtBot
) -> None:
    store.trail_was_cut = True
    accepted: list[bool] = []

    def accept() -> None:
        accepted.append(True)
        store.trail_was_cut, store.accept_cut = False, None

    store.accept_cut = accept
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_store(store, content, Settings())
    (alarm,) = (one for one in window.findChildren(Banner) if one.isVisible())
    assert "not as they were left" in alarm.accessibleName()
    button(alarm, "It was put back on purpose…").click()
    assert accepted
    assert not alarm.isVisible()


def test_a_hundred_thousand_lines_are_read_a_page_at_a_time(store: Store, qtbot: QtBot) -> None:
    sealer = audit.Sealer(KEYS.audit)
    with closing(connect(store.path, KEYS.database)) as db:
        mac, number = db.execute("SELECT mac, number FROM audit ORDER BY number DESC LIMIT 1").fetchone()
        at, rows = "2026-03-01T09:30:00.000000+00:00", []
        for n in range(number + 1, number + 100_001):
            line = (n, at, f"a{n % 3}", "A. Chen", "draft-kept", f"visit {n % 997}", "{}")
            rows.append((*line, mac := sealer.seal(mac, line)))
        db.execute("BEGIN")
        db.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("COMMIT")
    dialog = TrailDialog(store, {})
    qtbot.addWidget(dialog)
    dialog.read()
    dialog.more.click()
    assert len(dialog.list.rows) == 2 * PAGE
    choose(dialog, "Kind", "Signatures and addenda")  # none is among them, so all are looked through
    assert len(dialog.list.rows) == 0
