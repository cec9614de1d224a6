"""Data that is wrong is named by its file and place, in words a person can act on."""

from pathlib import Path

import pytest

from evalassist import resources
from evalassist.errors import CaseFileError, ContentError, EvalAssistError, SignedRecordError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resources, "ROOT", tmp_path)
    return tmp_path


def test_a_toml_resource_is_read_as_plain_data(folder: Path) -> None:
    (folder / "step.toml").write_text('label = "Décharge"', encoding="utf-8")
    assert resources.read_toml("step.toml") == {"label": "Décharge"}


def test_a_slip_in_a_toml_file_is_told_with_file_and_line(folder: Path) -> None:
    (folder / "step.toml").write_text('id = "pain"\nlabel = = "Pain"\n')
    with pytest.raises(ContentError, match=r"^step\.toml: line 2: Invalid value"):
        resources.read_toml("step.toml")


def test_an_unfinished_toml_file_is_told_too(folder: Path) -> None:
    (folder / "step.toml").write_text('label = "Pain')
    with pytest.raises(ContentError, match=r"^step\.toml: "):
        resources.read_toml("step.toml")


@pytest.mark.usefixtures("folder")
def test_a_missing_file_is_told_by_its_name() -> None:
    with pytest.raises(ContentError, match=r"^steps/none\.toml: this file is missing$"):
        resources.read_toml("steps/none.toml")


def test_a_file_that_is_not_utf_8_is_told_by_its_name(folder: Path) -> None:
    (folder / "step.toml").write_bytes(b'label = "D\xe9charge"')
    with pytest.raises(ContentError, match=r"^step\.toml: byte 10: this file is not UTF-8 text$"):
        resources.read_toml("step.toml")


def test_a_misspelt_answer_is_told_with_the_nearest_allowed_one() -> None:
    error = CaseFileError("case.toml", "pain-wrost", ["pain-worst", "side"])
    assert error.message == (
        "case.toml: pain-wrost is not known here. Did you mean pain-worst? Allowed: pain-worst, side."
    )


def test_an_error_without_words_shows_its_docstring() -> None:
    assert SignedRecordError().message == "A signed evaluation cannot change; write an addendum instead."
    assert EvalAssistError("The disk is full.").message == "The disk is full."
