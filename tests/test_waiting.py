"""What waits behind the lock, kept or not: to whom it is given, in which records, and that none of it is lost."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from at_the_door import NAME, OTHER, PASSWORD, Person, cannot_be_read, elsewhere, texts, when_shown
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from evalassist.errors import StoreError
from evalassist.evaluation import Evaluation
from evalassist.records import audit
from evalassist.records.accounts import Account
from evalassist.records.backup import Backups
from evalassist.records.connection import connect
from evalassist.records.entrance import Entrance
from evalassist.records.server import Server
from evalassist.records.store import Store
from evalassist.records.vault import Keys, new_keys, write_vault
from ui import session as sessions
from ui.dialogs.patient import PatientDialog
from ui.locking import mark_of
from ui.main_window import MainWindow
from ui.way_in import WayIn

NEW = "nine quiet harbours"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_another_account_starts_at_the_start_page_and_the_first_one_finds_its_field_again(
    person: Person,
) -> None:
    person.begin()
    person.add("S. Lee", "lee", OTHER)
    person.type_into("mass", "62")
    person.lock()
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert "S. Lee" in texts(person.window)
    assert NAME in texts(person.window)
    person.lock()
    person.sign_in("chen", PASSWORD)
    view = person.view
    assert (view.step, view.focused_item()) == ("history", "mass")
    assert view.session.evaluation.answers["mass"] == 62


def test_what_two_locks_held_of_one_account_is_kept_each_and_no_key_stays(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program kept the records from being written, from before somebody came in."""
    monkeypatch.setattr(sessions, "AGAIN_MS", 100)
    notes, keys, file = (person.begin(), person.begin()), person.store.keys, person.store.path
    person.lock()
    person.window.end_backups()
    with closing(connect(file, keys.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number, note in enumerate(notes):
            person.sign_in("chen", PASSWORD)
            person.window.open_evaluation(note.id)
            person.view.session.answer("goal-text", f"words {number}")
            person.lock()
        assert len(person.window.waiting.held) == 2
        assert "sign in here" not in texts(person.window), (
            "nobody could tell these records from a copy of them"
        )
        person.sign_in("chen", PASSWORD)
        looked_only = person.store
        person.lock()
        with pytest.raises(StoreError, match="closed"):
            looked_only.recent(1)
        other.execute("ROLLBACK")
    person.qtbot.waitUntil(lambda: not person.window.waiting.held, timeout=20_000)
    person.sign_in("chen", PASSWORD)
    for number, note in enumerate(notes):
        assert person.store.load(note.id).answers["goal-text"] == f"words {number}"


def test_what_is_held_is_told_at_the_door_as_long_as_it_is_whoever_was_here_meanwhile(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    monkeypatch.setattr(person.store, "save", full)
    person.view.session.answer("goal-text", "climb stairs")
    person.lock()
    told = "The last changes of A. Chen, PT are not kept: The disk is full."
    assert told in texts(person.window)
    person.sign_in("lee", OTHER)
    person.lock()
    assert told in texts(person.window)


def test_what_an_account_held_that_was_removed_at_this_window_is_forgotten(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its records have another key by then: nothing could be kept in them, nor would they say why."""
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    monkeypatch.setattr(person.store, "save", cannot_be_read)
    person.view.session.answer("goal-text", "on no disk")
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert [held.account.id for held in person.window.waiting.held] == [lee.id]
    person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.qtbot.waitUntil(lambda: not person.window.waiting.held)
    assert "not kept" not in texts(person.window)


@pytest.mark.parametrize("removed", [False, True])
def test_what_waits_for_somebody_who_was_dismissed_locks_nobody_else(
    person: Person, monkeypatch: pytest.MonkeyPatch, removed: bool
) -> None:
    monkeypatch.setattr(sessions, "AGAIN_MS", 100)
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    with elsewhere(person) as chens:
        person.begin()
        lee = person.store.account
        chens.keep_account(replace(lee, role="student"))
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        if removed:
            chens.remove_account(lee.id)
    person.sign_in("chen", PASSWORD)
    person.qtbot.wait(500)
    assert person.sees == "start page"
    assert [held.account.id for held in person.window.waiting.held] == ([] if removed else [lee.id])


def test_what_waits_for_somebody_is_not_given_to_an_account_of_other_records(
    person: Person, tmp_path: Path
) -> None:
    person.begin()
    owner = person.store.account
    person.lock()
    with Store(tmp_path / "others.db", new_keys(), owner) as others:
        person.window.enter(others)
        assert person.window.view is None
        assert person.something_waits_for(owner)
    person.window.forget_left()  # as after a backup was restored
    assert not person.something_waits_for(owner)


def test_what_waits_for_somebody_is_not_given_to_records_that_were_put_back_to_an_earlier_day(
    person: Person, tmp_path: Path
) -> None:
    """Whoever knows only the password of that day must not read what was typed later."""
    file, owner, keys = person.store.path, person.store.account, person.store.keys
    person.store.note("began", "")
    earlier = tmp_path / "earlier.db"
    backup = Backups(file, tmp_path / "kept").make(keys.database, "asked")
    shutil.copy(backup.file, earlier)
    person.begin()
    person.lock()
    with Store(earlier, keys, owner) as former:
        person.window.enter(former)
        assert person.window.view is None
        assert person.something_waits_for(owner)


def test_what_waits_for_somebody_whose_account_was_changed_is_not_given_to_records_of_an_earlier_day(
    person: Person,
) -> None:
    """The window cannot read any more where the trail ends, and knows what it wrote itself."""
    person.add("S. Lee", "lee", OTHER)
    file, keys = person.store.path, person.store.keys
    backup = Backups(file).make(keys.database, "asked")
    earlier = file.with_name("earlier.db")
    shutil.copy(backup.file, earlier)
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    with elsewhere(person) as chens:
        chens.keep_account(replace(lee, licence="PT-78"))
        person.view.session.answer("goal-text", "typed today")
        person.wait_locked()
        assert [held.account.id for held in person.window.waiting.held] == [lee.id]
        with Store(earlier, keys, lee) as former:
            person.window.enter(former)
            assert person.window.view is None
            assert [held.account.id for held in person.window.waiting.held] == [lee.id]
            assert person.something_waits_for(lee)


@pytest.mark.parametrize("first", [None, "chen"])
def test_what_waits_is_not_given_to_a_password_that_was_changed_at_this_window_meanwhile(
    person: Person, tmp_path: Path, first: str | None
) -> None:
    """A backup from between the locking and the change holds all that was written here by then."""
    person.add("S. Lee", "lee", OTHER)
    file = person.store.path
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    person.lock()
    person.sign_in("chen", PASSWORD)
    backup = Backups(file, tmp_path).make(person.store.keys.database, "working")
    person.entrance.change_password(person.store, lee.id, "the new password of lee")
    person.lock()
    person.wait_locked()
    shutil.copy(backup.file, file)
    shutil.copy(backup.vault_file, file.with_name("evalassist.vault"))
    if first:  # somebody else is at the window in between
        person.sign_in(first, PASSWORD)
        person.lock()
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


def test_what_waits_is_given_also_after_others_were_at_this_window(person: Person) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.begin()
    person.lock()
    for _ in range(2):
        person.sign_in("lee", OTHER)
        person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"


def test_where_a_sign_in_could_not_be_noted_nothing_is_given_out_for_a_line_that_can_be_guessed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.lock()

    def full(*_: object, **_known: object) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as fault:
        fault.setattr(audit, "append", full)
        person.sign_in("chen", PASSWORD)
    mark = mark_of(person.store)
    assert not mark.lines
    assert not mark.is_of(person.store)
    person.begin()  # the first line that can be written bears a sign
    assert mark_of(person.store).is_of(person.store)
    person.lock()
    person.sign_in("chen", PASSWORD)
    assert person.sees == "evaluation"


def test_records_made_up_with_a_line_of_the_same_number_and_seal_are_given_nothing(
    person: Person, tmp_path: Path
) -> None:
    """Both lie in clear in the manifest of a backup, and whoever once had an account knows the key of the trail."""
    person.lock()
    person.sign_in("chen", PASSWORD)
    owner, keys, told = person.store.account, person.store.keys, person.store.head()
    person.lock()
    made_up = Keys(new_keys().database, keys.audit)
    with (
        Store(tmp_path / "made.db", made_up, owner) as made,
        closing(connect(made.path, made_up.database)) as db,
    ):
        line = (told.number, "2026-11-26T00:00:00.000000+00:00", "", "", "x", "", "{}", told.mac)
        db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", line)
        assert made.holds(told)
        person.window.enter(made)
        assert person.something_waits_for(owner)


def test_a_full_disk_holds_the_draft_out_of_sight_until_it_can_be_kept(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()
    assert person.sees == "evaluation"
    session = person.view.session
    full = StoreError("The disk is full. Free some space.")

    def refuse(_: Evaluation) -> None:
        raise full

    with monkeypatch.context() as broken:
        broken.setattr(session.store, "save", refuse)
        person.type_into("goal-text", "climb stairs")
        person.lock()
        assert "The disk is full" in texts(person.window)
        assert "Okafor" not in texts(person.window)
        assert not any(NAME in texts(one) for one in QApplication.topLevelWidgets() if one.isVisible())
        person.sign_in("chen", PASSWORD)
        assert person.sees == "evaluation"
        assert person.view.session is session
        assert person.view.isVisible()
        assert session.evaluation.answers["goal-text"] == "climb stairs"
    assert session.keep()
    assert session.store.load(begun.id, to_edit=False).answers["goal-text"] == "climb stairs"


def test_what_is_held_is_kept_though_the_records_got_a_new_key_meanwhile(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    begun = person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(person.store, "save", full)
        person.view.session.answer("goal-text", "climb stairs")
        person.lock()
        person.sign_in("chen", PASSWORD)
        person.entrance.change_password(person.store, person.store.account.id, "brand new words")
        person.lock()
    person.sign_in("lee", OTHER)
    assert person.view.session.keep()
    person.lock()
    person.sign_in("chen", "brand new words")
    assert person.store.load(begun.id).answers["goal-text"] == "climb stairs"


def test_the_window_on_a_file_that_was_moved_locks_and_what_was_typed_is_kept_on_the_server(
    person: Person, server: Server
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    begun = person.begin()
    with Entrance(person.store.path.parent).sign_in("chen", PASSWORD) as chens:
        person.entrance.use_server(chens, server)
    person.type_into("mass", "62")
    QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
    person.wait_locked()
    assert "were moved to the clinic's database" in texts(person.window)
    assert NAME not in texts(person.window)
    person.sign_in("lee", OTHER)
    assert person.sees == "evaluation"
    assert person.view.session.keep()
    assert person.store.is_shared
    assert person.store.load(begun.id, to_edit=False).answers["mass"] == 62


def test_what_waits_is_given_also_after_the_records_were_moved_at_this_window(
    person: Person, server: Server
) -> None:
    """The line that ends the file does not go along."""
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    person.begin()
    person.lock()
    person.sign_in("chen", PASSWORD)
    person.begin()
    person.entrance.use_server(person.store, server)
    for name, password in (("lee", OTHER), ("chen", PASSWORD)):
        person.lock()
        person.sign_in(name, password)
        assert person.store.is_shared
        assert person.sees == "evaluation"


def test_what_is_held_over_a_password_that_was_reset_on_the_server_is_kept_with_the_new_one(
    person: Person, server: Server, tmp_path: Path
) -> None:
    person.add("S. Lee", "lee", OTHER)
    person.entrance.use_server(person.store, server)
    person.lock()
    person.sign_in("lee", OTHER)
    lee, begun = person.store.account, person.begin()
    (second := tmp_path / "second").mkdir()
    there = Entrance(second)
    with there.join(server, "chen", PASSWORD) as chens:
        there.change_password(chens, lee.id, "brand new words")
        person.type_into("mass", "62")
        QTest.keyClick(person.window.focusWidget(), Qt.Key.Key_Tab)
        person.wait_locked()
        person.sign_in("chen", PASSWORD)
        person.lock()
        person.sign_in("lee", "brand new words")
        assert person.sees == "evaluation"
        assert person.view.session.keep()
        assert chens.load(begun.id, to_edit=False).answers["mass"] == 62


def test_who_comes_back_to_what_was_held_has_the_way_in_and_the_alarm_of_today(
    person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A key file that counts no more must not make the right password look wrong."""
    stick = tmp_path / "stick"
    stick.write_bytes(b"on a stick")
    way_in = WayIn(person.entrance, stick)
    person.entrance.change_password(person.store, person.store.account.id, PASSWORD, b"on a stick")
    person.window._way_in = way_in
    person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(person.store, "save", full)
        person.view.session.answer("goal-text", "climb stairs")
        person.lock()
        with way_in.entrance.sign_in("chen", PASSWORD, b"on a stick") as elsewhere:
            way_in.entrance.change_password(elsewhere, elsewhere.account.id, OTHER)
        vault = way_in.entrance.vault()
        known = vault.anchor.model_copy(update={"number": vault.anchor.number + 100})
        write_vault(vault.with_anchor(known), way_in.entrance.vault_file)
        person.sign_in("chen", OTHER)
    assert person.sees == "evaluation"
    assert person.way_in.key_file is None
    person.way_in.confirm(person.store, OTHER)
    assert person.store.trail_was_cut
    assert person.store.accept_cut is not None
    person.store.accept_cut()
    assert not person.store.trail_was_cut


@dataclass(frozen=True)
class Stranger:
    """Somebody at a locked window who may write files, and has no password of today."""

    person: Person
    folder: Path
    theirs: Path
    name: str
    password: str

    @property
    def owners(self) -> tuple[str, str]:
        """How the owner signs in."""
        return "chen", PASSWORD if self.name == "mallory" else NEW

    def comes_and_goes(self, put_there: Evaluation | None = None) -> None:
        """Put the records in place, sign in there, and lock."""
        self._put(self.folder, self.theirs.with_name("aside"))
        self._put(self.theirs, self.folder)
        if put_there is not None:
            with closing(Entrance(self.folder).sign_in(self.name, self.password)) as store:
                store.save(put_there)
        self.person.sign_in(self.name, self.password)
        self.person.lock()

    def comes_again(self) -> None:
        """Sign in once more, and wait for what would be opened then."""
        self.person.sign_in(self.name, self.password)
        self.person.qtbot.wait(100)

    def goes_for_good(self) -> None:
        """Put the owner's files back."""
        self.person.lock()
        self.person.wait_locked()
        self._put(self.folder, self.theirs)
        self._put(self.theirs.with_name("aside"), self.folder)

    @staticmethod
    def _put(there: Path, here: Path) -> None:
        here.mkdir(exist_ok=True)
        for each in (*here.glob("evalassist.db*"), *here.glob("evalassist.vault*")):
            each.unlink()
        for each in (*there.glob("evalassist.db*"), *there.glob("evalassist.vault*")):
            shutil.move(each, here / each.name)


@pytest.fixture(params=["records of their own", "a backup of the day of a former password"])
def stranger(person: Person, tmp_path: Path, request: pytest.FixtureRequest) -> Stranger:
    """Puts other records in place behind the lock; the ids of accounts stand in the vault in clear."""
    folder, owner = person.store.path.parent, person.store.account
    (mine := tmp_path / "theirs").mkdir()
    if request.param == "records of their own":
        name, password = "mallory", OTHER
        begun, _ = Entrance(mine).begin(Account(owner.id, name, "M", "1", "administrator"), password)
        begun.close()
    else:
        name, password = "chen", PASSWORD
        backup = Backups(person.store.path, tmp_path).make(person.store.keys.database, "asked")
        shutil.copy(backup.file, mine / "evalassist.db")
        shutil.copy(backup.vault_file, mine / "evalassist.vault")
        person.entrance.change_password(person.store, owner.id, NEW)
    return Stranger(person, folder, mine, name, password)


def test_a_form_that_waits_is_opened_for_no_records_that_were_put_in_place_not_even_after_a_second_lock(
    person: Person, stranger: Stranger
) -> None:
    def type_and_lock(dialog: PatientDialog) -> None:
        QTest.keyClicks(dialog.name.edit, NAME)
        person.window.lock()

    clock = when_shown(PatientDialog, type_and_lock)
    person.window.new_patient()
    person.wait_locked()
    stranger.comes_and_goes()
    stranger.comes_again()
    assert QApplication.activeModalWidget() is None
    stranger.goes_for_good()
    seen: list[str | None] = []
    clock = when_shown(PatientDialog, lambda dialog: seen.append(dialog.name.value))
    person.sign_in(*stranger.owners)
    person.qtbot.waitUntil(lambda: seen == [NAME])
    assert not clock.isActive()


@pytest.mark.parametrize("typed", ["words", "a number at the table"])
def test_what_was_typed_in_an_evaluation_is_shown_in_no_records_that_were_put_in_place(
    person: Person, stranger: Stranger, typed: str
) -> None:
    begun = person.begin()
    if typed == "words":
        person.type_into("mass", "6x2")
    else:
        person.view.go_to("her.left")
        person.view.toggle_hands()
        assert person.view.hands is not None
        QTest.keyClicks(person.view.hands, "27")
    person.lock()
    person.wait_locked()
    stranger.comes_and_goes(put_there=begun)
    stranger.comes_again()
    assert person.sees == "start page"
    stranger.goes_for_good()
    person.sign_in(*stranger.owners)
    assert person.sees == "evaluation"
    if typed == "words":
        field = person.window.focusWidget()
        assert isinstance(field, QLineEdit)
        assert field.text() == "6x2"
    else:
        assert person.view.hands is not None
        assert person.view.hands.huge.accessibleName() == "27 N"


def copy_of(folder: Path, to: Path) -> Path:
    """The files of the records as they are now, which anybody at the computer may copy and put back."""
    to.mkdir(exist_ok=True)
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow) and window._last_backups is not None:
            window._last_backups.wait()
    for each in (*to.glob("evalassist.db*"), *to.glob("evalassist.vault*")):
        each.unlink()
    for each in (*folder.glob("evalassist.db*"), *folder.glob("evalassist.vault*")):
        shutil.copy(each, to / each.name)
    return to


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("way", ["changed by the administrator", "taken away", "changed by its owner"])
def test_what_waits_is_not_given_to_a_former_password_though_it_was_changed_in_an_earlier_state_of_the_records(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, kept: bool
) -> None:
    """Somebody who may write files puts the earlier state there for the change, and the later one back after it."""
    person.add("S. Lee", "lee", OTHER)
    folder = person.store.path.parent
    person.lock()
    person.wait_locked()
    before = copy_of(folder, tmp_path / "before")
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    if kept:
        person.type_into("mass", "6x2")
    else:
        monkeypatch.setattr(person.store, "save", cannot_be_read)
        person.view.session.answer("goal-text", "on no disk")
    person.lock()
    person.wait_locked()
    with_words = copy_of(folder, tmp_path / "with words")
    copy_of(before, folder)
    person.sign_in(*(("lee", OTHER) if way == "changed by its owner" else ("chen", PASSWORD)))
    if way == "taken away":
        person.entrance.remove_account(person.store, lee.id)
    else:
        person.entrance.change_password(person.store, lee.id, NEW)
    person.lock()
    person.wait_locked()
    copy_of(with_words, folder)
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


def lee_types_and_locks(person: Person) -> Account:
    """Somebody beside the administrator, whose words wait behind the lock."""
    person.add("S. Lee", "lee", OTHER)
    person.lock()
    person.sign_in("lee", OTHER)
    lee = person.store.account
    person.begin()
    person.type_into("mass", "6x2")
    person.lock()
    person.wait_locked()
    return lee


@pytest.mark.parametrize("way", ["changed", "taken away"])
def test_what_waits_is_not_given_to_a_former_password_that_is_changed_once_more_in_the_state_where_it_counts(
    person: Person, tmp_path: Path, way: str
) -> None:
    folder, lee = person.store.path.parent, lee_types_and_locks(person)
    with_words = copy_of(folder, tmp_path / "with words")
    person.sign_in("chen", PASSWORD)
    if way == "changed":
        person.entrance.change_password(person.store, lee.id, NEW)
    else:
        person.entrance.remove_account(person.store, lee.id)
    person.lock()
    person.wait_locked()
    copy_of(with_words, folder)
    password = OTHER
    for another in ("one more harbour", "and one more"):
        person.sign_in("lee", password)
        assert person.sees == "start page"
        person.entrance.change_password(person.store, lee.id, another)
        password = another
        person.lock()
        person.wait_locked()
    assert person.something_waits_for(lee)


def test_what_waits_is_not_given_to_a_former_password_that_was_changed_here_after_a_move_to_the_server(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody puts the file from before the move back in place."""
    folder, lee = person.store.path.parent, lee_types_and_locks(person)
    before = copy_of(folder, tmp_path / "before")
    person.sign_in("chen", PASSWORD)
    person.entrance.change_password(person.store, lee.id, NEW)
    with monkeypatch.context() as moved:
        moved.setattr(Store, "is_shared", property(lambda _: True))
        person.lock()
        person.wait_locked()
    copy_of(before, folder)
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


@pytest.mark.parametrize("locked_meanwhile", [True, False])
def test_what_waits_is_not_given_to_a_former_password_that_the_paper_key_changed_at_this_window(
    person: Person, tmp_path: Path, locked_meanwhile: bool
) -> None:
    paper = person.entrance.new_paper_key(person.store)
    folder, lee = person.store.path.parent, lee_types_and_locks(person)
    with_words = copy_of(folder, tmp_path / "with words")
    door = person.door()
    door.show_paper()
    QTest.keyClicks(door.paper_key, paper)
    door.button.click()
    person.qtbot.waitUntil(lambda: door.holds_records)
    door.who.setCurrentIndex(door.who.findText("S. Lee", Qt.MatchFlag.MatchStartsWith))
    for each in (door.new_password.first, door.new_password.again):
        QTest.keyClicks(each.edit, NEW)
    door.button.click()
    if locked_meanwhile:
        person.window._nobody_there()
        person.qtbot.waitUntil(lambda: not door.at_work)
    else:
        person.qtbot.waitUntil(lambda: person.window.door is None)
        assert person.sees == "evaluation"
        person.lock()
        person.wait_locked()
    copy_of(with_words, folder)
    person.sign_in("lee", OTHER)
    assert person.sees == "start page"
    assert person.something_waits_for(lee)


def test_what_is_held_is_kept_though_the_file_was_copied_into_its_own_place(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = person.begin()

    def full(_: Evaluation) -> None:
        raise StoreError("The disk is full. Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(person.store, "save", full)
        person.view.session.answer("goal-text", "climb stairs")
        file = person.store.path
        person.lock()
    files = [each for end in ("", "-wal", "-shm") if (each := file.with_name(file.name + end)).exists()]
    for each in files:
        shutil.copy2(each, each.with_name(f"{each.name}.copy"))
    for each in files:
        each.with_name(f"{each.name}.copy").replace(each)
    person.sign_in("chen", PASSWORD)
    assert person.view.session.keep()
    assert person.store.load(begun.id, to_edit=False).answers["goal-text"] == "climb stairs"
