"""What the clinic's administrator fixed holds in the app, and a line that makes no sense is told by its number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from evalassist import managed as managing
from evalassist.cli import main
from evalassist.errors import StoreError
from evalassist.managed import FIXED_WORDS, KNOWN, ManagedError, managed, read_managed, settings_in_force
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.server import Server, write_server
from evalassist.settings import Settings, load_settings, save_settings
from ui.app import App
from ui.crash import FaultPage
from ui.dialogs.preferences import PreferencesDialog
from ui.pages.first_run import FirstRun
from ui.widgets.segments import SegmentedControl

CLINIC = "postgresql://evalassist_app@records.clinic.example/evalassist"
CHEN = Account("", "chen", "A. Chen, PT", "40-12345", "administrator")
PASSWORD = "correct horse"

Place = Callable[[str], Path]


@pytest.fixture
def place(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Puts the administrator's file in its place."""
    file = tmp_path / "etc" / "managed.toml"
    file.parent.mkdir()
    monkeypatch.setattr(managing, "managed_file", lambda: file)

    def put(text: str) -> Path:
        file.write_text(text, encoding="utf-8")
        managed.cache_clear()
        return file

    return put


@pytest.fixture
def started(place: Place, dressed: None, qtbot: QtBot) -> Callable[[], App]:
    """Starts the app as far as its first page."""

    def start() -> App:
        program = App()
        qtbot.addWidget(program.window, before_close_func=lambda _: program.close())
        program.window.show()
        qtbot.waitUntil(lambda: program.loaded or bool(program.window.findChildren(FaultPage)))
        return program

    return start


def words_of(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def field(dialog: QWidget, name: str) -> QWidget:
    return next(
        each
        for kind in (SegmentedControl, QLineEdit)
        for each in dialog.findChildren(kind)
        if each.accessibleName() == name
    )


# ------------------------------------------------------------ what it fixes


def test_without_a_file_nothing_is_fixed(place: Place) -> None:
    assert settings_in_force() == Settings()
    assert not managed().fixed
    assert not managed().database


def test_what_is_fixed_lies_over_what_a_person_kept(place: Place) -> None:
    save_settings(Settings(paper="letter", idle_minutes=60, theme="dark"))
    place('paper = "a4"\nidle_minutes = 5\n')
    assert settings_in_force() == Settings(paper="a4", idle_minutes=5, theme="dark")
    assert load_settings().paper == "letter"


def test_a_file_saved_with_notepad_can_be_read(place: Place) -> None:
    place('\ufeff# our clinic\r\nhandout_language = "es"\r\n')
    assert settings_in_force().handout_language == "es"


def test_no_environment_variable_moves_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = managing.managed_file()
    for name in ("EVALASSIST_HOME", "EVALASSIST_MANAGED", "XDG_CONFIG_DIRS", "ProgramData", "HOME"):
        monkeypatch.setenv(name, "/somewhere/else")
    assert managing.managed_file() == before
    assert "somewhere" not in str(before)


def test_each_key_that_can_be_fixed_is_shown_in_the_manual() -> None:
    page = (Path(__file__).parent.parent / "resources" / "manual" / "it.md").read_text(encoding="utf-8")
    assert [key for key in KNOWN if f"`{key}`" not in page] == []


# ------------------------------------------------------------ what makes no sense


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('# ours\npaper = "a5"\n', 2, 'paper must be "letter" or "a4"'),
        ("\n\nidle_minutes = 90", 3, "a whole number from 1 to 60"),
        ('idle_minutes = "5"', 1, "without quotation marks"),
        ("idle_minutes = true", 1, "a whole number"),
        ("clinic_name = 5", 1, "words in quotation marks"),
        ('databse = "postgresql://a@b/c"', 1, "databse cannot be set here"),
        ("text_scale = 1.5", 1, "text_scale cannot be set here"),
        ('paper = "a4"\n[backups]\nfolder = "/mnt"', 2, "backups cannot be set here"),
        ('backup_folder = "backups"', 1, "a whole path"),
        ('database = "records.clinic.example"', 1, "postgresql://user@server/database"),
        ('database = "postgresql://server/evalassist"', 1, "postgresql://user@server/database"),
        ('database = "sqlite:///records.db"', 1, "postgresql://user@server/database"),
        ("database = 5", 1, "postgresql://user@server/database"),
        ('database = "postgresql://a:secret@b/c"', 1, "must not hold a password"),
        ('database = "postgresql://a@b/c?sslmode=disable"', 1, "sslmode"),
        ('database = "postgresql://a@b:no/c"', 1, "postgresql://user@server/database"),
        ('paper = "a4"\nclinic_name = \n', 2, "cannot be read"),
        ('backup_folder = "C:\\Users\\shared"', 1, "cannot be read"),
    ],
)
def test_a_line_that_makes_no_sense_is_told_with_its_number(
    place: Place, text: str, line: int, says: str
) -> None:
    file = place(text)
    with pytest.raises(ManagedError) as caught:
        read_managed(file)
    assert str(file) in caught.value.message
    assert f"Line {line}: " in caught.value.message
    assert says in caught.value.message


def test_all_wrong_lines_are_told_at_once_in_their_order(place: Place) -> None:
    with pytest.raises(ManagedError) as caught:
        read_managed(place('databse = "x"\npaper = "a5"\nidle_minutes = 0\nbackup_folder = "here"\n'))
    assert [line.partition(":")[0] for line in caught.value.message.splitlines()[1:]] == [
        "Line 1",
        "Line 2",
        "Line 3",
        "Line 4",
    ]


def test_a_file_that_everybody_can_change_is_refused(place: Place) -> None:
    file = place('paper = "a4"')
    file.chmod(0o666)
    with pytest.raises(ManagedError, match="Everybody can change it"):
        read_managed(file)


def test_what_is_to_be_closed_is_named_and_nothing_else(place: Place, tmp_path: Path) -> None:
    file = place('paper = "a4"')
    file.parent.chmod(0o777)
    with pytest.raises(ManagedError) as caught:
        read_managed(file)
    assert caught.value.message.endswith(f"chmod o-w {file.parent}")
    draft = tmp_path / "open" / "draft.toml"
    draft.parent.mkdir()
    draft.parent.chmod(0o1777)  # as /tmp, which must stay open
    draft.write_text('paper = "a4"')
    assert read_managed(draft).fixed == {"paper": "a4"}


def test_a_file_that_who_works_here_can_change_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place('paper = "a4"')
    for ours in (file, file.parent):
        monkeypatch.setattr(managing, "is_ours", lambda each, ours=ours: each == ours)
        managed.cache_clear()
        with pytest.raises(ManagedError, match="This account of the computer can change it"):
            managed()


def test_the_app_does_not_start_without_what_a_wrong_file_wanted(
    place: Place, home: Path, started: Callable[[], App]
) -> None:
    file = place('paper = "a5"\n')
    program = started()
    said = words_of(program.window)
    assert "The settings of your clinic's administrator cannot be used." in said
    assert f'The file {file} cannot be used.\nLine 1: paper must be "letter" or "a4".' in said
    assert not list(home.glob("evalassist.db*"))
    assert not program.loaded


def test_it_can_check_a_file_before_it_is_placed(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text('paper = "a4"\nidle_minute = 5\n')
    assert main(["check-managed", str(draft)]) == 2
    assert "Line 2: idle_minute cannot be set here." in capsys.readouterr().err
    draft.write_text(f'paper = "a4"\ndatabase = "{CLINIC}"\n')
    assert main(["check-managed", str(draft)]) == 0
    told = capsys.readouterr().out
    assert "paper: a4" in told
    assert f"database: {CLINIC}" in told


# ------------------------------------------------------------ what a person sees


def test_a_fixed_setting_cannot_be_changed_and_says_by_whom_it_is_set(
    place: Place, dressed: None, qtbot: QtBot
) -> None:
    place('paper = "a4"\nclinic_name = "Riverside"\nbackup_folder = "/mnt/backups"\nidle_minutes = 7\n')
    dialog = PreferencesDialog(settings_in_force(), signed_in=True)
    qtbot.addWidget(dialog)
    for name in ("Paper", "Clinic", "Backups in", "Lock after"):
        assert not field(dialog, name).isEnabled(), name
    for name in ("Phone", "Colors", "Text"):
        assert field(dialog, name).isEnabled(), name
    browse = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Browse…")
    assert not browse.isEnabled()
    told = [label.text() for label in dialog.findChildren(QLabel) if FIXED_WORDS in label.text()]
    assert len(told) == 4
    assert f"7 min · {FIXED_WORDS}" in told


def test_the_first_start_asks_only_for_what_is_free(
    place: Place, dressed: None, qtbot: QtBot, tmp_path: Path
) -> None:
    place('clinic_name = "Riverside"\npaper = "a4"\n')
    page = FirstRun(lambda: Entrance(tmp_path), settings_in_force(), plain=False)
    qtbot.addWidget(page)
    assert not page.clinic["clinic_name"].isEnabled()
    assert not page.clinic["paper"].isEnabled()
    assert page.clinic["clinic_phone"].isEnabled()
    page.clinic["force_unit"].choose("lbf")  # type: ignore[union-attr] # boxes
    page.keep_clinic()
    assert (settings_in_force().paper, settings_in_force().force_unit) == ("a4", "lbf")


# ------------------------------------------------------------ the clinic's database


def test_a_workstation_that_is_not_connected_opens_and_begins_no_records_of_its_own(
    place: Place, home: Path, started: Callable[[], App]
) -> None:
    place(f'database = "{CLINIC}"\n')
    program = started()
    said = words_of(program.window)
    assert "not connected to the clinic's database yet" in said
    assert CLINIC in said
    assert "evalassist connect-to-postgres --sign-in NAME" in said
    assert program.window.door is None
    assert not list(home.glob("evalassist.db*"))


def test_records_of_this_computer_are_not_opened_where_a_database_is_set(
    quick_passwords: None, tmp_path: Path
) -> None:
    Entrance(tmp_path).begin(CHEN, PASSWORD)[0].close()
    managed_one = Entrance(tmp_path, database=CLINIC)
    for open_them in (
        managed_one.state,
        lambda: managed_one.sign_in("chen", PASSWORD),
        lambda: managed_one.begin(CHEN, PASSWORD),
    ):
        with pytest.raises(StoreError, match="is not connected to it yet"):
            open_them()
    Entrance(tmp_path).sign_in("chen", PASSWORD).close()


def test_a_workstation_that_uses_another_database_is_told_before_anything_is_sent(
    quick_passwords: None, tmp_path: Path
) -> None:
    store, _ = Entrance(tmp_path).begin(CHEN, PASSWORD)
    store.close()
    other = Server("other.example", "evalassist", "evalassist_app")
    write_server(tmp_path / "evalassist.server", other, store.keys)
    managed_one = Entrance(tmp_path, database=CLINIC)
    with pytest.raises(StoreError, match=r"“evalassist” on other\.example is another one"):
        managed_one.sign_in("chen", PASSWORD)
    with pytest.raises(StoreError, match="is another one"):
        managed_one.join(other, "chen", PASSWORD)


def test_the_command_line_opens_no_other_records_either(
    place: Place, quick_passwords: None, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    Entrance(home).begin(CHEN, PASSWORD)[0].close()
    place(f'database = "{CLINIC}"\n')
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    words = ["import-patient", "x.epatient", "--account", "chen", "--password-file", str(secret)]
    assert main(words) == 2
    assert "is not connected to it yet" in capsys.readouterr().err


def test_records_are_moved_to_no_other_server_than_the_fixed_one(
    place: Place, quick_passwords: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Entrance(tmp_path).begin(CHEN, PASSWORD)[0].close()
    place(f'database = "{CLINIC}"\n')
    other = "postgresql://evalassist_app@elsewhere.example/evalassist"
    assert main(["move-to-postgres", str(tmp_path), other, "--sign-in", "chen"]) == 2
    assert "is another one" in capsys.readouterr().err
