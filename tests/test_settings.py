"""The settings are kept whole, told in plain words when they are bad, and never lost."""

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from evalassist import settings
from evalassist.errors import EvalAssistError
from evalassist.settings import Settings, data_dir, load_settings, save_settings, settings_file

NAMED = Settings(
    clinic_name='Knee & Hip "Center" of Zoë',
    clinic_phone="+1 555 0100",
    clinic_address="12 Main Street\nSuite 4\\5\tEast",
    therapist_name="Ana Muñoz, PT",
    licence="PT-1234",
    paper="a4",
    force_unit="lbf",
    strength_score="mean",
    text_scale=1.25,
    theme="dark",
    name_on_sheet="first-initial",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "clinic"
    monkeypatch.setenv("EVALASSIST_HOME", str(folder))
    return folder


def bad_file(home: Path, text: str | bytes) -> Path:
    home.mkdir(exist_ok=True)
    file = home / "settings.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_without_a_file_the_defaults_hold_and_the_name_stays_off_the_sheet() -> None:
    assert load_settings() == Settings()
    assert Settings().name_on_sheet == "none"
    assert Settings().strength_score == "best"
    assert not settings_file().exists()


def test_what_was_kept_comes_back_word_for_word(home: Path) -> None:
    assert save_settings(NAMED) is None
    assert load_settings() == NAMED
    assert settings_file() == home / "settings.toml"


def test_every_sign_survives_the_file() -> None:
    odd = "".join(chr(code) for code in range(1, 0x100)) + "\u2028𝄞"
    save_settings(Settings(clinic_address=odd))
    assert load_settings().clinic_address == odd


def test_the_file_is_toml_that_a_person_can_read() -> None:
    save_settings(NAMED)
    text = settings_file().read_text(encoding="utf-8")
    assert 'paper = "a4"' in text
    assert "text_scale = 1.25" in text
    assert tomllib.loads(text) == NAMED.model_dump()


def test_a_whole_number_is_good_enough_for_the_text_scale(home: Path) -> None:
    bad_file(home, "text_scale = 2")
    assert load_settings().text_scale == 2.0


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('paper = "a5"', "paper"),
        ("text_scale = 3.0", "text_scale"),
        ("text_scale = nan", "text_scale"),
        ("clinic_name = 5", "clinic_name"),
        ('papper = "a4"', "papper"),
        ('handout_language = "xx"', "handout_language"),
        ('theme = "dark"\npaper = \n', "line 2"),
        (b'clinic_name = "\xff"', "UTF-8"),
    ],
)
def test_a_bad_file_is_told_with_its_name_and_key_and_left_alone(
    home: Path, text: str | bytes, key: str
) -> None:
    file = bad_file(home, text)
    before = file.read_bytes()
    with pytest.raises(EvalAssistError) as caught:
        load_settings()
    assert str(file) in caught.value.message
    assert key in caught.value.message
    assert file.read_bytes() == before


def test_new_settings_put_a_bad_file_aside_instead_of_writing_over_it(home: Path) -> None:
    for number in (1, 2):
        bad_file(home, f'paper = "a{number}"')
        aside = save_settings(NAMED)
        assert aside == home / f"settings-put-aside-{number}.toml"
        assert aside.read_text() == f'paper = "a{number}"'
        assert load_settings() == NAMED


def test_a_failing_disk_keeps_the_earlier_settings_and_leaves_no_rest(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(NAMED)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvalAssistError, match="No space left"):
        save_settings(Settings())
    monkeypatch.undo()
    assert load_settings(home / "settings.toml") == NAMED
    assert [each.name for each in home.iterdir()] == ["settings.toml"]


def test_a_bad_file_stays_in_its_place_when_the_new_settings_cannot_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = bad_file(home, 'paper = "a1"')

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvalAssistError, match="No space left"):
        save_settings(NAMED)
    assert [each.name for each in home.iterdir()] == [file.name]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EVALASSIST_HOME", str(tmp_path / "file" / "clinic"))
    with pytest.raises(EvalAssistError, match="could not be made"):
        data_dir()
    with pytest.raises(EvalAssistError, match="could not be made"):
        save_settings(NAMED)


def test_the_folder_of_the_records_is_closed_to_others(home: Path) -> None:
    assert data_dir() == home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_settings_do_not_change_in_place() -> None:
    changed: Any = NAMED
    with pytest.raises(ValueError, match="frozen"):
        changed.paper = "letter"
    assert settings.Settings(**(NAMED.model_dump() | {"paper": "letter"})).paper == "letter"
